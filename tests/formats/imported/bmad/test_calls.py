import pytest

from ropewalk.formats.loading import load_workflow
from tests.formats.imported.bmad.flow import needs, step

MAIN = """\
workflow:
  id: main
  sequence:
    - {agent: po, action: shard_documents, creates: sharded_docs}
    - CALL
    - {agent: po, action: finish}
"""
CYCLE = "workflow:\n  id: story-cycle\n  sequence:\n    - {agent: sm, action: create_story}\n"


@pytest.fixture
def read(tmp_path):
    (tmp_path / "story-cycle.yaml").write_text(CYCLE)
    (tmp_path / "native.yaml").write_text("name: native\nsteps:\n  - {id: a, run: 'true'}\n")
    (tmp_path / "broken.yaml").write_text("a: [\n")

    def read(call):
        (tmp_path / "main.yaml").write_text(MAIN.replace("CALL", call))
        return load_workflow(tmp_path / "main.yaml").workflow

    return read


def test_a_workflow_next_to_the_file_is_called_and_repeated_alone(read):
    made = read("{step: story_cycle, workflow: story-cycle.yaml, repeats: for_each_story}")
    called = step(made, "story_cycle")
    assert called.kind == "call"
    assert called.args == {"workflow": "story-cycle.yaml", "inputs": {"idea": "{{ inputs.idea }}"}}
    assert step(made, "repeat-story_cycle").back_to.to == "story_cycle"
    assert step(made, "story_cycle-round").facts == ("stories_remaining",)
    assert needs(made) == {
        "po-shard_documents": (),
        "story_cycle": ("po-shard_documents",),
        "story_cycle-round": ("story_cycle",),
        "repeat-story_cycle": ("story_cycle-round",),
        "po-finish": ("repeat-story_cycle",),
    }
    assert made.warnings == ()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("{agent: orchestrator, orchestrates: story-cycle-workflow}", "story-cycle.yaml"),
        ("{workflow: story-cycle}", "story-cycle.yaml"),
        ("{step: x, sub_workflow: ./native.yaml}", "./native.yaml"),
        ("{step: x, workflow: broken.yaml}", "broken.yaml"),
    ],
)
def test_every_spelling_of_a_call_finds_its_file(read, call, name):
    made = read(call)
    [called] = [one for one in made.steps if one.kind == "call"]
    assert called.args["workflow"] == name
    assert bool(called.args["inputs"]) is ("story" in name)


@pytest.mark.parametrize("name", ["gone.yaml", "../main.yaml", "/etc/hosts", "main.yaml"])
def test_a_workflow_that_is_not_there_is_told_and_passed_over(read, name):
    made = read(f"{{step: cycle, workflow: {name}, repeats: for_each_story}}")
    assert step(made, "cycle").kind == "noop"
    assert len(made.steps) == 3
    assert "is not there: its items are not part of the workflow" in made.warnings[0]


@pytest.mark.parametrize("key", ["sub_workflow", "workflow_file", "calls", "orchestrates"])
def test_a_call_in_other_words_is_told_and_passed_over_too(read, key):
    made = read(f"{{step: cycle, {key}: gone.yaml}}")
    assert (step(made, "cycle").kind, step(made, "cycle").updates) == ("noop", ())
    assert made.warnings == (
        f"line 5: `{key}: gone.yaml` is not there: its items are not part of the workflow",
    )


def test_an_agent_whose_workflow_is_not_there_does_the_item_and_that_is_told(read):
    made = read("{agent: lead, workflow: gone.yaml}")
    assert made.steps[1].role == "lead"
    assert made.warnings == (
        "line 5: `workflow: gone.yaml` is not there: the item's agent does the item itself",
    )
    assert read("{agent: lead, orchestrates: release-workflow}").warnings != ()


def test_what_is_orchestrated_and_called_like_no_workflow_is_no_call(read):
    assert read("{agent: lead, orchestrates: the-release}").warnings == ()


def test_a_role_that_orchestrates_what_is_no_file_does_it_itself(read):
    made = read("{agent: lead, orchestrates: the-release}")
    assert made.steps[1].kind == "role"
    assert read("{agent: lead, workflow: the-release}").steps[1].role == "lead"

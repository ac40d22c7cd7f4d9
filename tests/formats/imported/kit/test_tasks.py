"""An action means the task that the pack has for it, or the command of its role's agent file."""

import pytest

from ropewalk.formats.imported.kit.pack import Pack
from tests.formats.imported.bmad.flow import only

SCRUM = """\
agent: {id: sm, name: Ann, title: Scrum Lead}
commands:
  - draft: Execute task create-next-story.md
  - shard-prd: run the task shard-doc.md for the document
dependencies: {tasks: [create-next-story.md, shard-doc.md]}
"""
DEVELOPER = """\
agent: {id: dev, name: Bo, title: Developer}
commands:
  - develop-story:
      - order: "Read a task, do it, test it. %s Then run the task execute-checklist."
dependencies: {tasks: [execute-checklist.md]}
""" % ("Go on. " * 40)
QUALITY = """\
agent: {id: qa, name: Cy, title: Quality}
commands: ["review {story}: run task review-story", help]
dependencies: {tasks: [review-story.md, risk-profile.md]}
"""


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / ".bmad-core"
    files = {
        "agents/sm.md": SCRUM,
        "agents/dev.md": DEVELOPER,
        "agents/qa.md": QUALITY,
        **{f"tasks/{name}.md": f"how to {name}" for name in (
            "create-next-story", "brownfield-create-story", "shard-doc", "review-story", "execute-checklist",
        )},
    }  # fmt: skip
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"```yaml\n{text}```\n" if name.startswith("agents") else text)
    return Pack(folder)


@pytest.mark.parametrize(
    ("item", "task"),
    [
        ("{agent: sm, action: create_story}", "create-next-story"),
        ("{agent: sm, action: draft}", "create-next-story"),
        ('{agent: sm, notes: "SM (new chat): @sm → *create"}', "create-next-story"),
        ("{agent: po, action: shard_documents, creates: sharded_docs}", "shard-doc"),
        ("{agent: po, action: create_story}", "create-next-story"),
        ("{agent: qa, action: review_implementation}", "review-story"),
    ],
)
def test_an_action_is_given_the_task_that_it_means(pack, item, task):
    made = only(f"- {item}", pack=pack)
    assert f"Task `.bmad-core/tasks/{task}.md`:\n\nhow to {task}" in made.notes
    assert any(f"is the task `.bmad-core/tasks/{task}.md`" in why for why in made.extra["inferred"])


def test_a_command_that_is_an_instruction_itself_is_told_whole(pack):
    [note] = only("- {agent: dev, action: implement_story}", pack=pack).notes
    assert note.startswith("Command `*develop-story`:\n\n")
    assert "Read a task, do it, test it." in note


@pytest.mark.parametrize(
    "item",
    [
        "{agent: sm, action: plan_the_sprint}",
        "{agent: sm, action: create the next story in your words}",
        '{agent: sm, action: talk, notes: "then @po → *create"}',
    ],
)
def test_nothing_is_inferred_from_other_words_or_other_peoples_commands(pack, item):
    assert not any("Task `" in note for note in only(f"- {item}", pack=pack).notes)


def test_a_task_that_the_item_names_is_the_one(pack):
    made = only("- {agent: sm, action: create_story, task: brownfield-create-story}", pack=pack)
    assert [note for note in made.notes if "Task `" in note] == [
        "Task `.bmad-core/tasks/brownfield-create-story.md`:\n\nhow to brownfield-create-story"
    ]


def test_without_a_pack_an_action_is_only_its_words():
    assert only("- {agent: sm, action: create_story}").notes == ()

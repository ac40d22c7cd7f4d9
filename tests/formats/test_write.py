"""What is written of a workflow loads again to the same digest."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.definition.policy import ASKED_RETURN, Budget, Join, Limits, Retry, Timeouts
from ropewalk.definition.stored import workflow_digest
from ropewalk.definition.workflow import (
    Approval,
    BackTo,
    Choice,
    Decision,
    Fact,
    Foreach,
    Gate,
    Input,
    Phase,
    Ref,
    Role,
    Route,
    Step,
    Workflow,
)
from ropewalk.formats.loading import load_workflow, load_workflow_text
from ropewalk.formats.write import workflow_yaml
from tests.soak import trials

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def again(workflow: Workflow) -> Workflow:
    return load_workflow_text(workflow_yaml(workflow), "again.yaml", exists=lambda file: True).workflow


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_written_loads_to_the_same_digest(path):
    workflow = load_workflow(path).workflow
    assert workflow_digest(again(workflow)) == workflow_digest(workflow)


def test_a_file_that_needs_nothing_said_says_nothing():
    assert workflow_yaml(Workflow("w", (Step("a", "run", {"script": "echo hi\necho ho\n"}),))) == (
        "ropewalk: 1\nname: w\nsteps:\n  - id: a\n    run: |\n      echo hi\n      echo ho\n"
    )


FULL = Workflow(
    "full",
    (
        Step(
            "argv",
            "run",
            {"argv": ["echo", "{{ inputs.s }}"]},
            "T",
            "p",
            "g/h",
            env={"A": "1"},
            folder="packages",
        ),
        Step(
            "script",
            "run",
            {"script": "x", "shell": "bash"},
            needs=("argv",),
            join=Join("any"),
            workspace="read",
        ),
        Step(
            "odd",
            "run",
            {"script": "x", "shell": "", "cwd": "y"},
            needs=("argv", "script"),
            join=Join("quorum", 2),
        ),
        Step(
            "role",
            "role",
            role="r",
            prompt="Do it.",
            facts=("f",),
            template="t",
            handoff="h",
            notes=("n", "m"),
        ),
        Step("roleless", "role", {"x": 1}, prompt="Do it."),
        Step("worker", "run", {"script": "x"}, role="r"),
        Step(
            "ask",
            "ask",
            ask=Approval(
                "Q?", (Choice("x"), Choice("y", "Y")), {"type": "object"}, ("s",), 3600, "reject", "fail"
            ),
        ),
        Step("bare", "ask", ask=Approval(on_reject="fail")),
        Step(
            "asked",
            "noop",
            ask=Approval("Q?", on_reject="redo"),
            approve=Approval(on_reject="fail", fact="f"),
        ),
        Step("call", "call", {"workflow": "w", "inputs": {}}),
        Step("called", "call", {"workflow": "w", "inputs": {"x": 1}}),
        Step("function", "function", {"name": "m:f", "with": {"x": 1}}),
        Step("inline", "function", {"name": "f", "inline": True}),
        Step("noop", "noop"),
        Step("outputs", "noop", {"outputs": {"k": [1, {"x": None}]}}),
        Step("plug", "plug", {"x": [1]}, role="r", prompt="p"),
        Step(
            "decide",
            "decide",
            decision=Decision(
                (
                    Route("one", "true", ("late",)),
                    Route("two", "false", end=True, title="T"),
                    Route("x", to=("noop",)),
                )
            ),
        ),
        Step("fact", "decide", decision=Decision((Route("one", to=("late",)),), "fact", "g", "p?")),
        Step("chooser", "plug", decision=Decision((Route("one", to=("late",)),), "role"), role="r"),
        Step(
            "talker",
            "decide",
            decision=Decision((Route("one", to=("late",)),), "person"),
            prompt="extra",
        ),
        Step(
            "gated",
            "noop",
            gates=(
                Gate("command", {"script": "x"}),
                Gate("command", {"argv": ["x"]}, "id"),
                Gate("command", {"script": "x", "cwd": "y"}),
                Gate("condition", {"condition": "true"}),
                Gate("artifacts", {"artifacts": ["a"]}),
                Gate("thresholds", {"thresholds": {"c": ">= 1"}, "report": "r", "scale": 10}),
                Gate("verdict", {"role": "r", "criteria": ["c"], "prompt": "p"}),
                Gate("document", {"document": "a.md", "template": "t"}),
                Gate("spelling"),
            ),
            back_to=BackTo("noop", "true", 2),
            needs=("noop",),
            on_failure="back_to",
        ),
        Step(
            "each",
            "run",
            {"argv": ["x"]},
            foreach=Foreach("[1,2]", "n", "n", 2),
            retry=Retry(7, on=ASKED_RETURN),
        ),
        Step(
            "list",
            "run",
            {"argv": ["x"]},
            foreach=Foreach("inputs.l"),
            retry=Retry(attempts=1),
            back_to=BackTo("list"),
        ),
        Step(
            "timed",
            "run",
            {"argv": ["x"]},
            timeout=Timeouts(1.5, 90, 0.5, 7),
            retry=Retry(2, 0.1, 3, 90, False, ("lost",)),
        ),
        Step(
            "slow",
            "run",
            {"argv": ["x"]},
            timeout=Timeouts(step_seconds=86_400),
            retry=Retry(cap_seconds=30, on=ASKED_RETURN),
        ),
        Step(
            "files",
            "noop",
            creates=(Ref("c/"),),
            updates=(Ref("made/d", soft=True),),
            requires=(
                Ref("e", external=True),
                Ref("a or b", True, ("a", "b")),
                Ref("all", aggregate=True),
                Ref("l", label=True),
            ),
            when="facts.f && inputs.n > 1",
            optional=True,
            output={"type": "object"},
            sets={"f": "true"},
            merge={"*.md": "union"},
            cache=True,
            extra={"raw": {"x": [1]}},
            budget=Budget(1.5, 10, 60, 3),
        ),
        Step("late", "noop", when="false", retry=Retry(jitter=False)),
        Step("z", "noop", final=True, on_failure="continue"),
    ),
    description="d: e # f",
    version="1.10",
    format="bmad",
    source="x.yaml",
    inputs={
        "s": Input(),
        "n": Input("integer", default=5, required=True, description="d"),
        "l": Input("list", False, [1], choices=([1], [2])),
        "o": Input(required=False, secret=True),
    },
    facts={"f": Fact(), "g": Fact("string", "q", "one", ("one", "two"))},
    roles={
        "r": Role(("claude", "codex")),
        "s": Role(),
        "t": Role(("x",), "m", "p", "T", "deny", "worktree", {"o": 1}),
    },
    phases=(Phase("p"), Phase("q", "Q", "d")),
    limits=Limits(2, 3600, True, 1, 2, 3, 4, 5, 6, Budget(seconds=1.5)),
    outputs={"o": "outputs.argv.stdout"},
    merge={"b": "ours", "a": "theirs"},
    land="merge",
    squash="feat: {{ run.title }}",
    gates=(Gate("command", {"script": "final"}),),
    documents={"t": "# A skeleton\n\n## Part\n"},
    extra={"kept": "yes", "date": "2026-11-20", "number": "012", "empty": "", "tilde": "~"},
)


def test_everything_that_a_workflow_can_say_comes_back():
    loaded = again(FULL)
    assert [
        one for one, other in zip(loaded.steps, FULL.steps, strict=True) if _plain(one) != _plain(other)
    ] == []
    assert workflow_digest(loaded) == workflow_digest(FULL)
    assert list(loaded.merge) == ["b", "a"]


def _plain(step: Step) -> Step:
    import msgspec

    return msgspec.structs.replace(step, line=0)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
LINES = st.lists(
    st.sampled_from(["a", " a", "a ", "", "\ta", "# x", "- x", "x: y", "|", "é", "\x85", "'", '"']),
    min_size=1,
)


@pytest.mark.soak
@settings(max_examples=trials(50, 600), deadline=None)
@given(st.one_of(TEXT, LINES.map("\n".join)).filter(bool))
def test_any_text_comes_back_as_it_was(text):
    workflow = Workflow("w", (Step("a", "run", {"argv": [text]}),), extra={text: text})
    (step,) = (
        load_workflow_text(workflow_yaml(workflow)).workflow.steps if "{" not in text else workflow.steps
    )
    assert step.args == {"argv": [text]}

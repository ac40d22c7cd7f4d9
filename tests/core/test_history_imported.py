from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.history import decoded_definition, definition_digest, fold_imported
from ropewalk.core.plan import Perform
from ropewalk.core.state import Graph, new_state
from ropewalk.core.work import Artifact, Failure, Parent, Usage
from ropewalk.definition.stored import encode_workflow
from ropewalk.definition.workflow import Approval, Step
from ropewalk.testing.given import Given, given
from tests.core.flows import GO, answer, flow, noop, started

FLOW = flow(noop("a"), noop("b", "a"), noop("ropewalk.merge", "b", internal=True))
COMMIT = "0" * 40
ASK = Step("q", "ask", ask=Approval(prompt="Well?", expires_seconds=5.0, default="approve"))


def created(**more: Any) -> e.RunCreated:
    return e.RunCreated("w", "d" * 64, **more)


def test_nothing_of_an_import_is_owed_or_starts_before_somebody_resumes_it():
    run = started(FLOW).after(c.Import(root="/here", by="mia"))
    assert run.state.untouched
    assert run.state.detail == "mia"
    run.when(GO).then(owes=[])
    run.after(c.Resume(by="mia"))
    run.when(GO).then(owes=[Perform("a", 1, 1)])


def test_an_ask_of_an_import_does_not_answer_itself():
    run = started(flow(ASK, noop("a", "q"))).after(c.Import())
    run.when(c.Advance(), now=99.0).then(owes=[])
    run.after(answer("a1"), GO)
    assert run.statuses() == {"q": "succeeded", "a": "pending"}
    run.after(c.Resume(), GO)
    assert run.statuses() == {"q": "succeeded", "a": "running"}


def test_the_folder_of_an_import_is_the_one_that_took_it_in():
    run = given(FLOW, base={"root": "/theirs", "commit": COMMIT}).after(c.Import(root="/here"))
    assert run.state.base == {"root": "/here", "commit": COMMIT}
    assert given(FLOW).after(c.Import(root="/here")).state.base == {}


def test_the_final_steps_of_an_import_do_not_run_when_it_is_aborted():
    run = started(flow(noop("a"), noop("z", final=True))).after(c.Import(), c.Abort(by="mia"), GO)
    assert run.state.status == "aborted"
    assert run.statuses() == {"a": "aborted", "z": "skipped"}


def test_time_in_which_an_import_lay_about_is_not_worked():
    run = started(FLOW).after(c.Import(), now=10.0).after(c.Resume(), now=100.0)
    assert run.state.waited_seconds == 90.0


def test_a_run_with_a_name_that_is_a_path_does_not_begin():
    bad = Given(new_state("/etc", FLOW, Graph(FLOW)), FLOW)
    bad.when(c.Create("w", "")).refused("'/etc' is no name for a run")


def test_an_honest_history_is_folded():
    done = e.StepSucceeded("a", result=e.Outcome(commit=COMMIT, artifacts=(Artifact("x/y.md", "a" * 64),)))
    history = [(created(base={"root": "/x", "commit": COMMIT, "target": "main"}), 0.0), (e.RunStarted(), 1.0)]
    state = fold_imported("r", FLOW, [*history, (done, 2.0)])
    assert (state.version, state.status, state.steps["a"].status) == (3, "running", "succeeded")
    assert definition_digest(history) == "d" * 64


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (created(), "a history begins with run.created"),
        (e.StepStarted("a", child="../x"), "calls a run '../x'"),
        (e.StepSucceeded("a", result=e.Outcome(commit="--output=/etc/passwd")), "is no commit"),
        (e.StepProduced("a", result=e.Outcome(tree="HEAD")), "is no commit"),
        (e.AttemptFailed("a", commit="-c", usage=Usage()), "is no commit"),
        (e.StepSucceeded("a", result=e.Outcome(artifacts=(Artifact("../x", ""),))), "no file inside of a folder"),
        (e.StepSucceeded("a", result=e.Outcome(artifacts=(Artifact("/x", ""),))), "no file inside of a folder"),
        (e.StepSucceeded("a", result=e.Outcome(artifacts=(Artifact("x", "../../x"),))), "is no sha256"),
        (e.StepSucceeded("a", result=e.Outcome(artifacts=(Artifact("x", "", commit="--x"),))), "is no commit"),
        (e.AskAnswered("a", ask="a1", artifacts=(Artifact("..", ""),)), "no file inside of a folder"),
        (e.AskAnswered("a", ask="a1", commit="x"), "is no commit"),
        (e.AskOpened("a", ask="a1", show=(Artifact("x", "", commit="--x"),)), "is no commit"),
        (e.AskOpened("a", ask="a1", show=(Artifact("x", "", merged_from=(COMMIT, "--x")),)), "is no commit"),
        (e.AskOpened("a", ask="a1", show=(Artifact("../x", ""),)), "no file inside of a folder"),
        (e.RunMerged(branch="--force", commit=COMMIT, tree=COMMIT), "is no branch"),
        (e.RunLanded(target="a..b", commit=COMMIT), "is no branch"),
        (e.LandingBegun(target="--force"), "is no branch"),
        (e.StepWaiting("a", on="time", until=1e308), "until is no time"),
        (e.StepWaiting("a", on="time", until=float("nan")), "until is no time"),
        (e.AttemptFailed("a", retry_at=-1.0), "retry_at is no time"),
        (e.AttemptFailed("a", failure=Failure("quota", "", retry_at=1e18)), "retry_at is no time"),
    ],
)  # fmt: skip
def test_a_name_that_git_or_a_disk_would_take_for_something_else_is_named(event: e.Event, fault: str):
    with pytest.raises(ValueError, match=f"version 2: .*{fault}"):
        fold_imported("r", FLOW, [(created(), 0.0), (event, 1.0)])


@pytest.mark.parametrize(
    "beginning",
    [
        e.RunStarted(),
        created(base={"root": "/x", "commit": "--upload-pack=x"}),
        created(base={"root": "/x", "target": "-x"}),
        created(base={"root": "/x", "seen": ["x"]}),
        created(base={"root": "/x", "judged": "--x"}),
        created(base={"root": "/x", "within": "../x"}),
        created(base={"root": "/x", "within": 7}),
        created(base={"root": "/x", "at": True}),
        created(base={"root": "/x", "at": "now"}),
        created(parent=Parent("../x", "s", 1, 1)),
    ],
)
def test_a_beginning_that_is_none_is_refused(beginning: e.Event):
    with pytest.raises(ValueError, match="version 1"):
        fold_imported("r", FLOW, [(beginning, 0.0)])


@pytest.mark.parametrize("at", [1e308, -1.0, float("inf"), float("nan")])
def test_a_time_that_no_calendar_shows_is_refused(at: float):
    with pytest.raises(ValueError, match="version 2: at is no time"):
        fold_imported("r", FLOW, [(created(), 0.0), (e.RunStarted(), at)])


def test_a_definition_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"names a step '\.\./x'"):
        fold_imported("r", flow(noop("../x")), [(created(), 0.0)])
    with pytest.raises(ValueError, match="cannot be read"):
        decoded_definition(b"[" * 100_000)
    assert decoded_definition(encode_workflow(FLOW)) == FLOW
    assert definition_digest([]) == definition_digest([(e.RunStarted(), 0.0)]) == ""

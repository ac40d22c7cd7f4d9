"""What a step hears of the run that it called: what it made, what it spends meanwhile, and nothing of a run that is not its own."""

from __future__ import annotations

import asyncio

import pytest

from ropewalk.core import commands as c
from ropewalk.core.state import State, Unwanted
from ropewalk.core.work import Artifact, Outcome, Parent, Usage
from ropewalk.definition.workflow import Step
from ropewalk.errors import RopewalkError
from ropewalk.runtime.calling import Reporter, belongs, heard, outcome_of, stopped
from ropewalk.testing.given import Given, done, given
from tests.core.flows import GO, flow, noop

MERGE = Step("m", "merge", needs=("a", "b"), internal=True)


def child(*steps: Step, outputs: dict[str, str] | None = None) -> Given:
    return given(flow(*steps, outputs=outputs or {}), run="r.1.1", parent=Parent("r", "call", 1, 1)).after(GO)


def made(path: str) -> Artifact:
    return Artifact(path, "0" * 64, 1)


class Caller:
    """A run that hears of what it called."""

    def __init__(self) -> None:
        self.reports: list[c.Command] = []
        self.children: dict[str, object] = {}
        self.nudged = 0

    def submit(self, command: c.Command, actor: str = "") -> asyncio.Future[list[object]]:
        self.reports.append(command)
        return asyncio.get_running_loop().create_future()

    def note_child(self, run: str, child: object) -> None:
        self.children[run] = child

    def nudge(self) -> None:
        self.nudged += 1


def test_a_called_run_gives_its_declared_outputs_and_the_files_of_its_result():
    run = child(noop("a"), noop("b"), MERGE, outputs={"n": "outputs.a.n"})
    run.after(done("a", Outcome(outputs={"n": 3}, artifacts=(made("a.txt"),))), done("b"), GO)
    run.after(done("m", Outcome(commit="c1", tree="t1", artifacts=(made("whole.txt"),))), GO)
    outcome = outcome_of(run.state)
    assert (outcome.outputs, outcome.commit, outcome.tree) == ({"n": 3}, "c1", "t1")
    assert outcome.artifacts == (made("whole.txt"),)


def test_without_declared_outputs_it_gives_those_of_its_steps_and_the_last_of_each_file():
    run = child(noop("a"), noop("b", "a"))
    run.after(done("a", Outcome(outputs={"n": 1}, artifacts=(made("x"), made("y")))), GO)
    later = Artifact("x", "1" * 64, 2)
    run.after(done("b", Outcome(artifacts=(later,))), GO)
    outcome = outcome_of(run.state)
    assert outcome.outputs == {"a": {"n": 1}, "b": {}}
    assert outcome.artifacts == (later, made("y"))


def test_what_nobody_waits_for_any_more_is_told_with_what_it_spent():
    run = child(noop("a")).after(done("a", Outcome(usage=Usage(tokens_in=7))), GO)
    unwanted = Unwanted("call", 2)
    report = stopped(unwanted, "r.1.1", run.state)
    assert (report.step, report.round, report.status, report.child) == ("call", 2, "completed", "r.1.1")
    assert report.spent.tokens == 7
    never = stopped(unwanted, "r.1.1")
    assert (never.status, never.spent.tokens) == ("aborted", 0)


async def test_a_caller_is_told_only_what_has_changed_and_only_while_it_waits():
    caller = Caller()
    reporter = Reporter(caller, "call", 1)  # type: ignore[arg-type]
    run = child(noop("a"), noop("b", "a"))
    reporter(run.state, [])
    run.after(done("a", Outcome(usage=Usage(tokens_in=7))), GO)
    reporter(run.state, [])
    reporter(run.state, [])
    run.after(c.Pause(by="ann"))
    reporter(run.state, [])
    run.after(c.Abort(by="ann"), GO)
    reporter(run.state, [])
    reports = [report for report in caller.reports if isinstance(report, c.ReportChild)]
    assert [(report.status, report.spent.tokens) for report in reports] == [
        ("running", 0),
        ("running", 7),
        ("paused", 7),
    ]
    unwanted = Caller()
    Reporter(unwanted, "call", 1, wanted=False)(run.state, [])  # type: ignore[arg-type]
    assert unwanted.reports == []


def test_a_caller_knows_who_is_driven_here_and_is_woken_when_that_one_rests():
    caller = Caller()
    run = child(noop("a"))

    class Driven:
        state = run.state

    Reporter(caller, "call", 1).begin(Driven())()  # type: ignore[arg-type]
    assert list(caller.children) == ["r.1.1"]
    assert caller.nudged == 1


async def test_a_refusal_of_a_report_is_no_fault_of_anybody():
    done_: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done_.set_exception(RopewalkError("no"))
    heard(done_)
    cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    heard(cancelled)


def parent(imported: bool = False) -> State:
    state = given(flow(Step("call", "call", args={"workflow": "w"})), run="r").after(GO).state
    state.imported = imported
    return state


@pytest.mark.parametrize(
    ("caller", "imported"),
    [
        (None, False),
        (Parent("other", "call", 1, 1), False),
        (Parent("r", "else", 1, 1), False),
        (Parent("r", "call", 1, 1), True),
    ],
)
def test_a_run_of_that_name_that_was_not_called_by_the_step_is_not_its_own(
    caller: Parent | None, imported: bool
):
    state = given(flow(noop("a")), run="r.1.1", parent=caller).after(GO).state
    state.imported = imported
    with pytest.raises(RopewalkError, match=r"already a run r\.1\.1.*not called by step call"):
        belongs(state, parent(), "call")


def test_its_own_is_its_own_also_where_both_were_imported():
    state = child(noop("a")).state
    belongs(state, parent(), "call")
    state.imported = True
    belongs(state, parent(imported=True), "call")

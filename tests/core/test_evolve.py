"""Folding is total: any event on any state is counted and never raises, and equal histories give equal states."""

from __future__ import annotations

import sys
from random import Random
from typing import Any, get_args

import msgspec
import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.decide import decide
from ropewalk.core.evolve import evolve, fold
from ropewalk.core.plan import next_due
from ropewalk.core.state import Graph, new_state
from ropewalk.core.work import Failure
from ropewalk.definition.policy import Limits
from ropewalk.definition.workflow import Approval, Decision, Foreach, Route, Step
from ropewalk.testing.given import done, given
from tests.core.flows import GO, flow, noop, started

STEPS = (
    noop("a"),
    noop("f", "a", foreach=Foreach("inputs.xs", at_most=1)),
    Step("d", "decide", needs=("f",), decision=Decision((Route("x", to=("b",)), Route("y")))),
    noop("b", phase="p"),
    noop("last", final=True),
)
WORKFLOW = flow(*STEPS)
KEYS = ("a", "f", "f[x]", "f[y]", "d", "b", "last", "nobody", "")
WORDS: dict[str, tuple[Any, ...]] = {
    "step": KEYS,
    "to": KEYS,
    "steps": (("a", "f"), ("nobody",), ("d", "b")),
    "keys": ((), ("x", "y"), ("x",)),
    "values": ((), (1, 2)),
    "turn": (1, 5),
    "ask": ("a1", "a2"),
    "about": get_args(e.AskKind),
    "reason": ("asked", "by request", ""),
    "policy": ("fail", "continue", "pause"),
    "cause": get_args(e.SkipCause),
    "child": ("", "r.1"),
    "retry_at": (None, 1.0, 99.0),
    "expires_at": (None, 5.0),
    "until": (None, 7.0),
    "route": ("x", "y", "z"),
    "fact": ("", "x"),
    "failure": (Failure("lost", ""), Failure("permanent", "no"), Failure("gate", "")),
    "status": ("completed", "failed", "aborted", "paused", "running"),
    "detail": ("", "w"),
}


def anything(random: Random) -> e.Event:
    kind: type[e.Event] = random.choice(get_args(e.AnyEvent))
    defaults = dict(zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False))
    fields: dict[str, Any] = {}
    for name in kind.__struct_fields__:
        if name in WORDS and (name != "detail" or kind is not e.AskOpened):
            fields[name] = random.choice(WORDS[name])
        elif name not in defaults:
            fields[name] = "x"
    return kind(**fields)


@pytest.mark.parametrize("seed", range(60))
def test_any_event_in_any_order_is_counted_and_never_raises(seed: int):
    random = Random(seed)
    state = new_state("r", WORKFLOW, Graph(WORKFLOW))
    history = [(anything(random), float(at)) for at in range(120)]
    if seed % 2:
        history[0] = (e.RunCreated("w", ""), 0.0)
        history[1] = (e.RunStarted(), 0.0)
    assert fold(state, history).version == 120
    again = fold(new_state("r", WORKFLOW, Graph(WORKFLOW)), history)
    assert msgspec.structs.asdict(again) == msgspec.structs.asdict(state)


def test_an_event_that_does_not_fit_changes_nothing_but_the_version():
    run = started(WORKFLOW).after(done("a"), GO)
    before = msgspec.structs.asdict(run.state)
    for event in (
        e.StepStarted("a"),
        e.StepSucceeded("nobody"),
        e.RunReopened(),
        e.RunCreated("w", ""),
        e.StepDue("a"),
    ):
        evolve(run.state, event, 0.0)
    after = msgspec.structs.asdict(run.state)
    assert after.pop("version") == before.pop("version") + 5
    assert after == before


def test_an_item_of_a_foreach_that_is_over_is_not_offered_any_more():
    run = given(WORKFLOW, inputs={"xs": ["x", "y"]}).after(GO, done("a"), GO)
    run.after(e.AttemptFailed("f[x]", retry_at=9.0), e.StepAborted("f"), e.StepDue("f[x]"))
    assert (run.step("f[x]").status, run.step("f[x]").queued) == ("pending", "")


def test_a_list_that_is_put_on_record_once_more_replaces_the_items():
    run = given(WORKFLOW).after(e.RunStarted(), e.StepExpanded("f", keys=("x",), values=(1,)))
    run.after(
        e.StepAborted("f"),
        e.StepRetried("f"),
        e.AttemptFailed("f"),
        e.StepExpanded("f", keys=("y",), values=(2,)),
    )
    assert run.step("f").items == ("f[y]",)
    assert "f[x]" not in run.state.steps


def test_an_event_costs_the_same_however_large_the_run_is():
    """Counted in the lines that run, for a report and the start that follows from it."""
    small, large = lines(20, 10), lines(2_000, 10)
    assert large <= small * 1.1


def test_an_event_costs_the_same_however_long_the_history_is():
    early, late = lines(400, 10), lines(400, 300)
    assert late <= early * 1.1


@pytest.mark.parametrize("shape", ["each", "wide", "asks"])
def test_an_event_costs_the_same_beside_many_others(shape: str):
    assert lines(1_000, 30, shape) <= lines(100, 30, shape) * 1.2


def lines(size: int, at: int, shape: str = "chain") -> int:
    """How many lines of the core one report takes, after `at` others."""
    limits = Limits(items=size, parallel=8)
    workflow = {
        "chain": lambda: flow(*(noop(f"s{n}", *([f"s{n - 1}"] if n else [])) for n in range(size))),
        "wide": lambda: flow(*(noop(f"s{n}") for n in range(size)), limits=limits),
        "each": lambda: flow(noop("f", foreach=Foreach("inputs.xs", at_most=4)), limits=limits),
        "asks": lambda: flow(
            *(noop(f"s{n}", approve=Approval(expires_seconds=9.0)) for n in range(size)), limits=limits
        ),
    }[shape]()
    run = started(workflow, inputs={"xs": list(range(size))})
    state = run.state
    counted = 0

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal counted
        counted += event == "line"
        return count

    for n in range(at + 1):
        report = done(next(iter(state.running)))(state)
        if n == at:
            before = sys.gettrace()
            sys.settrace(count)
            decide(state, report, 1.0)
            decide(state, c.Advance(), 1.0)
            next_due(state)
            sys.settrace(before)
        else:
            decide(state, report, 1.0)
            decide(state, c.Advance(), 1.0)
    return counted

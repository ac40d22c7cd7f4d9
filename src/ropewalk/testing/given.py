"""Workflows as plain functions: `given(workflow, *history).when(command, now=5).then(*events, owes=effects)`.

Nothing runs and nothing waits: commands are decided, events are folded, and what is owed is read off the state. After
each step the history is folded anew, and both states must be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import unified_diff
from types import EllipsisType
from typing import Any

import msgspec

from ropewalk.core import Effect, Failure, Graph, Outcome, State, StepState, new_state
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.decide import decide
from ropewalk.core.evolve import evolve, fold
from ropewalk.core.plan import plan
from ropewalk.definition import ErrorClass, Workflow
from ropewalk.errors import RopewalkError


class Like:
    """Stands for any event or effect of a type that has these fields; made by `like`."""

    def __init__(self, kind: type[msgspec.Struct], fields: dict[str, Any]) -> None:
        unknown = fields.keys() - set(kind.__struct_fields__)
        if unknown:
            raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        self.kind = kind
        self.fields = fields

    def fits(self, actual: msgspec.Struct) -> bool:
        """Whether it is of the type and each named field is the same; a field may be a `Like` too."""
        return isinstance(actual, self.kind) and all(
            want.fits(getattr(actual, name)) if isinstance(want, Like) else getattr(actual, name) == want
            for name, want in self.fields.items()
        )

    def __repr__(self) -> str:
        return _line(self.kind, self.fields)


Wanted = e.Event | Effect | Like | type[msgspec.Struct] | EllipsisType
"""An event as it is, `like(...)`, a type for any of it, or `...` for any number of whatever."""
CommandOrMaker = c.Command | Callable[[State], c.Command]
"""A command, or what makes one from the state: `done("build")` knows the round and the attempt that are under way."""


def given(
    workflow: Workflow | State, *history: e.Event | CommandOrMaker, run: str = "r", **creation: Any
) -> Given:
    """A run after its history: events are folded, commands are decided, all at time 0.

    A history of a workflow that does not begin with `RunCreated` is begun by a `Create` with `creation` (`inputs`,
    `facts`, `options` ...). A State is taken as it is and moved on.
    """
    if isinstance(workflow, State):
        made = Given(workflow, None)
    else:
        made = Given(new_state(run, workflow, Graph(workflow)), workflow)
        if not (history and isinstance(history[0], e.RunCreated | c.Create)):
            made = made.after(c.Create(workflow=workflow.name, digest="", **creation))
    return made.after(*history)


class Given:
    """A run at some time. `history` has the events that this object has seen, with their times."""

    def __init__(self, state: State, workflow: Workflow | None) -> None:
        self.state = state
        self.history: list[tuple[e.Event, float]] = []
        self._workflow = workflow

    def after(self, *entries: e.Event | CommandOrMaker, now: float = 0.0) -> Given:
        """Move on, with no questions asked."""
        for entry in entries:
            if isinstance(entry, e.Event):
                evolve(self.state, entry, now)
                self.history.append((entry, now))
            else:
                self._decide(entry, now)
        return self

    def when(self, *commands: CommandOrMaker, now: float = 0.0) -> When:
        """Tell the run these commands one after the other at `now`, in unix seconds."""
        events: list[e.Event] = []
        for number, command in enumerate(commands):
            version, before = self.state.version, msgspec.json.encode(_plain(self.state), order="sorted")
            try:
                events += self._decide(command, now)
            except RopewalkError as refusal:
                _same_state(version, before, self.state)
                rest = commands[number + 1 :]
                return When(self, events, refusal if not rest else None, f"{refusal} (then {len(rest)} more)")
        return When(self, events, None, "")

    def step(self, key: str) -> StepState:
        """What is true of a step, or of an item as `id[key]`."""
        return self.state.steps[key]

    def statuses(self) -> dict[str, str]:
        """Each step and item with its status."""
        return {key: st.status for key, st in self.state.steps.items()}

    def _decide(self, entry: CommandOrMaker, now: float) -> list[e.Event]:
        command = entry if isinstance(entry, c.Command) else entry(self.state)
        made = decide(self.state, command, now)
        self.history += [(event, now) for event in made]
        if self._workflow is not None:
            anew = fold(new_state(self.state.run, self._workflow, self.state.graph), self.history)
            assert anew == self.state, "folding the history anew gives another state:\n" + _differences(
                anew, self.state
            )
        return made


class When:
    """What became of the commands."""

    def __init__(
        self, run: Given, events: list[e.Event], refusal: RopewalkError | None, trouble: str
    ) -> None:
        self.run = run
        self.events = events
        self.refusal = refusal
        self._trouble = trouble

    def then(self, *expected: Wanted, owes: Sequence[Wanted] | None = None) -> Given:
        """Exactly these events were made, in this order, and (when given) exactly these effects are owed then."""
        if self.refusal is not None or self._trouble:
            raise AssertionError(f"it was refused: {self.refusal or self._trouble}")
        _compare("events", expected, self.events)
        if owes is not None:
            _compare("effects", owes, plan(self.run.state))
        return self.run

    def refused(self, text: str) -> Given:
        """The last command was refused, `text` stands in the refusal, and nothing has changed."""
        if self.refusal is None:
            made = "\n".join(map(_show, self.events)) or "(nothing happened)"
            raise AssertionError(f"it was not refused but led to:\n{made}")
        if text not in str(self.refusal):
            raise AssertionError(f"the refusal does not say {text!r}: {self.refusal}")
        return self.run


def like(kind: type[msgspec.Struct], /, **fields: Any) -> Like:
    """Any event, effect or part of one of this type that has these fields. Raises TypeError for a field it has not."""
    return Like(kind, fields)


def done(step: str, outcome: Outcome | None = None, **outputs: Any) -> Callable[[State], c.Report]:
    """The attempt of the step that is under way ends with this outcome, or succeeds with these outputs."""
    given_back = outcome or Outcome(outputs=outputs)
    return lambda state: c.Report(step, state.steps[step].round, state.steps[step].attempt, given_back)


def broken(
    step: str,
    kind: ErrorClass = "permanent",
    message: str = "it broke",
    retry_at: float | None = None,
    **fields: Any,
) -> Callable[[State], c.Report]:
    """The attempt of the step that is under way fails."""
    return done(step, Outcome(failure=Failure(kind=kind, message=message, retry_at=retry_at), **fields))


def _compare(kind: str, expected: Sequence[Wanted], actual: Sequence[msgspec.Struct]) -> None:
    if not _fits(expected, actual):
        lines = unified_diff(
            [_show(entry) for entry in expected],
            [_show_as(expected, entry) for entry in actual],
            "expected",
            "found",
            lineterm="",
            n=1_000,
        )
        raise AssertionError(f"other {kind} than expected:\n" + "\n".join(list(lines)[3:]))


def _fits(expected: Sequence[Wanted], actual: Sequence[msgspec.Struct]) -> bool:
    """Whether the whole of `actual` is described; `...` takes as few as it can."""
    reached = {0}
    for want in expected:
        if want is ...:
            reached = set(range(min(reached), len(actual) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(actual) and _is(want, actual[at])}
    return len(actual) in reached


def _is(want: Wanted, actual: msgspec.Struct) -> bool:
    if isinstance(want, Like):
        return want.fits(actual)
    if isinstance(want, type):
        return isinstance(actual, want)
    return want == actual


def _show_as(expected: Sequence[Wanted], actual: msgspec.Struct) -> str:
    """A found event in the words of what it fits, so that a diff shows only what does not."""
    for want in expected:
        if want is not ... and not isinstance(want, msgspec.Struct) and _is(want, actual):
            return _show(want)
    return _show(actual)


def _show(wanted: Wanted | msgspec.Struct) -> str:
    if wanted is ...:
        return "..."
    if isinstance(wanted, type):
        return _line(wanted, {})
    if isinstance(wanted, msgspec.Struct):
        defaults = {
            field.name: field.default_factory() if callable(field.default_factory) else field.default
            for field in msgspec.structs.fields(wanted)
        }
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        return _line(type(wanted), {k: v for k, v in fields.items() if v != defaults[k]})
    return repr(wanted)


def _line(kind: type[msgspec.Struct], fields: dict[str, Any]) -> str:
    tag = kind.__struct_config__.tag
    words = (f"{name}={_show(v) if isinstance(v, msgspec.Struct) else repr(v)}" for name, v in fields.items())
    return " ".join((str(tag) if tag else kind.__name__, *words))


def _same_state(version: int, before: bytes, state: State) -> None:
    after = msgspec.json.encode(_plain(state), order="sorted")
    assert (state.version, after) == (version, before), "a refused command has changed the state"


def _plain(state: State) -> dict[str, Any]:
    """Everything of a state but what it shares with all runs of its workflow."""
    return {
        name: getattr(state, name) for name in state.__struct_fields__ if name not in {"workflow", "graph"}
    }


def _differences(left: State, right: State) -> str:
    """The fields in which two states differ, one a line, those of steps by step."""
    lines = []
    for name in left.__struct_fields__:
        folded, kept = getattr(left, name), getattr(right, name)
        if folded == kept:
            continue
        if name != "steps":
            lines.append(f"  {name}: {folded!r} folded, {kept!r} kept")
            continue
        for key in dict.fromkeys((*folded, *kept)):
            mine, other = folded.get(key), kept.get(key)
            if mine is None or other is None:
                lines.append(f"  step {key}: only {'kept' if mine is None else 'folded'}")
            elif mine != other:
                lines += [
                    f"  step {key}.{part}: {getattr(mine, part)!r} folded, {getattr(other, part)!r} kept"
                    for part in mine.__struct_fields__
                    if getattr(mine, part) != getattr(other, part)
                ]
    return "\n".join(lines)

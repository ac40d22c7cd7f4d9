"""Drives a run in the foreground and shows it: a live table in a terminal, a line for each event when piped, nothing
for JSON. How it ended is said here too, with the commands to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ropewalk.app import (
    ArtifactRow,
    ChildSpent,
    Event,
    Ropewalk,
    State,
    StepSkipped,
    StepStarted,
    StepSucceeded,
    cost_of,
    counted,
    duration,
    errors_of,
    is_at_rest,
    landing_commands,
    listed_steps,
    money,
    run_of,
    run_seconds,
    short_value,
    showing,
    until_ended,
    warnings_of,
)
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.interrupts import interrupts
from ropewalk.cli.lines import event_line
from ropewalk.cli.screen import Screen, one_line
from ropewalk.errors import NotLanded


class DrivingView(Protocol):
    """What is shown while a run is driven. `attended`: it takes answers, so the run need not be left for an ask."""

    def on_events(self, state: State, events: list[Event]) -> None: ...
    def attended(self) -> bool: ...
    def say(self, text: str) -> None: ...
    async def __aenter__(self) -> DrivingView: ...
    async def __aexit__(self, *error: object) -> None: ...


class Lines:
    """One line an event; silent for JSON."""

    def __init__(self, screen: Screen, *, several: bool = False) -> None:
        self._screen = screen
        self._several = several

    def on_events(self, state: State, events: list[Event]) -> None:
        if self._screen.json:
            return
        for event in events:
            if not _quiet(state, event):
                of = state.run if self._several else ""
                self._screen.line(event_line(self._screen, state.updated_at, event, of))
        self._screen.flush()

    def attended(self) -> bool:
        return False

    def say(self, text: str) -> None:
        """Next to the lines."""
        self._screen.aside(text)

    async def __aenter__(self) -> DrivingView:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None


def _quiet(state: State, event: Event) -> bool:
    """What ropewalk does by itself at the end of a run is not told as long as it goes well."""
    st = state.steps.get(getattr(event, "step", ""))
    internal = st is not None and state.graph.steps[st.index].internal
    if isinstance(event, ChildSpent):
        return True
    return internal and isinstance(event, StepStarted | StepSucceeded | StepSkipped)


async def drive(
    context: CommandContext, ropewalk: Ropewalk, run: str, *, fresh: bool = False, wait: bool = False
) -> int:
    """Drive a run, show it, say how it ended, and give the exit code."""
    landing = not fresh and (await ropewalk.engine.fold(run)).landing is not None
    state, interrupted = await follow(context, ropewalk, run, fresh=fresh, wait=wait)
    if landing and state.not_landed:
        raise NotLanded(run=run, reason=state.not_landed.rstrip("."))
    made = await showing.made(ropewalk, state)
    conclude(context.screen, state, ropewalk.engine.clock.now(), made, interrupted=interrupted)
    return exits.INTERRUPTED if interrupted else exits.OF_STATUS.get(state.status, exits.PAUSED)


async def follow(
    context: CommandContext, ropewalk: Ropewalk, run: str, *, fresh: bool = False, wait: bool = False
) -> tuple[State, bool]:
    """Drive a run and show it; gives how it stands then, and whether somebody interrupted it."""
    view = _view(context, ropewalk)
    resting = until_ended if wait else lambda state: is_at_rest(state) and not view.attended()
    ropewalk.engine.hears = waiting(view)
    with interrupts(ropewalk.engine, view.say) as stopped:
        async with view:
            state = await ropewalk.engine.drive(run, resting, view.on_events, fresh=fresh)
    return state, stopped.seen and not state.ended


def waiting(view: DrivingView) -> Callable[[str, str], None]:
    """Tells next to what is shown what has to wait for the host, and when it goes on."""

    def hears(doing: str, reason: str) -> None:
        view.say(f"Waiting ({doing}): {reason}" if reason else f"Going on ({doing}).")

    return hears


def _view(context: CommandContext, ropewalk: Ropewalk) -> DrivingView:
    if not context.screen.terminal:
        return Lines(context.screen)
    from ropewalk.cli.live import LiveScreen

    return LiveScreen(context.screen, ropewalk)


def conclude(
    screen: Screen,
    state: State,
    now: float,
    made: tuple[ArtifactRow, ...] | None = None,
    *,
    interrupted: bool = False,
) -> None:
    """The end of a drive: the object for JSON; for people what happened and what they can do next."""
    view = run_of(state, now, made)
    screen.give(view)
    if screen.json:
        return
    if interrupted:
        screen.line(f"Run {state.run} is left as it is. Go on with it, or end it:")
        screen.line(f"  ropewalk drive {state.run}")
        screen.line(f"  ropewalk abort {state.run}")
        return
    screen.line(headline(screen, state, now))
    for error in errors_of(state):
        where = f"{error['step']}: " if error["step"] else ""
        screen.line(f"  {screen.paint('red', where)}{short_value(error['message'], 200)} ({error['class']})")
    warn(screen, state)
    if view.artifacts:
        names = [artifact.path for artifact in view.artifacts]
        names[4:] = [f"and {len(names) - 4} more"] if names[4:] else []
        screen.line(f"  made {', '.join(names)}  (ropewalk artifacts {state.run})")
    if state.status == "completed":
        for command in landing_commands(state):
            screen.line(f"  {command}")
    else:
        from ropewalk.app import explain_state

        why = explain_state(state, now, driven=False)
        if state.status == "paused":
            screen.line(why.sentence)
        for command in dict.fromkeys((*why.commands, *_onwards(state))):
            screen.line(f"  {command}")


def warn(screen: Screen, state: State) -> None:
    """A line for everything that people should know of the run's files."""
    for warning in warnings_of(state):
        where = f"{warning['step']}: " if warning["step"] else ""
        screen.line(f"  {screen.paint('magenta', 'mind')} {one_line(where + warning['message'])}")


def _onwards(state: State) -> tuple[str, ...]:
    return (f"ropewalk drive {state.run}",) if state.status == "paused" and state.reason == "asked" else ()


def headline(screen: Screen, state: State, now: float) -> str:
    """Status, time, steps, cost, on one line."""
    steps = listed_steps(state)
    done = sum(st.status == "succeeded" for st in steps)
    skipped = sum(st.status == "skipped" for st in steps)
    failed = sum(st.status in {"failed", "aborted"} for st in steps)
    parts = [f"{done} of {counted(len(steps), 'step')} succeeded"]
    parts += [f"{skipped} skipped"] if skipped else []
    parts += [f"{failed} failed or aborted"] if failed else []
    cost = cost_of(state)
    if cost != 0:
        parts.append(money(cost, unknown=bool(state.spent.unknown)))
    status = screen.status(state.status)
    if state.options.rehearse is not None:
        status += screen.paint("magenta", " (rehearsed)")
    return (
        f"Run {state.run} of {state.workflow.name} is {status} after {duration(run_seconds(state, now))}: "
        + ", ".join(parts)
    )

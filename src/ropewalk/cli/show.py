"""`ropewalk show`: one run, whole: steps by phase, times, results, errors; also as it was at an earlier version."""

from __future__ import annotations

from typing import Any

from ropewalk.app import (
    RunView,
    State,
    StepLine,
    duration,
    find_step,
    handoffs_of,
    plain_data,
    printable,
    short_value,
    showing,
    step_lines,
    step_of,
    verdicts_of,
)
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.driving import headline, warn
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.lines import moment
from ropewalk.cli.screen import Screen, one_line
from ropewalk.errors import UsageError


async def perform(context: CommandContext, run: str, at: int | None, timeline: bool, step: str | None) -> int:
    """One run."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        state = await ropewalk.engine.fold(run_id, at)
        if at is not None and at > state.version:
            raise UsageError(
                what=f"Run {run_id} has only {state.version} versions", hint="take an earlier one"
            )
        now = ropewalk.engine.clock.now() if at is None else state.updated_at
        view = await showing.view(ropewalk, state, now)
        if timeline:
            from ropewalk.cli.bars import draw

            return await draw(context, ropewalk, state, now)
    if step is not None:
        return _step(context.screen, state, step)
    context.screen.give(view)
    if not context.screen.json:
        _show(context.screen, state, now, at, view)
        for folder in view.folders:
            remark = "what an attempt left, kept nowhere else until it is cleared up"
            context.screen.line(f"  {context.screen.paint('magenta', 'mind')} {one_line(folder)}: {remark}")
    return exits.COMPLETED


def _show(screen: Screen, state: State, now: float, at: int | None, view: RunView) -> None:
    screen.line(headline(screen, state, now))
    if at is not None:
        screen.line(f"As it was at version {at}, {moment(state.updated_at)}.")
    about = [f"created {moment(state.created_at)}"]
    about += [f"ended {moment(state.ended_at)}"] if state.ended_at else []
    about += [f"version {state.version}"]
    about += [f"forked from {state.forked_from}"] if state.forked_from else []
    about += [f"called by {state.parent.step} of run {state.parent.run}"] if state.parent else []
    screen.line(screen.paint("dim", ", ".join(about)))
    _landing(screen, state)
    _named(screen, "inputs", state.inputs)
    _named(screen, "facts", state.facts)
    screen.line()
    _steps(screen, state, now)
    _named(screen, "outputs", state.result)
    warn(screen, state)
    if view.artifacts:
        screen.line()
        rows = [(artifact.path, artifact.step, artifact.digest[:12]) for artifact in view.artifacts]
        screen.table(("artifact", "step", "sha256"), rows, 0)
    _gates(screen, state)
    _handoffs(screen, state)
    for name, opened in state.asks.items():
        screen.line(
            f"{screen.paint('magenta', name)}: {opened.step} asks {short_value(printable(opened.prompt), 200)!r}"
        )


def _landing(screen: Screen, state: State) -> None:
    """Where the result is, or is to go."""
    if state.landing is not None:
        screen.line(f"on its way to {state.landing.target}")
    elif state.not_landed:
        screen.line(f"{screen.paint('red', 'did not land')}: {one_line(state.not_landed)}")
    elif state.landed:
        screen.line(f"landed on {state.landed}")


def _gates(screen: Screen, state: State) -> None:
    """What was judged, how it ended, and what of the run's files did not count for it."""
    judged = verdicts_of(state)
    if not judged:
        return
    screen.line()
    screen.table(
        ("gate", "step", "verdict"),
        [(printable(verdict["gate"]), verdict["step"], verdict["verdict"]) for verdict in judged],
        0,
    )
    findings = dict.fromkeys(
        line for verdict in judged if verdict["judged_with"] for line in verdict["findings"]
    )
    for line in findings:
        if line.startswith("judged with"):
            screen.line(f"  {short_value(printable(line), 200)}")


def _handoffs(screen: Screen, state: State) -> None:
    """Who handed what on to whom, and with which words."""
    handoffs = handoffs_of(state)
    if handoffs:
        screen.line()
        screen.line(screen.paint("bold", "Handoffs"))
    for handoff in handoffs:
        to = f" to {handoff['to']}" if handoff["to"] else ""
        screen.line(
            f"{handoff['step']}: from {printable(handoff['from'])}{printable(to)}: {short_value(printable(handoff['summary']), 100)}"
        )
        for name in ("artifacts", "expected", "decisions", "questions"):
            if handoff[name]:
                screen.line(f"  {name}: {short_value(printable(', '.join(handoff[name])), 160)}")
        if handoff["instructions"]:
            screen.line(
                f"  instructions: {short_value(printable(' '.join(handoff['instructions'].split())), 200)}"
            )


def _named(screen: Screen, title: str, values: dict[str, Any]) -> None:
    if values:
        listed = ", ".join(f"{name}={printable(short_value(value))}" for name, value in values.items())
        screen.line(f"{title}: {listed}")


def _steps(screen: Screen, state: State, now: float) -> None:
    """By phase where there are phases."""
    shown = step_lines(state, now)
    phases = [phase.id for phase in state.workflow.phases]
    if not phases:
        _table(screen, shown)
        return
    titles = {phase.id: phase.title or phase.id for phase in state.workflow.phases}
    for phase in [*phases, ""]:
        mine = [line for line in shown if line.phase == phase]
        if mine:
            screen.line(screen.paint("bold", titles.get(phase, "without a phase")))
            _table(screen, mine)


def _table(screen: Screen, shown: list[StepLine]) -> None:
    rows = [
        (
            line.key,
            line.status,
            "" if line.seconds is None else duration(line.seconds),
            line.round if line.round > 1 else "",
            line.attempts if line.attempts > 1 else "",
            line.note,
        )
        for line in shown
    ]
    screen.table(("step", "state", "time", "round", "tries", ""), rows)


def _step(screen: Screen, state: State, key: str) -> int:
    """Everything about one step."""
    view = step_of(state, find_step(state, key))
    screen.give(view)
    for name, value in plain_data(view).items():
        if value not in (None, "", [], {}):
            screen.line(f"{screen.paint('bold', name)}: {_as_text(value)}")
    return exits.COMPLETED


def _as_text(value: Any) -> str:
    import msgspec

    if isinstance(value, str):
        return printable(value)
    return printable(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


SHOW = Verb(
    "show",
    "Show a run: its steps, times, results; also as it was earlier",
    perform,
    Argument("run", "a run's id or its beginning, or `last`", complete="run"),
    Option("--at", "As it was at this version (`ropewalk events` shows them).", "whole", metavar="VERSION"),
    Option("--step", "Everything about one step.", "text"),
    Option("--timeline", "The attempts as bars over time."),
    reads=True,
)

"""What people are asked, and their answers: `ropewalk inbox`, `approve`, `reject`, `answer`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ropewalk.app import AskView, State, answer_commands, ask_of, driving_run, is_driven, open_asks, printable
from ropewalk.cli import exits
from ropewalk.cli.answering import shown
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.lines import moment
from ropewalk.cli.values import read_value
from ropewalk.errors import NoSuchAsk, Refused, UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk


async def inbox(context: CommandContext, run: str | None) -> int:
    """Every open ask with what there is to look at and the commands that answer it."""
    async with context.ropewalk() as ropewalk:
        wanted = await context.find(ropewalk, run) if run else ""
        opened_asks = await open_asks(ropewalk, wanted)
        views: list[AskView] = []
        for of, opened, at in opened_asks:
            views.append(ask_of(of, opened, at))
            if not context.screen.json:
                when = context.screen.paint("dim", f"run {of}, since {moment(at)}")
                context.screen.line(when)
                for line in await shown(context.screen, ropewalk, of, opened):
                    context.screen.line(line)
                if opened.expires_at is not None:
                    default = opened.default or "reject"
                    context.screen.line(f"  at {moment(opened.expires_at)} {default} is taken")
                for command in answer_commands(of, opened.ask, opened):
                    context.screen.line(f"  {command}")
                context.screen.line()
    context.screen.give({"asks": views})
    if not opened_asks:
        context.screen.line("Nobody is asked anything.")
    return exits.COMPLETED


async def approve(context: CommandContext, run: str, ask: str | None, reason: str | None) -> int:
    return await give(context, run, ask, "approve", reason=reason or "")


async def reject(context: CommandContext, run: str, ask: str | None, reason: str | None) -> int:
    return await give(context, run, ask, "reject", reason=reason or "")


async def answer(
    context: CommandContext,
    run: str,
    ask: str,
    choice: str | None,
    value: str | None,
    path: str | None,
    hunk: int | None,
    reason: str | None,
) -> int:
    """A choice, or a value with approval."""
    if choice is None and value is None:
        raise UsageError(
            what="`ropewalk answer` needs a choice or --value", hint="`ropewalk inbox` lists the choices"
        )
    return await give(
        context,
        run,
        ask,
        choice or "approve",
        reason=reason or "",
        typed=value,
        path=path or "",
        hunk=hunk,
    )


async def give(
    context: CommandContext, run: str, ask: str | None, verdict: str, *, typed: str | None = None, **how: Any
) -> int:
    """Answer an ask of a run, or its only one, with a value as the ask has it; say what follows."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        of, name = await the_ask(ropewalk, run_id, ask)
        if typed is not None:
            opened = (await ropewalk.engine.fold(of)).asks.get(name)
            how["value"] = read_value(typed, opened.form if opened else {})
        await ropewalk.answer(of, name, verdict, **how)
        place = of_place(str(how.get("path", "")), how.get("hunk"))
        await tell_status(context, ropewalk, of, f"{name}: {verdict}{place}", name)
    return exits.COMPLETED


def of_place(path: str, hunk: int | None) -> str:
    """Which part of a conflict an answer is for."""
    return f" for {path}" + (f", hunk {hunk}" if hunk else "") if path else ""


async def the_ask(ropewalk: Ropewalk, run: str, ask: str | None) -> tuple[str, str]:
    """The run and name of an ask; without a name the only one that is open in the run or in runs that it called."""
    if ask is not None:
        return run, ask
    state = await ropewalk.engine.fold(run)
    asked = [(run, name) for name in state.asks]
    called = [st.child for st in state.steps.values() if st.child]
    asked += [(of, e.ask) for of, e, _ in await open_asks(ropewalk) if of in called]
    if len(asked) == 1:
        return asked[0]
    if asked:
        names = ", ".join(name for _, name in asked)
        raise UsageError(what=f"Run {run} asks several things: {names}", hint="say which one")
    if state.answers:
        last = list(state.answers.values())[-1]
        raise Refused(
            verb="answer",
            reason=f"run {run} asks nothing; {last.ask} was answered ({last.verdict} by {last.by})",
        )
    raise NoSuchAsk("Run {run} asks nothing", run=run)


async def tell_status(
    context: CommandContext, ropewalk: Ropewalk, run: str, done: str, ask: str = ""
) -> None:
    """What became of it, what is left of an ask that stays open, and who goes on with the run."""
    state = await ropewalk.engine.fold(run)
    driven = await is_driven(ropewalk, state)
    left = list(state.asks[ask].detail.get("left", ())) if ask in state.asks else []
    context.screen.give(
        {"run": run, "status": state.status, "reason": state.reason, "driven": driven, "left": left}
    )
    context.screen.line(f"{done}. Run {run} is {context.screen.status(state.status)}.")
    if left:
        context.screen.line(f"{ask} stays open for {printable('; '.join(left))}.")
        return
    for line in _onwards(state, driven):
        context.screen.line(line)


def _onwards(state: State, driven: bool) -> Iterator[str]:
    if not state.ended and not driven and not (state.status == "paused" and state.reason == "by request"):
        yield f"Nobody drives it now; go on with `ropewalk drive {driving_run(state)}`."


OF_RUN = Argument("run", "a run's id or its beginning, or `last`", complete="run")
OF_ASK = Argument("ask", "which ask, when several are open (`ropewalk inbox` names them)", required=False)
REASON = Option("--reason -r", "Why; it stays on record, and a step that is done again is told.", "text")

INBOX = Verb(
    "inbox",
    "List what people are asked, in all runs",
    inbox,
    Argument("run", "only the asks of this run", required=False, complete="run"),
    reads=True,
)
APPROVE = Verb("approve", "Agree to what a run asks", approve, OF_RUN, OF_ASK, REASON, reads=True)
REJECT = Verb(
    "reject",
    "Refuse what a run asks, with a reason",
    reject,
    OF_RUN,
    OF_ASK,
    REASON,
    more="What is refused is done again with the reason, or fails: as the workflow says. It never goes on in silence.",
    reads=True,
)
ANSWER = Verb(
    "answer",
    "Answer with one of the choices, or with a value",
    answer,
    OF_RUN,
    Argument("ask", "which ask (`ropewalk inbox` names them)"),
    Argument("choice", "one of its choices", required=False),
    Option("--value", "A value: JSON, or text.", "text"),
    Option("--path", "Of a conflict: the choice is for this file alone.", "text"),
    Option("--hunk", "And for this hunk of it (`ropewalk conflicts` numbers them).", "whole"),
    REASON,
    reads=True,
)

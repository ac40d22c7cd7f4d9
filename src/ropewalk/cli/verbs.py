"""The verbs that steer a run from outside: pause, resume, abort, retry, exec, skip, fork, facts, budget."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ropewalk.app import Command as CoreCommand
from ropewalk.app import State, Vault, driving_run, how_to_give_secrets, is_driven, secret_values
from ropewalk.app.acting import act as do
from ropewalk.app.acting import command_from
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.drive import GIVEN
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.inbox import OF_RUN, tell_status
from ropewalk.cli.values import pair, read_facts, read_inputs, with_secrets
from ropewalk.errors import Refused, UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

PATIENCE_SECONDS = 60.0


async def tell(
    context: CommandContext, run: str, verb: str, done: str, *, drive: bool = False, **fields: Any
) -> int:
    """Do a verb on a run, say what became of it, and go on with it when that was asked for."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        await do(ropewalk, run_id, verb, fields, ropewalk.actor)
        if drive:
            return await onwards(context, ropewalk, run_id)
        await tell_status(context, ropewalk, run_id, done)
    return exits.COMPLETED


async def onwards(context: CommandContext, ropewalk: Ropewalk, run: str) -> int:
    """Drive the run that was steered; the one that called it, if it was called."""
    from ropewalk.cli.driving import drive

    state = await ropewalk.engine.fold(run)
    return await drive(context, ropewalk, driving_run(state))


async def pause(context: CommandContext, run: str, reason: str | None) -> int:
    return await tell(context, run, "pause", "Paused", reason=reason)


async def resume(context: CommandContext, run: str, drive: bool) -> int:
    return await tell(context, run, "resume", "Resumed", drive=drive)


async def abort(context: CommandContext, run: str, reason: str | None) -> int:
    """Ended when this returns: by the one who drives it, or here."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        await do(ropewalk, run_id, "abort", {"reason": reason}, ropewalk.actor)
        state = await ropewalk.engine.fold(run_id)
        unfinished = not state.ended or bool(state.unwanted)
        if unfinished and not await is_driven(ropewalk, state):
            state = await ropewalk.drive(run_id)
        elif not state.ended:
            state = await _ended(ropewalk, run_id)
        await tell_status(context, ropewalk, run_id, "Aborted" if state.ended else "The run is told to end")
    return exits.COMPLETED


async def _ended(ropewalk: Ropewalk, run: str) -> State:
    """Wait for the run's own driver to end it, as long as a grace may reasonably be."""
    until = ropewalk.engine.clock.now() + PATIENCE_SECONDS
    while True:
        position = await ropewalk.store.position()
        state = await ropewalk.engine.fold(run)
        left = until - ropewalk.engine.clock.now()
        if state.ended or left <= 0:
            return state
        await ropewalk.store.wait(position, min(left, 1.0))


async def retry(context: CommandContext, run: str, step: str | None, reason: str | None, drive: bool) -> int:
    done = f"{step} will be tried again" if step else "What failed will be tried again"
    return await tell(context, run, "retry", done, drive=drive, step=step, reason=reason)


async def skip(context: CommandContext, run: str, step: str, reason: str | None, drive: bool) -> int:
    return await tell(context, run, "skip", f"{step} is skipped", drive=drive, step=step, reason=reason)


async def execute(context: CommandContext, run: str, step: str, inputs: list[str]) -> int:
    """Exactly this step; the run stays paused. Done here unless another process drives the run."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        exactly = command_from("exec", {"step": step}, ropewalk.actor)
        if await is_driven(ropewalk, await ropewalk.engine.fold(run_id)):
            await ropewalk.engine.tell(run_id, exactly, ropewalk.actor)
            await tell_status(
                context, ropewalk, run_id, f"{step} is begun by the process that drives the run"
            )
            return exits.COMPLETED
        if inputs:
            await _give_quietly(ropewalk, run_id, read_inputs(inputs, context.folder))
        state = await _execute(context, ropewalk, run_id, exactly)
        st = state.steps[step]
        await tell_status(context, ropewalk, run_id, f"{step}: {st.status}")
    return exits.FAILED if st.status == "failed" else exits.COMPLETED


async def _give_quietly(ropewalk: Ropewalk, run: str, values: dict[str, Any]) -> None:
    """Hold values of secret inputs; the run stays paused."""
    workflow = (await ropewalk.engine.fold(run)).workflow
    ropewalk.engine.vault.put(run, secret_values(workflow, values))


async def _execute(context: CommandContext, ropewalk: Ropewalk, run: str, exactly: CoreCommand) -> State:
    from ropewalk.cli.driving import Lines

    begun, done = asyncio.Event(), asyncio.Event()

    def resting(state: State) -> bool:
        begun.set()
        return done.is_set()

    driving = asyncio.create_task(ropewalk.engine.drive(run, resting, Lines(context.screen).on_events))
    driven = asyncio.create_task(begun.wait())
    try:
        await asyncio.wait({driving, driven}, return_when=asyncio.FIRST_COMPLETED)
        if run in ropewalk.engine.drivers:
            await ropewalk.engine.tell(run, exactly, ropewalk.actor)
    finally:
        driven.cancel()
        done.set()
        if run in ropewalk.engine.drivers:
            ropewalk.engine.drivers[run].nudge()
        state = await driving
    return state


async def fork(
    context: CommandContext,
    run: str,
    step: str,
    inputs: list[str],
    facts: list[str],
    drive: bool,
) -> int:
    """A new run that keeps what does not come after the step."""
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        workflow = (await ropewalk.engine.fold(run_id)).workflow
        known = read_facts(facts, workflow)
        values = with_secrets(context, workflow, read_inputs(inputs, context.folder))
        made = await ropewalk.fork(run_id, step, inputs=values, facts=known)
        if drive:
            context.screen.line(f"Run {made}, forked from {run_id} at {step}")
            return await onwards(context, ropewalk, made)
        context.screen.give({"run": made, "forked_from": run_id, "step": step})
        onward = await _onward(ropewalk, made)
        context.screen.line(f"Run {made} begins at {step} of run {run_id}; go on with `{onward}`.")
    return exits.COMPLETED


async def _onward(ropewalk: Ropewalk, run: str) -> str:
    """The command that goes on in another process, which holds no secret yet."""
    state = await ropewalk.engine.fold(run)
    return how_to_give_secrets(run, Vault().lacking(state))


async def fact(context: CommandContext, run: str, facts: list[str], drive: bool) -> int:
    """One after the other; each is on record by itself."""
    known = [pair(word, "") for word in facts]
    async with context.ropewalk() as ropewalk:
        run_id = await context.find(ropewalk, run)
        workflow = (await ropewalk.engine.fold(run_id)).workflow
        for name, value in read_facts(facts, workflow).items():
            await do(ropewalk, run_id, "fact", {"name": name, "value": value}, ropewalk.actor)
        if drive:
            return await onwards(context, ropewalk, run_id)
        await tell_status(context, ropewalk, run_id, ", ".join(f"{name} is {text}" for name, text in known))
    return exits.COMPLETED


async def budget(
    context: CommandContext,
    run: str,
    cost: float | None,
    tokens: int | None,
    attempts: int | None,
    seconds: float | None,
    drive: bool,
) -> int:
    """Allow more."""
    more = {"cost_usd": cost, "tokens": tokens, "attempts": attempts, "seconds": seconds}
    if all(amount is None for amount in more.values()):
        raise UsageError(
            what="`ropewalk budget` needs to know how much more", hint="add --cost 5 or --tokens 100000"
        )
    if any(amount is not None and amount <= 0 for amount in more.values()):
        raise Refused(verb="raise the budget", reason="more is a number above 0")

    return await tell(context, run, "budget", "More is allowed", drive=drive, **more)


STEP = Argument("step", "a step of the run")
REASON = Option("--reason -r", "Why; it stays on record.", "text")
DRIVE = Option("--drive", "Then go on with the run here.")

PAUSE = Verb("pause", "Start nothing new; what runs finishes", pause, OF_RUN, REASON, reads=True)
RESUME = Verb("resume", "Go on after a pause by request or a block", resume, OF_RUN, DRIVE, reads=True)
ABORT = Verb(
    "abort",
    "End a run now, and what runs in it",
    abort,
    OF_RUN,
    REASON,
    more="Whatever runs gets SIGTERM, then after its grace SIGKILL; `finally` steps still run. What was done is kept.",
    reads=True,
)
RETRY = Verb(
    "retry",
    "Try a failed step again, or all failed ones",
    retry,
    OF_RUN,
    Argument("step", "a failed step; all that failed without it", required=False),
    REASON,
    DRIVE,
    reads=True,
)
EXEC = Verb("exec", "Run exactly one step of a paused run", execute, OF_RUN, STEP, GIVEN, reads=True)
SKIP = Verb(
    "skip",
    "Leave a step out; what follows goes on as if it were done",
    skip,
    OF_RUN,
    STEP,
    REASON,
    DRIVE,
    reads=True,
)
FORK = Verb(
    "fork",
    "Begin a new run from a step of an earlier one",
    fork,
    OF_RUN,
    Argument("step", "the first step that is done again"),
    Option("--input -i", "Another value for an input.", "many", metavar="NAME=VALUE", name="inputs"),
    Option("--fact", "Another value for a fact.", "many", metavar="NAME=VALUE", name="facts"),
    DRIVE,
    more="What does not come after the step is kept as it was; the earlier run stays as it is.",
    reads=True,
)
FACT = Verb(
    "fact",
    "Make something known to a run: NAME=VALUE",
    fact,
    OF_RUN,
    Argument("facts", "NAME=VALUE; the value is JSON, yes, no, or text", many=True),
    DRIVE,
    reads=True,
)
BUDGET = Verb(
    "budget",
    "Allow a run to spend more",
    budget,
    OF_RUN,
    Option("--cost", "So many dollars more.", "number", metavar="USD"),
    Option("--tokens", "So many tokens more.", "whole"),
    Option("--attempts", "So many attempts more.", "whole"),
    Option("--seconds", "So many seconds more.", "number"),
    DRIVE,
    reads=True,
)

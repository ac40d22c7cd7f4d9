"""Drives one run: decide, append, do what `plan` says is owed, again. What is under way is found by its effect, and stopped as
soon as no plan has that. Every time anything ends it plans anew; nobody waits for a batch.

The expected version is the fence: an append that meets another driver's throws this state away and folds the history.
Effects are fenced too: a driver begins only attempts that it put on record itself, and asks before each one whether the run
is still its own. What another put on record and nobody works on here is lost, and tried again as an attempt of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from ropewalk.core import (
    NO_FAMILY_BUDGET,
    SPENDS,
    Call,
    EndCall,
    Failure,
    FamilyBudget,
    Outcome,
    Perform,
    State,
    Wake,
    family_budget,
)
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.decide import decide
from ropewalk.core.evolve import evolve
from ropewalk.core.plan import plan
from ropewalk.errors import Refused, RopewalkError
from ropewalk.runtime.awaited import AwaitedAnswers
from ropewalk.runtime.briefing import Briefing
from ropewalk.runtime.calling import heard
from ropewalk.runtime.host import Host, RunHandle
from ropewalk.runtime.link import AttemptLink
from ropewalk.runtime.own import OwnAttempts, is_free, present
from ropewalk.runtime.patience import HOST, delay, failure_of, patiently
from ropewalk.runtime.recordable import recordable, unrecordable
from ropewalk.runtime.submission import Settled, Submission, settle
from ropewalk.runtime.underway import UnderWay, first_of
from ropewalk.runtime.vault import how_to_give_secrets
from ropewalk.store.port import Append, Record
from ropewalk.workspace.port import AttemptId

T = TypeVar("T")
EventListener = Callable[[State, list[e.Event]], None]


class Driver:
    """One run under way in this process. `listener` hears of every batch of events once it is durable."""

    def __init__(
        self, host: Host, state: State, briefing: Briefing, listener: EventListener | None = None
    ) -> None:
        self.host = host
        self.state = state
        self.briefing = briefing
        self.listener = listener
        self.inbox: list[Submission] = []
        self.live: UnderWay[Perform] = UnderWay(self._attempt_over)
        self.calls: UnderWay[Call | EndCall] = UnderWay(self.nudge)
        self.answers = AwaitedAnswers()
        self.children: dict[str, Driver] = {}
        self.caller: Callable[[], None] | None = None
        self.stopping = False
        self.over = False
        self._again = True
        self._stale = False
        self._own = OwnAttempts(host.owner)
        self._waits: dict[tuple[str, int], int] = {}
        self._wake: asyncio.Future[None] | None = None
        self._due: float | None = None

    # What others may do -------------------------------------------------------------------------------------------

    def submit(self, command: c.Command, actor: str = "") -> asyncio.Future[list[e.Event]]:
        """Hand in a command; the future gives its events once they are durable, or the refusal. It is cancelled when the
        driver went to rest without having looked at the command."""
        done: asyncio.Future[list[e.Event]] = asyncio.get_running_loop().create_future()
        if self.over:
            done.cancel()
            return done
        fault = None if isinstance(command, c.ReportChild) else unrecordable(self.state.run, command)
        if fault is not None:  # an append that fails would end the driver, and all that runs here
            done.set_exception(fault)
            return done
        self.inbox.append(Submission(command, actor, done))
        self.nudge()
        return done

    def nudge(self) -> None:
        """Look again, there may be something to do."""
        self._again = True
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def await_answer(self, ask: str) -> asyncio.Future[str]:
        """The verdict of an ask, whenever it comes; at once when it came already."""
        return self.answers.verdict(self.state, ask)

    def note_child(self, run: str, child: RunHandle | None) -> None:
        """A called run is driven here now (or no longer)."""
        self.children.pop(run, None)
        if isinstance(child, Driver):
            self.children[run] = child

    def look_again(self) -> None:
        """Another process has written: fold what was missed first."""
        self._stale = True
        self.nudge()

    # The loop -----------------------------------------------------------------------------------------------------

    async def drive(self, resting: Callable[[State], bool]) -> State:
        """Drive until the run has ended or rests as `resting` says. Raises StoreError; what ran is stopped then."""
        try:
            async with asyncio.TaskGroup() as group:
                await self._go_on(group, resting)
        except BaseExceptionGroup as several:
            raise first_of(several) from several
        finally:
            self.host.slots.leave(self.state.run)
            for submission in self.inbox:
                if submission.done is not None and not submission.done.done():
                    submission.done.cancel()
        return self.state

    async def _go_on(self, group: asyncio.TaskGroup, resting: Callable[[State], bool]) -> None:
        try:
            while True:
                await self._take_up()
                await self._turn()
                self._match(group)
                if self.at_rest(resting):
                    break
                if not self._again:
                    await self._sleep()
        finally:
            self.over = True  # nobody looks at a submission any more, so nobody may wait for one
        self.calls.cancel()

    def at_rest(self, resting: Callable[[State], bool]) -> bool:
        """Nothing is under way here or in a called run, and what the run waits for is not ours to bring about."""
        if self.live or self.inbox or self._again:
            return False
        if self.stopping:
            return not self.calls
        children = all(
            call.child in self.children and self.children[call.child].at_rest(resting) for call in self.calls
        )
        return children and (self.state.ended or resting(self.state))

    async def _sleep(self) -> None:
        self._wake = asyncio.get_running_loop().create_future()
        if self.caller is not None and self.state.status == "paused" and not self.live:
            self.caller()  # It may have nothing left to wait for but people, and only looks when it is told to.
        timer = self.host.clock.call_at(self._due, self.nudge) if self._due is not None else None
        try:
            await self._wake
        finally:
            self._wake = None
            if timer is not None:
                timer.cancel()

    async def _turn(self) -> None:
        """All that is in the inbox and all that follows from it: one append."""
        self._again = False
        submissions, self.inbox = self.inbox, []
        try:
            await self._do(submissions)
        except BaseException:
            self.inbox = [
                *submissions,
                *self.inbox,
            ]  # the one who waits for one hears that the driver has gone
            raise

    async def _do(self, submissions: list[Submission]) -> None:
        if self._stale:
            await self._catch_up()
        while True:
            now = self.host.clock.now()
            before = self.state.version
            events, settled = self._decide(submissions, now)
            begun = self._advance(events, now)
            if not events or await self._append(events, before, now, submissions):
                break
            self.host.slots.give(self.state.run, begun)
            await self._refold(before)
        settle(settled)
        if events:
            self._own.remember(events)
            self._tell(events)

    def _decide(self, submissions: list[Submission], now: float) -> tuple[list[e.Event], Settled]:
        events: list[e.Event] = []
        settled: Settled = []
        for submission in submissions:
            command = submission.command
            if isinstance(command, c.ExecuteStep):
                around = self._around(now)
                command = msgspec.structs.replace(command, around=around, owner=self.host.owner)
            try:
                self._refuse_without_secrets(command)
                made = decide(self.state, command, now)
            except RopewalkError as refusal:
                settled.append((submission, refusal))
            else:
                events += made
                settled.append((submission, made))
        return events, settled

    def _refuse_without_secrets(self, command: c.Command) -> None:
        """One step of a paused run: it would fail for want of a value that somebody can still give."""
        lacking = self.host.vault.lacking(self.state) if isinstance(command, c.ExecuteStep) else ()
        if lacking:
            reason = f"values of secret inputs are not here; {how_to_give_secrets(self.state.run, lacking)}"
            raise Refused(verb="exec", reason=reason)

    def _advance(self, events: list[e.Event], now: float) -> int:
        """Let the run go on as far as there are slots; gives how many were taken."""
        state, slots = self.state, self.host.slots
        if not state.created or self.stopping or state.ended:
            return 0
        lacking = self.host.vault.lacking(state)
        if lacking:
            events += decide(state, c.Hold(", ".join(lacking)), now)
        elif state.status == "paused" and state.reason == "secret":
            events += decide(state, c.Resume(), now)
        begun, room = 0, state.room
        if state.immediate or room <= 0 or not state.ready:
            events += decide(state, c.Advance(0, self._around(now), self.host.owner), now)
        while state.ready and (room := state.room) > 0:
            granted = slots.take(state.run, min(room, len(state.ready)), self.nudge)
            made = decide(state, c.Advance(granted, self._around(now), self.host.owner), now)
            events += made
            used = sum(isinstance(event, e.StepStarted) and not event.child for event in made)
            begun += used
            slots.give(state.run, granted - used)
            if used < granted or not granted:
                break
        return begun

    def _around(self, now: float) -> FamilyBudget:
        """What the runs that called this one, and those that it called, mean for its budget."""
        state = self.state
        return (
            family_budget(state, self.host.state_of, now) if state.parent or state.calls else NO_FAMILY_BUDGET
        )

    async def _append(
        self, events: list[e.Event], before: int, now: float, submissions: list[Submission]
    ) -> bool:
        actor = next((submission.actor for submission in submissions if submission.actor), self.host.actor)
        cause = type(submissions[0].command).__name__ if submissions else ""
        append = Append(self.state.run, before, events, now, actor, cause)
        result = await self._patiently("writing the record", lambda: self.host.committer.append(append))
        return not result.conflict

    async def _patiently(self, doing: str, action: Callable[[], Awaitable[T]]) -> T:
        """A store that is busy or full for a while ends nothing; who stops does not wait for it."""
        return await patiently(
            self.host.clock, doing, action, self.host.notice, gives_up=lambda: self.stopping
        )

    def _tell(self, events: list[e.Event]) -> None:
        for event in events:
            self.answers.hear(event)
        if self.listener is not None:
            self.listener(self.state, events)
        if (self.state.parent or self.state.calls) and any(isinstance(event, SPENDS) for event in events):
            self.host.spent(self.state.run)

    async def _read(self, after: int) -> list[Record]:
        run, store = self.state.run, self.host.store
        return await self._patiently("reading the record", lambda: store.read(run, after=after))

    async def _catch_up(self) -> None:
        self._stale = False
        missed = await self._read(self.state.version)
        for record in missed:
            evolve(self.state, record.event, record.at)
        self._missed(missed)

    async def _refold(self, before: int) -> None:
        """The state went ahead of the log, which another has gone on from `before`: start from the log again."""
        self.state = await self._patiently("reading the record", lambda: self.host.fold(self.state.run))
        self.briefing = Briefing(self.state, self.briefing.base, self.briefing.versioned)
        missed = await self._read(before)
        self._missed([record for record in missed if record.version <= self.state.version])

    def _missed(self, records: list[Record]) -> None:
        """Who waits here for an answer hears of it also where another process has put it on record."""
        if records:
            self._again = True  # what another put on record may be lost
            self._tell([record.event for record in records])

    # Work under way -----------------------------------------------------------------------------------------------

    def _match(self, group: asyncio.TaskGroup) -> None:
        """Start what is owed and not under way; stop what is under way and not owed. Who stops owes nothing any more."""
        owed = dict.fromkeys(() if self.stopping else plan(self.state))  # in the order of the plan
        self.live.cancel(but=owed)
        self.calls.cancel(but=owed)
        self._due = None
        driven = {call.child for call in self.calls}
        ending = {attempt.step for attempt in self.live if attempt not in owed}
        for effect in owed:
            match effect:
                case Perform():
                    if effect.step not in ending and self._own.begin(effect):  # both may use one folder
                        self.live.start(group, effect, self._attempt(effect))
                case Call() | EndCall():  # a run is ended here once the call of it is over here
                    if effect.child not in driven:
                        self.calls.start(group, effect, self._call(effect))
                case Wake():
                    self._due = effect.at
        self._own.forget(self.state, self.live)

    async def _take_up(self) -> None:
        """Attempts on record that were not begun here. What somebody put there who drives nothing is taken by the driver that
        says so first. What another driver began is lost: it is gone, or we would not hold the run. What is left of it is
        ended, and it is tried again."""
        state = self.state
        others = self._own.others(state)
        if not others or self.stopping or not await self._is_ours():
            return
        for st in [st for st in others if is_free(st)]:
            others.remove(st)
            self.inbox.insert(
                0, Submission(c.Note(st.key, st.round, st.attempt, {"driver": self.host.owner}))
            )
        if lost := tuple((st.key, st.round, st.attempt) for st in others):
            at_work = [name[0] for name in lost if await self._abandon(AttemptId(state.run, *name))]
            self.inbox.insert(0, Submission(c.ReportLost(lost, tuple(at_work))))

    async def _abandon(self, spot: AttemptId) -> bool:
        return await self._patiently("ending a lost attempt", lambda: self.host.dispatch.abandon(spot))

    async def _is_ours(self) -> bool:
        return await self._patiently("asking who drives the run", lambda: self.host.owns(self.state.run))

    def _is_owed(self, attempt: Perform) -> bool:
        return attempt.step in self.state.running and present(self.state.steps[attempt.step]) == attempt

    async def _attempt(self, attempt: Perform) -> None:
        state = self.state
        try:
            if not await self._is_ours() or not self._is_owed(attempt):
                return
            st = self.state.steps[attempt.step]
            assignment = self.briefing.assignment(st, state.graph.steps[st.index].workspace, state.updated_at)
            link = AttemptLink(self, self.host, attempt.step, attempt.round, attempt.attempt)
            outcome = recordable(await self.host.dispatch.perform(assignment, link))
            self.inbox.append(Submission(self._ended(attempt, outcome)))
        except (RopewalkError, OSError) as error:
            self.inbox.append(Submission(self._ended(attempt, Outcome(failure=failure_of(error)))))
        finally:
            self.live.leave(attempt)

    def _attempt_over(self) -> None:
        self.host.slots.give(self.state.run, 1)
        self.nudge()

    def _ended(self, attempt: Perform, outcome: Outcome) -> c.Command:
        """The report of an attempt; one that the host had no room for waits until there is some, and nothing was tried."""
        key, round_ = attempt.step, attempt.round
        reason = outcome.failure.report.get(HOST) if outcome.failure is not None else None
        if not reason:
            self._waits.pop((key, round_), None)
            return c.Report(key, round_, attempt.attempt, outcome)
        tried = self._waits[key, round_] = self._waits.get((key, round_), 0) + 1
        until = self.host.clock.now() + max(1.0, delay(tried + 2))
        return c.Wait(key, round_, attempt.attempt, on="host", until=until, detail=str(reason))

    async def _call(self, call: Call | EndCall) -> None:
        """Do what is owed to a called run, and put on record how it ended."""
        doing = f"{'calling' if isinstance(call, Call) else 'ending'} run {call.child}"
        try:
            report = await self._patiently(doing, lambda: self.host.call(self, call))
        except RopewalkError as error:
            outcome = Outcome(failure=Failure(kind="permanent", message=str(error)))
            report = c.ReportChild(call.step, call.round, "failed", str(error), outcome, call.child)
        try:
            if report is not None:  # until that is on record the call is owed, and must not be made again
                await asyncio.wait([done := self.submit(report)])
                heard(done)
        finally:
            self.calls.leave(call)

    def stop(self) -> None:
        """Leave the run as it is: what runs here is stopped and will be found lost by the next driver."""
        self.stopping = True
        self.nudge()

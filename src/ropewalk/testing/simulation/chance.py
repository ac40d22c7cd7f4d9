"""A random schedule: attempts end in any way and order, people say anything, time jumps, processes die."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ropewalk.core import (
    Call,
    EndCall,
    Failure,
    Outcome,
    Parent,
    Perform,
    State,
    StepState,
    Usage,
    Verdict,
    Wake,
    consent_to,
    family_budget,
    possible_verdicts,
    spending,
)
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import plan
from ropewalk.definition import ErrorClass
from ropewalk.errors import RopewalkError
from ropewalk.testing.simulation.laws import given_up
from ropewalk.testing.simulation.trial import PLENTY, Crash, SimulatedRun, Telling, Trial, Unheard
from ropewalk.testing.simulation.workflows import FACTS, Catalog, chance_apart

FAILURES: tuple[ErrorClass, ...] = (
    "transient", "transient", "quota", "timeout", "lost", "invalid_output", "permanent", "refused", "conflict",
)  # fmt: skip
TOP = "r"


class Chance:
    """Plays one trial: wild turns first, then calm ones in which everything that is owed is done, until the run has ended."""

    def __init__(self, catalog: Catalog, random: Random, turns: int, *, asking: bool = False) -> None:
        """`asking`: attempts ask for permissions again and again."""
        self.trial = Trial(catalog)
        self.random = random
        self.turns = turns
        self.now = 1_000.0
        self.moved: list[tuple[str, c.ReportChild]] = []
        self.calm = False
        self.asking = asking
        self.apart = chance_apart(random)

    def play(self) -> None:
        """Raises AssertionError when a law is broken, or when the run does not end although everything is done."""
        catalog = self.trial.catalog
        self._tell(TOP, c.Create("main", "d", inputs=catalog.inputs, options=catalog.options), "main")
        for _ in range(self.turns):
            self._land(self._subject(TOP))
            if self._subject(TOP).state.ended and self.random.random() < 0.1:
                break
            self._turn()
        self.calm = True
        for _ in range(2_000):
            if all(s.state.ended and not s.state.unwanted for s in self.trial.runs.values()):
                return
            self._calm_turn()
        states = {
            s.run: (s.state.status, s.state.reason, *s.state.unwanted) for s in self.trial.runs.values()
        }
        raise AssertionError(f"the run does not end: {states}")

    def _subject(self, run: str) -> SimulatedRun:
        return self.trial.runs[run]

    def _tell(self, run: str, command: c.Command, workflow: str = "") -> list[e.Event]:
        known = self.trial.runs.get(run)
        made = self.trial.tell(Telling(run, workflow or (known.name if known else ""), command, self.now))
        subject = self._subject(run)
        self._called(subject)
        given_up(subject.state, self.trial.state_of)
        self._tell_parent(subject)
        return [] if isinstance(made, RopewalkError) else made

    # Sub-runs -----------------------------------------------------------------------------------------------------

    def _called(self, subject: SimulatedRun) -> None:
        """A called run that is owed and not there is created; one whose end is owed is aborted."""
        state = subject.state
        for effect in plan(state):
            exists = isinstance(effect, Call | EndCall) and effect.child in self.trial.runs
            match effect:
                case Call() if not exists:
                    name = str(state.step(effect.step).args["workflow"])
                    depth = (state.parent.depth if state.parent else 0) + 1
                    parent = Parent(subject.run, effect.step, effect.round, depth)
                    create = c.Create(
                        name, "d", self.trial.catalog.inputs, options=state.options, parent=parent
                    )
                    self._tell(effect.child, create, name)
                case EndCall() if not exists:  # given up before it was made
                    report = c.ReportChild(effect.step, effect.round, "aborted", child=effect.child)
                    if (state.run, report) not in self.moved:
                        self.moved.append((state.run, report))
                case EndCall() if not self._subject(effect.child).state.ended:
                    self._tell(effect.child, c.Abort(reason="not wanted any more"))

    def _tell_parent(self, subject: SimulatedRun) -> None:
        """What a parent has to hear of its child; in wild turns it hears late, or twice."""
        state, parent = subject.state, subject.state.parent
        if parent is None or state.status == "pending":
            return
        outcome = Outcome(outputs={"n": 1, "again": False} if state.ended else {})
        report_fields = (parent.step, parent.round, state.status, state.reason, outcome, subject.run)
        report = c.ReportChild(*report_fields, spent=spending(state), granted=state.granted)
        if (parent.run, report) not in self.moved[-3:]:
            self.moved.append((parent.run, report))

    def _deliver(self) -> None:
        while self.moved:
            run, report = self.moved.pop(0)
            self._tell(run, report)
            if not self.calm:
                return

    # Turns --------------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        random = self.random
        everybody = list(self.trial.runs.values())
        going_on = [subject for subject in everybody if not subject.state.ended]
        subject = random.choice(going_on if going_on and random.random() < 0.95 else everybody)
        if subject.state.ended and random.random() < 0.3:
            self._tell(subject.run, c.RetryStep(by="ann"))
        if self.asking:
            self._ask(subject)
        names, weights = zip(*_WILD, strict=True)
        names[random.choices(range(len(names)), weights)[0]](self, subject)
        if random.random() < 0.7:
            self._advance(subject, random.choice((0, 1, 2, PLENTY, PLENTY)))

    def _advance(self, subject: SimulatedRun, slots: int) -> None:
        around = family_budget(subject.state, self.trial.state_of, self.now)
        self._tell(subject.run, c.Advance(slots, around))

    def _calm_turn(self) -> None:
        before = len(self.trial.tellings)
        self._deliver()
        for subject in list(self.trial.runs.values()):
            state = subject.state
            if state.ended:
                continue
            if state.status == "paused" and state.reason in {"by request", "blocked"}:
                for key in [key for key, policy in state.failed.items() if policy == "pause"]:
                    self._tell(subject.run, c.SkipStep(key, by="ann"))
                self._tell(subject.run, c.Resume(by="ann"))
            for effect in plan(state):
                if isinstance(effect, Perform) and effect.step in state.steps:
                    outcome = self._good(state, state.steps[effect.step])
                    self._tell(subject.run, c.Report(effect.step, effect.round, effect.attempt, outcome))
            for name in list(state.asks):
                if name in subject.state.asks:
                    self._tell(subject.run, c.Answer(name, consent_to(subject.state.asks[name]), by="ann"))
            self._advance(subject, PLENTY)
        self._deliver()
        owed = [effect for subject in self.trial.runs.values() for effect in plan(subject.state)]
        due = [effect.at for effect in owed if isinstance(effect, Wake)]
        quiet = not any(
            s.state.running or s.state.asks for s in self.trial.runs.values() if not s.state.ended
        )
        if quiet and due:
            self.now = max(self.now, min(due))
        assert len(self.trial.tellings) > before, "nothing is left to do, and the run has not ended"

    def _report(self, subject: SimulatedRun) -> None:
        state = subject.state
        for key in self.random.sample(
            list(state.running), min(len(state.running), self.random.choice((1, 1, 2)))
        ):
            if key in state.running:
                st = state.steps[key]
                self._tell(subject.run, c.Report(key, st.round, st.attempt, self._outcome(state, st)))

    def _late(self, subject: SimulatedRun) -> None:
        """An attempt that is over is reported again."""
        over = [
            name
            for name in sorted(subject.memory.started)
            if name[0] not in subject.state.running
            or name[1:] != (subject.state.steps[name[0]].round, subject.state.steps[name[0]].attempt)
        ]
        if over:
            step, round_, attempt = self.random.choice(over)
            usage = Usage(tokens_in=7)
            made = self._tell(
                subject.run, c.Report(step, round_, attempt, Outcome(outputs={"n": 9}, usage=usage))
            )
            assert not made, f"a late report of {step} {round_}.{attempt} led to {made}"

    def _outcome(self, state: State, st: StepState) -> Outcome:
        random = self.random
        usage = Usage(
            tokens_in=random.choice((0, 1, 5)),
            cost_usd=random.choice((None, 0.0, 0.1, 0.6)),
        )
        if random.random() < 0.22:
            kind = random.choice(FAILURES)
            retry_at = (
                self.now + random.choice((0.0, 3.0, 50.0))
                if kind == "quota" and random.random() < 0.7
                else None
            )
            report = {"ask": random.random() < 0.7} if kind == "conflict" else {}
            return Outcome(failure=Failure(kind, "it broke", retry_at, report), usage=usage, agent="a")
        good = self._good(state, st)
        if state.step(st.key).kind == "merge":
            return good
        verdicts_: tuple[Verdict, ...] = ()
        if state.step(st.key).gates:
            verdicts_ = (Verdict("g", random.choice(("PASS", "PASS", "CONCERNS", "FAIL")), findings=("no",)),)
        facts = {random.choice(FACTS): random.random() < 0.5} if random.random() < 0.2 else {}
        route = "nowhere" if random.random() < 0.1 else good.route
        return Outcome(
            outputs={"n": random.randint(0, 3), "again": random.random() < 0.5},
            facts=facts,
            route=route,
            verdicts=verdicts_,
            usage=usage,
            agent="a",
        )

    def _good(self, state: State, st: StepState) -> Outcome:
        if state.step(st.key).kind == "merge":
            return self._merged(state)
        decision = state.step(st.key).decision
        route = self.random.choice(decision.routes).name if decision is not None else ""
        if self.calm and decision is not None:
            route = decision.routes[0].name
        return Outcome(outputs={"n": 1, "again": False}, route=route, usage=Usage(tokens_out=1))

    def _merged(self, state: State) -> Outcome:
        """What the workspace makes of a last step: a commit, and a target that has moved where one was wanted."""
        target = state.landing.target if state.landing is not None else self.apart.choice(("", "main"))
        return Outcome(outputs={"branch": "b", "landed": target}, commit="c" * 40, tree="d" * 40)

    def _land(self, subject: SimulatedRun) -> None:
        state = subject.state
        if state.merge_step is None or self.apart.random() < 0.8:
            return
        if state.ended:
            self._tell(subject.run, c.Land(self.apart.choice(("main", "other", "-no")), by="ann"))
        elif state.landing is not None:
            self._tell(subject.run, self.apart.choice((c.Pause(by="ann"), c.Abort(by="ann"), c.Resume())))

    def _answer(self, subject: SimulatedRun) -> None:
        random, state = self.random, subject.state
        if random.random() < 0.1 and state.answers:
            closed = random.choice(list(state.answers))
            assert not self._tell(subject.run, c.Answer(closed, "approve", by="bob")), (
                f"{closed} is answered twice"
            )
        for name in random.sample(list(state.asks), min(len(state.asks), random.choice((1, 1, 3)))):
            opened = state.asks.get(name)
            if opened is not None:
                digest = random.choice(("", opened.digest, "other"))
                verdict = random.choice((*possible_verdicts(opened), "approve"))
                value = random.choice((None, None, True, False, {"attempts": 2}))
                self._tell(subject.run, c.Answer(name, verdict, "ann", "because", value, digest))

    def _time(self, subject: SimulatedRun) -> None:
        due = next((effect.at for effect in plan(subject.state) if isinstance(effect, Wake)), None)
        jump = self.random.choice((0.5, 3.0, 30.0))
        self.now = max(self.now, due) if due is not None and self.random.random() < 0.7 else self.now + jump
        self._advance(subject, PLENTY)

    def _verb(self, subject: SimulatedRun) -> None:
        random, state = self.random, subject.state
        step = random.choice(list(state.steps) or ["nobody"])
        running = random.choice(list(state.running) or [step])
        st = state.steps.get(running)
        round_, attempt = (st.round, st.attempt) if st is not None else (1, 1)
        commands: list[tuple[float, c.Command]] = [
            (3, c.Pause(by="ann")),
            (5, c.Resume(by="ann")),
            (0.3, c.Abort(by="ann")),
            (3, c.RetryStep(step=random.choice(("", step)), by="ann", reason="once more")),
            (2, c.SkipStep(step, by="ann")),
            (2, c.ExecuteStep(step, by="ann", around=family_budget(state, self.trial.state_of, self.now))),
            (
                2,
                c.SetFact(
                    random.choice((*FACTS, "r0", "r1")), random.choice((True, False, "go", "stop")), by="ann"
                ),
            ),
            (1, c.RaiseBudget(attempts=random.choice((None, 1)), tokens=random.choice((None, 50)), by="ann")),
            (1, c.Publish((e.NotePublished("hello", step=step),))),
            (2, c.Note(running, round_, attempt, {"session": "x"})),
            (
                1,
                c.Wait(
                    running,
                    round_,
                    attempt,
                    random.choice(("quota", "worker")),
                    random.choice((None, self.now + 4)),
                ),
            ),
            (2, self._permission(running, round_, attempt)),
        ]
        weights, choices = zip(*commands, strict=True)
        self._tell(subject.run, random.choices(choices, weights)[0])

    def _ask(self, subject: SimulatedRun) -> None:
        """Most attempts under way ask something, and then perhaps nothing else happens for a while."""
        state = subject.state
        for key in [key for key in state.running if self.random.random() < 0.4]:
            st = state.steps[key]
            self._tell(subject.run, self._permission(key, st.round, st.attempt))
        if self.random.random() < 0.4:
            self._advance(subject, PLENTY)
            self._time(subject)

    def _permission(self, step: str, round_: int, attempt: int) -> c.OpenAsk:
        name = f"{step}.{round_}.{attempt}-{self.random.randint(1, 2)}"
        expires = self.random.choice((None, self.now + 5.0))
        choices = self.random.choice((("allow", "deny"), ("yes", "no"), ()))
        return c.OpenAsk(
            step, round_, attempt, name, "permission", "May I?", choices, expires_at=expires, default="deny"
        )

    def _crash(self, subject: SimulatedRun) -> None:
        """The driver dies; the one who takes over reports some or all of what was under way as lost, perhaps twice."""
        self._tell(subject.run, Crash())
        state = subject.state
        lost = [(k, state.steps[k].round, state.steps[k].attempt) for k in state.running]
        if lost and self.random.random() < 0.8:
            self._tell(subject.run, c.ReportLost((*lost, *lost[: self.random.choice((0, 1))])))

    def _unheard(self, subject: SimulatedRun) -> None:
        self._tell(subject.run, Unheard(self.random.choice((c.Advance(2), c.Pause(), c.Abort()))))

    def _child(self, subject: SimulatedRun) -> None:
        if self.moved and self.random.random() < 0.2:
            self._tell(*self.random.choice(self.moved))
        self._deliver()


_WILD: tuple[tuple[Callable[[Chance, SimulatedRun], None], float], ...] = (
    (Chance._report, 10),
    (Chance._late, 1),
    (Chance._answer, 4),
    (Chance._time, 3),
    (Chance._verb, 3),
    (Chance._crash, 1),
    (Chance._unheard, 0.5),
    (Chance._child, 4),
)

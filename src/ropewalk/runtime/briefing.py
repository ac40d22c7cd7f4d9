"""What an attempt has to know, read off the state: its Brief, the commits it starts from, and its gates."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.agents import name_covers
from ropewalk.core import (
    Artifact,
    Brief,
    Handoff,
    State,
    StepState,
    known_facts,
    route_titles,
    run_fields,
    squash_message,
)
from ropewalk.definition import (
    Decision,
    Gate,
    Ref,
    Role,
    Secret,
    Step,
    Timeouts,
    Workflow,
    named_secrets,
    rehearsal_needs_none,
    secret_inputs,
    secret_source,
    secret_variables,
    secrets_of_judges,
)
from ropewalk.rendering import path_pattern
from ropewalk.runtime.assignment import Assignment
from ropewalk.runtime.handoff import expected_of
from ropewalk.runtime.requirements import makers_of
from ropewalk.workspace.port import AttemptId, Base, Mode, Part

_NO_ROLE = Role()
_ENDED_WELL = frozenset({"succeeded", "skipped"})
_STANDS = frozenset({"succeeded", "waiting"})
"""Steps whose work counts: a person may still look at it, but it has not failed."""
_End = tuple[str, int, str]


class Briefing:
    """Briefs of one run. What it remembers of ended steps (parts, who passed on) follows from the state."""

    def __init__(self, state: State, base: Base, versioned: bool) -> None:
        self.state = state
        self.base = base
        self.versioned = versioned
        self._parts: dict[_End, tuple[Part, ...]] = {}
        self._hands: dict[_End, tuple[str, ...]] = {}

    def assignment(self, st: StepState, mode: Mode, started_at: float) -> Assignment:
        """The attempt that is on record as started for this step."""
        state, step = self.state, self.state.graph.steps[st.index]
        return Assignment(
            brief=self.brief(st, step),
            spot=AttemptId(state.run, st.key, st.round, st.attempt, started_at, _interrupted(st)),
            base=self.base,
            parts=self.parts(st) if self.versioned and mode != "none" else (),
            mode=mode,
            gates=tuple(_complete(gate, state.workflow) for gate in step.gates),
            policies={**state.workflow.merge, **step.merge},
            cache=step.cache,
            resolution=st.notes.get("resolution", {}),
            earlier=st.earlier.artifacts if st.earlier is not None else (),
            work=_work_of(state.workflow) if step.gates else (),
            secrets=self._sources(step),
            makers=makers_of(state, step) if step.requires else {},
        )

    def brief(self, st: StepState, step: Step) -> Brief:
        """Everything that the step's role, prompt and needs say, as of now."""
        state = self.state
        workflow = state.workflow
        if step.kind == "noop" and not step.gates:
            return self._small(st, step)
        needs = [state.steps[state.graph.steps[n].id] for n in state.graph.needs[st.index]]
        decision = _by_role(step)
        requires = _filled(step.requires, st)
        return Brief(
            run=state.run,
            step=st.key,
            item=st.item,
            round=st.round,
            attempt=st.attempt,
            key=f"{state.run}/{st.key}/{st.round}",
            kind=step.kind,
            workflow=workflow.name,
            args=_args(state, step),
            role_name=step.role,
            role=workflow.roles.get(step.role, _NO_ROLE),
            prompt=_prompt(step),
            phase=step.phase,
            title=st.texts.get(step.title, step.title),
            inputs=self._inputs(),
            outputs=state.outputs,
            known=known_facts(state),
            handoffs=self._handoffs(needs),
            next_handoff=expected_of(state, st.index),
            artifacts=self._artifacts(requires, needs),
            base=self.base.commit,
            requires=requires,
            creates=_filled(step.creates, st),
            updates=_filled(step.updates, st),
            feedback=tuple(st.feedback),
            wants_facts=_wanted(state, step),
            wants_route=tuple(route.name for route in decision.routes),
            route_titles=route_titles(state, st, decision),
            output_schema=step.output,
            template=workflow.documents.get(step.template, step.template),
            notes=step.notes,
            env=step.env,
            folder=step.folder,
            confine=step.confine,
            secrets=named_secrets(workflow, step) if step.kind != "call" else {},
            timeout=_within(step.timeout, step.budget.seconds, st.seconds),
            output_bytes=workflow.limits.output_bytes,
            budget_usd=step.budget.cost_usd,
            budget_tokens=step.budget.tokens,
            resume=st.notes,
            rehearse=state.options.rehearse,
            assume=state.options.assume,
            item_name=step.foreach.name if step.foreach and st.parent else "",
            extra=step.extra,
            run_fields=run_fields(state, st),
        )

    def _small(self, st: StepState, step: Step) -> Brief:
        state = self.state
        return Brief(
            state.run,
            st.key,
            st.item,
            st.round,
            st.attempt,
            f"{state.run}/{st.key}/{st.round}",
            step.kind,
            args=step.args,
            inputs=self._inputs(),
            outputs=state.outputs,
            known=known_facts(state),
            workflow=state.workflow.name,
            item_name=step.foreach.name if step.foreach and st.parent else "",
            run_fields=run_fields(state, st),
        )

    def _inputs(self) -> dict[str, Any]:
        """Without the secret ones: they are no part of prompts, texts and variables that everybody sees."""
        secret = secret_inputs(self.state.workflow)
        if not secret:
            return self.state.inputs
        return {name: value for name, value in self.state.inputs.items() if name not in secret}

    def _sources(self, step: Step) -> dict[str, Secret]:
        workflow = self.state.workflow
        if not (workflow.secrets or secret_inputs(workflow)):
            return {}
        names = (*named_secrets(workflow, step).values(), *secrets_of_judges(workflow, step).values())
        if self.state.options.rehearse is not None and rehearsal_needs_none(step):
            return {}
        return {name: source for name in names if (source := secret_source(workflow, name)) is not None}

    def parts(self, st: StepState) -> tuple[Part, ...]:
        """The commits that the step starts from: those of its needs, and last its own where its work came back."""
        passed = self._passed_on(st)
        if st.earlier is None:
            return passed
        return (*passed, Part(st.key, st.earlier.commit, self.state.graph.steps[st.index].merge))

    def _passed_on(self, st: StepState) -> tuple[Part, ...]:
        """The commits of what the step needs, in written order, each once; looked for behind steps that left none."""
        parts: dict[str, Part] = {}
        graph = self.state.graph
        needs = graph.sinks if graph.steps[st.index].internal else graph.needs[st.index]
        for need in needs:
            for part in self._left_by(self.state.steps[graph.steps[need].id]):
                parts.setdefault(part.commit, part)
        mine = [p for p in self._items(st) if p.commit not in parts]
        return (*parts.values(), *mine)

    def _items(self, st: StepState) -> tuple[Part, ...]:
        return () if st.parent else tuple(p for key in st.items for p in self._left_by(self.state.steps[key]))

    def _left_by(self, st: StepState) -> tuple[Part, ...]:
        known = self._parts.get(_end(st))
        if known is None:
            step = self.state.graph.steps[st.index]
            commit = st.result.commit if st.result and st.status in _STANDS else ""
            known = (Part(st.key, commit, step.merge),) if commit else self._passed_on(st)
            if st.status in _ENDED_WELL:
                self._parts[_end(st)] = known
        return known

    def _handoffs(self, needs: list[StepState]) -> tuple[Handoff, ...]:
        """What was passed on to a step with these needs, in written order; looked for behind steps that pass on nothing."""
        hands = dict.fromkeys(key for need in needs for key in self._handing(need))
        results = [self.state.steps[key].result for key in hands]
        return tuple(
            result.handoff for result in results if result is not None and result.handoff is not None
        )

    def _handing(self, need: StepState) -> tuple[str, ...]:
        """The nearest steps and items, from this one back, that left a handoff. Only what has ended is looked behind."""
        steps, graph = self.state.steps, self.state.graph
        if need.status not in _ENDED_WELL:
            return ()
        todo = [need] if _end(need) not in self._hands else []
        while todo:
            st = todo[-1]
            own = tuple(key for key in (st.key, *st.items) if _left_a_handoff(steps[key]))
            before = [steps[graph.steps[n].id] for n in graph.needs[st.index] if not own]
            ended = [predecessor for predecessor in before if predecessor.status in _ENDED_WELL]
            unknown = [predecessor for predecessor in ended if _end(predecessor) not in self._hands]
            if unknown:
                todo += unknown
                continue
            todo.pop()
            givers = own or (key for predecessor in ended for key in self._hands[_end(predecessor)])
            self._hands[_end(st)] = tuple(dict.fromkeys(givers))
        return self._hands[_end(need)]

    def _artifacts(self, requires: tuple[Ref, ...], needs: list[StepState]) -> tuple[Artifact, ...]:
        """What the needs left, and whatever else the step requires by name or pattern, the newest of each path."""
        by_path = {a.path: a for st in needs if st.result for a in st.result.artifacts}
        wanted = {ref.name for ref in requires} - by_path.keys()
        patterns = [name for name in wanted if "*" in name]
        if wanted:
            for other in self.state.steps.values():
                for artifact in other.result.artifacts if other.result else ():
                    if artifact.path in wanted or any(name_covers(name, artifact.path) for name in patterns):
                        by_path[artifact.path] = artifact
        return tuple(by_path.values())


def _filled(refs: tuple[Ref, ...], st: StepState) -> tuple[Ref, ...]:
    """Files by the names that they have for this attempt."""
    if not st.texts:
        return refs
    names = st.texts
    return tuple(
        msgspec.structs.replace(
            ref,
            name=names.get(ref.name, ref.name),
            any_of=tuple(names.get(name, name) for name in ref.any_of),
        )
        for ref in refs
    )


def _within(timeout: Timeouts, budget: float | None, worked: float) -> Timeouts:
    """An attempt takes no longer than what is left of the step's own time."""
    if budget is None:
        return timeout
    left = max(budget - worked, 0.001)
    return msgspec.structs.replace(timeout, attempt_seconds=min(left, timeout.attempt_seconds or left))


def _interrupted(st: StepState) -> int:
    """The attempt whose agent left a session on record, and so a folder that the session is about."""
    session = st.notes.get("session")
    attempt = session.get("attempt") if isinstance(session, dict) else None
    return attempt if isinstance(attempt, int) and attempt < st.attempt else 0


def _end(st: StepState) -> _End:
    """What tells one end of a step from others of it; one that was left out may yet run in the same round."""
    return (st.key, st.round, st.status)


def _left_a_handoff(st: StepState) -> bool:
    return st.result is not None and st.result.handoff is not None


def _work_of(workflow: Workflow) -> tuple[str, ...]:
    """What the steps say that they write; a template in a name stands for any text."""
    refs = [ref for step in workflow.steps for ref in (*step.creates, *step.updates) if not ref.label]
    names = (name.removeprefix("./") for ref in refs for name in (ref.name, *ref.any_of) if name)
    return tuple(dict.fromkeys(map(path_pattern, names)))


def _args(state: State, step: Step) -> dict[str, Any]:
    """What was written; or where a person wants the result, also when that is checked out clean, and as one commit where so said."""
    args = step.args
    if state.landing is not None:
        args = {"land": state.landing.target, "follow": True, "again": True}
    message = squash_message(state) if step.kind == "merge" and args.get("land") else ""
    return {**args, "squash": message} if message else args


def _complete(gate: Gate, workflow: Workflow) -> Gate:
    """The gate with what it only names: what the workflow protects, the role that judges, the text of a template."""
    if workflow.protect:
        gate = msgspec.structs.replace(gate, protect=(*gate.protect, *workflow.protect))
    if gate.kind == "verdict" and gate.args.get("role") in workflow.roles:
        role = workflow.roles[gate.args["role"]]
        judge = msgspec.to_builtins(
            msgspec.structs.replace(role, secrets=secret_variables(workflow, role.secrets))
        )
        return msgspec.structs.replace(gate, args={**gate.args, "who": judge})
    if gate.kind == "document":
        text = workflow.documents.get(gate.args["template"], "")
        return msgspec.structs.replace(gate, args={**gate.args, "text": text})
    return gate


def _wanted(state: State, step: Step) -> dict[str, Any]:
    return {
        name: {
            "type": fact.type,
            "question": fact.question,
            "choices": list(fact.choices),
            "default": fact.default,
        }
        for name in step.facts
        if (fact := state.workflow.facts.get(name)) is not None
    }


def _by_role(step: Step) -> Decision:
    """What the role of the step decides; a decision without routes where it is none of its own."""
    return step.decision if step.decision is not None and step.decision.by == "role" else Decision()


def _prompt(step: Step) -> str:
    return "\n\n".join(text for text in (step.prompt, _by_role(step).prompt) if text)

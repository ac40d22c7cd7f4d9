"""What would run, as data: in which order, what side by side, what may be skipped and on which fact, which loops there
are, where people are asked, and what was inferred. The same for every format, and after a round trip through our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from ropewalk.counting import times
from ropewalk.definition import Approval, Gate, Phase, Ref, Step, Workflow, members_of, needs_of

FACT: Final = re.compile(r"\bfacts(?:\.([A-Za-z_]\w*)|\[\"([^\"]+)\"\])")
MOST_REDUCED: Final = 2_000
OWN: Final = frozenset({"item", "inferred"})
OWN_OF_WORKFLOW: Final = frozenset({"remarks", "title", "acted_on", "variant"})


class Row(Struct, frozen=True, omit_defaults=True):
    """One step. `wave` counts from 1: steps of one wave may run side by side, as `parallel_with` says by name. `materials` are
    what an imported item tells its role by name: the task that it follows, what may be done first.
    """

    id: str
    kind: str
    title: str = ""
    phase: str = ""
    role: str = ""
    wave: int = 1
    after: tuple[str, ...] = ()
    parallel_with: tuple[str, ...] = ()
    when: str = ""
    facts: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    each: str = ""
    requires: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    template: str = ""
    gates: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    back: str = ""
    asks: tuple[str, ...] = ()
    optional: bool = False
    final: bool = False
    handoff: str = ""
    materials: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    kept: dict[str, Any] = {}


class Stretch(Struct, frozen=True):
    """A phase with its steps; steps without a phase stand in one without a name."""

    id: str
    title: str
    rows: tuple[Row, ...]
    description: str = ""


class FactRow(Struct, frozen=True, omit_defaults=True):
    """Something that becomes known: which steps tell it, which read it; a person is asked where nobody tells it."""

    name: str
    type: str
    question: str = ""
    choices: tuple[str, ...] = ()
    default: Any = None
    told_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()
    asked: bool = False


class LoopRow(Struct, frozen=True):
    """A way back: from a step to one before it, on what, and how often before a person decides. `to` may name a group,
    `targets` are its steps."""

    step: str
    to: str
    when: str
    at_most: int
    body: tuple[str, ...]
    targets: tuple[str, ...] = ()


class Plan(Struct, frozen=True):
    """A whole workflow as it would run. It says nothing of the file that it came from."""

    name: str
    title: str
    description: str
    inputs: dict[str, str]
    stretches: tuple[Stretch, ...]
    facts: tuple[FactRow, ...]
    loops: tuple[LoopRow, ...]
    parallel: tuple[tuple[str, ...], ...]
    asks: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    kept: dict[str, Any]
    version: str = ""

    @property
    def rows(self) -> list[Row]:
        """All steps, phase by phase."""
        return [row for stretch in self.stretches for row in stretch.rows]


def plan_workflow(workflow: Workflow) -> Plan:
    """The plan of a workflow that was checked."""
    needs = needs_of(workflow)
    waves = _waves(workflow, needs)
    at_once = _at_once(workflow, waves)
    near = _nearest(needs)
    rows = {step.id: _row(step, near[step.id], waves[step.id], at_once) for step in workflow.steps}
    extra = workflow.extra
    return Plan(
        workflow.name,
        str(extra.get("title", "")),
        workflow.description,
        {
            name: _input(declared.type, declared.required, declared.description)
            for name, declared in workflow.inputs.items()
        },
        tuple(_stretches(workflow, rows)),
        tuple(_facts(workflow, rows)),
        tuple(_loops(workflow, needs)),
        tuple(group for group in at_once.values() if len(group) > 1),
        tuple((row.id, question) for row in rows.values() for question in row.asks),
        tuple(str(declared) for declared in extra.get("remarks", ())),
        {key: value for key, value in extra.items() if key not in OWN_OF_WORKFLOW},
        workflow.version,
    )


def _input(kind: str, required: bool, description: str) -> str:
    return f"{kind}{'' if required else ', may be left out'}{f': {description}' if description else ''}"


def _waves(workflow: Workflow, needs: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Per step the length of the longest way to it; final steps come after all others."""
    waves: dict[str, int] = {}
    left = {step.id: set(needs[step.id]) for step in workflow.steps}
    after: dict[str, list[str]] = {}
    for name, before in needs.items():
        for need in before:
            after.setdefault(need, []).append(name)
    ready = [name for name, before in left.items() if not before]
    for name in ready:
        waves[name] = 1 + max((waves[need] for need in needs[name]), default=0)
        for follower in after.get(name, ()):
            left[follower].discard(name)
            if not left[follower]:
                ready.append(follower)
    last = max((waves.get(step.id, 1) for step in workflow.steps if not step.final), default=0)
    return {step.id: waves.get(step.id, 1) + (last if step.final else 0) for step in workflow.steps}


def _nearest(needs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Per step the needs that do not follow from its other needs. Workflows with very many steps are told as they are."""
    if len(needs) > MOST_REDUCED:
        return dict(needs)
    above: dict[str, set[str]] = {}
    for name in needs:
        above[name] = _above(name, needs) - {name}
    return {
        name: tuple(need for need in mine if not any(need in above[other] for other in mine if other != need))
        for name, mine in needs.items()
    }


def _at_once(workflow: Workflow, waves: Mapping[str, int]) -> dict[int, tuple[str, ...]]:
    """Per wave its steps, but for those that routes keep apart: only one of them will run."""
    apart: dict[str, set[str]] = {}
    for step in workflow.steps:
        routes = step.decision.routes if step.decision else ()
        for route in routes:
            for name in route.to:
                apart.setdefault(name, set()).update(
                    other
                    for rival in routes
                    if rival is not route
                    for other in rival.to
                    if other not in route.to
                )
    groups: dict[int, tuple[str, ...]] = {}
    for step in workflow.steps:
        group = groups.get(waves[step.id], ())
        if not any(other in apart.get(step.id, ()) for other in group):
            groups[waves[step.id]] = (*group, step.id)
    return groups


def _row(step: Step, needs: tuple[str, ...], wave: int, at_once: Mapping[int, tuple[str, ...]]) -> Row:
    group = at_once.get(wave, ())
    inferred = step.extra.get("inferred", ())
    return Row(
        step.id,
        step.kind,
        step.title or _waits(step),
        step.phase,
        step.role,
        wave,
        needs,
        tuple(other for other in group if other != step.id) if step.id in group else (),
        step.when,
        tuple(facts_in(step.when)),
        (*step.facts, *step.sets),
        f"{step.foreach.over} as {step.foreach.name}" if step.foreach else "",
        tuple(_ref(ref) for ref in step.requires),
        tuple(_ref(ref) for ref in step.creates),
        tuple(_ref(ref) for ref in step.updates),
        step.template,
        tuple(_gate(gate) for gate in step.gates),
        tuple(_routes(step)),
        _back(step),
        tuple(_asks(step)),
        step.optional,
        step.final,
        step.handoff,
        dict(step.extra.get("item", {}).get("materials", {})),
        step.notes,
        tuple(str(need) for need in inferred) if isinstance(inferred, list | tuple) else (),
        {key: value for key, value in step.extra.items() if key not in OWN},
    )


def _waits(step: Step) -> str:
    if step.kind != "sleep":
        return ""
    until = step.args.get("until")
    return f"waits until {until}" if until else f"waits {step.args.get('seconds', 0):g} s"


def facts_in(expression: str) -> list[str]:
    """The facts that a condition reads, in order, each once."""
    return list(dict.fromkeys(by_name or other for by_name, other in FACT.findall(expression)))


def _ref(ref: Ref) -> str:
    name = " or ".join(ref.any_of) if ref.any_of else ref.name
    marks = [
        word
        for word, is_so in (("may be absent", ref.soft and not ref.external), ("from outside", ref.external))
        if is_so
    ]
    return f"{name} ({', '.join(marks)})" if marks else name


def _gate(gate: Gate) -> str:
    args = gate.args
    match gate.kind:
        case "thresholds":
            scale = f" of {args['scale']}" if args.get("scale") else ""
            return ", ".join(f"{name} {bound}{scale}" for name, bound in args.get("thresholds", {}).items())
        case "command":
            return str(args.get("script") or " ".join(args.get("argv", ())))
        case "condition":
            return str(args.get("condition", ""))
        case "artifacts":
            return f"there: {', '.join(args.get('artifacts', ()))}"
        case "verdict":
            return f"{args.get('role', '')} judges: {'; '.join(args.get('criteria', ()))}"
        case "person":
            return f"a person judges: {args.get('prompt') or 'yes or no'}"
        case kind:
            return kind


def _routes(step: Step) -> Iterable[str]:
    for route in step.decision.routes if step.decision else ():
        when = f" when {route.when}" if route.when else ""
        to = f" → {', '.join(route.to)}" if route.to else ""
        yield f"{route.name}{when}{to}{', then the run ends' if route.end else ''}"


def _back(step: Step) -> str:
    back = step.back_to
    if back is None:
        return ""
    why = (
        ""
        if back.when == "true"
        else f" while {back.when}"
        if back.when
        else " when its gate or its work fails"
    )
    return f"back to {back.to}{why}, at most {times(back.at_most)}, then a person decides"


def _asks(step: Step) -> Iterable[str]:
    if step.ask is not None:
        yield _question(step.ask, "decides" if step.kind == "ask" else "is asked before")
    if step.approve is not None:
        yield _question(step.approve, "approves what was made")
    if step.decision is not None and step.decision.by == "person":
        yield f"a person chooses: {', '.join(route.name for route in step.decision.routes)}"
    for gate in step.gates:
        if gate.kind == "person":
            yield _gate(gate)


def _question(approval: Approval, role: str) -> str:
    choices = f" ({', '.join(choice.id for choice in approval.choices)})" if approval.choices else ""
    expires = (
        f"; without an answer in {approval.expires_seconds:g} s: {approval.default or 'reject'}"
        if approval.expires_seconds
        else ""
    )
    first = approval.prompt.strip().split("\n")[0]
    return f"a person {role}{choices}{f': {first}' if first else ''}{expires}"


def _stretches(workflow: Workflow, rows: Mapping[str, Row]) -> Iterable[Stretch]:
    """Phases in the order in which their first step comes."""
    phases = {phase.id: phase for phase in workflow.phases}
    order = list(dict.fromkeys(step.phase for step in workflow.steps))
    for phase in order:
        inside = tuple(rows[step.id] for step in workflow.steps if step.phase == phase)
        declared = phases.get(phase, Phase(phase))
        yield Stretch(phase, declared.title or phase, inside, declared.description)


def _facts(workflow: Workflow, rows: Mapping[str, Row]) -> Iterable[FactRow]:
    deciding = {
        step.decision.fact: step.id for step in workflow.steps if step.decision and step.decision.fact
    }
    asking = {
        approval.fact
        for step in workflow.steps
        for approval in (step.ask, step.approve)
        if approval and approval.fact
    }
    for name, fact in workflow.facts.items():
        tellers = tuple(row.id for row in rows.values() if name in row.tells)
        tellers += (deciding[name],) if name in deciding and not tellers else ()
        read = tuple(row.id for row in rows.values() if name in row.facts)
        read += tuple(step.id for step in workflow.steps if _reads(step, name) and step.id not in read)
        asked = name in asking or (not tellers and fact.default is None and bool(read))
        choices = tuple(str(approval) for approval in fact.choices)
        yield FactRow(name, fact.type, fact.question, choices, fact.default, tellers, read, asked)


def _reads(step: Step, name: str) -> bool:
    texts = [route.when for route in step.decision.routes] if step.decision else []
    texts += [step.back_to.when] if step.back_to else []
    deciding = step.decision is not None and step.decision.by == "fact" and step.decision.fact == name
    return deciding or any(name in facts_in(text) for text in texts)


def _loops(workflow: Workflow, needs: Mapping[str, tuple[str, ...]]) -> Iterable[LoopRow]:
    named = members_of(workflow)
    for step in workflow.steps:
        if step.back_to is not None:
            targets = named.get(step.back_to.to, ())
            body = {name for target in targets for name in _body(target, step.id, needs)}
            inside = tuple(inner.id for inner in workflow.steps if inner.id in body)
            yield LoopRow(step.id, step.back_to.to, step.back_to.when, step.back_to.at_most, inside, targets)


def _body(first: str, last: str, needs: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The steps on a way from `first` to `last`, both included."""
    above = _above(last, needs)
    return {name for name in above if first in _above(name, needs)} | {first, last}


def _above(name: str, needs: Mapping[str, tuple[str, ...]]) -> set[str]:
    seen, todo = {name}, [name]
    while todo:
        for before in needs.get(todo.pop(), ()):
            if before not in seen:
                seen.add(before)
                todo.append(before)
    return seen

"""Random workflows with everything in them: joins, routes, loops, lists, asks, budgets, calls, final steps.

All that is made here would pass `ropewalk validate`; the same random numbers give the same workflow.
"""

from __future__ import annotations

from random import Random
from typing import Any, Literal

import msgspec

from ropewalk.core import Graph, Options
from ropewalk.definition import (
    ASKED_RETURN,
    OWN_RETURN,
    Approval,
    BackTo,
    Budget,
    Choice,
    Decision,
    ErrorClass,
    Fact,
    FailurePolicy,
    Foreach,
    Gate,
    Input,
    Join,
    Limits,
    Phase,
    Retry,
    Role,
    Route,
    Step,
    Timeouts,
    Workflow,
)

POLICIES: tuple[FailurePolicy, ...] = ("fail", "cancel", "continue", "continue", "continue", "pause", "ask")
FACTS = ("f0", "f1", "f2", "f3")
ROUTE_FACTS = ("r0", "r1")
PHASES = ("p0", "p1", "p2")


class Catalog(msgspec.Struct):
    """The workflows of one trial: `main`, and what it calls. `inputs` and `options` are what the run is started with."""

    workflows: dict[str, Workflow]
    inputs: dict[str, Any]
    options: Options


def catalog(random: Random) -> Catalog:
    """One trial's workflows."""
    leaf = _workflow(random, "leaf", random.randint(1, 3), ())
    middle = _workflow(random, "middle", random.randint(1, 4), ("leaf",))
    main = _workflow(random, "main", random.randint(1, 9), ("leaf", "middle", "middle"))
    options = Options(
        sequential=random.random() < 0.15,
        parallel=random.choice((0, 0, 0, 1, 2)),
        assume=random.choice((None, None, None, True, False)),
        answer_all="everybody" if random.random() < 0.1 else "",
    )
    return Catalog({"leaf": leaf, "middle": middle, "main": main}, inputs(random), options)


def inputs(random: Random) -> dict[str, Any]:
    """A number and a list; now and then two of its items have one key."""
    items = [f"i{n}" for n in range(random.choice((0, 1, 2, 3, 5)))]
    return {"n": random.randint(0, 3), "xs": [*items, *items[:1]] if random.random() < 0.1 else items}


def _workflow(random: Random, name: str, size: int, callable_: tuple[str, ...]) -> Workflow:
    main = [_step(random, n, callable_, final=False) for n in range(size)]
    steps = _wired(random, main)
    finals = [_step(random, size + n, (), final=True) for n in range(random.choice((0, 0, 0, 1, 2)))]
    if len(finals) == 2 and random.random() < 0.5:
        finals[1] = msgspec.structs.replace(finals[1], needs=(finals[0].id,))
    workflow = Workflow(
        name=name,
        steps=(*steps, *finals),
        inputs={"n": Input("integer"), "xs": Input("list")},
        facts={
            **{name: Fact(default=random.choice((None, None, True, False))) for name in FACTS},
            **{name: Fact("string", choices=("go", "stop", "else")) for name in ROUTE_FACTS},
        },
        roles={"dev": Role()},
        phases=tuple(Phase(p) for p in PHASES),
        limits=_limits(random),
    )
    apart = chance_apart(random)
    if name == "main":
        if apart.random() < 0.2:
            workflow = _merging(workflow)
        workflow = _with_optional_steps(workflow, apart)
        workflow = _with_quorums_and_groups(workflow, apart)
    graph = Graph(workflow)
    looped = tuple(_looped(random, graph, s) for s in workflow.steps)
    if name == "main":
        looped = tuple(_back_to_a_group(graph, step, apart) for step in looped)
    return msgspec.structs.replace(workflow, steps=looped)


def chance_apart(random: Random) -> Random:
    """Chance that takes nothing from that of the trial, so that what is added later leaves older trials as they were."""
    return Random(str(random.getstate()))


def _merging(workflow: Workflow) -> Workflow:
    """With the internal last step, as a run in a repository has it."""
    needs = tuple(step.id for step in workflow.steps if not step.final)
    merge = Step("merge", "merge", needs=needs, workspace="read", internal=True)
    return msgspec.structs.replace(workflow, steps=(*workflow.steps, merge))


def _with_optional_steps(workflow: Workflow, apart: Random) -> Workflow:
    steps = tuple(
        msgspec.structs.replace(step, optional=apart.random() < 0.15 and _may_be_optional(step))
        for step in workflow.steps
    )
    return msgspec.structs.replace(workflow, steps=steps)


def _with_quorums_and_groups(workflow: Workflow, apart: Random) -> Workflow:
    steps = []
    for step in workflow.steps:
        group = "" if step.final or step.internal else apart.choice(("", "", "g", "h", "g/inner"))
        each = step.foreach
        if each is not None:
            each = msgspec.structs.replace(each, quorum=apart.choice((0, 0, 1, 2)))
        steps.append(msgspec.structs.replace(step, group=group, foreach=each))
    return msgspec.structs.replace(workflow, steps=tuple(steps))


def _back_to_a_group(graph: Graph, step: Step, apart: Random) -> Step:
    """Now and then what would go back to a step goes back to a group, all of which comes before."""
    if step.back_to is None or apart.random() < 0.5:
        return step
    at = graph.index[step.id]
    groups = [name for name in ("g", "h", "inner") if name in graph.named]
    groups = [
        name for name in groups if all(m == step.id or at in graph.after([m]) for m in graph.named[name])
    ]
    if not groups:
        return step
    return msgspec.structs.replace(
        step, back_to=msgspec.structs.replace(step.back_to, to=apart.choice(groups))
    )


def _may_be_optional(step: Step) -> bool:
    return step.kind not in ("decide", "merge") and step.on_failure != "cancel"


def _limits(random: Random) -> Limits:
    budget = Budget()
    if random.random() < 0.2:
        budget = Budget(
            attempts=random.choice((None, 3, 6)),
            tokens=random.choice((None, 20, 60)),
            cost_usd=random.choice((None, 0.5, 2.0)),
            seconds=random.choice((None, 30.0)),
        )
    return Limits(
        parallel=random.choice((1, 2, 3, 8)),
        timeout_seconds=random.choice((None, None, None, 40.0, 200.0)),
        count_waits=random.random() < 0.2,
        rounds=random.choice((2, 3, 100)),
        items=random.choice((4, 1_000)),
        depth=random.choice((1, 8, 8, 8)),
        events=60 if random.random() < 0.03 else 200_000,
        recoveries=random.choice((2, 3)),
        budget=budget,
    )


def _step(random: Random, n: int, callable_: tuple[str, ...], final: bool) -> Step:
    kind = random.choices(("noop", "role", "ask", "decide", "call"), (10, 6, 2, 0 if final else 3, 2))[0]
    if kind == "call" and not callable_:
        kind = "noop"
    name = f"s{n}"
    condition = "value == true" if kind == "ask" else "n > 1"
    step = Step(
        id=name,
        kind=kind,
        args={"workflow": random.choice(callable_)} if kind == "call" else {},
        phase=random.choice(("", *PHASES)),
        role="dev" if kind == "role" else "",
        when=_when(random, n) if random.random() < 0.25 else "",
        gates=(Gate("condition", {"condition": "true"}),)
        if kind in {"noop", "role"} and random.random() < 0.3
        else (),
        ask=_approval(random) if kind == "ask" or random.random() < 0.1 else None,
        approve=_approval(random) if kind in {"noop", "role", "call"} and random.random() < 0.15 else None,
        retry=_retry(random),
        timeout=Timeouts(step_seconds=random.choice((5.0, 20.0)) if random.random() < 0.15 else None),
        on_failure=random.choice(POLICIES),
        budget=Budget(
            attempts=random.choice((1, 2)) if random.random() < 0.1 else None,
            cost_usd=0.4 if random.random() < 0.1 else None,
        ),
        sets={random.choice(FACTS): f"outputs.{name}.{condition}"}
        if kind != "decide" and random.random() < 0.1
        else {},
        final=final,
    )
    if kind != "decide" and random.random() < 0.18:
        step = _each(random, step)
    return step


def _each(random: Random, step: Step) -> Step:
    over = random.choice(("inputs.xs", "inputs.xs", '["a", "b", "c"]', "[]", '{"k": 1, "l": 2}'))
    foreach = Foreach(over=over, name="item", at_most=random.choice((0, 1, 2)))
    when = random.choice((step.when, 'item != "i1"')) if over == "inputs.xs" else step.when
    return msgspec.structs.replace(step, foreach=foreach, when=when, sets={})


def _when(random: Random, n: int) -> str:
    choices = ["inputs.n > 1", f"facts.{random.choice(FACTS)}", f"!facts.{random.choice(FACTS)}", "true"]
    if n:
        choices.append(f"has(outputs.s{random.randrange(n)})")
    return random.choice(choices)


def _approval(random: Random) -> Approval:
    expires = random.choice((None, None, 7.0))
    choices = (Choice("left"), Choice("right")) if random.random() < 0.2 else ()
    return Approval(
        choices=choices,
        expires_seconds=expires,
        default=random.choice(("approve", "reject")) if expires else "",
        on_reject=random.choice(("redo", "fail")),
        fact=random.choice(FACTS) if random.random() < 0.1 and not choices else "",
    )


def _retry(random: Random) -> Retry:
    on: tuple[ErrorClass, ...] = random.choice((OWN_RETURN, ASKED_RETURN))
    delay = random.choice((0.0, 1.0, 6.0))
    return Retry(attempts=random.randint(1, 3), delay_seconds=delay, jitter=random.random() < 0.5, on=on)


def _wired(random: Random, steps: list[Step]) -> list[Step]:
    """Needs, joins and routes between steps that stand in written order."""
    wired: list[Step] = []
    for n, step in enumerate(steps):
        most = min(n, random.choice((0, 1, 1, 2, 2, 3)))
        needs = tuple(steps[i].id for i in sorted(random.sample(range(n), most)))
        join = Join()
        if len(needs) > 1 and random.random() < 0.5:
            join = random.choice((Join("any"), Join("quorum", random.randint(1, len(needs)))))
        step = msgspec.structs.replace(step, needs=needs, join=join)
        if step.kind == "decide":
            step = msgspec.structs.replace(step, decision=_decision(random, n, steps), gates=())
        wired.append(step)
    return [_role_of(step) for step in wired]


def _role_of(step: Step) -> Step:
    by_role = step.decision is not None and step.decision.by == "role"
    return msgspec.structs.replace(step, role="dev" if by_role else step.role)


def _decision(random: Random, n: int, steps: list[Step]) -> Decision:
    later = [s.id for s in steps[n + 1 :]]
    by: Literal["condition", "role", "person", "fact"] = random.choice(
        ("condition", "role", "person", "fact")
    )
    routes = []
    for name in ("go", "stop", "else")[: random.randint(2, 3)]:
        to = tuple(sorted(random.sample(later, min(len(later), random.choice((0, 1, 1, 2))))))
        end = random.random() < 0.2
        routes.append(Route(name, to=tuple(t for t in to if t == steps[-1].id) if end else to, end=end))
    if by == "condition":
        tests = [_when(random, 0) for _ in routes[:-1]]
        tests = [test if test != "true" else "inputs.n == 0" for test in tests]
        routes = [msgspec.structs.replace(r, when=w) for r, w in zip(routes, [*tests, ""], strict=True)]
    return Decision(routes=tuple(routes), by=by, fact=random.choice(ROUTE_FACTS) if by == "fact" else "")


def _looped(random: Random, graph: Graph, step: Step) -> Step:
    """Now and then a step sends back: to itself or to one that comes before it, by its gate, a condition or a failure."""
    if random.random() > 0.35:
        return step
    at = graph.index[step.id]
    before = [s.id for i, s in enumerate(graph.steps) if at in graph.after([s.id]) and s.final == step.final]
    again = f'outputs.{step.id}.verdict == "amend"' if step.kind == "ask" else f"outputs.{step.id}.again"
    whens = ("", "", again, f"facts.{random.choice(FACTS)}")
    when = random.choice(whens) if step.foreach is None else ""
    if step.decision is not None:
        last = step.decision.routes[-1].name
        when = random.choice(("", f'outputs.{step.id}.route == "{last}"'))
    back = BackTo(random.choice(before), when, random.randint(1, 3))
    on_failure = random.choice((step.on_failure, "back_to"))
    approve = step.approve
    if approve is not None and random.random() < 0.5:
        approve = msgspec.structs.replace(approve, on_reject="back_to")
    return msgspec.structs.replace(step, back_to=back, on_failure=on_failure, approve=approve)

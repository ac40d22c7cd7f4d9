"""The order of the steps: no circles, nothing that can never start, ways back that lead back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ropewalk.definition.check.circles import circles
from ropewalk.definition.check.subject import Subject
from ropewalk.definition.findings import Path
from ropewalk.definition.order import members_of, needs_of
from ropewalk.definition.workflow import Step, Workflow

SHOWN: Final = 8
"""Steps of a circle that are named."""


class Shape:
    """Who waits for whom. `circles` are groups of steps that wait for each other."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.needs = needs_of(workflow)
        self.index = {step.id: place for place, step in reversed(list(enumerate(workflow.steps)))}
        self.circles = circles(self.needs)
        self.circular = {step for circle in self.circles for step in circle.steps}

    def before(self, first: str, second: str) -> bool:
        """Whether `second` can start only after `first` has ended."""
        if first in self.needs[second]:
            return True
        return bool(self._ancestors[second] >> self.index[first] & 1)

    @cached_property
    def in_turn(self) -> list[str]:
        """The steps, each after all that it needs; those in circles are left out, and those behind them."""
        followers: dict[str, list[str]] = {step: [] for step in self.needs}
        waiting = {step: len(needs) for step, needs in self.needs.items()}
        for step, needs in self.needs.items():
            for need in needs:
                followers[need].append(step)
        ready = deque(step for step, count in waiting.items() if not count)
        ordered = []
        while ready:
            step = ready.popleft()
            ordered.append(step)
            for follower in followers[step]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    ready.append(follower)
        return ordered

    @cached_property
    def _ancestors(self) -> dict[str, int]:
        """Per step a number whose bits are the places of all steps before it."""
        masks = dict.fromkeys(self.needs, 0)
        for step in self.in_turn:
            bits = 0
            for need in self.needs[step]:
                bits |= masks[need] | 1 << self.index[need]
            masks[step] = bits
        return masks


def check_shape(subject: Subject, shape: Shape) -> None:
    """Circles, joins, loops, final steps, and steps that nothing can ever reach."""
    for circle in shape.circles:
        _circle(subject, shape, circle.way)
    for path, step in subject.steps():
        _join(subject, path, step, len(shape.needs[step.id]))
        _back(subject, shape, path, step)
        _final(subject, path, step)
        if step.when == "false":
            subject.findings.warning((*path, "when"), f"the step `{step.id}` is never done", "remove it")
    for step_id, route in _behind_ends(subject, shape):
        message = f"the step `{step_id}` is never reached: the run ends with the route `{route}` before it"
        subject.findings.fault(("steps", shape.index[step_id]), message, "remove `end: true`, or the need")


def _circle(subject: Subject, shape: Shape, circle: list[str]) -> None:
    if len(circle) == 1:
        path = ("steps", shape.index[circle[0]])
        step = shape.workflow.steps[path[1]]
        if circle[0] not in step.needs and step.decision is None:
            subject.findings.fault(path, f"`{circle[0]}` waits for itself", "fix what it reads")
        return
    way = " → ".join([*circle, circle[0]] if len(circle) <= SHOWN else [*circle[:SHOWN], "…", circle[0]])
    first = shape.workflow.steps[shape.index[circle[0]]]
    named = members_of(shape.workflow)
    at: Path = ("steps", shape.index[first.id])
    for index, name in enumerate(first.needs):
        if circle[1] in named[name]:
            at = (*at, "needs", index)
            break
    subject.findings.fault(at, f"the steps wait for each other: {way}", "remove one of these needs")


def _join(subject: Subject, path: Path, step: Step, needs: int) -> None:
    place = (*path, "join")
    if step.id in subject.unsure or step.join.kind == "all":
        return
    if not needs:
        message = f"`join: {step.join.kind}` of a step that needs nothing can never be met"
        subject.findings.fault(place, message, "add `needs`, or remove `join`")
    elif step.join.kind == "quorum" and not 1 <= step.join.count <= needs:
        message = f"a quorum of {step.join.count}, but the step has {needs} need{'s' if needs > 1 else ''}"
        subject.findings.fault((*place, "count"), message, f"write a number from 1 to {needs}")


def _back(subject: Subject, shape: Shape, path: Path, step: Step) -> None:
    if step.back_to is None or step.id in subject.unsure or step.id in shape.circular:
        return
    for target in subject.named.get(step.back_to.to, ()):
        if target == step.id or target in shape.circular or shape.before(target, step.id):
            continue
        message = f"`{target}` does not come before `{step.id}`: there is nothing to send back"
        hint = f"add `needs: [{step.back_to.to}]` on the way to `{step.id}`"
        subject.findings.fault((*path, "back_to", "to"), message, hint)
        break


def _final(subject: Subject, path: Path, step: Step) -> None:
    for index, name in enumerate(step.needs):
        for member in subject.named.get(name, ()):
            need = subject.by_id[member]
            if step.final and not need.final:
                message = f"`finally` steps run after all others, they cannot need `{name}`"
                subject.findings.fault((*path, "needs", index), message, "remove it")
            elif need.final and not step.final:
                message = f"`{name}` runs after all ordinary steps, `{step.id}` cannot need it"
                subject.findings.fault(
                    (*path, "needs", index), message, "remove it, or write `finally: true`"
                )
            else:
                continue
            break
    targets = subject.named.get(step.back_to.to, ()) if step.back_to else ()
    if step.final and any(not subject.by_id[target].final for target in targets):
        message = "a `finally` step cannot send back the work: the run is over"
        subject.findings.fault((*path, "back_to", "to"), message, "remove `back_to`")


def _behind_ends(subject: Subject, shape: Shape) -> Iterator[tuple[str, str]]:
    """Steps that can only follow a route that ends the run, with the name of that route."""
    ending: dict[str, str] = {}
    going_on: set[str] = set()
    for step in subject.workflow.steps:
        for route in step.decision.routes if step.decision else ():
            for target in (target_name for name in route.to for target_name in subject.named.get(name, ())):
                if route.end:
                    ending.setdefault(target, route.name)
                else:
                    going_on.add(target)
    over = {step: route for step, route in ending.items() if step not in going_on}
    for step_id in shape.in_turn if over else ():
        needs = shape.needs[step_id]
        if step_id not in over and needs and all(need in over for need in needs):
            over[step_id] = over[needs[0]]
            yield step_id, over[step_id]

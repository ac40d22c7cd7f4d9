"""What each step waits for: the needs that were written, and those that follow from what else was written.

The one place where needs are inferred, so that check, plan and the core can never disagree on the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from ropewalk.definition.items import may_have_none
from ropewalk.definition.workflow import Ref, Step, Workflow
from ropewalk.rendering import is_template, path_pattern

OUTPUTS: Final = re.compile(r"""\boutputs(?:\.([A-Za-z_]\w*)|\[\s*['"]([^'"]+)['"]\s*\])""")


def needs_of(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """Per step id the ids of the steps that it waits for, in written order, each once.

    Four sources: `needs` (a group's name stands for its members), decisions whose routes lead to the step, the
    earlier writers of what it requires, and the steps whose outputs its `foreach` goes over. Names that nobody has
    are left out here; `check` reports them. A final step waits for no ordinary step by inference: it runs anyway.
    """
    place: dict[str, int] = {}
    for index, step in enumerate(workflow.steps):
        place.setdefault(step.id, index)
    named = members_of(workflow)
    deciders = _deciders(workflow, named)
    written = {False: Writers(), True: Writers()}
    needs: dict[str, tuple[str, ...]] = {}
    for step in workflow.steps:
        needed = {member for name in step.needs for member in named.get(name, ())}
        needed.update(deciders.get(step.id, ()))
        writers = written[step.final]
        needed.update(_inferred(step, writers, place, workflow))
        needs.setdefault(step.id, tuple(sorted(needed, key=place.__getitem__)))
        writers.note(step)
    return needs


def members_of(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """What a name in `needs` or in a route's `to` stands for: a step for itself, a group for all its members.

    A nested group is written `outer/inner` in `Step.group`; its members belong to both. A step's id wins over a group's.
    """
    groups: dict[str, list[str]] = {}
    for step in workflow.steps:
        for name in step.group.split("/") if step.group else ():
            groups.setdefault(name, []).append(step.id)
    named = {name: tuple(ids) for name, ids in groups.items()}
    named.update((step.id, (step.id,)) for step in workflow.steps)
    return named


class Writers:
    """Who created or updated a file or folder so far, as the steps are gone through in written order.

    A name with `{{ … }}` in it stands for all that it may become.
    """

    def __init__(self) -> None:
        self.creators: dict[str, list[str]] = {}
        self.writers: dict[str, list[str]] = {}
        self.inside: dict[str, list[str]] = {}
        self.patterns: dict[str, None] = {}

    def note(self, step: Step) -> None:
        """Take in what the step writes; call it after the step's own requirements were looked up."""
        for ref in step.creates:
            for name in names_of(ref):
                self.creators.setdefault(_plain(name), []).append(step.id)
        for ref in (*step.creates, *step.updates):
            for name in names_of(ref):
                self._written(_plain(name), step.id)
                if is_template(name):
                    self.patterns[_plain(name)] = None

    def _written(self, name: str, step: str) -> None:
        self.writers.setdefault(name, []).append(step)
        for folder in _folders(name):
            self.inside.setdefault(folder, []).append(step)

    def of(self, name: str) -> Iterator[str]:
        """The steps that wrote this file, a folder that it lies in, or something inside this folder."""
        plain = _plain(name)
        yield from self.writers.get(plain, ())
        yield from self.inside.get(plain, ())
        for folder in _folders(plain):
            yield from self.writers.get(folder, ())
        for pattern in self.patterns:
            if pattern != plain and fnmatchcase(plain, pattern):
                yield from self.writers[pattern]

    def created(self, name: str) -> Iterable[str]:
        """The steps that created exactly this; what may be updated side by side waits only for them."""
        return self.creators.get(_plain(name), ())


def brought_along(workflow: Workflow) -> Iterator[tuple[tuple[str, int, str, int], Ref]]:
    """Place and reference of each file that has to be there before a run: a step requires it, and none makes it."""
    if not any(step.requires for step in workflow.steps):
        return
    writers = Writers()
    for step in workflow.steps:
        writers.note(step)
    for at, step in enumerate(workflow.steps):
        for index, ref in enumerate(step.requires):
            made = any(other != step.id for name in names_of(ref) for other in writers.of(name))
            if not (made or ref.soft or ref.aggregate or ref.label):
                yield ("steps", at, "requires", index), ref


def may_be_left_out(workflow: Workflow) -> frozenset[str]:
    """The steps that a run may do without: those with `when`, optional ones, those that go through what may be an empty list,
    and what stands on the route of a decision.
    """
    needs, named = needs_of(workflow), members_of(workflow)
    routes = [route for step in workflow.steps if step.decision for route in step.decision.routes]
    todo = [key for route in routes for name in route.to for key in named.get(name, ())]
    followers: dict[str, list[str]] = {}
    for key, needed in needs.items():
        for need in needed:
            followers.setdefault(need, []).append(key)
    routed: set[str] = set()
    while todo:
        key = todo.pop()
        if key not in routed:
            routed.add(key)
            todo += followers.get(key, ())
    return frozenset(routed | {step.id for step in workflow.steps if _by_itself(step)})


def _by_itself(step: Step) -> bool:
    return bool(step.when) or step.optional or (step.foreach is not None and may_have_none(step.foreach))


def names_of(ref: Ref) -> tuple[str, ...]:
    """The paths that a reference stands for; a label stands for none."""
    if ref.label:
        return ()
    return ref.any_of or (ref.name,)


def _inferred(step: Step, writers: Writers, place: dict[str, int], workflow: Workflow) -> Iterator[str]:
    for ref in step.requires:
        for name in names_of(ref):
            yield from writers.of(name)
    for ref in step.updates:
        for name in names_of(ref):
            yield from writers.created(name)
    for name in read_steps(step.foreach.over) if step.foreach else ():
        if name in place and workflow.steps[place[name]].final == step.final:
            yield name


def read_steps(expression: str) -> Iterator[str]:
    """The step names after `outputs.` in an expression, found without parsing it."""
    for match in OUTPUTS.finditer(expression):
        yield match[1] or match[2]


def _deciders(workflow: Workflow, named: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    deciders: dict[str, list[str]] = {}
    for step in workflow.steps:
        for route in step.decision.routes if step.decision else ():
            for name in route.to:
                for target in named.get(name, ()):
                    deciders.setdefault(target, []).append(step.id)
    return deciders


def _plain(name: str) -> str:
    return path_pattern(name).removeprefix("./").rstrip("/")


def _folders(name: str) -> Iterator[str]:
    end = name.rfind("/")
    while end > 0:
        yield name[:end]
        end = name.rfind("/", 0, end)

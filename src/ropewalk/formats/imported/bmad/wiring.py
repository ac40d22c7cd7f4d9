"""Stage 7b, wiring: the drafts of all items, hung together. List order is the order, except where the file says more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from ropewalk.counting import times
from ropewalk.definition import BackTo, Route, Step
from ropewalk.formats.imported.bmad.loops import names_of
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Jump, Way


class Wiring:
    """Gives every step its needs, every decision its routes and every loop its way back."""

    def __init__(self, making: ImportContext) -> None:
        self.making = making
        self.drafts = sorted(making.drafts, key=_is_final)
        self.count = sum(not _is_final(draft) for draft in self.drafts)
        self.finals = {step.id for draft in self.drafts[self.count :] for step in draft.steps}
        self.needs: dict[str, list[str]] = {}
        self.back: dict[str, BackTo] = {}
        self.routes: dict[str, tuple[Route, ...]] = {}
        self.added: dict[int, list[Step]] = {}

    def wired(self) -> list[Step]:
        """All steps, in the order of the file, each with what it waits for."""
        self._chain()
        for index, draft in enumerate(self.drafts):
            if draft.ways:
                self._ways(index, draft)
        for index, draft in enumerate(self.drafts[: self.count]):
            for jump in draft.jumps:
                self._jump(index, draft, jump)
        return [
            self._finished(step)
            for index, draft in enumerate(self.drafts)
            for step in self._steps(index, draft)
        ]

    def _steps(self, index: int, draft: ItemSteps) -> Iterator[Step]:
        yield from draft.steps
        yield from self.added.get(index, ())

    def _finished(self, step: Step) -> Step:
        needs = tuple(dict.fromkeys(name for name in self.needs.get(step.id, ()) if name != step.id))
        decision = step.decision
        if decision is not None:
            decision = msgspec.structs.replace(decision, routes=self.routes.get(step.id, ()))
        back = self.back.get(step.id, step.back_to)
        on_failure = "fail" if step.on_failure == "back_to" and back is None else step.on_failure
        return msgspec.structs.replace(
            step, needs=needs, back_to=back, decision=decision, on_failure=on_failure
        )

    # ------------------------------------------------------------------------------------------------------- the chain

    def _chain(self) -> None:
        last: tuple[str, ...] = ()
        waited: list[tuple[str, ...]] = []
        group = ""
        group_waits: tuple[str, ...] = ()
        for index, draft in enumerate(self.drafts):
            if index == self.count:
                last, group = (), ""
            if draft.together and draft.together == group:
                waits = (*group_waits, *self._named(index, draft))
            else:
                waits = self._waits(index, draft, last, waited)
                group, group_waits = draft.together, waits
                last = () if not draft.runs_with else last
            if draft.item.kind == "end":
                waits = tuple(dict.fromkeys((*waits, *self._leaves(index))))
            waits = tuple(name for name in waits if (name in self.finals) == (index >= self.count))
            waited.append(waits)
            self._inside(draft, waits)
            exits = self._exits(draft)
            last = (*last, *exits) if draft.together or draft.runs_with else exits

    def _waits(
        self, index: int, draft: ItemSteps, last: tuple[str, ...], waited: list[tuple[str, ...]]
    ) -> tuple[str, ...]:
        named = self._named(index, draft)
        if draft.alone:
            return named
        if draft.runs_with:
            other = self._find(draft.runs_with, index)
            if other is not None and other < index:
                return (*waited[other], *named)
            self.making.warn(draft.item, f"`{draft.runs_with}`, next to which it should run, is not above it")
        return (*last, *named)

    def _named(self, index: int, draft: ItemSteps) -> tuple[str, ...]:
        return tuple(step for name in draft.after for step in self._exits_of(name, index, draft))

    def _exits_of(self, name: str, index: int, draft: ItemSteps) -> tuple[str, ...]:
        other = self._find(name, index)
        if other is None or other >= index:
            if name in {step.id for earlier in self.drafts[:index] for step in earlier.steps}:
                return (name,)
            self.making.warn(draft.item, f"it waits for `{name}`, which is not above it")
            return ()
        return self._exits(self.drafts[other])

    def _inside(self, draft: ItemSteps, waits: tuple[str, ...]) -> None:
        """The steps of one item: its entries wait for what is before it, the others for the one before them."""
        inline = {step for way in draft.ways for step in way.first}
        own = [step.id for step in draft.steps if step.id not in inline]
        for entry in draft.entry:
            self.needs.setdefault(entry, []).extend(waits)
        if draft.parallel:
            self.needs.setdefault(own[-1], []).extend(draft.entry)
            return
        for before, step in pairwise(own):
            self.needs.setdefault(step, []).append(before)

    def _exits(self, draft: ItemSteps) -> tuple[str, ...]:
        """What the next item waits for: also the last step of each way that goes on."""
        going_on = [way.first[-1] for way in draft.ways if way.first and not way.ends]
        return (*draft.exits, *going_on)

    def _leaves(self, index: int) -> list[str]:
        """The steps so far that nobody waits for; those on a way of a decision are not among them."""
        needed = {name for names in self.needs.values() for name in names}
        inline = {step for draft in self.drafts for way in draft.ways for step in way.first}
        return [
            step.id
            for draft in self.drafts[:index]
            for step in draft.steps
            if step.id not in needed and step.id not in inline
        ]

    # -------------------------------------------------------------------------------------------------------- the ways

    def _ways(self, index: int, draft: ItemSteps) -> None:
        decision = next(step for step in reversed(draft.steps) if step.decision is not None)
        for way in draft.ways:
            before = decision.id
            for step in way.first:
                self.needs.setdefault(step, []).append(before)
                before = step
        aims = {way.name: self._aim(index, draft, way) for way in draft.ways}
        forward = sorted({aim for aim in aims.values() if index < aim < self.count})
        routes = []
        for way in draft.ways:
            aim = aims[way.name]
            first = list(way.first)
            if not way.ends and aim <= index and not self._is_above(self._entry(aim), decision.id):
                self.making.warn(
                    draft.item,
                    f"the way `{way.name}` leads to `{way.to}`, which is not before it: it goes on",
                )
                aim = index + 1
            if not way.ends and aim <= index:
                first.append(self._back_step(index, draft, way, aim, decision))
                aim = index + 1
            entries = (
                [] if way.ends else [step for at in forward if at >= aim for step in self.drafts[at].entry]
            )
            for entry in self.drafts[aim].entry if first and not way.ends and aim < self.count else ():
                self.needs.setdefault(entry, []).append(first[-1])
            routes.append(
                Route(way.name, way.when, tuple(dict.fromkeys((*first, *entries))), way.ends, way.title)
            )
        if (
            all(way.when not in ("", "true") for way in draft.ways)
            and decision.decision is not None
            and decision.decision.by == "condition"
        ):
            entries = [step for at in forward for step in self.drafts[at].entry] or self._next_entry(index)
            routes.append(
                Route("otherwise", "", tuple(dict.fromkeys(entries)), title="none of the conditions holds")
            )
            self.making.why(decision.id, "goes on to the next step when none of its conditions holds")
        self.routes[decision.id] = tuple(routes)

    def _next_entry(self, index: int) -> list[str]:
        return list(self.drafts[index + 1].entry) if index + 1 < self.count else []

    def _aim(self, index: int, draft: ItemSteps, way: Way) -> int:
        """The index of the item that a way leads to; past the end where there is none."""
        if not way.to:
            return index + 1 if index + 1 < self.count else len(self.drafts) + 1
        target = self._find(way.to, index)
        if target is None:
            self.making.warn(
                draft.item,
                f"the way `{way.name}` leads to `{way.to}`, which is not in this workflow: it goes on",
            )
            return index + 1
        return target

    def _back_step(self, index: int, draft: ItemSteps, way: Way, aim: int, decision: Step) -> str:
        cap = min(way.cap or policy.LOOP_CAP, policy.MOST_CAP)
        target = self._head(aim)
        step = Step(
            self.making.id(decision.id, way.name, "again"),
            "noop",
            title=f"{way.name}: back to {target}",
            phase=decision.phase,
            back_to=BackTo(target, "true", cap),
            extra={"item": {"number": draft.item.number, "keys": {}}},
            line=draft.item.line,
        )
        self.added.setdefault(index, []).append(step)
        self.needs[step.id] = [way.first[-1] if way.first else decision.id]
        for entry in self._next_entry(index):
            self.needs.setdefault(entry, []).append(step.id)
        self.making.why(
            step.id,
            f"the way `{way.name}` goes back to `{target}`, at most {times(cap)}, then a person is asked",
        )
        return step.id

    # ------------------------------------------------------------------------------------------------------- the jumps

    def _jump(self, index: int, draft: ItemSteps, jump: Jump) -> None:
        aim = self._find(jump.to, index)
        if aim is None:
            self.making.warn(
                draft.item, f"{jump.why} leads to `{jump.to}`, which is not in this workflow: it goes on"
            )
            return
        if aim > index:
            if aim > index + 1 and not jump.failed:
                skipped = f"{aim - index - 1} item{'s' if aim - index > 2 else ''} between"
                self.making.warn(
                    draft.item, f"{jump.why} leads over {skipped}: they are done in the order of the list"
                )
            return
        if not self._is_above(self._entry(aim), jump.step):
            self.making.warn(
                draft.item, f"{jump.why} leads to `{jump.to}`, which is not before it: it goes on"
            )
            return
        target = self._head(aim)
        back = BackTo(target, "" if jump.failed else (jump.when or "true"), jump.cap)
        if jump.step not in self.back:
            self.back[jump.step] = back
            if not jump.failed:
                self.making.why(
                    jump.step,
                    f"{jump.why} goes back to `{target}`, at most {times(jump.cap)}, then a person is asked",
                )
            return
        self._second_jump(index, draft, jump, back)

    def _second_jump(self, index: int, draft: ItemSteps, jump: Jump, back: BackTo) -> None:
        """A step has one way back; a second one gets a step of its own behind it."""
        first = next(step for step in draft.steps if step.id == jump.step)
        step = Step(
            self.making.id(jump.step, "again"),
            "noop",
            title=f"{jump.step}: back to {back.to}",
            phase=first.phase,
            when=first.when if not jump.when else jump.when,
            back_to=msgspec.structs.replace(back, when="true"),
            extra={"item": {"number": draft.item.number, "keys": {}}},
            line=draft.item.line,
        )
        self.added.setdefault(index, []).append(step)
        self.needs[step.id] = [jump.step]
        for entry in self._next_entry(index):
            self.needs.setdefault(entry, []).append(step.id)

    def _entry(self, index: int) -> str:
        return self.drafts[index].entry[0]

    def _is_above(self, first: str, last: str) -> bool:
        """Whether a step waits, by way of others, for another one; each step counts as above itself."""
        seen, todo = {last}, [last]
        while todo:
            for before in self.needs.get(todo.pop(), ()):
                if before not in seen:
                    seen.add(before)
                    todo.append(before)
        return first in seen

    def _head(self, index: int) -> str:
        """The one step that a way back leads to; steps side by side get one in front of them."""
        draft = self.drafts[index]
        if len(draft.entry) == 1:
            return draft.entry[0]
        item = draft.item
        step_id = self.making.id(f"{draft.exits[0]}-start")
        extra = {"item": {"number": item.number, "keys": {}}}
        start = Step(
            step_id,
            "noop",
            title=f"{draft.exits[0]}: begin",
            phase=draft.steps[0].phase,
            extra=extra,
            line=item.line,
        )
        self.needs[step_id] = list(
            dict.fromkeys(name for entry in draft.entry for name in self.needs.get(entry, ()))
        )
        for entry in draft.entry:
            self.needs[entry] = [step_id]
        draft.steps.insert(0, start)
        draft.entry = (step_id,)
        return step_id

    # ------------------------------------------------------------------------------------------------------- the names

    def _find(self, name: str, index: int) -> int | None:
        """The index of the item that a name, a number or a phase means; the nearest above before the first below."""
        if name.startswith("#"):
            return next(
                (
                    at
                    for at, draft in enumerate(self.drafts)
                    if draft.item.number == name[1:] and draft.item.data
                ),
                None,
            )
        for same in (_exactly, _loosely, _in_phase, _by_role):
            matching = [at for at, draft in enumerate(self.drafts) if same(name, draft, self.making)]
            if matching and same is _in_phase:
                return matching[0]
            if matching:
                return max((at for at in matching if at <= index), default=matching[0])
        return None


def _is_final(draft: ItemSteps) -> bool:
    """Whether it is done at the end in any case: it stands behind all others, whose chain goes on without it."""
    return bool(draft.steps) and all(step.final for step in draft.steps)


def _exactly(name: str, draft: ItemSteps, making: ImportContext) -> bool:
    number = str(draft.item.data.get("step", ""))
    return name.casefold() in {known.casefold() for known in names_of(draft)} or name == number != ""


def _loosely(name: str, draft: ItemSteps, making: ImportContext) -> bool:
    """`return_to_spec` means the step `spec_writing`, or the item that makes `spec.md`."""
    plain = _plain(name)
    known = {_plain(candidate) for candidate in names_of(draft)} | {
        _plain(str(draft.item.data.get("action", "")))
    }
    if not plain or plain in known:
        return bool(plain)
    return len(plain) > 3 and any(
        re.search(rf"(?:^|_){re.escape(plain)}(?:_|$)", candidate) for candidate in known
    )


def _in_phase(name: str, draft: ItemSteps, making: ImportContext) -> bool:
    if not draft.steps or not draft.steps[0].phase:
        return False
    phase = draft.steps[0].phase
    title = making.phases.get(phase, ("", ""))[0]
    plain = _plain(name)
    if plain and plain in {_plain(phase), _plain(title), f"phase_{_plain(phase)}"}:
        return True
    match = re.match(r"phase_(\d+(?:_\d+)?)(?:_|$)", plain)
    return match is not None and match[1] == _plain(phase).removeprefix("phase_")


def _by_role(name: str, draft: ItemSteps, making: ImportContext) -> bool:
    """`goto: sm` means the step of the role, where no item is called so."""
    return any(step.role and _plain(step.role) == _plain(name) for step in draft.steps)


def _plain(name: str) -> str:
    """A name for comparing, in any script: case and the signs between words do not matter."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")

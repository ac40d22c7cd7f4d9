"""Steps as they are written, flattened and with the defaults merged in, as the Steps of a Workflow."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from ropewalk.definition import Approval, Findings, Foreach, Ref, Step
from ropewalk.formats.native import steering
from ropewalk.formats.native.durations import seconds
from ropewalk.formats.native.gates import command, gates, person
from ropewalk.formats.native.keys.document import DefaultsKeys
from ropewalk.formats.native.keys.flow import FailureKeys
from ropewalk.formats.native.keys.step import CallKeys, FileKeys, GroupKeys, StepKeys
from ropewalk.formats.native.matrix import combinations
from ropewalk.formats.native.source_locations import StepLocation
from ropewalk.yaml import Path, Positions

WORK: Final = ("run", "uses", "function", "decide", "call", "role", "sleep", "until")
INHERITED: Final = (*("shell", "retry", "timeout", "on_failure", "budget", "workspace", "cache", "confine"),)
GROUPED: Final = frozenset({"id", "needs", "when", "phase", "title", "parallel", "group"})
BELONGS: Final = {
    "shell": ("run",),
    "prompt": ("role", "uses", "function"),
    "env": ("run", "role", "uses", "gate"),
    "folder": ("run", "role", "uses", "gate"),
    "arguments": ("uses", "function", "call"),
    "item": ("foreach", "matrix"),
    "key": ("foreach",),
    "at_most": ("foreach", "matrix", "back_to"),
}
WRITTEN: Final = {"arguments": "with", "item": "as", "folder": "dir"}


WAITS: Final = ("sleep", "until")
NOT_WHILE_WAITING: Final = ("gate", "creates", "updates", "output", "retry", "timeout", "budget", "cache")
"""What belongs to work: a step that only waits does none."""


class GroupContext(msgspec.Struct, frozen=True):
    """What the steps of a group get from it: needs and conditions, each with its place in the file."""

    group: str = ""
    needs: dict[str, Path] = {}
    when: tuple[tuple[str, Path], ...] = ()
    phase: str = ""
    final: bool = False


class StepReader:
    """Makes steps one after the other; `locations` are theirs in the file, `broken` the paths that lost a part."""

    def __init__(
        self, findings: Findings, positions: Positions, defaults: DefaultsKeys | UnsetType, broken: set[Path]
    ) -> None:
        self.findings = findings
        self.positions = positions
        self.defaults = DefaultsKeys() if isinstance(defaults, UnsetType) else defaults
        self.broken = broken
        self.made: list[Step] = []
        self.locations: list[StepLocation] = []
        self.groups: dict[str, Path] = {}

    def add(self, listed: list[StepKeys], path: Path, around: GroupContext) -> None:
        """All steps of a list, groups flattened."""
        for index, keys in enumerate(listed):
            step_path = (*path, index)
            if isinstance(keys.parallel, UnsetType):
                self._step(keys, step_path, around)
            else:
                self._group(keys, keys.parallel, step_path, around)

    def _group(
        self, keys: StepKeys, parallel: list[StepKeys] | GroupKeys, path: Path, around: GroupContext
    ) -> None:
        for name in steering.set_keys(keys):
            key = WRITTEN.get(name, name)
            if name not in GROUPED and self.positions.has((*path, key)):
                self.findings.fault(
                    (*path, key), f"`{key}` cannot be said of a group", "say it of its steps", key=True
                )
        inner = GroupKeys([]) if isinstance(parallel, list) else parallel
        members = parallel if isinstance(parallel, list) else parallel.steps
        name = inner.id or keys.id or ""
        if name and name in self.groups:
            self.findings.fault((*path, "id"), f"two groups are called `{name}`", "rename one of them")
        elif name:
            self.groups[name] = path
        inside = GroupContext(
            "/".join(part for part in (around.group, name) if part),
            _named(inner.needs, (*path, "parallel"), _named(keys.needs, path, around.needs)),
            (*around.when, *_when(keys.when, path), *_when(inner.when, (*path, "parallel"))),
            inner.phase or keys.phase or around.phase,
            around.final,
        )
        deeper = ("parallel",) if isinstance(parallel, list) else ("parallel", "steps")
        self.add(members, (*path, *deeper), inside)

    def _step(self, keys: StepKeys, path: Path, around: GroupContext) -> None:
        self._only_waits(keys, path)
        keys = self._with_defaults(keys)
        kind = self._kind(keys, path)
        self._misplaced(keys, path)
        back_to, on_failure = self._failure(keys, path)
        role = keys.role or ""
        needs = _named(keys.needs, path, around.needs)
        when, pieces = _together((*around.when, *_when(keys.when, path)))
        self.made.append(
            Step(
                id=self._id(keys, path),
                kind=kind,
                args=_arguments(keys),
                title=keys.title,
                phase=keys.phase or around.phase,
                group="/".join(part for part in (around.group, keys.group or "") if part),
                role=role,
                prompt=keys.prompt,
                needs=tuple(needs),
                when=when,
                optional=keys.optional,
                foreach=self._foreach(keys, path),
                requires=self._files(keys.requires, (*path, "requires")),
                creates=self._files(keys.creates, (*path, "creates")),
                updates=self._files(keys.updates, (*path, "updates")),
                gates=gates(keys.gate, (*path, "gate"), self.findings, keys.template),
                back_to=back_to,
                decision=steering.decision(keys.decide, role)
                if not isinstance(keys.decide, UnsetType)
                else None,
                ask=steering.approval(keys.ask, "fail"),
                approve=self._approve(keys, path, back_to is not None),
                **{name: value for name, value in self._policies(keys).items() if value is not UNSET},
                on_failure=on_failure,
                template=keys.template,
                output=keys.output,
                sets=keys.sets,
                facts=steering.names(keys.facts),
                merge=keys.merge,
                env={name: _text(value) for name, value in {**self.defaults.env, **keys.env}.items()},
                folder=keys.folder.rstrip("/") or keys.folder,
                secrets=steering.secrets(keys.secrets),
                final=keys.final or around.final,
                handoff=keys.handoff,
                notes=steering.names(keys.notes),
                extra=keys.extra,
                line=self.positions.value(path)[0],
            )
        )
        self.locations.append(StepLocation(path, tuple(needs.values()), pieces))

    def _with_defaults(self, keys: StepKeys) -> StepKeys:
        filled = {
            name: getattr(self.defaults, name)
            for name in INHERITED
            if getattr(keys, name) is UNSET and getattr(self.defaults, name) is not UNSET
        }
        if not isinstance(keys.run, str):
            filled.pop("shell", None)
        if keys.prompt and all(getattr(keys, name) is UNSET for name in WORK):
            filled["role"] = self.defaults.role
        return msgspec.structs.replace(keys, **filled) if filled else keys

    def _id(self, keys: StepKeys, path: Path) -> str:
        if isinstance(keys.id, UnsetType):
            if path not in self.broken:
                self.findings.fault(path, "the step has no `id`", "name it, so that others can need it")
            return ""
        return keys.id

    def _kind(self, keys: StepKeys, path: Path) -> str:
        kinds = [name for name in WORK if getattr(keys, name) is not UNSET]
        if "uses" in kinds:
            kinds = [name for name in kinds if name not in ("role", "decide")]
        elif "decide" in kinds or "function" in kinds:
            kinds = [name for name in kinds if name != "role"]
        if len(kinds) > 1:
            problem = f"a step is either {' or '.join(f'`{name}`' for name in kinds)}"
            self.findings.fault((*path, kinds[1]), problem, "make two steps of it", key=True)
        if kinds:
            if kinds[0] in WAITS:
                return "sleep"
            return str(keys.uses) if kinds[0] == "uses" else kinds[0]
        if keys.ask not in (UNSET, False):
            return "ask"
        if keys.gate is UNSET and keys.approve in (UNSET, False) and path not in self.broken:
            problem = f"the step {f'`{keys.id}` ' if keys.id else ''}does nothing"
            self.findings.fault(path, problem, f"add one of {', '.join(WORK)}, parallel, ask, gate")
        return "noop"

    def _misplaced(self, keys: StepKeys, path: Path) -> None:
        if path in self.broken:
            return
        for name, owners in BELONGS.items():
            value = getattr(keys, name)
            if value in (UNSET, "", {}) or any(getattr(keys, owner) is not UNSET for owner in owners):
                continue
            key = WRITTEN.get(name, name)
            owner_names = " or ".join(f"`{owner}`" for owner in owners)
            self.findings.fault(
                (*path, key), f"`{key}` stands without {owner_names}", "add it, or remove this", key=True
            )
        if keys.shell and not isinstance(keys.run, str | UnsetType):
            self.findings.fault(
                (*path, "shell"), "a list of arguments needs no `shell`", "remove it", key=True
            )

    def _only_waits(self, keys: StepKeys, path: Path) -> None:
        waits = next((name for name in WAITS if getattr(keys, name) is not UNSET), "")
        for name in NOT_WHILE_WAITING if waits else ():
            if getattr(keys, name) not in (UNSET, [], {}):
                problem = f"`{name}` has no effect next to `{waits}`: the step only waits"
                self.findings.fault((*path, name), problem, "say it of the step that does the work", key=True)
        if waits == "sleep" and keys.sleep == "none":
            self.findings.fault((*path, "sleep"), "`sleep: none` would never end", "write how long: `10m`")

    def _foreach(self, keys: StepKeys, path: Path) -> Foreach | None:
        each = None
        if not isinstance(keys.matrix, UnsetType):
            at_most = self._at_most(keys, "foreach", path)
            each = combinations(keys.matrix, (*path, "matrix"), self.findings, keys.item, at_most)
            if keys.foreach is not UNSET:
                problem = "a step goes through a `foreach` or through a `matrix`"
                self.findings.fault((*path, "matrix"), problem, "keep one of them", key=True)
        if isinstance(keys.foreach, UnsetType):
            return each
        return steering.foreach(keys.foreach, keys.item, keys.key, self._at_most(keys, "foreach", path))

    def _at_most(self, keys: StepKeys, owner: str, path: Path) -> Any:
        """`at_most` for `foreach` or `back_to`; next to a short form of both it is ambiguous and a fault."""
        listed = keys.foreach is not UNSET or keys.matrix is not UNSET
        if keys.at_most is UNSET or (owner == "back_to" and listed):
            return UNSET
        if owner == "foreach" and isinstance(keys.back_to, str):
            problem = "`at_most` could be meant for `foreach` or for `back_to`"
            self.findings.fault(
                (*path, "at_most"), problem, "write it inside: back_to: {to: …, at_most: …}", key=True
            )
        return keys.at_most

    def _failure(self, keys: StepKeys, path: Path) -> tuple[Any, Any]:
        back = None
        if not isinstance(keys.back_to, UnsetType):
            back = steering.back_to(keys.back_to, self._at_most(keys, "back_to", path))
        if isinstance(keys.on_failure, FailureKeys):
            if back is not None:
                problem = "`back_to` says already where the work is sent back to"
                self.findings.fault((*path, "on_failure"), problem, "write `on_failure: back_to`", key=True)
            return steering.back_to(keys.on_failure.back_to, keys.on_failure.at_most), "back_to"
        return back, keys.on_failure or "fail"

    def _approve(self, keys: StepKeys, path: Path, sends_back: bool) -> Approval | None:
        """`approve`, or the person among the gates."""
        judge = person(keys.gate, (*path, "gate"), self.findings, sends_back)
        own = steering.approval(keys.approve, "redo")
        if judge is not None and own is not None:
            problem = "a person among the gates is asked already"
            self.findings.fault((*path, "approve"), problem, "keep one of them", key=True)
        return own or judge

    def _policies(self, keys: StepKeys) -> dict[str, Any]:
        return {
            "retry": UNSET if isinstance(keys.retry, UnsetType) else steering.retry(keys.retry),
            "timeout": UNSET if isinstance(keys.timeout, UnsetType) else steering.timeouts(keys.timeout),
            "budget": UNSET if isinstance(keys.budget, UnsetType) else steering.budget(keys.budget),
            "join": UNSET if isinstance(keys.join, UnsetType) else steering.join(keys.join),
            "workspace": keys.workspace,
            "cache": keys.cache,
            "confine": keys.confine,
        }

    def _files(self, listed: Any, path: Path) -> tuple[Ref, ...]:
        if not isinstance(listed, list):
            return (self._file(listed, path),)
        return tuple(self._file(file_keys, (*path, index)) for index, file_keys in enumerate(listed))

    def _file(self, keys: str | FileKeys, path: Path) -> Ref:
        if isinstance(keys, str):
            return Ref(keys)
        if keys.path is UNSET and not keys.any_of:
            self.findings.fault(path, "the file has no `path`", "add `path` or `any_of`")
        name = keys.path or " or ".join(keys.any_of)
        return Ref(name, keys.optional, tuple(keys.any_of), keys.external, keys.aggregate, keys.label)


def _arguments(keys: StepKeys) -> dict[str, Any]:
    extra = keys.arguments or {}
    if not isinstance(keys.uses, UnsetType):
        return dict(extra)
    if not isinstance(keys.run, UnsetType):
        return command(keys.run, keys.shell or "")
    if not isinstance(keys.sleep, UnsetType):
        return {"seconds": seconds(keys.sleep) or 0.0}
    if not isinstance(keys.until, UnsetType):
        return {"until": keys.until.strip()}
    if not isinstance(keys.function, UnsetType):
        return {"name": keys.function.rstrip("\n"), **({"with": extra} if extra else {})}
    if not isinstance(keys.call, UnsetType):
        call = keys.call if isinstance(keys.call, CallKeys) else CallKeys(keys.call)
        return {"workflow": call.workflow, "inputs": {**call.inputs, **extra}}
    return dict(extra)


def _named(value: str | list[str], path: Path, before: dict[str, Path]) -> dict[str, Path]:
    """`before`, and the needs in `value`, each with its place in the file."""
    named = dict(before)
    if isinstance(value, str):
        named.setdefault(value, (*path, "needs"))
        return named
    for index, name in enumerate(value):
        named.setdefault(name, (*path, "needs", index))
    return named


def _when(value: str | bool | UnsetType, path: Path) -> tuple[tuple[str, Path], ...]:
    if isinstance(value, UnsetType) or value is True:
        return ()
    return (("false" if value is False else value, (*path, "when")),)


def _together(conditions: tuple[tuple[str, Path], ...]) -> tuple[str, tuple[tuple[int, Path], ...]]:
    """Conditions that must all hold as one, and where in it each begins."""
    if len(conditions) < 2:
        return (conditions[0][0] if conditions else ""), tuple((0, path) for _, path in conditions)
    text, pieces = "", []
    for condition, path in conditions:
        text += " && (" if text else "("
        pieces.append((len(text), path))
        text += f"{condition})"
    return text, tuple(pieces)


def _text(value: str | int | float | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)

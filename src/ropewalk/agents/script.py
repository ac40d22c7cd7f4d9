"""What a rehearsal is told to do: a YAML file of acts by step, checked whole, each fault with its place.

A script is found by its text alone, so that a brief can carry it to another host.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ropewalk.definition import ErrorClass

if TYPE_CHECKING:
    from ropewalk.definition import Fault
    from ropewalk.yaml import Positions

Word = Literal["PASS", "CONCERNS", "FAIL", "WAIVED"]


class Fail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """End with this failure; `retry_in` seconds from then, or `retry_at` unix seconds."""

    kind: ErrorClass = "permanent"
    message: str = "the script says so"
    retry_at: float | None = None
    retry_in: float | None = None


class ScriptedPermission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A permission to ask for."""

    title: str
    kind: str = ""
    paths: tuple[str, ...] = ()
    choices: tuple[str, ...] = ("allow", "deny")


class ScriptedVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a verdict gate is answered."""

    verdict: Word
    findings: tuple[str, ...] = ()


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Run into a quota that is free again in so many seconds."""

    resets_in: float


class ScriptedNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An own event for the feed."""

    name: str
    data: dict[str, Any] = {}


class ScriptedAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do in one attempt. Selectors that are left out fit everything; `nothing`: say done and write nothing."""

    round: int | None = None
    attempt: int | None = None
    item: str | None = None
    say: str | list[str] = ""
    note: dict[str, Any] = {}
    publish: ScriptedNote | None = None
    ask: ScriptedPermission | None = None
    run_for: float = 0.0
    write: dict[str, str] = {}
    append: dict[str, str] = {}
    delete: list[str] = []
    nothing: bool = False
    outputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    route: str = ""
    verdict: ScriptedVerdict | Word | None = None
    handoff: str | dict[str, Any] = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    quota: Quota | None = None
    fail: Fail | None = None

    def fits(self, round_: int, attempt: int, item: str) -> bool:
        return self.round in (None, round_) and self.attempt in (None, attempt) and self.item in (None, item)


class RehearsalScript(msgspec.Struct, frozen=True):
    """Acts by step id, in written order; `*` is for every step that is not named."""

    steps: dict[str, tuple[ScriptedAct, ...]] = {}

    def act(self, step: str, round_: int, attempt: int, item: str = "") -> ScriptedAct:
        """The first act that fits the attempt; without one, an act that does nothing special."""
        own = step.partition("[")[0]
        acts = self.steps.get(step) or self.steps.get(own) or self.steps.get("*", ())
        return next((act for act in acts if act.fits(round_, attempt, item)), ScriptedAct())


@lru_cache(maxsize=16)
def read_script(text: str, file: str = "the rehearsal script") -> RehearsalScript:
    """The script of a text; an empty one says nothing. Raises InvalidDefinition with every fault and its place."""
    if not text.strip():
        return RehearsalScript()
    from ropewalk.definition import definition_error
    from ropewalk.yaml import yaml_document

    data, positions = yaml_document(text, file)
    reader = _ScriptReader(file, positions)
    script = reader.script(data)
    if reader.faults:
        raise definition_error(file, reader.faults)
    return script


class _ScriptReader:
    """Collects what is wrong while it reads."""

    def __init__(self, file: str, positions: Positions) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._positions = positions

    def script(self, data: Any) -> RehearsalScript:
        if not isinstance(data, dict):
            self._fault((), f"a script is a mapping with `steps`, not {_called(data)}")
            return RehearsalScript()
        for key in data:
            if key != "steps":
                self._fault((key,), f"unknown key `{key}`", key, ("steps",))
        steps = data.get("steps", {})
        if not isinstance(steps, dict):
            self._fault(("steps",), f"`steps` maps step ids to acts; here is {_called(steps)}")
            return RehearsalScript()
        return RehearsalScript({str(step): self._acts(acts, ("steps", step)) for step, acts in steps.items()})

    def _acts(self, acts: Any, path: tuple[Any, ...]) -> tuple[ScriptedAct, ...]:
        if isinstance(acts, list):
            return tuple(self._act(act, (*path, at)) for at, act in enumerate(acts))
        return (self._act(acts, path),)

    def _act(self, written: Any, path: tuple[Any, ...]) -> ScriptedAct:
        if not isinstance(written, dict):
            self._fault(path, f"an act is a mapping, not {_called(written)}")
            return ScriptedAct()
        types = {field.encode_name: field.type for field in msgspec.structs.fields(ScriptedAct)}
        fields: dict[str, Any] = {}
        for key, value in written.items():
            if key not in types:
                self._fault((*path, key), f"unknown key `{key}` of an act", key, tuple(types))
                continue
            try:
                fields[key] = msgspec.convert(value, types[key])
            except msgspec.ValidationError as fault:
                self._fault((*path, key), f"`{key}`: {fault}")
        return ScriptedAct(**fields)

    def _fault(
        self, path: tuple[Any, ...], message: str, name: str = "", known: tuple[str, ...] = ()
    ) -> None:
        from ropewalk.definition import Fault, nearest

        line, column = self._positions.key(path)
        hint = f"known here: {', '.join(known)}" if known else ""
        self.faults.append(Fault(self._file, line, column, message, nearest=nearest(name, known), hint=hint))


def _called(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")

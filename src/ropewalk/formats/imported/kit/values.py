"""What an item says of failure, time and materials: retries, escalation, tasks and checklists that its pack has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ropewalk.definition import ASKED_RETURN, FailurePolicy, Retry, Step, Timeouts
from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Jump, Keys

MOST_TEXT: Final = 40_000
RESULTS: Final = ("outputs", "output")
SECONDS: Final = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
}


def failure_policy(keys: Keys, step: Step, draft: ItemSteps, making: ImportContext) -> Step:
    """The step with `on_failure`, `on_fail`, `max_attempts` and `timeout` taken into it."""
    for name in ("on_failure", "on_fail", "error_handling"):
        written = keys.take(name, "on_failure")
        if written is not None:
            step = _failure(written, step, draft, making)
    attempts = number(keys.data.get("max_attempts"), making.constants)
    if attempts:
        keys.take("max_attempts", "retry")
        step = msgspec.structs.replace(
            step, retry=Retry(attempts=min(attempts, policy.MOST_CAP), on=ASKED_RETURN)
        )
    limit = seconds(keys.data.get("timeout"), making.constants)
    if limit:
        keys.take("timeout", "timeout")
        step = msgspec.structs.replace(step, timeout=Timeouts(step_seconds=limit))
    return step


def _failure(written: Any, step: Step, draft: ItemSteps, making: ImportContext) -> Step:
    data = written if isinstance(written, Mapping) else {"action": written}
    action = as_text(data.get("action")).strip().lower().replace(" ", "_").replace("-", "_")
    tries = number(
        _first(data, "max_retries", "retries", "retry", "max_attempts", "attempts"), making.constants
    )
    if tries or policy.RETRY_WORDS.search(action):
        step = msgspec.structs.replace(
            step, retry=Retry(attempts=min((tries or 2) + 1, policy.MOST_CAP), on=ASKED_RETURN)
        )
    back = policy.SEND_BACK_WORDS.match(action)
    target = as_text(_first(data, "next", "goto", "return_to")) or next(
        (group for group in (back.groups() if back else ()) if group), ""
    )
    if target:
        draft.jumps.append(Jump(step.id, target, policy.FIX_CAP, "its `on_failure`", failed=True))
        return msgspec.structs.replace(step, on_failure="back_to")
    return msgspec.structs.replace(step, on_failure=_policy(data, action))


def _policy(data: Mapping[str, Any], action: str) -> FailurePolicy:
    exhausted = data.get("on_exhausted")
    last = as_text(exhausted.get("action") if isinstance(exhausted, Mapping) else exhausted).lower() or action
    if policy.ASK_WORDS.search(last) or data.get("escalate_to") or data.get("escalate"):
        return "ask"
    if last in ("continue", "skip", "ignore", "log", "warn", "proceed"):
        return "continue"
    return "pause" if policy.PAUSE_WORDS.search(last) else "fail"


def _first(data: Mapping[str, Any], *names: str) -> Any:
    return next((data[name] for name in names if data.get(name) not in (None, "")), None)


def materials(keys: Keys, making: ImportContext, item: Item) -> tuple[str, ...]:
    """What is told next to the notes: the results that are asked for, the inputs, and the texts of tasks and checklists."""
    lines = []
    for name in ("inputs", "input"):
        value = keys.take(name, "notes")
        if value:
            lines.append(f"Inputs: {_listed(value)}")
    results = [result for name in RESULTS for result in as_list(keys.data.get(name)) if result]
    if results:
        lines.append(f"Give as the result: {_listed(results)}")
    for name in ("exit_criteria", "validation", "pass_threshold", "validators"):
        value = keys.take(name, "notes")
        if value:
            lines.append(f"It is done when ({name.replace('_', ' ')}): {_listed(value)}")
    lines += _texts(item, making)
    return tuple(lines)


def _texts(item: Item, making: ImportContext) -> list[str]:
    names = [
        as_text(entry)
        for key in ("task", "uses_task", "using_task", "uses", "checklist", "checklists")
        for entry in as_list(item.data.get(key))
    ]
    inside = re.findall(r"\btask\s+([\w.-]+)", as_text(item.data.get("action")))
    texts = []
    for name in dict.fromkeys(
        part for entry in [*names, *inside] for part in re.split(r"\s+(?:OR|or)\s+|,\s*", entry)
    ):
        place = making.pack.find(name, "tasks", "checklists", "data", "utils")
        if place is not None:
            kind, path = place
            text = making.pack.text(path)[:MOST_TEXT]
            texts.append(f"{kind.removesuffix('s').capitalize()} `{making.pack.place(path)}`:\n\n{text}")
        elif making.pack.root is not None and not making.pack.find(name, "templates"):
            making.warn(item, f"`{name}` is not in {making.pack.shown}: only its name is given to the agent")
    return texts


def _listed(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_listed(part)}" for key, part in value.items())
    return ", ".join(
        _listed(part) if isinstance(part, Mapping | list) else as_text(part) for part in as_list(value)
    )


def number(value: Any, constants: Mapping[str, Any]) -> int:
    """A count that is written as a number, as text, or as a place in the file (`{config.maxRetries}`); 0 for none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return max(0, int(value))
    text = as_text(value).strip()
    if text.isdecimal():
        return int(text[:9])
    held = re.fullmatch(r"\$?\{+\s*([\w.]+)\s*\}+", text)
    return number(_held(held[1], constants), {}) if held else 0


def _held(path: str, constants: Mapping[str, Any]) -> Any:
    for names in (path.split("."), path.split(".")[1:]):
        value: Any = constants
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        if names and value is not None and not isinstance(value, Mapping):
            return value
    return None


def seconds(value: Any, constants: Mapping[str, Any]) -> float:
    """A time limit: `30m`, `90 seconds`, or a number, which means milliseconds from ten thousand on; 0 for none."""
    if isinstance(value, str) and (
        match := re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*([a-z]+)\s*", value.lower())
    ):
        unit = match[2] if match[2] in SECONDS else match[2].removesuffix("s")
        unit = {"minute": "min", "second": "sec", "hr": "h", "millisecond": "ms"}.get(unit, unit)
        return float(match[1]) * SECONDS.get(unit, 0.0)
    plain = number(value, constants)
    return plain / 1000 if plain >= 10_000 else float(plain)

"""Stage 6e, jumps: what an item itself says of where it goes on, waits for, or runs next to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ropewalk.definition import Fact
from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import fact_name
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Jump
from ropewalk.formats.imported.kit.values import number

WAITS: Final = ("wait_for", "requires_completion_of", "after")
NEXT: Final = ("next", "loop_to", "goto")
CAPS: Final = ("max_iterations", "max_attempts", "max_repeats", "at_most")
INSIDE: Final = ("next", "goto", "next_step", "loop_to")


def lead_on(draft: ItemSteps, making: ImportContext) -> dict[str, str]:
    """Take up `depends_on`, `wait_for`, `parallel`, `next`, `loop_to` and their like. Says what each key became."""
    data, used = draft.item.data, {}
    for name in WAITS:
        if data.get(name):
            draft.after = (*draft.after, *(as_text(name_after) for name_after in as_list(data[name])))
            used[name] = "needs"
    if isinstance(data.get("depends_on"), list | str | int | float) and not isinstance(
        data.get("depends_on"), bool
    ):
        draft.after = (*draft.after, *(as_text(name_after) for name_after in as_list(data["depends_on"])))
        draft.alone = True
        used["depends_on"] = "needs"
    if data.get("runs_parallel_with"):
        draft.runs_with = as_text(as_list(data["runs_parallel_with"])[0])
        used["runs_parallel_with"] = "group"
    if data.get("parallel") is True or (
        as_text(data.get("execution_mode")).lower() == "parallel" and not draft.parallel
    ):
        draft.together = "parallel"
        used |= {name: "group" for name in ("parallel", "execution_mode") if name in data}
    for name in NEXT:
        if name in data and not isinstance(data[name], Mapping):
            used[name] = "next"
            _jump(
                as_text(data[name]),
                draft,
                making,
                f"`{name}`",
                _cap(data, making, used),
            )
    for name in ("on_success", "on_complete"):
        jump = data.get(name)
        target = (
            next((as_text(jump[key]) for key in INSIDE if jump.get(key)), "")
            if isinstance(jump, Mapping)
            else as_text(jump)
        )
        if target and not draft.ways:
            used[name] = "next"
            _jump(target, draft, making, f"`{name}`", 0)
    if data.get("always_execute") is True and draft.item.kind == "task":
        draft.steps = [msgspec.structs.replace(step, final=True) for step in draft.steps]
        used["always_execute"] = "finally"
    used |= _gate(data.get("quality_gate"), "quality_gate", draft, making)
    used |= _gate(data.get("gate"), "gate", draft, making)
    return used


def _cap(data: Mapping[str, Any], making: ImportContext, used: dict[str, str]) -> int:
    """How often a way back may be taken, as the item says; 0 where it does not."""
    for name in CAPS:
        if cap := number(data.get(name), making.constants):
            used[name] = "back_to"
            return cap
    return 0


def _jump(target: str, draft: ItemSteps, making: ImportContext, why: str, cap: int) -> None:
    plain = re.sub(r"[\s-]+", "_", target.lower())
    if (
        not target
        or plain in policy.GO_ON_WORDS
        or policy.END_WORDS.match(plain)
        or draft.ways
        or not draft.steps
    ):
        return
    back = policy.SEND_BACK_WORDS.match(plain)
    name = next((group for group in back.groups() if group), target) if back else target
    draft.jumps.append(Jump(draft.steps[-1].id, name, min(cap or policy.LOOP_CAP, policy.MOST_CAP), why))


def _gate(gate: Any, key: str, draft: ItemSteps, making: ImportContext) -> dict[str, str]:
    """`quality_gate: {on_needs_work: {action: return_to_phase_4, max_attempts: 3}}`: a fact of the step sends it back."""
    if not isinstance(gate, Mapping) or not draft.steps:
        return {}
    used = {}
    for name, body in gate.items():
        data = body if isinstance(body, Mapping) else {"action": as_text(body)}
        action = re.sub(r"[\s-]+", "_", as_text(data.get("action")).lower())
        back = policy.SEND_BACK_WORDS.match(action)
        target = next((as_text(data[group]) for group in INSIDE if data.get(group)), "") or next(
            (group for group in (back.groups() if back else ()) if group), ""
        )
        if not str(name).startswith("on_") or not target:
            continue
        step = draft.steps[-1].id
        fact = fact_name(f"{step}_{str(name).removeprefix('on_')}")
        making.declare(
            {
                fact: Fact(
                    question=f"Is the outcome of {step} “{str(name).removeprefix('on_').replace('_', ' ')}”?"
                )
            }
        )
        making.tell(step, fact)
        cap = (
            number(data.get("max_attempts") or data.get("max_iterations"), making.constants) or policy.FIX_CAP
        )
        draft.jumps.append(Jump(step, target, min(cap, policy.MOST_CAP), f"`{key}.{name}`", f"facts.{fact}"))
        used[key] = "back_to"
    return used

"""Facts that a condition reads and nobody has set: assumed, by default, or asked of a person; never true by themselves."""

from __future__ import annotations

from typing import Any

from ropewalk.core import events as e
from ropewalk.core.questions import ask
from ropewalk.core.recorder import Recorder, scope_of, scope_with, written
from ropewalk.core.state import StepState
from ropewalk.definition import CompiledCondition, compile_condition


def judge_condition(
    recorder: Recorder, st: StepState, source: str, own: dict[str, Any] | None = None
) -> bool | None:
    """Whether a condition holds; None when a person was asked for a fact first. Raises ConditionError."""
    condition = compile_condition(source)
    if not settle_facts(recorder, st, condition):
        return None
    scope = scope_of(recorder.state, st) if own is None else scope_with(recorder.state, st, own, condition)
    return condition.holds(scope)


def know(recorder: Recorder, name: str, value: Any, by: str) -> None:
    """Put a fact on record, unless it is known as just that."""
    if name not in recorder.state.facts or recorder.state.facts[name] != value:
        recorder.emit(e.FactSet(name=name, value=value, by=by))


def settle_facts(recorder: Recorder, st: StepState, condition: CompiledCondition) -> bool:
    """Give every fact that the condition reads a value; False when a person has to be asked."""
    for name in sorted(fact_names(condition)):
        if name in recorder.state.facts:
            continue
        fact = recorder.state.workflow.facts.get(name)
        assumed = recorder.state.options.assume
        if assumed is not None and (fact is None or fact.type == "boolean"):
            recorder.emit(e.FactSet(name=name, value=assumed, by="--assume"))
        elif fact is not None and fact.default is not None:
            recorder.emit(e.FactSet(name=name, value=fact.default, by="default"))
        else:
            step = written(recorder.state, st)
            prompt = (fact.question if fact else "") or f"Is `{name}` true? Step `{step.id}` depends on it."
            choices = tuple(str(c) for c in fact.choices) if fact else ()
            ask(recorder, st, about="fact", prompt=prompt, choices=choices, fact=name)
            return False
    return True


def fact_names(condition: CompiledCondition) -> set[str]:
    """The facts that a condition reads."""
    return {name.split(".")[1] for name in condition.names if name.startswith("facts.")}


def values_read(recorder: Recorder, st: StepState, source: str) -> dict[str, Any]:
    """The values behind each name of a condition, for the record; what is not there is left out."""
    scope = scope_of(recorder.state, st)
    found: dict[str, Any] = {}
    for name in sorted(compile_condition(source).names):
        value: Any = scope
        for part in name.split("."):
            if not isinstance(value, dict) or part not in value:
                break
            value = value[part]
        else:
            found[name] = value if isinstance(value, str | int | float | bool | None) else "…"
    return found

"""What a fact may be: of its declared type, and one of its choices, however it becomes known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final

from ropewalk.definition.fault import nearest
from ropewalk.definition.workflow import Fact, Workflow

FITS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "object": (dict,),
}
_SCHEMA: Final = {"list": "array"}
_WORDS: Final = {"true": True, "false": False, "yes": True, "no": False}


def fits(kind: str, value: Any) -> bool:
    """Whether a plain value is of a type of inputs and facts; a whole number is a number, true is none, nor what no JSON can hold."""
    if isinstance(value, float) and not isfinite(value):
        return False
    if kind == "any":
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, FITS[kind])


def fact_value(fact: Fact | None, value: Any) -> Any:
    """The value as its type has it: a choice or a number that came as a text is what it is declared to be."""
    if fact is None or not isinstance(value, str) or fact.type in {"string", "any"}:
        return value
    chosen = [choice for choice in fact.choices if str(choice) == value]
    if chosen:
        return chosen[0]
    if fact.type == "boolean":
        return _WORDS.get(value.lower(), value)
    for kind in {"integer": (int,), "number": (int, float)}.get(fact.type, ()):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def fact_fault(name: str, fact: Fact | None, value: Any) -> str:
    """Why a fact cannot have this value; "" when it can."""
    if fact is None:
        return ""
    if not fits(fact.type, value):
        article = "an" if fact.type[0] in "aeiou" else "a"
        return f"the fact {name} is {article} {fact.type}, and {value!r:.60} is none"
    if fact.choices and value not in fact.choices:
        return f"the fact {name} is one of {', '.join(map(str, fact.choices))}, not {value!r:.60}"
    return ""


def named_facts(workflow: Workflow) -> list[str]:
    """The facts that a workflow declares, and those that its questions and decisions make known without."""
    parts = (part for step in workflow.steps for part in (step.ask, step.approve, step.decision) if part)
    return list(dict.fromkeys((*workflow.facts, *(part.fact for part in parts if part.fact))))


def unknown_fact(name: str, workflow: Workflow, others: Iterable[str] = ()) -> str:
    """Why there is no fact of this name, with the nearest one; "" when there is. Where none is declared every name may be."""
    known = (*named_facts(workflow), *others)
    if not workflow.facts or name in known:
        return ""
    near = nearest(name, known)
    choice = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
    return f"the workflow has no fact {name}; {choice}"


def fact_form(fact: Fact | None) -> dict[str, Any]:
    """The JSON Schema of what a person may answer; {} for yes or no, and for anything."""
    if fact is None or fact.type in {"boolean", "any"}:
        return {"enum": list(fact.choices)} if fact and fact.type == "any" and fact.choices else {}
    schema: dict[str, Any] = {"type": _SCHEMA.get(fact.type, fact.type)}
    return {**schema, "enum": list(fact.choices)} if fact.choices else schema


def fact_question(name: str, fact: Fact | None) -> str:
    """What a person is asked about a fact that has no question of its own, with what the answer may be."""
    if fact is None or fact.type == "boolean":
        return f"Is `{name}` true?"
    if fact.choices:
        return f"What is `{name}`, one of {', '.join(map(str, fact.choices))}?"
    return f"What is `{name}`?" if fact.type == "any" else f"What is `{name}` ({fact.type})?"

"""The names that an expression or template may read, with their types, and the steps whose outputs are there by then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.definition.check.shape import Shape
from ropewalk.definition.check.subject import Subject
from ropewalk.definition.condition import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Type,
    from_schema,
    list_of,
    map_of,
    object_of,
)
from ropewalk.definition.condition.types import joined, of_value
from ropewalk.definition.items import written_items
from ropewalk.definition.workflow import Fact, Input, Step

TYPES: Final = {
    "string": STRING,
    "integer": INT,
    "number": DOUBLE,
    "boolean": BOOL,
    "list": list_of(),
    "object": map_of(),
}
RUN: Final = object_of(
    {
        "id": STRING,
        "workflow": STRING,
        "title": STRING,
        "status": Type("string", choices=("pending", "running", "paused")),
        "outcome": Type("string", choices=("completed", "failed", "aborted")),
        "error": STRING,
        "round": INT,
        "turns": INT,
        "attempt": INT,
    }
)
"""What `run` is while its steps run; how it will end so far is its `outcome`."""
BEFORE: Final = object_of({"id": STRING, "workflow": STRING})
"""What is known of a run when its title is made."""
AT_LANDING: Final = object_of({"id": STRING, "workflow": STRING, "title": STRING})
"""What is known of a run when its result is made one commit."""
OPENING: Final = frozenset(
    {
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "dependentSchemas",
        "else",
        "if",
        "not",
        "oneOf",
        "patternProperties",
        "then",
        "unevaluatedProperties",
    }
)
"""Words by which a schema may know of more than its own `properties`; without any, what it does not name is a slip."""
PATH: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")


class Scope:
    """The names of one workflow; `of` gives those of one step."""

    def __init__(self, subject: Subject, shape: Shape) -> None:
        self.subject = subject
        self.shape = shape
        self.outputs = {step.id: _outputs(step) for step in subject.workflow.steps}
        self.names: dict[str, Type] = {
            "inputs": object_of(
                {name: _value(declared) for name, declared in subject.workflow.inputs.items()}
            ),
            "facts": object_of({name: _value(declared) for name, declared in subject.workflow.facts.items()}),
            "outputs": object_of(self.outputs),
            "run": RUN,
        }

    def of(self, step: Step, *, own: bool = False) -> dict[str, Type]:
        """The names in expressions of a step; with `own` also its outputs by themselves (`outputs.coverage`)."""
        names = dict(self.names)
        if step.foreach is not None:
            names[step.foreach.name] = self.item(step.foreach.over)
        if own:
            mine = _work(step)
            names["outputs"] = object_of({**mine.fields, **self.outputs, step.id: mine}, closed=mine.closed)
        return names

    def item(self, over: str) -> Type:
        """What one item of a `foreach` is, as far as the list tells."""
        collection = self._list(over)
        if collection.kind == "list":
            return collection.element
        return object_of({"key": STRING, "value": collection.element}) if collection.kind == "map" else ANY

    def _list(self, over: str) -> Type:
        if PATH.match(over):
            type_ = ANY
            for index, part in enumerate(over.split(".")):
                type_ = self.names.get(part, ANY) if not index else type_.fields.get(part, ANY)
            return type_
        items = written_items(over)
        if not isinstance(items, list) or not items:
            return ANY
        if all(isinstance(value, dict) for value in items):
            return list_of(object_of(_joined_fields(items)))
        element = of_value(items[0])
        for value in items[1:]:
            element = joined(element, of_value(value))
        return list_of(element)

    def missing(self, reader: Step, step: str) -> str:
        """Why a step's outputs are not there yet when `reader` starts; empty when they are, or nobody can tell."""
        shape = self.shape
        if reader.final or {reader.id, step} & shape.circular or reader.id in self.subject.unsure:
            return ""
        if step == reader.id:
            return f"`{step}` has no outputs before it has run"
        if self.subject.by_id[step].final:
            return f"`{step}` runs after all others"
        return (
            "" if shape.before(step, reader.id) else f"`{step}` may not have ended when `{reader.id}` starts"
        )


def _value(declared: Input | Fact) -> Type:
    if declared.choices and all(isinstance(choice, str) for choice in declared.choices):
        return Type("string", choices=tuple(declared.choices))
    return TYPES.get(declared.type, ANY)


def _joined_fields(items: list[dict[str, Any]]) -> dict[str, Type]:
    """What mappings that were written out have, each or some of them."""
    fields: dict[str, Type] = {}
    for value in items:
        for name, part in value.items():
            fields[name] = joined(fields[name], of_value(part)) if name in fields else of_value(part)
    return fields


def _outputs(step: Step) -> Type:
    """What stands under `outputs.<step>`; a `foreach` has its items' outputs in a list."""
    output_type = _work(step)
    if step.foreach is not None:
        fields = {"items": list_of(output_type), "keys": list_of(STRING)}
        return object_of({**fields, "failed": list_of(STRING)} if step.foreach.quorum else fields)
    return output_type


def _work(step: Step) -> Type:
    """What the work gives: what `output` says, and what the kind always gives."""
    fields: dict[str, Type] = dict(outputs_of_kind(step))
    closed = step.kind in ("ask", "decide", "sleep")
    if step.output:
        declared = from_schema(step.output)
        if declared.kind != "object":
            return ANY
        fields.update(declared.fields)
        closed = declared.closed or not OPENING & step.output.keys()
    return object_of(fields, closed=closed)


def outputs_of_kind(step: Step) -> Mapping[str, Type]:
    """What a kind always gives, whatever the step says."""
    match step.kind:
        case "run":
            return {"exit_code": INT, "stdout": STRING}
        case "ask":
            choices = tuple(choice.id for choice in step.ask.choices) if step.ask else ()
            choice = Type("string", choices=choices)
            return {"verdict": STRING, "value": ANY, "by": STRING, "reason": STRING, "choice": choice}
        case "sleep":
            return {"until": DOUBLE}
        case "decide" if step.decision is not None:
            return {"route": Type("string", choices=tuple(route.name for route in step.decision.routes))}
        case "noop":
            written: Any = step.args.get("outputs", {})
            return (
                {name: of_value(value) for name, value in written.items()}
                if isinstance(written, dict)
                else {}
            )
        case _:
            return {}

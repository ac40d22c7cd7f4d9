"""The table of functions is what the checker and the evaluation both keep to: no function, kind or result differs."""

from __future__ import annotations

from itertools import product

import pytest

from ropewalk.definition.condition import check, compile_condition
from ropewalk.definition.condition.functions import FUNCTIONS, MACROS, METHODS
from ropewalk.definition.condition.nodes import CallNode, Macro
from ropewalk.definition.condition.syntax import parse
from ropewalk.definition.condition.texts import FUNCTIONS_AT_WORK
from ropewalk.definition.condition.types import from_schema, of_value
from ropewalk.errors import ConditionError

SAMPLES = {"null": None, "bool": True, "int": 1, "double": 1.5, "string": "1", "list": ["a"], "map": {"a": 1}}
SCHEMAS = {
    "null": {"type": "null"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "double": {"type": "number"},
    "string": {"type": "string"},
    "list": {"type": "array", "items": {"type": "string"}},
    "map": {"type": "object"},
}
NAMES = {kind: from_schema(schema) for kind, schema in SCHEMAS.items()}
NAMES = {f"a_{kind}": type_ for kind, type_ in NAMES.items()}
SCOPE = {f"a_{kind}": value for kind, value in SAMPLES.items()}


def test_every_function_of_the_table_works_and_no_other():
    assert FUNCTIONS_AT_WORK.keys() == FUNCTIONS.keys() | METHODS.keys()


def calls() -> list[tuple[str, str, str]]:
    """Every function with every kind of value in every place: the call, its name, and the kind that it gives."""
    made = []
    for name, function in FUNCTIONS.items():
        made += [(f"{name}(a_{kind})", name, function.gives.kind) for kind in SAMPLES]
    for name, function in METHODS.items():
        for target, *args in product(SAMPLES, repeat=len(function.takes)):
            call = f"a_{target}.{name}({', '.join(f'a_{kind}' for kind in args)})"
            made.append((call, name, function.gives.kind))
    return made


def test_the_checker_refuses_exactly_the_kinds_that_the_evaluation_refuses():
    unlike = []
    for call, _, gives in calls():
        faults = check(call, NAMES)
        try:
            value = compile_condition(call).value(SCOPE)
        except ConditionError:
            if not faults:
                unlike.append(f"{call} is refused only when it is evaluated")
        else:
            if faults:
                unlike.append(f"{call} works, but is refused: {faults[0]}")
            elif of_value(value).kind != gives:
                unlike.append(f"{call} gives {value!r}, which is no {gives}")
    assert unlike == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() | METHODS.keys()))
def test_a_call_with_too_many_arguments_shows_how_to_write_it(name: str):
    function = METHODS.get(name) or FUNCTIONS[name]
    call = f"a_string.{name}(1, 2, 3, 4)" if name in METHODS else f"{name}(1, 2, 3, 4)"
    (fault,) = check(call, NAMES)
    assert fault.hint == f"write `{function.shown}`"
    shown = parse(function.shown)
    assert isinstance(shown, CallNode)
    assert shown.name == name
    assert len(shown.args) + (shown.target is not None) == len(function.takes)


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_takes_a_name_and_a_test_and_is_no_function(name: str):
    assert isinstance(parse(f"l.{name}(x, true)"), Macro)
    assert name not in METHODS.keys() | FUNCTIONS.keys()


def test_no_other_method_is_a_macro():
    assert not [name for name in METHODS if isinstance(parse(f"l.{name}(x, true)"), Macro)]


@pytest.mark.parametrize("call", ["a_string.length()", "len(a_list)", "a_string.eval()", "__import__('os')"])
def test_what_is_not_in_the_table_is_a_fault_at_load(call: str):
    with pytest.raises(ConditionError, match="is not known"):
        compile_condition(call)

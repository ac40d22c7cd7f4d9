"""The checker: a condition against the names and types it may read. It gives all faults at once and raises nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ropewalk.definition.condition.dashes import dashed
from ropewalk.definition.condition.faults import ConditionFault, a, as_test, nearest_to, unknown
from ropewalk.definition.condition.functions import FUNCTIONS, MACROS, METHODS
from ropewalk.definition.condition.native import pattern_fault
from ropewalk.definition.condition.nodes import (
    Binary,
    CallNode,
    Has,
    Index,
    ListOf,
    Literal,
    Logic,
    Macro,
    MapOf,
    Member,
    Name,
    Node,
    Ternary,
    Unary,
    path,
)
from ropewalk.definition.condition.operators import arithmetic, comparison
from ropewalk.definition.condition.syntax import COMPARE, parse
from ropewalk.definition.condition.types import (
    ANY,
    BOOL,
    STRING,
    Type,
    comparable,
    joined,
    list_of,
    map_of,
    object_of,
    of_value,
)
from ropewalk.errors import ConditionError

_OTHER_TONGUES = {
    "True": "true",
    "False": "false",
    "None": "null",
    "TRUE": "true",
    "FALSE": "false",
    "nil": "null",
}
_ELSEWHERE = {
    "always": "remove it, and write `finally: true` on the step",
    "cancelled": "remove it, and write `finally: true` on the step",
    "env": "declare an input, and read `inputs.NAME`",
    "failure": "remove it, and write `finally: true` on the step",
    "github": "declare an input, and read `inputs.NAME`",
    "needs": "write `outputs.STEP`",
    "steps": "write `outputs.STEP`",
    "success": "remove it: a step begins when all that it needs has succeeded",
    "vars": "declare an input, and read `inputs.NAME`",
}
"""What other systems have in their conditions, and what stands for it here."""


def check(source: str, names: Mapping[str, Type], want: Type | None = None) -> list[ConditionFault]:
    """Every fault of `source`, by column: syntax, unknown names and fields, types, and a result that is not `want`."""
    try:
        node = parse(source)
    except ConditionError as error:
        return [ConditionFault(error.column, str(error.where["reason"]), "", str(error.where["hint"]))]
    return check_node(node, names, want)


def check_node(node: Node, names: Mapping[str, Type], want: Type | None = None) -> list[ConditionFault]:
    """The same for a tree that is parsed already."""
    checker = _Checker(names)
    actual = checker.type_of(node)
    if want is not None and not _fits(actual, want):
        hint = as_test(actual) if want.kind == "bool" else ""
        checker.fault(node.at, f"{a(want)} is wanted here, this is {a(actual)}", hint)
    return sorted(checker.faults, key=lambda fault: fault.column)


def _fits(actual: Type, want: Type) -> bool:
    if "any" in {actual.kind, want.kind} or actual.kind == want.kind or (actual.number and want.number):
        return True
    if want.kind == "collection":
        return actual.kind in {"list", "map", "object"}
    return {actual.kind, want.kind} == {"map", "object"}


class _Checker:
    def __init__(self, names: Mapping[str, Type]) -> None:
        self.names = dict(names)
        self.faults: list[ConditionFault] = []

    def fault(self, at: int, message: str, hint: str = "") -> Type:
        return self.record(ConditionFault(at, message, "", hint))

    def record(self, fault: ConditionFault) -> Type:
        # What is wrong already is of any type from here on: one mistake is told once.
        self.faults.append(fault)
        return ANY

    def type_of(self, node: Node) -> Type:
        return _RULES[type(node)](self, node)

    def literal(self, node: Literal) -> Type:
        return Type("string", choices=(node.value,)) if isinstance(node.value, str) else of_value(node.value)

    def name(self, node: Name) -> Type:
        known = self.names.get(node.name)
        if known is not None:
            return known
        ours = _OTHER_TONGUES.get(node.name)
        message = f"the name `{node.name}` is not known here"
        hint = f"write `{ours}`" if ours else _ELSEWHERE.get(node.name, "")
        return self.record(unknown(node.at, message, node.name, () if hint else self.names, hint))

    def member(self, node: Member) -> Type:
        return self.field(node.at, node.of, self.type_of(node.of), node.field)

    def field(self, at: int, of: Node, owner: Type, field: str) -> Type:
        match owner.kind:
            case "any":
                return ANY
            case "map":
                return owner.element
            case "object":
                known = owner.fields.get(field)
                if known is not None:
                    return known
                return self.no_field(at, of, owner, field) if owner.closed else ANY
        called = field in METHODS or field in MACROS
        return self.fault(at, f"{a(owner)} has no field `{field}`", f"write `.{field}(…)`" if called else "")

    def no_field(self, at: int, of: Node, owner: Type, field: str) -> Type:
        where = path(of)
        place = f"`{'.'.join(where)}`" if where else "this object"
        hint = ""
        if where == ("outputs",) and not nearest_to(field, owner.fields):
            hint = f"`outputs` holds what each step gave: write a step `{field}`, or name one that is there"
        return self.record(unknown(at, f"{place} has no field `{field}`", field, owner.fields, hint))

    def has(self, node: Has) -> Type:
        self.type_of(node.member)
        return BOOL

    def index(self, node: Index) -> Type:
        owner, key = self.type_of(node.of), self.type_of(node.key)
        if owner.kind == "list":
            return self.place_in_list(node, owner, key)
        if owner.kind in {"map", "object"}:
            if key.kind not in {"string", "any"}:
                return self.fault(node.key.at, f"{a(owner)} is asked by text, not by {a(key)}")
            if isinstance(node.key, Literal) and isinstance(node.key.value, str):
                return self.field(node.key.at, node.of, owner, node.key.value)
            return owner.element
        return ANY if owner.kind == "any" else self.fault(node.at, f"{a(owner)} cannot be asked with `[…]`")

    def place_in_list(self, node: Index, owner: Type, key: Type) -> Type:
        if key.kind not in {"int", "any"}:
            hint = "write `int(…)` around it" if key.kind == "double" else ""
            self.fault(node.key.at, f"a list is asked by a whole number, not by {a(key)}", hint)
        elif isinstance(node.key, Literal) and isinstance(node.key.value, int) and node.key.value < 0:
            self.fault(node.key.at, "a list starts at 0", "write `x[size(x) - 1]` for the last item")
        return owner.element

    def call(self, node: CallNode) -> Type:
        method = node.target is not None
        table = METHODS if method else FUNCTIONS
        operands = (node.target, *node.args) if node.target is not None else node.args
        types = [self.type_of(part) for part in operands]
        function = table.get(node.name)
        if function is None:
            return self.no_function(node, table)
        if len(operands) != len(function.takes):
            wanted = len(function.takes) - method
            message = (
                f"`{node.name}` takes {wanted or 'no'} argument{'s' * (wanted != 1)}, {len(node.args)} given"
            )
            self.fault(node.at, message, f"write `{function.shown}`")
            return function.gives
        for part, actual, kinds in zip(operands, types, function.takes, strict=True):
            if actual.kind != "any" and actual.kind not in kinds:
                self.misfit(node, part, actual, function.shown)
        if node.name == "matches" and isinstance(node.args[0], Literal):
            self.pattern(node.args[0])
        return function.gives

    def no_function(self, node: CallNode, table: Mapping[str, Any]) -> Type:
        other = (FUNCTIONS if table is METHODS else METHODS).get(node.name)
        if other:
            return self.fault(node.at, f"`{node.name}` is not called like this", f"write `{other.shown}`")
        known = [*table, *MACROS] if table is METHODS else [*table, "has"]
        hint = _ELSEWHERE.get(node.name, "")
        message = f"the function `{node.name}` is not known"
        return self.record(unknown(node.at, message, node.name, () if hint else known, hint))

    def misfit(self, node: CallNode, part: Node, actual: Type, shown: str) -> None:
        in_list = node.name == "contains" and part is node.target and actual.kind in {"list", "map", "object"}
        hint = "write `value in list`" if in_list else f"write `{shown}`"
        self.fault(part.at, f"`{node.name}` does not take {a(actual)} here", hint)

    def pattern(self, node: Literal) -> None:
        wrong = pattern_fault(node.value) if isinstance(node.value, str) else ""
        if wrong:
            self.fault(node.at, wrong)

    def macro(self, node: Macro) -> Type:
        over = self.type_of(node.over)
        if over.kind not in {"list", "map", "object", "any"}:
            over = self.fault(node.at, f"`{node.kind}` goes through a list or a map, not {a(over)}")
        element = STRING if over.kind in {"map", "object"} else over.element
        before = self.names
        self.names = {**before, node.variable: element}
        tests = node.body[:-1] if node.kind == "map" else node.body
        for test in tests:
            self.boolean(test, f"`{node.kind}`")
        result = BOOL
        if node.kind == "map":
            result = list_of(self.type_of(node.body[-1]))
        elif node.kind == "filter":
            result = list_of(element)
        self.names = before
        return result

    def list(self, node: ListOf) -> Type:
        types = [self.type_of(item) for item in node.items]
        return list_of(_all(types) if types else ANY)

    def map(self, node: MapOf) -> Type:
        fields: dict[str, Type] = {}
        for key, value in node.entries:
            key_type, value_type = self.type_of(key), self.type_of(value)
            if key_type.kind not in {"string", "any"}:
                self.fault(key.at, f"a key is a text, not {a(key_type)}", "write it in quotes")
            if isinstance(key, Literal) and isinstance(key.value, str):
                fields[key.value] = value_type
        return object_of(fields) if len(fields) == len(node.entries) else map_of()

    def boolean(self, node: Node, place: str) -> None:
        actual = self.type_of(node)
        if actual.kind not in {"bool", "any"}:
            self.fault(node.at, f"{place} needs true or false, this is {a(actual)}", as_test(actual))

    def unary(self, node: Unary) -> Type:
        if node.sign == "!":
            self.boolean(node.of, "`!`")
            return BOOL
        actual = self.type_of(node.of)
        if actual.kind == "any" or actual.number:
            return actual
        return self.fault(node.at, f"`-` needs a number, this is {a(actual)}")

    def binary(self, node: Binary) -> Type:
        if (fault := dashed(node, self.names)) is not None:
            return self.record(fault)
        if isinstance(node.left, Unary) and node.left.sign == "!" and self.denies_too_little(node):
            return BOOL
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.sign in COMPARE:
            self.faults.extend(comparison(node, left, right))
            return BOOL
        result = arithmetic(node, left, right)
        return self.record(result) if isinstance(result, ConditionFault) else result

    def denies_too_little(self, node: Binary) -> bool:
        # `!a in b` is `(!a) in b`: almost never what was meant.
        checker = _Checker(self.names)
        denied = checker.type_of(node.left.of) if isinstance(node.left, Unary) else ANY
        if denied.kind in {"bool", "any"}:
            return False
        self.fault(node.left.at, "`!` takes the left side alone here", f"write `!(… {node.sign} …)`")
        return True

    def logic(self, node: Logic) -> Type:
        for part in node.parts:
            self.boolean(part, f"`{node.sign}`")
        return BOOL

    def ternary(self, node: Ternary) -> Type:
        self.boolean(node.test, "`?`")
        yes, no = self.type_of(node.yes), self.type_of(node.no)
        if not comparable(yes, no):
            return self.fault(node.at, f"the two sides of `:` are unlike: {a(yes)} and {a(no)}")
        return joined(yes, no)


_RULES: dict[type[Node], Callable[[_Checker, Any], Type]] = {
    Literal: _Checker.literal,
    Name: _Checker.name,
    Member: _Checker.member,
    Has: _Checker.has,
    Index: _Checker.index,
    CallNode: _Checker.call,
    Macro: _Checker.macro,
    ListOf: _Checker.list,
    MapOf: _Checker.map,
    Unary: _Checker.unary,
    Binary: _Checker.binary,
    Logic: _Checker.logic,
    Ternary: _Checker.ternary,
}


def _all(types: Iterable[Type]) -> Type:
    first, *others = types
    for following in others:
        first = joined(first, following)
    return first

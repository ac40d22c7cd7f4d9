"""The checker: a condition against the names and types it may read. It gives all faults at once and raises nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from weft.definition.condition.functions import FUNCTIONS, MACROS, METHODS
from weft.definition.condition.nodes import (
    Binary,
    Call,
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
from weft.definition.condition.syntax import parse
from weft.definition.condition.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Type,
    comparable,
    joined,
    list_of,
    map_of,
    object_of,
    of_value,
)
from weft.errors import ConditionError


class Fault(Struct, frozen=True):
    """One thing wrong: `column` is 0-based in the text as written; `nearest` is a valid name or empty."""

    column: int
    message: str
    nearest: str = ""
    mend: str = ""

    def __str__(self) -> str:
        hint = self.mend or (f"did you mean `{self.nearest}`?" if self.nearest else "")
        return f"{self.message} ({hint})" if hint else self.message


def check(source: str, names: Mapping[str, Type], want: Type | None = None) -> list[Fault]:
    """Every fault of `source`, by column: syntax, unknown names and fields, types, and a result that is not `want`."""
    try:
        node = parse(source)
    except ConditionError as error:
        return [Fault(error.column, str(error.where["reason"]), "", str(error.where["mend"]))]
    return check_node(node, names, want)


def check_node(node: Node, names: Mapping[str, Type], want: Type | None = None) -> list[Fault]:
    """The same for a tree that is parsed already."""
    checker = _Checker(names)
    found = checker.type_of(node)
    if want is not None:
        checker.wanted(node, found, want)
    return sorted(checker.faults, key=lambda fault: fault.column)


class _Checker:
    def __init__(self, names: Mapping[str, Type]) -> None:
        self.names = dict(names)
        self.faults: list[Fault] = []

    def fault(self, at: int, message: str, mend: str = "", nearest: str = "") -> Type:
        self.faults.append(Fault(at, message, nearest, mend))
        return ANY

    def unknown(self, at: int, message: str, name: str, known: Iterable[str], mend: str = "") -> Type:
        nearest = nearest_to(name, known)
        return self.fault(at, message, mend or (f"did you mean `{nearest}`?" if nearest else ""), nearest)

    def type_of(self, node: Node) -> Type:
        match node:
            case Literal(value=value):
                return Type("string", choices=(value,)) if isinstance(value, str) else of_value(value)
            case Name(at=at, name=name):
                return self.name(at, name)
            case Member(at=at, of=of, field=field):
                return self.member(at, of, self.type_of(of), field)
            case Has(member=member):
                self.type_of(member)
                return BOOL
            case Index():
                return self.index(node)
            case Call():
                return self.call(node)
            case Macro():
                return self.macro(node)
            case ListOf(items=items):
                return list_of(self.all_of(items))
            case MapOf():
                return self.map(node)
            case Unary():
                return self.unary(node)
            case Binary(sign="==" | "!=" | "<" | "<=" | ">" | ">=" | "in"):
                return self.compare(node)
            case Binary():
                return self.arithmetic(node)
            case Logic(parts=parts, sign=sign):
                for part in parts:
                    self.boolean(part, f"`{sign}`")
                return BOOL
            case Ternary():
                return self.ternary(node)
        raise AssertionError(node)

    def name(self, at: int, name: str) -> Type:
        found = self.names.get(name)
        if found is not None:
            return found
        mend = {"True": "write `true`", "False": "write `false`", "None": "write `null`"}.get(name, "")
        return self.unknown(at, f"the name `{name}` is not known here", name, self.names, mend)

    def member(self, at: int, of: Node, owner: Type, field: str) -> Type:
        if owner.kind == "any":
            return ANY
        if owner.kind == "map":
            return owner.element
        if owner.kind == "object":
            found = owner.fields.get(field)
            if found is not None:
                return found
            if not owner.closed:
                return ANY
            return self.no_field(at, of, owner, field)
        mend = (
            f"`{field}` may be a function: write `.{field}(…)`" if field in METHODS or field in MACROS else ""
        )
        return self.fault(at, f"{_a(owner)} has no field `{field}`", mend)

    def no_field(self, at: int, of: Node, owner: Type, field: str) -> Type:
        where = path(of)
        place = f"`{'.'.join(where)}`" if where else "this object"
        dashed = next((name for name in owner.fields if name.startswith(field + "-")), None)
        if dashed is not None and nearest_to(field, owner.fields) in {"", dashed}:
            return self.fault(
                at, f"{place} has no field `{field}`", f'a name with a dash is written `["{dashed}"]`', dashed
            )
        return self.unknown(at, f"{place} has no field `{field}`", field, owner.fields)

    def index(self, node: Index) -> Type:
        owner, key = self.type_of(node.of), self.type_of(node.key)
        if owner.kind == "list":
            if key.kind not in {"int", "any"}:
                return self.fault(node.key.at, f"a list is asked by number, not by {_a(key)}")
            if isinstance(node.key, Literal) and isinstance(node.key.value, int) and node.key.value < 0:
                return self.fault(
                    node.key.at, "a list starts at 0", "write `x[size(x) - 1]` for the last item"
                )
            return owner.element
        if owner.kind in {"map", "object"}:
            if key.kind not in {"string", "any"}:
                return self.fault(node.key.at, f"{_a(owner)} is asked by text, not by {_a(key)}")
            if isinstance(node.key, Literal) and isinstance(node.key.value, str):
                return self.member(node.key.at, node.of, owner, node.key.value)
            return owner.element
        if owner.kind == "any":
            return ANY
        return self.fault(node.at, f"{_a(owner)} cannot be asked with `[…]`")

    def call(self, node: Call) -> Type:
        table = FUNCTIONS if node.target is None else METHODS
        given = node.args if node.target is None else (node.target, *node.args)
        types = [self.type_of(part) for part in given]
        function = table.get(node.name)
        if function is None:
            other = METHODS.get(node.name) if node.target is None else FUNCTIONS.get(node.name)
            mend = f"write `{other.shown}`" if other else ""
            known = [*table, *MACROS] if node.target is not None else [*table, "has"]
            return self.unknown(node.at, f"the function `{node.name}` is not known", node.name, known, mend)
        before = 0 if node.target is None else 1
        if len(given) != len(function.takes):
            wanted, got = len(function.takes) - before, len(node.args)
            self.fault(
                node.at,
                f"`{node.name}` takes {wanted} argument(s), {got} are given",
                f"write `{function.shown}`",
            )
            return function.gives
        for part, found, kinds in zip(given, types, function.takes, strict=True):
            if found.kind != "any" and found.kind not in kinds:
                self.misfit(node, part, found, function.shown)
        return function.gives

    def misfit(self, node: Call, part: Node, found: Type, shown: str) -> None:
        mend = f"write `{shown}`"
        if node.name == "contains" and part is node.target and found.kind in {"list", "map", "object"}:
            mend = "write `value in list`"
        self.fault(part.at, f"`{node.name}` does not take {_a(found)} here", mend)

    def macro(self, node: Macro) -> Type:
        over = self.type_of(node.over)
        if over.kind not in {"list", "map", "object", "any"}:
            self.fault(node.at, f"`{node.kind}` goes through a list or a map, not {_a(over)}")
            over = ANY
        element = STRING if over.kind in {"map", "object"} else over.element
        before = self.names
        self.names = {**before, node.variable: element}
        *tests, last = node.body
        for test in tests:
            self.boolean(test, f"`{node.kind}`")
        if node.kind == "map":
            given = list_of(self.type_of(last))
        else:
            self.boolean(last, f"`{node.kind}`")
            given = list_of(element) if node.kind == "filter" else BOOL
        self.names = before
        return given

    def map(self, node: MapOf) -> Type:
        fields: dict[str, Type] = {}
        plain = True
        for key, value in node.entries:
            found, given = self.type_of(key), self.type_of(value)
            if found.kind not in {"string", "any"}:
                self.fault(key.at, f"a key is a text, not {_a(found)}", "write it in quotes")
            if isinstance(key, Literal) and isinstance(key.value, str):
                fields[key.value] = given
            else:
                plain = False
        return object_of(fields) if plain else map_of()

    def all_of(self, parts: Iterable[Node]) -> Type:
        types = [self.type_of(part) for part in parts]
        if not types:
            return ANY
        found = types[0]
        for one in types[1:]:
            found = joined(found, one)
        return found

    def boolean(self, node: Node, place: str) -> None:
        found = self.type_of(node)
        if found.kind not in {"bool", "any"}:
            self.fault(node.at, f"{place} needs true or false, this is {_a(found)}", _as_test(found))

    def unary(self, node: Unary) -> Type:
        if node.sign == "!":
            self.boolean(node.of, "`!`")
            return BOOL
        found = self.type_of(node.of)
        if found.kind == "any" or found.number:
            return found
        return self.fault(node.at, f"`-` needs a number, this is {_a(found)}")

    def ternary(self, node: Ternary) -> Type:
        self.boolean(node.test, "`?`")
        yes, no = self.type_of(node.yes), self.type_of(node.no)
        if not comparable(yes, no):
            return self.fault(node.at, f"the two sides of `:` are unlike: {_a(yes)} and {_a(no)}")
        return joined(yes, no)

    def compare(self, node: Binary) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.sign == "in":
            self.member_of(node, left, right)
        elif node.sign in {"==", "!="}:
            self.equal(node, node.sign, left, right)
        elif not _ordered(left, right):
            self.unordered(node, left, right)
        return BOOL

    def unordered(self, node: Binary, left: Type, right: Type) -> None:
        mend = ""
        if isinstance(node.left, Binary) and left.kind == "bool":
            mend = f"write `a {node.left.sign} b && b {node.sign} c`"
        elif {left.kind, right.kind} & {"int", "double"} and "string" in {left.kind, right.kind}:
            mend = _unquote(node, left)
        self.fault(node.at, f"`{node.sign}` cannot order {_a(left)} and {_a(right)}", mend)

    def equal(self, node: Binary, sign: str, left: Type, right: Type) -> None:
        if not comparable(left, right):
            never = "never" if sign == "==" else "always"
            text = f"{_a(left)} and {_a(right)} are unlike: `{sign}` is {never} true"
            self.fault(node.at, text, _unquote(node, left))
            return
        for literal, choices in ((node.left, right.choices), (node.right, left.choices)):
            other = node.right if literal is node.left else node.left
            if isinstance(literal, Literal) and not isinstance(other, Literal):
                self.choice(literal, choices)

    def choice(self, literal: Literal, choices: tuple[str, ...]) -> None:
        if choices and isinstance(literal.value, str) and literal.value not in choices:
            listed = ", ".join(f'"{one}"' for one in choices[:8])
            text = f'"{literal.value}" is none of the possible values: {listed}'
            self.unknown(literal.at, text, literal.value, choices)

    def member_of(self, node: Binary, left: Type, right: Type) -> None:
        if right.kind == "list":
            if not comparable(left, right.element):
                self.fault(node.at, f"{_a(left)} is never in {_a(right)}")
            elif isinstance(node.right, ListOf):
                for item in node.right.items:
                    if isinstance(item, Literal):
                        self.choice(item, left.choices if not isinstance(node.left, Literal) else ())
        elif right.kind in {"map", "object"}:
            if left.kind not in {"string", "any"}:
                self.fault(node.at, f"the keys of {_a(right)} are texts, not {_a(left)}")
        elif right.kind == "string":
            self.fault(node.at, "`in` needs a list or a map, not a string", "write `text.contains(part)`")
        elif right.kind != "any":
            self.fault(node.at, f"`in` needs a list or a map, not {_a(right)}")

    def arithmetic(self, node: Binary) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        kinds = {left.kind, right.kind}
        if left.number and right.number:
            return INT if kinds == {"int"} else DOUBLE
        if node.sign == "+" and left.kind == right.kind == "string":
            return STRING
        if node.sign == "+" and left.kind == right.kind == "list":
            return list_of(joined(left.element, right.element))
        others = kinds - {"any"}
        fit = {"int", "double", "string", "list"} if node.sign == "+" else {"int", "double"}
        if len(others) < 2 and "any" in kinds and others <= fit:
            return ANY
        mend = "write `string(…)` around the number" if node.sign == "+" and "string" in kinds else ""
        dashed = self.dashed(node) if node.sign == "-" else ""
        return self.fault(node.at, f"`{node.sign}` does not take {_a(left)} and {_a(right)}", dashed or mend)

    def dashed(self, node: Binary) -> str:
        return ""

    def wanted(self, node: Node, found: Type, want: Type) -> None:
        if (
            found.kind == "any"
            or want.kind == "any"
            or found.kind == want.kind
            or (found.number and want.number)
        ):
            return
        if want.kind == "collection" and found.kind in {"list", "map", "object"}:
            return
        if want.kind in {"map", "object"} and found.kind in {"map", "object"}:
            return
        mend = _as_test(found) if want.kind == "bool" else ""
        self.fault(node.at, f"{_a(want)} is wanted here, this is {_a(found)}", mend)


def nearest_to(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, or an empty text."""
    from difflib import get_close_matches

    by_lower = {one.lower(): one for one in known}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def _a(found: Type) -> str:
    text = str(found)
    if text in {"null", "anything"}:
        return text
    return f"an {text}" if text[0] in "aeio" else f"a {text}"


def _as_test(found: Type) -> str:
    if found.number:
        return "compare it, for example `… > 0`"
    if found.kind in {"list", "map", "object"}:
        return "ask for its size, for example `size(…) > 0`"
    return 'compare it, for example `… == "text"`' if found.kind == "string" else ""


def _unquote(node: Binary, left: Type) -> str:
    text = node.right if left.kind != "string" else node.left
    if isinstance(text, Literal) and isinstance(text.value, str):
        if text.value.lower() in {"true", "false"} or text.value.replace(".", "", 1).isdigit():
            return f"write {text.value.lower()} without quotes"
    return ""


def _ordered(left: Type, right: Type) -> bool:
    kinds = {left.kind, right.kind}
    if "any" in kinds:
        return kinds <= {"any", "int", "double", "string", "bool"}
    return (left.number and right.number) or (left.kind == right.kind and left.kind in {"string", "bool"})

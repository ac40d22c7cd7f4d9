"""Stage 5, conditions: what a condition's words mean, as CEL over facts, and who will know them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.definition import Fact, ValueType, translate_botarmy, translate_expression
from ropewalk.formats.imported.kit import policy

Class = Literal[
    "none",
    "never",
    "optional",
    "order",
    "route",
    "issues",
    "event",
    "person",
    "progress",
    "project",
    "expression",
]

SIDES: Final = re.compile(
    r'facts\.(\w+)\s*(==|!=|<=|>=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?)|facts\.(\w+)|(true|false))'
)
WORD: Final = re.compile(r"[A-Za-z_]\w*$")


class ConditionReading(Struct, frozen=True):
    """What a condition means: its class, CEL (empty: always), and the facts that it reads. `cap`: it only counts
    rounds, up to this many (0: up to the usual cap); `spent` then says that it holds when they are used up.
    """

    sort: Class
    when: str = ""
    facts: dict[str, Fact] = {}
    cap: int | None = None
    spent: bool = False


def read(text: str, constants: Mapping[str, Any] | None = None) -> ConditionReading:
    """The meaning of a condition's text. `constants` are values that the file itself gives to names (`config`)."""
    words = " ".join(text.split())
    plain = words.lower()
    if plain in policy.ALWAYS:
        return ConditionReading("none")
    if plain in policy.NEVER:
        return ConditionReading("never", "false")
    if plain in policy.OPTIONAL:
        return ConditionReading("optional")
    if policy.ORDER_ONLY.match(plain) and not re.search(r"[=<>]", plain):
        return ConditionReading("order")
    if policy.BY_ROUTE.match(plain):
        return ConditionReading("route")
    botarmy = translate_botarmy(words)
    expression = botarmy if botarmy != words else _expression(words, constants or {})
    if expression is not None:
        return _counted(expression, constants or {}) or ConditionReading(
            "expression", expression, facts_of(expression)
        )
    name = fact_name(words)
    return ConditionReading(sort_of(words), f"facts.{name}", {name: Fact(question=question(words))})


def negated(reading: ConditionReading) -> ConditionReading:
    """The same for `skip_if`."""
    if not reading.when:
        return ConditionReading("never", "false") if reading.sort == "none" else reading
    bare = re.fullmatch(r"[\w.]+", reading.when)
    return ConditionReading(reading.sort, f"!{reading.when}" if bare else f"!({reading.when})", reading.facts)


def sort_of(words: str) -> Class:
    """Who can know whether bare words hold: the work before, somebody outside, a person, the loop's own state, or who knows the project."""
    plain = re.sub(r"[\s-]+", "_", words.lower())
    if policy.OF_PEOPLE.search(plain):
        return "person"
    if policy.OUTSIDE.search(plain):
        return "event"
    if policy.ISSUES.search(plain):
        return "issues"
    if policy.PROGRESS.search(plain):
        return "progress"
    if policy.ROUTE_ENDINGS.search(plain):
        return "route"
    return "project"


def fact_name(words: str) -> str:
    """A fact's name from any words; those without Latin letters get a number made from them."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()[:60].rstrip("_")
    if not re.search(r"[a-z]", plain):
        from zlib import crc32

        return f"fact_{crc32(words.encode()):08x}"
    return plain if WORD.match(plain) else f"is_{plain}"


def question(text: str) -> str:
    """The words as a question for an agent or a person."""
    words = text.replace("_", " ").strip()
    return f"Does this hold: {words}?" if text != words or " " not in text else f"Does this hold: “{words}”?"


def _expression(text: str, constants: Mapping[str, Any]) -> str | None:
    def place(segments: tuple[str, ...]) -> str:
        known, value = _constant(segments, constants)
        if known and isinstance(value, str | int | float | bool):
            return json.dumps(value, ensure_ascii=False)
        return f"facts.{fact_name('_'.join(segments))}"

    return translate_expression(text, place)


def _constant(segments: tuple[str, ...], constants: Mapping[str, Any]) -> tuple[bool, Any]:
    """A value that stands in the file: by its whole path, or under `config` and its like."""
    for path in (segments, segments[1:] if segments[0] in ("config", "settings", "workflow") else ()):
        value: Any = constants
        for part in path:
            if not isinstance(value, Mapping) or part not in value:
                break
            value = value[part]
        else:
            if path:
                return True, value
    return False, None


def _counted(cel: str, constants: Mapping[str, Any]) -> ConditionReading | None:
    """A condition that compares the number of rounds with their limit is the loop's cap and nothing else."""
    match = re.fullmatch(r"facts\.(\w+) (<=?|>=?|==) (?:(\d+)|facts\.(\w+))", cel)
    if match is None or not policy.COUNTER.search(match[1]):
        return None
    if match[4] and not policy.COUNTER_CAP.search(match[4]):
        return None
    return ConditionReading("progress", cap=int(match[3] or 0), spent=match[2] in (">", ">=", "=="))


def facts_of(cel: str) -> dict[str, Fact]:
    """The facts of an expression, each with the type and the choices that its comparisons show."""
    facts: dict[str, Fact] = {
        name: Fact(question=question(name)) for name in re.findall(r"\bfacts\.(\w+)", cel)
    }
    for name in re.findall(r"\bhas\(facts\.(\w+)\)", cel):
        facts[name] = Fact("any", question(name), default="")
    words: dict[str, list[str]] = {}
    for left, sign, text, number, right, flag in SIDES.findall(cel):
        if number:
            facts[left] = _number(left)
        elif right and sign not in ("==", "!="):
            facts[left], facts[right] = _number(left), _number(right)
        elif not flag and not right:
            words.setdefault(left, []).append(json.loads(f'"{text}"'))
    for name, seen in words.items():
        kind: ValueType = "string"
        choices = tuple(dict.fromkeys(seen))
        facts[name] = Fact(
            kind,
            f"What is {name.replace('_', ' ')}?",
            choices=choices if len(choices) > 1 else (*choices, "other"),
        )
    return facts


def _number(name: str) -> Fact:
    return Fact("number", f"How much is {name.replace('_', ' ')}?", default=0)

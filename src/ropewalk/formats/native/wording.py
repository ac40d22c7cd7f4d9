"""Types of keys in the words of a person who writes the file: what is expected, and what is written instead."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import inspect

PATTERNS: Final = (
    ("^(none|", "a duration such as 90s, 5m or 1h30m"),
    ("^(all|", "`all`, `any` or `quorum 2`"),
    (r"^[\w.]+(:", "a function such as `package.module:name`"),
)

KNOWN_AS: Final = {
    "after": "needs",
    "agent": "role",
    "cmd": "run",
    "command": "run",
    "condition": "when",
    "delay": "sleep",
    "depends": "needs",
    "depends_on": "needs",
    "dependsOn": "needs",
    "description": "notes",
    "environment": "env",
    "exec": "run",
    "for_each": "foreach",
    "human": "ask",
    "if": "when",
    "inputs": "with",
    "jobs": "steps",
    "kind": "uses",
    "loop": "foreach",
    "name": "title",
    "on_error": "on_failure",
    "outputs": "output",
    "retries": "retry",
    "script": "run",
    "sequence": "steps",
    "stages": "phases",
    "subflow": "call",
    "tasks": "steps",
    "type": "uses",
    "wait": "sleep",
    "cwd": "dir",
    "folder": "dir",
    "max-parallel": "at_most",
    "max_parallel": "at_most",
    "workdir": "dir",
    "working-directory": "dir",
    "working_directory": "dir",
    "directory": "dir",
    "workflow": "call",
}
"""What other systems call a key; suggested only where ropewalk's own name is a key."""

_BEGUN = "remove it: a run is begun by `ropewalk run` (from cron, a hook or CI) or by the API"
_MAY_FAIL = "write `optional: true`"
_ROLE = "say it of the role, under `roles`"
_HERE = "remove it: every step runs on the host that drives the run"
_CONTAINER = "remove it, and start the container by the command: `docker run …`"
ELSEWHERE: Final = {
    "allow_failure": _MAY_FAIL,
    "allowed_to_fail": _MAY_FAIL,
    "concurrency": "remove it, and let the command take a lock: `flock FILE COMMAND`",
    "container": _CONTAINER,
    "continue-on-error": _MAY_FAIL,
    "continue_on_error": _MAY_FAIL,
    "cron": _BEGUN,
    "env": "write it under `defaults`, or on a step",
    "ignore_errors": _MAY_FAIL,
    "image": _CONTAINER,
    "labels": _HERE,
    "model": _ROLE,
    "on": _BEGUN,
    "permissions": _ROLE,
    "persona": _ROLE,
    "runs-on": _HERE,
    "runs_on": _HERE,
    "schedule": _BEGUN,
    "services": _CONTAINER,
    "strategy": "write `matrix` and `at_most` on the step itself",
    "timeout-minutes": "write `timeout: 5m`",
    "timeout_minutes": "write `timeout: 5m`",
    "timeout_seconds": "write `timeout: 90s`",
    "trigger": _BEGUN,
    "triggers": _BEGUN,
}
"""How what other systems say by a key of this name is said here, or that it is not."""

INSTEAD: Final = {
    "pull-request": "write `land: branch`, and open the pull request from the run's branch, `ropewalk/RUN`",
    "shared": "remove it: what a step writes reaches the steps that need it",
}
"""What is written instead of a value that ropewalk does not have."""

VALUES: Final = {
    "array": "list",
    "dict": "object",
    "float": "number",
    "ignore": "continue",
    "int": "integer",
    "map": "object",
    "stop": "fail",
}
"""What other systems call a value; suggested only where ropewalk's own word is taken."""
ABOUT_A_DURATION: Final = re.compile(r"\s*([0-9]+)\s*(ms|[smhdw])[a-z]*\s*", re.IGNORECASE)


def alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """The types of a union, or the one type, without the annotations that only the schema uses."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if not isinstance(kind, inspect.UnionType):
        return (kind,)
    return tuple(alternative for inner in kind.types for alternative in alternatives(inner))


def expected(kind: inspect.Type) -> str:
    """What a type takes, as the end of a sentence."""
    kinds = alternatives(kind)
    if len(kinds) > 1:
        return _one_of(kinds)
    match kinds[0]:
        case inspect.StrType(pattern=pattern):
            return next((words for sign, words in PATTERNS if pattern and pattern.startswith(sign)), "text")
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=least):
            return "a whole number" + (f" of at least {least}" if least else "")
        case inspect.FloatType(ge=least):
            return "a number" + (f" of at least {least:g}" if least else "")
        case inspect.LiteralType(values=values):
            return either([f"`{value}`" for value in values])
        case inspect.ListType(item_type=item):
            return f"a list of {plural(item)}"
        case _:
            return "a mapping"


def _one_of(kinds: tuple[inspect.Type, ...]) -> str:
    values = [alternative.values for alternative in kinds if isinstance(alternative, inspect.LiteralType)]
    lists = [alternative for alternative in kinds if isinstance(alternative, inspect.ListType)]
    if values and any(
        alternatives(alternative.item_type)[0] == inspect.LiteralType(values[0]) for alternative in lists
    ):
        return f"{expected(inspect.LiteralType(values[0]))}, or a list of them"
    names = [expected(alternative) for alternative in kinds if not isinstance(alternative, inspect.NoneType)]
    if any(words.startswith("a duration") for words in names):
        names = ["a number of seconds" if words == "a number" else words for words in names]
        names = [words for words in names if words != "a whole number"]
    return either(list(dict.fromkeys(names)))


def plural(kind: inspect.Type) -> str:
    """What the items of a list are."""
    kinds = alternatives(kind)
    words = {inspect.StrType: "texts", inspect.StructType: "mappings", inspect.ListType: "lists"}
    names = dict.fromkeys(words.get(type(alternative), "values") for alternative in kinds)
    return either(list(names))


def either(words: list[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def kind_in_words(value: Any) -> str:
    """What a value is, as the end of a sentence."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{value if len(value) <= 40 else value[:37] + '...'}`"
        case list():
            return "a list"
        case _:
            return "a mapping"


def hint(kind: inspect.Type, value: Any) -> str:
    """How the most frequent mistakes are fixed; empty where there is no short advice."""
    kinds = alternatives(kind)
    texts = any(isinstance(alternative, inspect.StrType) for alternative in kinds)
    if value is None:
        return "write a value, or remove the key"
    if isinstance(value, str) and value in INSTEAD:
        return INSTEAD[value]
    if isinstance(value, dict) and any(isinstance(alternative, inspect.ListType) for alternative in kinds):
        return "write a list: begin each entry with `- `"
    if isinstance(value, list) and isinstance(kinds[0], inspect.DictType):
        return "write a mapping: each entry by its name, `NAME: …`"
    if isinstance(value, str) and any(_is_duration(alternative) for alternative in kinds):
        match = ABOUT_A_DURATION.fullmatch(value)
        return f"write `{match[1]}{match[2].lower()}`" if match else ""
    if texts and isinstance(value, bool | int | float):
        return "put it in quotes"
    if isinstance(value, str) and value.lower() in ("yes", "no", "on", "off"):
        return (
            "write true or false"
            if any(isinstance(alternative, inspect.BoolType) for alternative in kinds)
            else ""
        )
    if isinstance(value, str) and not texts and _is_number(value, kinds):
        return "remove the quotes"
    return ""


def _is_duration(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StrType) and (kind.pattern or "").startswith("^(none|")


def _is_number(text: str, kinds: tuple[inspect.Type, ...]) -> bool:
    """Whether the text would be a number without its quotes, and of a kind that is taken."""
    whole = re.fullmatch(r"-?[0-9]+", text)
    number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", text)
    return any(
        (isinstance(kind, inspect.IntType) and whole)
        or (isinstance(kind, inspect.FloatType) and number)
        or (isinstance(kind, inspect.LiteralType) and text in map(str, kind.values) and whole)
        for kind in kinds
    )

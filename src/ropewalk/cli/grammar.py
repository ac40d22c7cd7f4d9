"""What a command line may say: arguments and options as data, and the one parser that reads them.

Help pages, completion and the reference are made from the same data, so that they cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from ropewalk.errors import UsageError

Kind = Literal["text", "flag", "many", "whole", "number", "maybe"]
"""`many` may be repeated and gives a list; `maybe` has a value only after `=`, and is "" without."""

COMPLETE = Literal["", "run", "workflow", "step", "file"]


class Argument:
    """A word by its place. `many`: all the words that are left (at least one when `required`)."""

    def __init__(
        self,
        name: str,
        meaning: str,
        *,
        required: bool = True,
        many: bool = False,
        complete: str = "",
    ) -> None:
        self.name, self.meaning, self.required, self.many, self.complete = (
            name,
            meaning,
            required,
            many,
            complete,
        )

    @property
    def metavar(self) -> str:
        shown = self.name.upper() + ("…" if self.many else "")
        return shown if self.required else f"[{shown}]"


class Option:
    """`--name` and maybe `-n`. What was not given is None (a flag False, `many` an empty list).

    `name` is what the command's function calls it, when that is not as it is written.
    """

    def __init__(
        self,
        flags: str,
        meaning: str,
        kind: Kind = "flag",
        *,
        metavar: str = "",
        choices: Sequence[str] = (),
        complete: str = "",
        name: str = "",
    ) -> None:
        self.flags = tuple(flags.split())
        self.name = name or self.flags[0].removeprefix("--").replace("-", "_")
        self.meaning, self.kind, self.choices, self.complete = meaning, kind, tuple(choices), complete
        self.metavar = metavar or {"whole": "N", "number": "N"}.get(kind, "|".join(choices) or "TEXT")

    def nothing(self) -> Any:
        return False if self.kind == "flag" else [] if self.kind == "many" else None


class Verb:
    """`perform(here, **values)` does it and gives the exit code, or a coroutine that does.

    `reads`: where there is no store yet, it makes none.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        perform: Callable[..., Any],
        *parameters: Argument | Option,
        more: str = "",
        reads: bool = False,
    ) -> None:
        self.name, self.summary, self.perform, self.more = name, summary, perform, more
        self.reads = reads
        self.arguments = [parameter for parameter in parameters if isinstance(parameter, Argument)]
        self.options = [parameter for parameter in parameters if isinstance(parameter, Option)] + COMMON

    def usage(self) -> str:
        words = " ".join(argument.metavar for argument in self.arguments)
        return f"ropewalk {self.name} {words} [OPTIONS]".replace("  ", " ")


COMMON = [
    Option("--json", "Print JSON, also for errors."),
    Option("--store", "The store: a path or a URL.", "text", metavar="URL", complete="file"),
    Option("--folder -C", "Act as if started in this folder.", "text", metavar="FOLDER", complete="file"),
]
"""What every command takes, also before its name."""


def parse(command: Verb, words: Sequence[str]) -> dict[str, Any]:
    """The values by name. Raises UsageError with the nearest word."""
    values: dict[str, Any] = {option.name: option.nothing() for option in command.options}
    known = {flag: option for option in command.options for flag in option.flags}
    plain: list[str] = []
    ahead = iter(words)
    for word in ahead:
        if word == "--":
            plain += ahead
        elif word.startswith("-") and len(word) > 1 and not _is_number(word):
            _option(command, known, values, word, ahead)
        else:
            plain.append(word)
    _arguments(command, plain, values)
    return values


def _option(
    command: Verb, known: dict[str, Option], values: dict[str, Any], word: str, ahead: Iterator[str]
) -> None:
    flag, equals, value = word.partition("=")
    if flag not in known and not word.startswith("--") and word[:2] in known and len(word) > 2:
        flag, equals, value = word[:2], "=", word[2:]
    if flag not in known:
        raise UsageError(
            what=f"`ropewalk {command.name}` has no option {flag}", hint=_near(flag, known, command.name)
        )
    option = known[flag]
    if option.kind == "flag":
        if equals:
            raise UsageError(what=f"{flag} takes no value, got {value!r}", hint=f"leave out `={value}`")
        values[option.name] = True
    elif option.kind == "maybe":
        values[option.name] = value
    else:
        if not equals:
            value = _next(flag, option, ahead)
        read = _read(flag, option, value)
        values[option.name] = [*values[option.name], read] if option.kind == "many" else read


def _next(flag: str, option: Option, ahead: Iterator[str]) -> str:
    for word in ahead:
        return word
    raise UsageError(what=f"{flag} needs a value", hint=f"write it as {flag} {option.metavar}")


def _read(flag: str, option: Option, text: str) -> Any:
    if option.choices and text not in option.choices:
        raise UsageError(
            what=f"{flag} is {', '.join(option.choices)}; got {text!r}",
            hint=f"write it as {flag} {option.choices[0]}",
        )
    if option.kind not in {"whole", "number"}:
        return text
    try:
        return int(text) if option.kind == "whole" else float(text)
    except ValueError:
        kind = "a whole number" if option.kind == "whole" else "a number"
        raise UsageError(what=f"{flag} is {kind}, got {text!r}", hint=f"write it as {flag} 2") from None


def _arguments(command: Verb, plain: list[str], values: dict[str, Any]) -> None:
    for argument in command.arguments:
        if argument.many:
            values[argument.name], plain = plain, []
        else:
            values[argument.name] = plain.pop(0) if plain else None
        if argument.required and not values[argument.name]:
            raise UsageError(
                what=f"`ropewalk {command.name}` needs {argument.name.upper()}: {argument.meaning}",
                hint=f"write it as `{command.usage()}`",
            )
    if plain:
        raise UsageError(
            what=f"`ropewalk {command.name}` does not know what to do with {plain[0]!r}",
            hint=f"write it as `{command.usage()}`",
        )


def _near(flag: str, known: dict[str, Option], name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(flag, known, n=1)
    return f"did you mean {near[0]}?" if near else f"`ropewalk {name} --help` lists them"


def _is_number(word: str) -> bool:
    return word[1:].replace(".", "", 1).isdigit()

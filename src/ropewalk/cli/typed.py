"""Help pages and shell completion of a command, by Typer, made from the same data that the parser reads."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from ropewalk.cli import exits
from ropewalk.cli.finding import find
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.table import GROUPS, entries

if TYPE_CHECKING:
    import typer

TYPES: dict[str, Any] = {
    "text": str | None,
    "maybe": str | None,
    "flag": bool,
    "many": list[str] | None,
    "whole": int | None,
    "number": float | None,
}


def show_help(command: Verb) -> int:
    """Print the help page of one command."""
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    add(app, command, "")
    return _run(app, ["--help"], f"ropewalk {command.name}")


def complete(variable: str) -> int:
    """Answer the shell, which says in the environment what it wants to know."""
    import typer

    app = typer.Typer(add_completion=True)
    words = os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()
    wanted = next((word for word in words[1:] if word in entries()), "")
    for title, group in GROUPS.items():
        for name, (_, line) in group.items():
            command = find(name) if name == wanted else Verb(name, line, lambda: 0)
            add(app, command, title)
    os.environ.setdefault(variable, "")
    return _run(app, [], "ropewalk")


def add(app: typer.Typer, command: Verb, panel: str) -> None:
    """Give a Typer application a command that does nothing but describe ours."""

    def described(**values: Any) -> None: ...

    described.__signature__ = _signature(command)  # type: ignore[attr-defined]
    described.__annotations__ = {}
    paragraphs = [f"{command.summary}.", *command.more.split("\n\n")]
    text = "\n\n".join(" ".join(one.split()) for one in paragraphs if one)
    app.command(command.name, help=text, rich_help_panel=panel or None)(described)


def _signature(command: Verb) -> inspect.Signature:
    parameters = [_argument(one) for one in command.arguments] + [_option(one) for one in command.options]
    return inspect.Signature([one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters])


def _argument(one: Argument) -> inspect.Parameter:
    import typer

    shape: Any = (list[str] if one.required else list[str] | None) if one.many else str
    if not one.required and not one.many:
        shape = str | None
    made = typer.Argument(
        metavar=one.metavar, help=one.meaning, autocompletion=_completer(one.complete), show_default=False
    )
    default = inspect.Parameter.empty if one.required else None
    return _parameter(one.name, Annotated[shape, made], default)


def _option(one: Option) -> inspect.Parameter:
    import typer

    metavar = None if one.kind == "flag" else f"[={one.metavar}]" if one.kind == "maybe" else one.metavar
    made = typer.Option(
        *one.flags,
        help=one.meaning,
        metavar=metavar,
        autocompletion=_completer(one.complete, one.choices),
        show_default=False,
    )
    return _parameter(one.name, Annotated[TYPES[one.kind], made], False if one.kind == "flag" else None)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _completer(what: str, choices: tuple[str, ...] = ()) -> Callable[[str], list[str]] | None:
    if choices:
        return lambda incomplete: [choice for choice in choices if choice.startswith(incomplete)]
    from ropewalk.cli.offers import OFFERS

    return OFFERS.get(what)


def _run(app: typer.Typer, words: list[str], name: str) -> int:
    try:
        app(words, prog_name=name, standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else exits.COMPLETED
    return exits.COMPLETED

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
    from rich.markup import escape

    paragraphs = [f"{command.summary}.", *command.more.split("\n\n")]
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph)
    app.command(command.name, help=escape(text), rich_help_panel=panel or None)(described)


def _signature(command: Verb) -> inspect.Signature:
    parameters = [_argument(parameter) for parameter in command.arguments] + [
        _option(parameter) for parameter in command.options
    ]
    return inspect.Signature(
        [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    )


def _argument(argument: Argument) -> inspect.Parameter:
    import typer
    from rich.markup import escape

    shape: Any = (list[str] if argument.required else list[str] | None) if argument.many else str
    if not argument.required and not argument.many:
        shape = str | None
    made = typer.Argument(
        metavar=argument.name.upper(),
        help=escape(argument.meaning),
        autocompletion=_completer(argument.complete),
        show_default=False,
    )
    default = inspect.Parameter.empty if argument.required else None
    return _parameter(argument.name, Annotated[shape, made], default)


def _option(option: Option) -> inspect.Parameter:
    import typer
    from rich.markup import escape

    metavar = (
        "" if option.kind == "flag" else f"[={option.metavar}]" if option.kind == "maybe" else option.metavar
    )
    made = typer.Option(
        *option.flags,
        help=escape(option.meaning),
        metavar=metavar,
        autocompletion=_completer(option.complete, option.choices),
        show_default=False,
    )
    return _parameter(
        option.name, Annotated[TYPES[option.kind], made], False if option.kind == "flag" else None
    )


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _completer(offer: str, choices: tuple[str, ...] = ()) -> Callable[[str], list[str]] | None:
    if choices:
        return lambda incomplete: [choice for choice in choices if choice.startswith(incomplete)]
    from ropewalk.cli.offers import OFFERS

    return OFFERS.get(offer)


def _run(app: typer.Typer, words: list[str], name: str) -> int:
    try:
        app(words, prog_name=name, standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else exits.COMPLETED
    return exits.COMPLETED

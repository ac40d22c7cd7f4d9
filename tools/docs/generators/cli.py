"""The reference of the command line, read from the command table and from what each command's parser reads."""

from __future__ import annotations

from collections.abc import Iterator

from ropewalk.cli.exits import MEANINGS
from ropewalk.cli.finding import find
from ropewalk.cli.grammar import COMMON, Option, Verb
from ropewalk.cli.table import GROUPS
from tools.docs.blocks import generates


@generates("commands")
def commands() -> str:
    """A section a group, a heading a command."""
    return "\n\n".join(line for title, group in GROUPS.items() for line in _group(title, list(group)))


@generates("exit-codes")
def exit_codes() -> str:
    rows = ["| code | means |", "|---|---|"]
    return "\n".join([*rows, *(f"| {code} | {meaning} |" for code, meaning in MEANINGS.items())])


def _group(title: str, names: list[str]) -> Iterator[str]:
    yield f"## {title}"
    for name in names:
        yield from _command(find(name))


def _command(command: Verb) -> Iterator[str]:
    yield f"### ropewalk {command.name}"
    yield f"{command.summary}."
    yield f"```\n{command.usage()}\n```"
    if command.more:
        yield command.more
    rows = [f"| `{one.metavar}` | {_cell(one.meaning)} |" for one in command.arguments]
    rows += [f"| {_flags(one)} | {_cell(one.meaning)} |" for one in command.options if one not in COMMON]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows])


def _flags(option: Option) -> str:
    value = {"flag": "", "maybe": f"[={option.metavar}]"}.get(option.kind, f" {option.metavar}")
    again = ", again and again" if option.kind == "many" else ""
    return ", ".join(f"`{flag}{value}`" for flag in option.flags).replace("|", "\\|") + again


def _cell(text: str) -> str:
    return text[0].upper() + text[1:].replace("|", "\\|")

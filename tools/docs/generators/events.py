"""The list of events and of commands, read from their types: name, fields with type and default, meaning."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import msgspec

from ropewalk.core.commands import Command
from ropewalk.core.events import Event
from tools.docs.blocks import generates


@generates("events")
def events() -> str:
    return table(Event, "event")


@generates("commands-of-a-run")
def commands() -> str:
    return table(Command, "command")


def table(root: type[msgspec.Struct], heading: str) -> str:
    rows = [f"| {heading} | fields | means |", "|---|---|---|"]
    rows += [
        f"| `{_tag(kind)}` | {_fields(kind)} | {_meaning(kind)} |"
        for kind in sorted(leaves(root), key=lambda kind: inspect.getsourcelines(kind)[1])
    ]
    return "\n".join(rows)


def leaves(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The types that are stored or sent: those below the root that nothing is derived from."""
    for below in kind.__subclasses__():
        if below.__subclasses__():
            yield from leaves(below)
        elif below.__module__ == kind.__module__:
            yield below


def _tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def _fields(kind: type[msgspec.Struct]) -> str:
    written: dict[str, str] = {}
    for above in reversed(kind.__mro__):
        written.update({name: str(text) for name, text in vars(above).get("__annotations__", {}).items()})
    shown = [f"`{field.encode_name}: {written[field.name]}`" for field in msgspec.structs.fields(kind)]
    return ", ".join(shown).replace("|", "\\|")


def _meaning(kind: type[msgspec.Struct]) -> str:
    text = vars(kind).get("__doc__") or ""
    return " ".join(inspect.cleandoc(text).split()).replace("|", "\\|")

"""HTML as values: every text that is put into it is escaped, so that nothing a run says can become markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from ropewalk.app import visible

VOID: Final = frozenset({"br", "hr", "input"})


class Piece(NamedTuple):
    """A part that can be replaced by itself: an element whose id is `id`."""

    id: str
    html: Markup


Parts = Sequence[Markup | Piece]
"""A whole, in order."""


def el(tag: str, *inside: object, **attributes: object) -> Markup:
    """An element. A `_` at the end of a name is dropped, others become `-`; None and False leave an attribute out."""
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{written}>")  # noqa: S704 - all that is in it was escaped
    return Markup(f"<{tag}{written}>{text(inside)}</{tag}>")  # noqa: S704 - all that is in it was escaped


def text(inside: Iterable[object]) -> Markup:
    """Everything inside, one after the other; None is nothing, lists are taken apart."""
    out: list[str] = []
    for part in inside:
        if part is None:
            continue
        if isinstance(part, list | tuple) and not isinstance(part, Piece):
            out.append(text(part))
        else:
            out.append(escape(part.html if isinstance(part, Piece) else _seen(part)))
    return Markup("".join(out))  # noqa: S704 - all that is in it was escaped


def _seen(value: object) -> object:
    """Text with invisible characters made visible; Markup is left as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def whole(parts: Parts) -> Markup:
    return text(parts)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(_seen(value))}"'

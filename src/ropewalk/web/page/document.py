"""What a file says, shown in a page and harmless there: Markdown without its HTML, HTML in a frame without scripts.

An artifact is written by an agent, and so by anybody who can talk to one: nothing in it may run or be fetched.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from ropewalk.nesting import read_json
from ropewalk.web.page.markup import el

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MOST_CHARS: Final = 200_000
MARKDOWN: Final = (".md", ".markdown", ".mdx")
HTML: Final = (".html", ".htm")


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # `html: False` writes every tag as text; the library itself refuses links to javascript:, vbscript:, file: and data:.
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    return made.disable("image")


def markdown(text: str) -> Markup:
    """Safe whatever it says; pictures stay links, so that nothing is fetched."""
    made = _markdown().render(text[:MOST_CHARS])
    linked = re.sub(r"<a href=", '<a rel="noopener noreferrer nofollow" target="_blank" href=', made)
    return el("div", Markup(linked), class_="prose")  # noqa: S704 - rendered with HTML escaped


def rendered(path: str, data: bytes) -> Markup:
    """The content of a file as people read it."""
    text = decoded(data)
    if text is None:
        return el("p", f"{path} is binary, {len(data):,} bytes.", class_="soft")
    if path.lower().endswith(MARKDOWN):
        return markdown(text)
    if path.lower().endswith(HTML):
        frame = el(
            "iframe",
            sandbox="",
            srcdoc=text[:MOST_CHARS],
            class_="framed",
            title=path,
            referrerpolicy="no-referrer",
        )
        return el("div", frame, source(text))
    if path.lower().endswith(".json"):
        return source(_indented(text))
    return source(text)


def source(text: str) -> Markup:
    """As it is written."""
    more = len(text) - MOST_CHARS
    cut = el("p", f"{more:,} more characters are not shown.", class_="soft") if more > 0 else None
    return el("div", el("pre", el("code", text[:MOST_CHARS]), class_="source", tabindex="0"), cut)


def decoded(data: bytes) -> str | None:
    """As text; None when it is none."""
    if b"\0" in data[:8_000]:
        return None
    return data.decode("utf-8", "replace")


def plain(value: object) -> Markup:
    """A value as JSON."""
    return source(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _indented(text: str) -> str:
    try:
        return json.dumps(read_json(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text

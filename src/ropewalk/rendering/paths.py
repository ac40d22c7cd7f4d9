"""Paths with `{{ … }}` in them: what is filled in is one name or several, and never leads out, means other files or is git's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.errors import TemplateError
from ropewalk.rendering.template import is_template, render_template
from ropewalk.rendering.values import as_text

ODD: Final = re.compile(r"[\x00-\x1f\x7f*?\[\]\\]")
"""What would make a pattern of a name, or cannot be typed."""
BLANK: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
LONGEST: Final = 1_000
LONGEST_NAME: Final = 255
"""Bytes of one name on the usual file systems."""


def render_path(template: str, names: Mapping[str, Any]) -> str:
    """The path with its names filled in. Raises TemplateError, also for a value that is no part of a path."""
    if not is_template(template):
        return template
    path = render_template(template, names, _part)
    parts = path.split("/")
    reason = ""
    if not path or path.startswith("/") or ".." in parts:
        reason = "it leads out of the repository"
    elif ".git" in (part.lower() for part in parts):
        reason = "that is git's own"
    elif len(path) > LONGEST:
        reason = f"a path has at most {LONGEST:,} characters"
    elif any(len(part.encode()) > LONGEST_NAME for part in parts):
        reason = f"a name in a path has at most {LONGEST_NAME} bytes"
    elif "." in parts or "" in parts[:-1]:
        reason = "one of its names is empty"
    if reason:
        raise TemplateError(template=template, reason=f"`{path[:200]}`: {reason}")
    return path


def path_pattern(template: str) -> str:
    """The pattern of all that a path may become: what is filled in stands for anything."""
    return BLANK.sub("*", template)


def _part(value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise ValueError(f"{as_text(value)[:80]} cannot be part of a path")
    text = as_text(value)
    if not text:
        raise ValueError("an empty text cannot be part of a path")
    if ODD.search(text):
        raise ValueError(f"{text[:80]!r} cannot be part of a path")
    return text

"""Texts with `{{ … }}` in them: filled in by a pure function, within bounds, each value as JSON writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.rendering.paths import path_pattern as path_pattern, render_path as render_path
    from ropewalk.rendering.template import MARKS as MARKS, is_template as is_template, literal as literal
    from ropewalk.rendering.template import render_template as render_template, render_within as render_within
    from ropewalk.rendering.values import as_text as as_text
else:
    __getattr__ = lazy(
        __name__,
        {
            "rendering.paths": "path_pattern render_path",
            "rendering.template": "MARKS is_template literal render_template render_within",
            "rendering.values": "as_text",
        },
    )

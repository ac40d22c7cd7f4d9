"""A workflow as people look at it: a plan, lines, Mermaid, DOT, SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.preview.drawing import svg as svg
    from ropewalk.preview.graph import dot as dot, mermaid as mermaid
    from ropewalk.preview.lines import plan_as_lines as plan_as_lines
    from ropewalk.preview.plan import Plan as Plan, plan_workflow as plan_workflow
else:
    __getattr__ = lazy(
        __name__,
        {
            "preview.drawing": "svg",
            "preview.graph": "dot mermaid",
            "preview.lines": "plan_as_lines",
            "preview.plan": "Plan plan_workflow",
        },
    )

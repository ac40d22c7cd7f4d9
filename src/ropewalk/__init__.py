"""ropewalk: durable workflows for teams of coding agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ropewalk.formats.builder import Flow, flow, step

__all__ = ["Flow", "flow", "step"]


def __getattr__(name: str) -> Any:
    """The builder is loaded when it is first asked for: importing ropewalk costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ropewalk.formats import builder

    return getattr(builder, name)

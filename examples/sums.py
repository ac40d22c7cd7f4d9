"""What function.yaml calls, and the same workflow written in Python."""

from __future__ import annotations

import ropewalk


def add(numbers: list[int]) -> dict[str, int]:
    """The outputs of the step `sums`; the input of the same name fills the parameter."""
    return {"total": sum(numbers)}


def flow() -> ropewalk.Flow:
    """`flow().workflow()` is what function.yaml loads to."""
    made = ropewalk.flow("function", inputs={"numbers": {"type": "list", "default": [3, 4]}})
    made.step(id="sums")(add)
    made.add(id="say", needs="sums", run=["echo", "the sum is {{ outputs.sums.total }}"])
    return made

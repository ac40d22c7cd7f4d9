"""Where the parts of an imported workflow stand in its file, for the check to name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ropewalk.yaml import Path, Place, Positions

KEYS: Final = {
    "when": ("condition", "when", "skip_if"),
    "decision": ("routes", "branch", "branches", "decisions", "on_verdict", "condition_check", "on_complete"),
    "role": ("agent", "orchestrator"),
    "ask": ("elicit", "options", "human_checkpoint"),
    "back_to": ("next", "loop_to", "goto", "repeats"),
    "needs": ("depends_on", "wait_for", "requires"),
    "facts": ("condition",),
    "prompt": ("action", "task", "uses"),
}
"""What a field of the definition is called in an item, where that is another word."""


class ItemPlaces:
    """The places of an imported file; a part that the file does not spell out has the place of its item."""

    def __init__(self, positions: Positions, steps: Sequence[Path]) -> None:
        self._positions = positions
        self._steps = steps

    def value(self, path: Sequence[str | int]) -> Place:
        """Line and column of a part of the workflow, named as in the definition."""
        return self._positions.value(self._written(path))

    def key(self, path: Sequence[str | int]) -> Place:
        """The same of the key that it stands under."""
        return self._positions.key(self._written(path))

    def inside(self, path: Sequence[str | int], offset: int) -> Place:
        """The place of the text itself: conditions are translated, so a character in them has none of its own."""
        return self.value(path)

    def _written(self, path: Sequence[str | int]) -> Path:
        if len(path) < 2 or path[0] != "steps" or not isinstance(path[1], int) or path[1] >= len(self._steps):
            return ()
        place = self._steps[path[1]]
        for word in [str(path[2]), *KEYS.get(str(path[2]), ())] if len(path) > 2 else []:
            if self._positions.has((*place, word)):
                return (*place, word)
        return place

"""Whether an item looks at work, fixes it or does something else, from the whole words of its name and its action."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final

from ropewalk.documents import as_text
from ropewalk.formats.imported.kit.items import Item


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LOOK: Final = _set(
    "review reviews validate validates verify verifies check checks recheck audit audits assess assesses inspect inspects"
    " test tests retest approve approves evaluate evaluates revalidate reverify rereview qa"
)
LOOKED: Final = _set(
    "review validation verification check audit assessment inspection testing test tests qa approval evaluation assurance"
    " recheck revalidation"
)
JUDGE: Final = _set("gate decision verdict")
PERFORM: Final = _set("run execute perform conduct do carry complete make give rerun repeat")
FIX: Final = _set(
    "fix fixes address resolve repair correct rework revise apply remedy remediate debug incorporate"
)
WRITE: Final = _set("create write prepare define set setup implement generate develop add")
BEFORE: Final = _set("re final first initial second code peer story technical architect user po pm sm dev qa")
AFTER: Final = _set("phase step loop cycle round stage task process")
JOINTS: Final = _set("of for on with by against and in")


def looks_at_work(item: Item, acted: list[str]) -> bool:
    """Whether somebody looks at what others made: a verb of looking first, its noun last, or either after `run`."""
    return bool(set(acted) & LOOK) or any(_looks(words) for words in _texts(item))


def judges(item: Item) -> bool:
    """Whether the item only says what the looking before it comes to: a gate, a decision, a verdict."""
    return any(bool(words) and words[-1] in JUDGE for words in _texts(item))


def fixes_work(item: Item) -> bool:
    """Whether something is fixed: a verb of fixing comes first."""
    return any(bool(words) and words[0] in FIX for words in _texts(item))


def _looks(words: list[str]) -> bool:
    while len(words) > 1 and words[0] in BEFORE:
        words = words[1:]
    while len(words) > 1 and words[-1] in AFTER:
        words = words[:-1]
    if not words or words[0] in WRITE | FIX:
        return False
    if words[0] in LOOK or words[-1] in LOOKED:
        return True
    if words[0] in PERFORM:
        return bool(set(words) & (LOOK | LOOKED))
    return any(word in LOOKED and after in JOINTS for word, after in pairwise(words))


def _texts(item: Item) -> list[list[str]]:
    """The words of the item's names and of its action."""
    data: dict[str, Any] = item.data
    texts = dict.fromkeys((item.name, as_text(data.get("name")), as_text(data.get("action"))))
    return [re.findall(r"[a-z]+", text.lower()) for text in texts]

"""How runs may be called. An id becomes the name of folders, refs and files, so its one grammar leaves nothing to them."""

from __future__ import annotations

import re
from typing import Final

RUN_ID: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?![.]))*(?<!\.)(?<!\.lock)")
RUN_ID_LENGTH: Final = 200
RUN_ID_RULE: Final = (
    f"a run's id is made of at most {RUN_ID_LENGTH} letters, digits, `-`, `_` and single dots, begins with a letter "
    "or digit, and does not end in a dot or `.lock`"
)


def is_run_id(text: str) -> bool:
    """Whether a run may be called so."""
    return len(text) <= RUN_ID_LENGTH and RUN_ID.fullmatch(text) is not None


def is_branch_name(text: str) -> bool:
    """Whether git takes it as the name of a branch, as far as that can be told from the name alone (git check-ref-format)."""
    return bool(_BRANCH.fullmatch(text))


_BRANCH = re.compile(r"(?!-)(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]+")

"""Where only one side changed a file, or both alike, nothing is joined; a file that is empty is not one that is not there."""

from __future__ import annotations

import msgspec
import pytest

from ropewalk.workspace.policies.verdict import Clash, Hunk, settled

OLD, MINE, OTHER = b"old\n", b"mine\n", b"other\n"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "answer"),
    [
        pytest.param(OLD, OLD, OLD, OLD, id="nobody changed it"),
        pytest.param(OLD, MINE, OLD, MINE, id="we changed it"),
        pytest.param(OLD, OLD, OTHER, OTHER, id="they changed it"),
        pytest.param(OLD, MINE, MINE, MINE, id="both changed it alike"),
        pytest.param(OLD, MINE, OTHER, None, id="both changed it"),
        pytest.param(OLD, b"", OLD, b"", id="we emptied it"),
        pytest.param(OLD, OLD, b"", b"", id="they emptied it"),
        pytest.param(OLD, b"", b"", b"", id="both emptied it"),
        pytest.param(OLD, b"", OTHER, None, id="we emptied it and they changed it"),
        pytest.param(b"", MINE, b"", MINE, id="we filled an empty file"),
        pytest.param(b"", b"", OTHER, OTHER, id="they filled an empty file"),
        pytest.param(b"", MINE, OTHER, None, id="both filled an empty file"),
        pytest.param(None, MINE, MINE, MINE, id="both created it alike"),
        pytest.param(None, MINE, OTHER, None, id="both created it"),
        pytest.param(None, b"", OTHER, None, id="we created it empty"),
        pytest.param(None, MINE, b"", None, id="they created it empty"),
        pytest.param(None, b"", b"", b"", id="both created it empty"),
        pytest.param(b"a\n", b"a\r\n", b"a\n", b"a\r\n", id="a line end is a change"),
        pytest.param(b"a\n", b"a", b"a\n", b"a", id="a missing line end is a change"),
    ],
)
def test_what_is_settled_without_joining(
    base: bytes | None, ours: bytes, theirs: bytes, answer: bytes | None
):
    assert settled(base, ours, theirs) == answer


def test_a_side_that_has_nothing_is_told_from_one_that_is_empty():
    clash = Clash((Hunk("line 3", None, "", "mine"),))
    [hunk] = msgspec.json.decode(msgspec.json.encode(clash), type=Clash).hunks
    assert (hunk.base, hunk.ours, hunk.theirs) == (None, "", "mine")
    assert msgspec.to_builtins(hunk) == {"where": "line 3", "ours": "", "theirs": "mine"}

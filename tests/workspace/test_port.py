"""What a run keeps of its base is read back as it was, and every adapter can be called as the port says."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
import pytest

from ropewalk.workspace.folder import FolderWorkspace
from ropewalk.workspace.port import Base, FolderNote, Workspace
from ropewalk.workspace.worktree import GitWorkspace

METHODS = sorted(name for name, member in vars(Workspace).items() if inspect.iscoroutinefunction(member))


def shape(function: Any) -> list[tuple[str, Any, Any]]:
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


def test_the_port_is_a_way_to_open_keep_and_land():
    assert {"prepare", "open", "keep", "close", "merge", "land", "end"} <= set(METHODS)


@pytest.mark.parametrize("adapter", [GitWorkspace, FolderWorkspace])
@pytest.mark.parametrize("method", METHODS)
def test_an_adapter_takes_what_the_port_says_under_the_same_names_with_the_same_defaults(
    adapter: type, method: str
):
    implemented = getattr(adapter, method)
    assert inspect.iscoroutinefunction(implemented)
    assert shape(implemented) == shape(getattr(Workspace, method))


BASES = [
    (Base("/r"), {"root": "/r"}),
    (
        Base("/r", "c0", "main", "c1", 5.5, True, ("w", "é"), "c2", "run-0"),
        {
            "root": "/r",
            "commit": "c0",
            "target": "main",
            "seen": "c1",
            "at": 5.5,
            "private": True,
            "warnings": ["w", "é"],
            "judged": "c2",
            "within": "run-0",
        },
    ),
]


@pytest.mark.parametrize(("base", "data"), BASES)
def test_a_base_is_kept_with_its_run_under_these_names(base: Base, data: dict[str, object]):
    assert msgspec.json.decode(msgspec.json.encode(base)) == data
    assert msgspec.convert(data, Base) == base


def test_a_base_that_a_later_ropewalk_kept_is_read_for_what_is_known_of_it():
    assert msgspec.convert({"root": "/r", "commit": "c", "of_the_future": 1}, Base) == Base("/r", "c")


def test_a_base_without_a_root_is_refused():
    with pytest.raises(msgspec.ValidationError, match="root"):
        msgspec.convert({"commit": "c"}, Base)


def test_a_note_with_nothing_to_tell_is_empty_and_each_thing_to_tell_makes_it_another():
    assert msgspec.json.encode(FolderNote()) == b"{}"
    assert FolderNote(secret=True) != FolderNote() != FolderNote(declared=("a",))

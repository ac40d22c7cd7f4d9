"""Names go to folders, refs and back without two becoming one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.names import attempt_name, attempt_ref, confined, path_bytes, show_path, slug
from ropewalk.workspace.port import AttemptId

file_names = st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name)


@given(file_names)
def test_any_file_name_goes_through_text_and_back(name: bytes):
    shown = show_path(name)
    assert path_bytes(shown) == name
    assert shown.isprintable()


@given(st.text(max_size=120), st.text(max_size=120))
def test_two_steps_never_share_a_slug(one: str, two: str):
    assert (slug(one) == slug(two)) == (one == two)
    assert slug(one).replace("-", "").replace("_", "").replace(".", "").isalnum() or set(slug(one)) <= set(
        "_"
    )


def test_a_readable_name_stays_as_it_is():
    spot = AttemptId("run", "build", 2, 3)
    assert attempt_name(spot) == "build.2.3"
    assert attempt_ref(spot) == "refs/ropewalk/run/build/2.3"
    assert slug("build[api]").startswith("build-api-")
    for unsafe in ("a..b", "a.lock", ".a", "a.", "", "a/b", "é" * 90):
        assert slug(unsafe) != unsafe


def test_a_file_through_a_linked_folder_is_refused(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to(tmp_path)
    assert confined(tmp_path / "in", "./a//b") == tmp_path.resolve() / "in/a/b"
    with pytest.raises(WorkspaceError, match="symbolic link"):
        confined(tmp_path / "in", "out/secret")


def test_git_folders_are_out_of_bounds_however_they_are_spelled(tmp_path: Path):
    for path in (".git/hooks/x", "a/.GIT/config"):
        with pytest.raises(WorkspaceError):
            confined(tmp_path, path)

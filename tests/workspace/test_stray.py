"""What git passes over in a folder without a word is named by its path; nothing behind a link or in a `.git` is looked at."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from ropewalk.trees import remove_tree
from ropewalk.workspace.stray import Strays, opened, strays
from tests.workspace.repositories import write
from tests.workspace.test_gathering import AS_SOMEBODY


def looked_through(folder: Path, *below: bytes) -> Strays:
    """The strays of a folder, sorted: it is read in the order of its disk."""
    odd = strays(str(folder), below) if below else strays(str(folder))
    return Strays(sorted(odd.special), sorted(odd.shut), sorted(odd.dotgit))


def test_what_is_no_file_is_named_and_files_folders_and_links_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"file": "x", "folder/file": "x", "gitignore/.gitignore": "*"})
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "to a pipe").symlink_to("folder/pipe")
    os.mkfifo("folder/pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert looked_through(tmp_path) == Strays([b"folder/pipe", b"socket"], [], [])


def test_each_git_below_the_top_is_named_and_none_is_entered(tmp_path: Path):
    write(tmp_path, {".git/HEAD": "x", "a/.git/HEAD": "x", "b/.git": "gitdir: /nowhere\n", ".github/x": "x"})
    (tmp_path / "c").mkdir()
    (tmp_path / "c/.git").symlink_to("nowhere")
    for folder in (".git", "a/.git"):
        os.mkfifo(tmp_path / folder / "pipe")
    assert looked_through(tmp_path) == Strays([], [], [b"a/.git", b"b/.git", b"c/.git"])


def test_links_to_folders_are_not_followed(tmp_path: Path):
    write(tmp_path, {"outside/.git": "x", "root/file": "x"})
    os.mkfifo(tmp_path / "outside/pipe")
    (tmp_path / "root/out").symlink_to(tmp_path / "outside")
    (tmp_path / "root/round").symlink_to(".")
    assert looked_through(tmp_path / "root") == Strays([], [], [])


def test_only_the_folders_that_are_asked_for_are_looked_through(tmp_path: Path):
    write(tmp_path, {"a/.git": "x", "b/inner/.git": "x", "b/.git": "x", "c/.git": "x"})
    assert looked_through(tmp_path, b"b", b"c") == Strays([], [], [b"b/.git", b"b/inner/.git", b"c/.git"])
    assert strays(str(tmp_path), []) == Strays([], [], [])


def test_names_are_the_bytes_that_the_disk_has(tmp_path: Path):
    names = [b"caf\xe9", b"line\nbreak", "\u202egpj.exe".encode(), b'"quoted"', b"-rf"]
    for name in names:
        os.mkfifo(os.path.join(os.fsencode(tmp_path), name))
    assert looked_through(tmp_path).special == sorted(names)


def test_a_folder_that_went_away_is_one_that_cannot_be_entered(tmp_path: Path):
    assert looked_through(tmp_path, b"gone") == Strays([], [b"gone"], [])


def test_folders_may_lie_in_folders_deeper_than_any_stack(tmp_path: Path):
    top = tmp_path / "top"
    deepest = os.fspath(top)
    os.mkdir(deepest)
    try:
        for _ in range(1200):
            deepest += "/d"
            os.mkdir(deepest)
        os.mkfifo(f"{deepest}/pipe")
        assert strays(str(top)).special == [b"d/" * 1200 + b"pipe"]
    finally:
        remove_tree(top)


@pytest.mark.parametrize(
    ("name", "mode", "after"),
    [
        ("file", 0o000, 0o400),
        ("file", 0o033, 0o433),
        ("file", 0o4755, 0o4755),
        ("folder", 0o000, 0o700),
        ("folder", 0o2055, 0o2755),
    ],
)
def test_what_is_opened_gets_the_rights_to_be_read_and_loses_none(
    tmp_path: Path, name: str, mode: int, after: int
):
    write(tmp_path, {"file": "x", "folder/file": "x"})
    (tmp_path / name).chmod(mode)
    assert opened(str(tmp_path), name.encode())
    assert S_IMODE((tmp_path / name).stat().st_mode) == after


def test_a_link_is_open_as_it_is_and_what_it_leads_to_stays_shut(tmp_path: Path):
    write(tmp_path, {"target": "x"})
    (tmp_path / "target").chmod(0)
    (tmp_path / "link").symlink_to("target")
    assert opened(str(tmp_path), b"link")
    assert S_IMODE((tmp_path / "target").stat().st_mode) == 0


@pytest.mark.parametrize("path", [b"gone", b"file/below", b"n" * 300])
def test_what_is_not_there_cannot_be_opened(tmp_path: Path, path: bytes):
    write(tmp_path, {"file": "x"})
    assert not opened(str(tmp_path), path)


LOOKING = """
import os, sys
from ropewalk.workspace.stray import opened, strays
os.chdir(sys.argv[1])
for name, mode in (("all", 0o700), ("listed", 0o400), ("entered", 0o100), ("none", 0)):
    os.makedirs(f"{name}/inner")
    os.mkfifo(f"{name}/inner/pipe")
    os.chmod(name, mode)
odd = strays(".")
print(odd.special, sorted(odd.shut))
print([opened(".", path) for path in odd.shut], sorted(strays(".", odd.shut).special))
"""


@pytest.mark.needs("linux")
def test_a_folder_is_shut_unless_it_may_be_both_listed_and_entered(tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, LOOKING, str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ran.stdout.splitlines() == [
        "[b'all/inner/pipe'] [b'entered', b'listed', b'none']",
        "[True, True, True] [b'entered/inner/pipe', b'listed/inner/pipe', b'none/inner/pipe']",
    ], ran.stderr

"""The argv that goes before a confined one puts each path where it was asked for, whatever it is called and in whatever order,
and what can be had of confinement is found out from the program itself: what it refuses is said, and asked for again."""

from __future__ import annotations

import os
import subprocess
from itertools import combinations, pairwise, permutations
from pathlib import Path

import pytest

from ropewalk.agents import bubblewrap
from ropewalk.agents.bubblewrap import Kind, Mount, argv, fault

KINDS: tuple[Kind, ...] = ("hidden", "fresh", "masked", "readable", "writable")
OPTIONS = {
    "hidden": "--tmpfs",
    "fresh": "--tmpfs",
    "masked": "--ro-bind",
    "readable": "--ro-bind",
    "writable": "--bind",
}
STRANGE = ("a b", "--bind", "-", "ö\u202e\u200b", "line\nbreak", "'\"$(id)", "*", "x" * 200)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for bwrap, the only program on the PATH of a host where there can be one; it agrees to everything, and keeps
    what it was asked."""
    path = tmp_path / "bin" / "bwrap"
    path.parent.mkdir()
    behaves(path, "exit 0")
    monkeypatch.setenv("PATH", str(path.parent))
    monkeypatch.setattr("sys.platform", "linux")
    return path


def behaves(program: Path, script: str) -> None:
    program.write_text(f'#!/bin/sh\necho "$*" >> {program}.asked\n{script}\n')
    program.chmod(0o755)


def asked(program: Path) -> list[str]:
    return Path(f"{program}.asked").read_text().splitlines()


def mounts_of(words: list[str]) -> list[tuple[str, ...]]:
    """The option, source and target of each mount that was asked for, without those that are always there."""
    numbers = {"--tmpfs": 1, "--ro-bind": 2, "--bind": 2, "--remount-ro": 1}
    mounts = [
        tuple(words[at : at + numbers[word] + 1])
        for at, word in enumerate(words)
        if word in numbers and words[at - 1] not in numbers
    ]
    return [mount for mount in mounts if mount[-1] != "/" and not mount[-1].startswith("/proc/")]


def test_it_begins_with_the_program_and_ends_where_the_confined_argv_begins(program: Path):
    words = argv((), network=True)
    assert (words[0], words[-1]) == (str(program), "--")
    assert words.count("--") == 1
    assert words[words.index("--ro-bind") :][:3] == ["--ro-bind", "/", "/"]
    assert words[words.index("--cap-drop") :][:2] == ["--cap-drop", "ALL"]
    assert "SSH_AUTH_SOCK" in [name for option, name in pairwise(words) if option == "--unsetenv"]
    assert mounts_of(words) == []


def test_the_network_is_taken_away_where_it_is_not_wanted(program: Path):
    assert "--unshare-net" in argv((), network=False)
    assert "--unshare-net" not in argv((), network=True)


def test_what_lies_deeper_is_mounted_later_in_whatever_order_it_was_named(program: Path, tmp_path: Path):
    paths = [
        str(tmp_path / name)
        for name in ("home", "home/project", "home/project/.git", "home/project/.git/config")
    ]
    kinds: tuple[Kind, ...] = ("hidden", "writable", "readable", "masked")
    mounts = [Mount(path, kind) for path, kind in zip(paths, kinds, strict=True)]
    for order in permutations(mounts):
        assert mounts_of(argv(order, network=True)) == [
            ("--tmpfs", paths[0]),
            ("--bind", paths[1], paths[1]),
            ("--ro-bind", paths[2], paths[2]),
            ("--ro-bind", os.devnull, paths[3]),
            ("--remount-ro", paths[0]),
        ]


@pytest.mark.parametrize(("weaker", "stronger"), [*combinations(KINDS, 2)])
def test_of_two_for_one_path_what_is_there_counts(
    program: Path, tmp_path: Path, weaker: Kind, stronger: Kind
):
    path = str(tmp_path / "place")
    for order in permutations((Mount(path, weaker), Mount(f"{path}/.", stronger))):
        (mount, *others) = mounts_of(argv(order, network=True))
        assert (mount[0], mount[-1]) == (OPTIONS[stronger], path)
        assert not others


@pytest.mark.parametrize("name", STRANGE)
def test_a_path_is_one_word_whatever_it_is_called(program: Path, tmp_path: Path, name: str):
    path = str(tmp_path / name)
    assert mounts_of(argv([Mount(path, "writable")], network=True)) == [("--bind", path, path)]


def test_a_relative_path_is_that_of_the_folder_that_we_are_in(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / "-x")
    assert mounts_of(argv([Mount("-x", "readable")], network=True)) == [("--ro-bind", path, path)]


def test_a_path_by_way_of_a_link_is_mounted_where_the_link_leads_and_once(program: Path, tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").symlink_to("real/file")
    real, link = str(tmp_path / "real/file"), str(tmp_path / "link/file")
    both = [Mount(real, "masked"), Mount(link, "readable")]
    assert mounts_of(argv(both, network=True)) == [("--ro-bind", real, real)]
    last = str(tmp_path / "file")
    for kind in KINDS[3:]:
        assert mounts_of(argv([Mount(last, kind)], network=True)) == [(OPTIONS[kind], real, last)]


# What can be had ---------------------------------------------------------------------------------------------------------


def test_other_systems_have_none(program: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.platform", "darwin")
    missing = fault()
    assert missing is not None
    assert "on Linux only" in missing.reason


def test_a_program_that_is_not_there_is_to_be_installed(program: Path):
    program.unlink()
    missing = fault()
    assert missing is not None
    assert missing.reason == "bwrap was not found"
    assert "install bubblewrap" in missing.hint


REFUSES_NESTING = 'case "$*" in *--disable-userns*) echo "unknown option" >&2; exit 1;; esac'
REFUSES_USERS = 'case "$*" in *--unshare-user*) echo "no permission" >&2; exit 1;; esac'


@pytest.mark.parametrize(
    ("script", "user", "namespaces"),
    [
        ("exit 0", 1000, ["--unshare-user", "--disable-userns"]),
        (REFUSES_NESTING, 1000, ["--unshare-user"]),
        (REFUSES_USERS, 0, []),
        (REFUSES_USERS, 1000, None),
    ],
)
def test_of_what_it_can_do_the_most_is_taken_and_only_root_goes_without_a_namespace_of_users(
    program: Path, monkeypatch: pytest.MonkeyPatch, script: str, user: int, namespaces: list[str] | None
):
    behaves(program, script)
    monkeypatch.setattr("os.geteuid", lambda: user)
    missing = fault()
    assert (missing is None) == (namespaces is not None)
    if namespaces is not None:
        words = argv((), network=True)
        assert [word for word in words if word in ("--unshare-user", "--disable-userns")] == namespaces


def test_what_worked_is_remembered_and_what_did_not_is_asked_for_again(program: Path):
    behaves(program, f"test -e {program}.allowed || exit 1")
    assert fault() is not None
    refused = len(asked(program))
    Path(f"{program}.allowed").touch()
    assert fault() is None
    assert len(asked(program)) == refused + 1
    assert fault() is None
    argv((), network=True)
    assert len(asked(program)) == refused + 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo warning >&2; echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1", "here: bwrap: setting up uid map: Permission denied"),
        ("exit 3", "here: it ended with 3"),
        ("printf 'bwrap: Op\\351ration non permise' >&2; exit 1", "ration non permise"),
        ("exec sleep 600", "timed out"),
    ],
)  # fmt: skip
def test_one_that_does_not_work_is_told_with_its_last_words(
    program: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
):
    monkeypatch.setattr(bubblewrap, "_SECONDS", 0.2 if "sleep" in script else 60.0)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    behaves(program, script)
    missing = fault()
    assert missing is not None
    assert reason in missing.reason
    assert "user namespaces" in missing.hint


def test_one_that_is_no_program_is_a_fault_and_no_crash(program: Path):
    program.write_bytes(b"\x7fELF\0")
    missing = fault()
    assert missing is not None
    assert "bwrap does not work here" in missing.reason


# In truth ----------------------------------------------------------------------------------------------------------------

LOOKS = """
cat readable/text hidden/text fresh/text masked writable/text
for name in readable hidden fresh writable; do echo x > $name/new && echo "$name took it"; done
echo x > masked
wc -l < /proc/net/dev
exit 7
"""


@pytest.mark.needs("bwrap")
def test_each_kind_of_mount_is_inside_what_it_says_and_the_exit_code_comes_through(tmp_path: Path):
    kinds: dict[str, Kind] = {
        "readable": "readable",
        "hidden": "hidden",
        "fresh": "fresh",
        "writable": "writable",
    }
    for name in kinds:
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text(f"{name} text\n")
    (tmp_path / "masked").write_text("masked text\n")
    mounts = [Mount(str(tmp_path / name), kind) for name, kind in kinds.items()]
    head = argv([*mounts, Mount(str(tmp_path / "masked"), "masked")], network=False)
    done = subprocess.run(
        [*head, "sh", "-c", LOOKS], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines() == [
        "readable text", "writable text", "fresh took it", "writable took it", "3",
    ]  # fmt: skip
    assert [path.parent.name for path in tmp_path.rglob("new")] == ["writable"]
    assert (tmp_path / "masked").read_text() == "masked text\n"

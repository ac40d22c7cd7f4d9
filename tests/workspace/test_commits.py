"""Commits have exactly the bytes that ropewalk gives them, and every object, path and change is read as it is, whatever somebody
called it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.commits import (
    LINK,
    Header,
    changes_between,
    edited_tree,
    read_header,
    read_objects,
    write_commit,
)
from ropewalk.workspace.git import Git
from tests.workspace.repositories import commit, git, repository

pytestmark = pytest.mark.needs("git")

STRANGE = b"two\nlines\t\xff\xe2\x80\xae missing\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"a.txt": "1\n", "sub/b.txt": "2\n"})


@pytest.fixture
def store(root: Path) -> Git:
    return Git(str(root / ".git"), objects=str(root / ".git/objects"))


@pytest.fixture
def scratch(tmp_path: Path) -> str:
    (tmp_path / "scratch").mkdir()
    return str(tmp_path / "scratch")


async def test_a_commit_has_the_bytes_it_is_given_whatever_the_machine_says(
    root: Path, store: Git, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "AUTHOR_DATE", "COMMITTER_NAME", "COMMITTER_DATE"):
        monkeypatch.setenv(f"GIT_{name}", "1234567890 +0000" if "DATE" in name else "Eve")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    git(root, "config", "i18n.commitEncoding", "ISO-8859-1")
    tree, parent = git(root, "rev-parse", "HEAD^{tree}"), git(root, "rev-parse", "HEAD")
    trailers = {"Ropewalk-Run": "r", "Ropewalk-Round": "2"}
    made = await write_commit(store, tree, [parent, parent], 5.9, "Grüße", trailers)
    assert (await read_objects(store, [made.encode()]))[0] == (
        made,
        "commit",
        (
            f"tree {tree}\nparent {parent}\nparent {parent}\n"
            "author ropewalk <ropewalk@localhost> 5 +0000\ncommitter ropewalk <ropewalk@localhost> 5 +0000\n\n"
            "Grüße\n\nRopewalk-Run: r\nRopewalk-Round: 2\n"
        ).encode(),
    )
    header = await read_header(store, made)
    assert (header.tree, header.parents, header.at) == (tree, (parent, parent), 5)
    assert header.trailers() == trailers


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("", "ropewalk"),
        (" \n\t\0\n ", "ropewalk"),
        ("\n\n title \r\n\0body\t\n\n", "title\nbody"),
        ("\u202etitle\ud800", "\u202etitle\\ud800"),
        ("x" * 10_000, "x" * 8192),
        ("t\n\nRopewalk-Run: other\n", "t\n\nRopewalk-Run: other"),
    ],
)
async def test_no_title_breaks_a_commit_or_says_whose_it_is(root: Path, store: Git, title: str, message: str):
    tree = git(root, "rev-parse", "HEAD^{tree}")
    header = await read_header(store, await write_commit(store, tree, (), 0, title, {"Ropewalk-Run": "r"}))
    assert header.message == f"{message}\n\nRopewalk-Run: r\n"
    assert (header.trailers(), header.parents, header.at) == ({"Ropewalk-Run": "r"}, (), 0)


async def test_no_value_breaks_out_of_its_trailer(root: Path, store: Git):
    tree = git(root, "rev-parse", "HEAD^{tree}")
    trailers = {"Ropewalk-Step": "a: b\n\nRopewalk-Run: other\u2028c\0d", "Ropewalk-Run": "r"}
    made = await write_commit(store, tree, (), 0, "t", trailers)
    assert (await read_header(store, made)).trailers() == {
        "Ropewalk-Step": "a: b Ropewalk-Run: other c d",
        "Ropewalk-Run": "r",
    }


@pytest.mark.parametrize(
    ("message", "trailers"),
    [
        ("", {}),
        ("Ropewalk-Run: r", {"Ropewalk-Run": "r"}),
        ("t\n\nRopewalk-Run: r\n\nmore\n", {}),
        ("t\n\nSigned-off-by: Ann\nRopewalk-Run:r\nRopewalk-By: x: y\n\n\n", {"Ropewalk-By": "x: y"}),
        ("t\n\nRopewalk-Run: r\nRopewalk-Run: s", {"Ropewalk-Run": "s"}),
    ],
)
def test_trailers_are_the_last_lines_alone(message: str, trailers: dict[str, str]):
    assert Header("", (), 0, message).trailers() == trailers


@pytest.mark.parametrize(
    ("committer", "at"),
    [
        (b"Ann <a@b> 17 +0100", 17),
        (b"A > B <a@b> 17 -0800", 17),
        (b"Ann <a@b> 17", 17),
        (b"Ann <a@b>", 0),
        (b"Ann <a@b> yesterday +0000", 0),
        (b"", 0),
    ],
)
async def test_a_commit_of_a_broken_program_is_read(root: Path, store: Git, committer: bytes, at: int):
    tree = git(root, "rev-parse", "HEAD^{tree}")
    raw = b"tree %s\ncommitter %s\ngpgsig x\n  tree y\n \n parent z\n\nt \xff\n" % (tree.encode(), committer)
    made = git(root, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw)
    assert await read_header(store, made) == Header(tree, (), at, "t \ufffd\n")


@pytest.mark.parametrize("name", ["", "1" * 40, "HEAD:a.txt", "HEAD^{tree}", "main\nHEAD"])
async def test_what_is_no_commit_is_one_clear_error(store: Git, name: str):
    with pytest.raises(WorkspaceError, match=r"there is no commit|is not in this repository"):
        await read_header(store, name)


async def test_objects_come_in_the_order_they_are_asked_for(root: Path, store: Git):
    text = b"\nHEAD:none missing\n\n\0end"
    head = commit(root, {"odd\nname": text, "empty": b""})
    names = [b"HEAD:none", b"HEAD:odd\nname", b"HEAD:" + STRANGE, b"", b"HEAD:empty", b"HEAD", b"HEAD:none"]
    ids = [git(root, "rev-parse", f"HEAD:{path}") for path in ("odd\nname", "empty")]
    contents = await read_objects(store, names)
    assert contents[:5] == [None, (ids[0], "blob", text), None, None, (ids[1], "blob", b"")]
    assert contents[5] is not None
    assert contents[5][:2] == (head, "commit")
    assert contents[6] is None
    heads = [entry and (entry[0], entry[1], b"") for entry in contents]
    assert await read_objects(store, iter(names), content=False) == heads


async def test_nothing_is_asked_for_nothing():
    nowhere = Git("/nonexistent")
    assert await read_objects(nowhere, []) == []


async def test_a_submodule_has_no_object(root: Path, store: Git):
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    tree = git(root, "write-tree").encode()
    assert await read_objects(store, [tree + b":lib"]) == [None]
    assert await read_objects(store, [tree + b":lib"], content=False) == [None]


async def test_changes_are_named_by_path_kind_and_both_sides(root: Path, store: Git):
    start = commit(root, {"kept": "k\n", "gone": "g\n" * 30, "run": "r\n", "link": "l\n", "é\n": "1\n"})
    (root / "gone").rename(root / "renamed")
    (root / "run").chmod(0o755)
    (root / "link").unlink()
    (root / "link").symlink_to("kept")
    head = commit(root, {"é\n": "2\n"})
    changes = await changes_between(store, start, f"{head}^{{tree}}")
    assert [(change.path.decode(), change.kind, change.old_mode, change.mode) for change in changes] == [
        ("gone", "D", "100644", "000000"),
        ("link", "T", "100644", LINK),
        ("renamed", "A", "000000", "100644"),
        ("run", "M", "100644", "100755"),
        ("é\n", "M", "100644", "100644"),
    ]
    assert (changes[0].oid, changes[0].old_oid) == ("0" * 40, changes[2].oid)
    assert changes[4].old_oid == git(root, "rev-parse", f"{start}:é\n")
    assert await changes_between(store, start, start) == []


async def test_a_submodule_that_the_project_ignores_is_a_change_too(root: Path, store: Git):
    ignoring = '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n\tignore = all\n'
    (root / ".gitmodules").write_text(ignoring)
    git(root, "add", ".gitmodules")
    trees = []
    for digit in "12":
        git(root, "update-index", "--add", "--cacheinfo", f"160000,{digit * 40},lib")
        trees.append(git(root, "write-tree"))
    [change] = await changes_between(store, *trees)
    assert (change.path, change.kind, change.old_oid, change.oid) == (b"lib", "M", "1" * 40, "2" * 40)


async def test_a_tree_is_edited_path_by_path(root: Path, store: Git, scratch: str):
    head = commit(root, {"file": "f\n", "sub/c.txt": "3\n"})
    git(root, "config", "core.autocrlf", "input")
    blob = git(root, "rev-parse", "HEAD:a.txt")
    edits = {
        b"sub/b.txt": None,
        b"none": None,
        STRANGE: ("100755", b"one\r\n"),
        b"moved": ("100644", blob),
        b"link": (LINK, b"a.txt"),
        b"file": None,
        b"file/inside": ("100644", b""),
        b"sub/c.txt": ("100644", b"two\n\0"),
    }
    start = git(root, "rev-parse", f"{head}^{{tree}}")
    tree = await edited_tree(store, start, edits, scratch)
    changes = {change.path: (change.mode, change.oid) for change in await changes_between(store, start, tree)}
    assert changes.keys() == edits.keys() - {b"none"}
    assert changes[b"sub/b.txt"] == changes[b"file"] == ("000000", "0" * 40)
    assert changes[b"moved"] == ("100644", blob)
    contents = {
        path: (mode, (await read_objects(store, [oid.encode()]))[0])
        for path, (mode, oid) in changes.items()
        if mode != "000000"
    }
    assert {path: (mode, entry and entry[2]) for path, (mode, entry) in contents.items()} == {
        STRANGE: ("100755", b"one\r\n"),
        b"moved": ("100644", b"1\n"),
        b"link": (LINK, b"a.txt"),
        b"file/inside": ("100644", b""),
        b"sub/c.txt": ("100644", b"two\n\0"),
    }
    assert await edited_tree(store, start, {}, scratch) == start
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("path", [b"../out", b"/out", b"sub/../../out", b".git/config", b"sub/.GIT/x", b""])
async def test_no_edit_leads_out_of_the_tree(root: Path, store: Git, scratch: str, path: bytes):
    start = git(root, "rev-parse", "HEAD^{tree}")
    edits = {path: ("100644", b"x"), b"a.txt": None}
    [change] = await changes_between(store, start, await edited_tree(store, start, edits, scratch))
    assert (change.path, change.kind) == (b"a.txt", "D")

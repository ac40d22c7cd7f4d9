"""A merge is told as git sees it: the tree, each path in dispute with its three versions, and what was joined line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.errors import GitFailed
from ropewalk.workspace.commits import LINK, SUBMODULE
from ropewalk.workspace.git import Git
from ropewalk.workspace.merge_tree import Dispute, TreeEntry, TreeMerge, merge_trees, own_name
from tests.workspace.repositories import LINES, changed, commits, fingerprint, git, repository

pytestmark = pytest.mark.needs("git")

SHA1, SHA256 = "0123456789abcdef" * 2 + "01234567", "0123456789abcdef" * 4
ODD = b'caf\xe9 \t"odd"\n\\ \xe2\x80\xae'
FOUR = {f"d/{number}": LINES + str(number) for number in range(4)}


def moved(where: str, *numbers: int) -> dict[str, str | None]:
    """The change that moves some of the four files of `d` to another folder."""
    return {
        path: text
        for number in numbers
        for path, text in ((f"d/{number}", None), (f"{where}/{number}", FOUR[f"d/{number}"]))
    }


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(
        tmp_path_factory.mktemp("merging") / "project", {"code.txt": LINES, "same.txt": LINES, **FOUR}
    )


@pytest.fixture(scope="module")
def made(where: Path) -> dict[str, str]:
    """Commits on `main` by what they do."""
    quoted = '"' + "".join(f"\\{byte:03o}" for byte in ODD) + '"'
    return commits(
        where,
        {
            "line 3": {"code.txt": changed(3, "a"), "x/only a": "a"},
            "line 3 again": {"code.txt": changed(3, "b")},
            "line 30": {"code.txt": changed(30, "b"), "same.txt": changed(1, "b")},
            "two files": {"same.txt": changed(1, "a"), "code.txt": changed(3, "a"), "z": "a"},
            "two files too": {"same.txt": changed(1, "c"), "code.txt": changed(3, "c"), "z": "c"},
            "deleted": {"code.txt": None},
            "renamed": {"code.txt": None, "one": LINES},
            "renamed otherwise": {"code.txt": None, "two": LINES},
            "file": {"new": "a"},
            "folder": {"new/inside": "b"},
            "link": {"120000:new": "code.txt"},
            "program": {"100755:new": "b"},
            "odd": {quoted: "a"},
            "odd too": {quoted: "b"},
            "split": {**moved("left", 0, 1), **moved("right", 2, 3)},
            "put into d": {"d/new": "new"},
        },
    )


async def merged(where: Path, made: dict[str, str], ours: str, theirs: str) -> TreeMerge:
    return await merge_trees(Git(str(where / ".git")), made[ours], made[theirs])


def entry(where: Path, commit: str, path: str) -> TreeEntry:
    mode, _, oid = git(where, "ls-tree", commit, "--", path).split("\t")[0].split(" ")
    return TreeEntry(mode, oid)


async def test_what_lines_can_join_is_no_dispute_and_is_told(where: Path, made: dict[str, str]):
    merge = await merged(where, made, "line 3", "line 30")
    assert (merge.disputes, merge.joined) == ((), (b"code.txt",))
    assert git(where, "show", f"{merge.tree}:code.txt") == changed(3, "a").replace("line 30\n", "b\n").strip()
    assert git(where, "show", f"{merge.tree}:x/only a") == "a"


async def test_nothing_is_written_but_objects(where: Path, made: dict[str, str]):
    before = fingerprint(where)
    await merged(where, made, "two files", "two files too")
    assert fingerprint(where) == before


async def test_a_dispute_has_the_three_versions_and_git_leaves_both_in_the_tree(
    where: Path, made: dict[str, str]
):
    merge = await merged(where, made, "line 3", "line 3 again")
    [dispute] = merge.disputes
    assert (dispute.kind, dispute.path, dispute.paths) == ("content", b"code.txt", (b"code.txt",))
    assert dispute.joinable
    assert dispute.base == {b"code.txt": entry(where, "main", "code.txt")}
    assert dispute.ours == {b"code.txt": entry(where, made["line 3"], "code.txt")}
    assert dispute.theirs == {b"code.txt": entry(where, made["line 3 again"], "code.txt")}
    assert "code.txt" in dispute.message
    assert merge.joined == ()
    text = git(where, "show", f"{merge.tree}:code.txt")
    assert text.index("\na\n") < text.index("\nline 3\n") < text.index("\nb\n")


async def test_disputes_come_in_order_of_their_paths(where: Path, made: dict[str, str]):
    merge = await merged(where, made, "two files", "two files too")
    assert [(d.path, d.kind) for d in merge.disputes] == [
        (b"code.txt", "content"),
        (b"same.txt", "content"),
        (b"z", "add/add"),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "kind", "names", "sides"),
    [
        ("line 3", "deleted", "modify/delete", [b"code.txt"], (1, 1, 0)),
        ("deleted", "line 3", "modify/delete", [b"code.txt"], (1, 0, 1)),
        ("renamed", "deleted", "rename/delete", [b"one"], (1, 1, 0)),
        ("renamed", "renamed otherwise", "rename/rename", [b"code.txt", b"one", b"two"], (1, 1, 1)),
        ("file", "folder", "file/directory", [b"new"], (0, 1, 0)),
        ("file", "link", "mode", [b"new"], (0, 1, 1)),
        ("file", "program", "add/add", [b"new"], (0, 1, 1)),
        ("odd", "odd too", "add/add", [ODD], (0, 1, 1)),
    ],
)
async def test_each_kind_is_one_dispute_about_all_its_paths(
    where: Path,
    made: dict[str, str],
    ours: str,
    theirs: str,
    kind: str,
    names: list[bytes],
    sides: tuple[int, ...],
):
    [dispute] = (await merged(where, made, ours, theirs)).disputes
    assert (dispute.kind, list(dispute.names)) == (kind, names)
    assert tuple(map(len, (dispute.base, dispute.ours, dispute.theirs))) == sides
    assert dispute.joinable == (kind == "add/add")


async def test_a_folder_that_was_split_leaves_what_was_put_there_meanwhile_where_it_was_put(
    where: Path, made: dict[str, str]
):
    """Git ends as if there was a conflict, and has no path for it: nothing is lost, and nobody has to choose."""
    merge = await merged(where, made, "split", "put into d")
    assert (merge.disputes, merge.joined) == ((), ())
    assert set(git(where, "ls-tree", "-r", "--name-only", merge.tree).split()) == {
        "code.txt",
        "same.txt",
        "d/new",
        "left/0",
        "left/1",
        "right/2",
        "right/3",
    }


async def test_histories_without_a_common_commit_are_joined_as_if_both_were_new(
    where: Path, made: dict[str, str]
):
    tree = git(where, "rev-parse", f"{made['file']}^{{tree}}")
    other = git(where, "commit-tree", tree, "-m", "another beginning")
    merge = await merge_trees(Git(str(where / ".git")), made["line 3"], other)
    assert [(d.path, d.kind, d.base) for d in merge.disputes] == [(b"code.txt", "add/add", {})]
    assert "new" in git(where, "ls-tree", "--name-only", merge.tree).split()


async def test_a_commit_that_is_not_there_is_an_error_and_no_empty_merge(where: Path, made: dict[str, str]):
    with pytest.raises(GitFailed, match="git merge-tree failed"):
        await merge_trees(Git(str(where / ".git")), made["file"], "5" * 40)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        (f"new~{SHA1}", "new"),
        (f"new~{SHA1}_0", "new"),
        (f"new~{SHA256}_12", "new"),
        (f"a/b~{SHA1}/c", f"a/b~{SHA1}/c"),
        (f"new~{SHA1[:-1]}", f"new~{SHA1[:-1]}"),
        (f"new~{SHA1.upper()}", f"new~{SHA1.upper()}"),
        (f"new~{SHA1}_", f"new~{SHA1}_"),
        (f"new~{SHA1}\n", f"new~{SHA1}\n"),
        ("new~", "new~"),
        ("new~main", "new~main"),
    ],
)
def test_only_the_whole_mark_that_git_sets_is_taken_off_a_name(path: str, own: str):
    assert own_name(path.encode()) == own.encode()


FILE, PROGRAM = TreeEntry("100644", SHA1), TreeEntry("100755", SHA1)
SIDE_LINK, SIDE_MODULE = TreeEntry(LINK, SHA1), TreeEntry(SUBMODULE, SHA1)


@pytest.mark.parametrize(
    ("ours", "theirs", "joinable"),
    [
        (FILE, PROGRAM, True),
        (FILE, None, False),
        (None, FILE, False),
        (FILE, SIDE_LINK, False),
        (SIDE_LINK, SIDE_LINK, False),
        (SIDE_MODULE, FILE, False),
    ],
)
def test_only_a_file_that_both_sides_have_can_be_joined(
    ours: TreeEntry | None, theirs: TreeEntry | None, joinable: bool
):
    mine = {b"x": ours} if ours else {}
    other = {b"x": theirs} if theirs else {}
    assert Dispute("content", (b"x",), {}, mine, other, "").joinable is joinable
    assert not Dispute("content", (b"x", b"y"), {}, mine, other, "").joinable


def test_a_path_that_git_moved_aside_is_called_by_its_own_name_once():
    dispute = Dispute("file/directory", (b"new", f"new~{SHA1}".encode()), {}, {}, {}, "")
    assert dispute.names == (b"new",)
    assert dispute.path == b"new"

"""Who made a file what it is: read off messages that anybody may have written, and patches that any git can apply."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.workspace.commits import write_commit
from ropewalk.workspace.git import Git
from ropewalk.workspace.history import Origin, history, patch
from tests.workspace.repositories import commit, git, repository, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"a.txt": "1\n", "b.txt": "1\n"})


@pytest.fixture
def store(root: Path) -> Git:
    return Git(str(root / ".git"), objects=str(root / ".git/objects"))


async def step(root: Path, store: Git, files: Mapping[str, str], title: str, **trailers: str) -> str:
    """A commit of ropewalk's on top of `main`; `_` stands for the hyphens of its trailers."""
    parent = git(root, "rev-parse", "HEAD")
    write(root, files)
    git(root, "add", "-A")
    named = {f"Ropewalk-{name.replace('_', '-')}": value for name, value in trailers.items()}
    made = await write_commit(store, git(root, "write-tree"), [parent], 1_800_000_000, title, named)
    git(root, "reset", "-q", "--hard", made)
    return made


async def test_each_commit_names_run_step_and_person(root: Path, store: Git):
    first = git(root, "rev-parse", "HEAD")
    built = await step(
        root, store, {"a.txt": "2\n"}, "Build\n\nit", Run="r", Step="é/b", Round="2", Attempt="3"
    )
    merged = await step(root, store, {"a.txt": "3\n"}, "Merge", Run="r", Merged="c", Resolved_By="bo")
    await step(root, store, {"b.txt": "2\n"}, "Other", Run="r", Step="d")
    amended = await step(root, store, {"a.txt": "4\n"}, "Amend", Run="r", Step="b", Amended_By="Ann B")
    assert await history(store, "HEAD", "a.txt") == (
        Origin(amended, 1_800_000_000, "Amend", "r", "b", by="Ann B"),
        Origin(merged, 1_800_000_000, "Merge", "r", "c", by="bo"),
        Origin(built, 1_800_000_000, "Build", "r", "é/b", 2, 3),
        Origin(first, 1_700_000_000, "first"),
    )
    assert [origin.commit for origin in await history(store, merged, "a.txt", limit=2)] == [merged, built]


@pytest.mark.parametrize("count", ["abc", "²", "-1", "1.5", "", "9" * 5000])
async def test_a_count_that_ropewalk_never_wrote_is_none(root: Path, store: Git, count: str):
    message = f"t\n\nRopewalk-Run: r\nRopewalk-Round: {count}\nRopewalk-Attempt: {count}"
    commit(root, {"a.txt": "2\n"}, message)
    [origin, _] = await history(store, "HEAD", "a.txt")
    assert (origin.run, origin.round, origin.attempt) == ("r", 0, 0)


async def test_what_a_message_says_before_its_end_is_only_said(root: Path, store: Git):
    commit(root, {"a.txt": "2\n"}, "t\n\nRopewalk-Run: r\n\n\x01\nsee above: it\n")
    [origin, _] = await history(store, "HEAD", "a.txt")
    assert (origin.title, origin.run) == ("t", "")


async def test_what_the_user_configured_for_logs_changes_nothing(root: Path, store: Git):
    write(root, {".git/gpg": "#!/bin/sh\necho gpg: cannot check >&2\nexit 1\n"})
    (root / ".git/gpg").chmod(0o755)
    commit(root, {"a.txt": "2\n"}, "Grüße")
    head, *rest = git(root, "cat-file", "commit", "HEAD").split("\n\n")
    signed = "\n\n".join([f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x", *rest])
    made = git(root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{signed}\n")
    for name, value in {
        "i18n.logOutputEncoding": "ISO-8859-1",
        "gpg.program": str(root / ".git/gpg"),
        "log.showSignature": "true",
        "log.follow": "true",
        "format.pretty": "oneline",
        "color.ui": "always",
        "log.date": "relative",
    }.items():
        git(root, "config", name, value)
    origins = await history(store, made, "a.txt")
    assert [(origin.commit, origin.title) for origin in origins] == [
        (made, "Grüße"),
        (git(root, "rev-parse", "HEAD^"), "first"),
    ]


@pytest.mark.parametrize("name", ["*.txt", ":(top)b", "-p", "two\nlines", "é \u202e", 'a "b"'])
async def test_a_file_is_one_file_whatever_it_is_called(root: Path, store: Git, name: str):
    made = commit(root, {name: "1\n"}, "made")
    (root / name).unlink()
    deleted = commit(root, {"a.txt": "2\n"}, "deleted")
    assert [origin.commit for origin in await history(store, "HEAD", name)] == [deleted, made]


@pytest.mark.parametrize("path", ["", ".", "../a.txt", "/a.txt", ".git/config", "sub/.GIT/x"])
async def test_no_path_leads_out(path: str):
    with pytest.raises(WorkspaceError, match="does not name a file inside"):
        await history(Git("/nonexistent"), "HEAD", path)


async def test_a_commit_that_is_not_there_is_a_fault(store: Git):
    assert await history(store, "HEAD", "none.txt") == ()
    with pytest.raises(GitFailed, match="log"):
        await history(store, "1" * 40, "a.txt")
    with pytest.raises(GitFailed, match="diff-tree"):
        await patch(store, "HEAD", "1" * 40)


async def test_a_patch_makes_the_newer_of_the_older_where_that_is_all_there_is(
    root: Path, store: Git, tmp_path: Path
):
    texts = {"moved": "m\n" * 30, "gone": "g", "run": "r\n"}
    start = commit(root, {**texts, "bin": bytes(range(256))})
    (root / "moved").rename(root / "new\nname")
    (root / "gone").unlink()
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("a.txt")
    odd: dict[str, str | bytes] = {
        "bin": bytes(reversed(range(256))),
        "é": "no end",
        "c.txt": "1\r\n",
        ".gitattributes": "* diff=x\n",
    }
    head = commit(root, odd)
    ours = f"{sys.executable} -c pass"
    for name, value in {
        "diff.noprefix": "true",
        "diff.context": "0",
        "color.ui": "always",
        "diff.external": ours,
        "diff.x.textconv": ours,
        "diff.x.command": ours,
    }.items():
        git(root, "config", name, value)
    content = await patch(store, start, head)
    assert content.count(b"rename from moved\n") == 1
    git(root, "branch", "start", start)
    git(tmp_path, "clone", "-q", "--no-local", "--single-branch", "--branch", "start", str(root), "older")
    git(tmp_path / "older", "apply", "--index", "-", stdin=content)
    assert git(tmp_path / "older", "write-tree") == git(root, "rev-parse", f"{head}^{{tree}}")
    alone = await patch(store, start, head, "run")
    assert alone.splitlines() == [b"diff --git a/run b/run", b"old mode 100644", b"new mode 100755"]
    assert await patch(store, start, start) == b""
    with pytest.raises(WorkspaceError, match="does not name a file inside"):
        await patch(store, start, head, "../run")


async def test_a_patch_has_the_submodules_that_the_project_ignores(root: Path, store: Git):
    ignoring = '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n\tignore = all\n'
    write(root, {".gitmodules": ignoring})
    git(root, "add", ".gitmodules")
    trees = []
    for digit in "12":
        git(root, "update-index", "--add", "--cacheinfo", f"160000,{digit * 40},lib")
        trees.append(git(root, "write-tree"))
    assert f"+Subproject commit {'2' * 40}".encode() in (await patch(store, *trees)).splitlines()

"""Whatever a step did in its folder, its files become a commit, and nothing of its git does."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import placed, spot
from ropewalk.workspace.gathering import Caps
from ropewalk.workspace.port import Base, Folder, Kept
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, fingerprint, git, repository, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


@pytest.fixture
async def place(space: GitWorkspace, base: Base) -> Folder:
    return await placed(space, base, spot())


async def kept(space: GitWorkspace, place: Folder, *also: str) -> tuple[Kept, list[tuple[str, str]]]:
    found = await space.keep(spot(), place, succeeded=True, also=also)
    return found, [(artifact.path, artifact.change) for artifact in found.artifacts]


def files_of(project: Path, kept: Kept) -> list[str]:
    return git(project, "ls-tree", "-r", "--name-only", kept.commit).splitlines()


async def test_what_a_step_does_with_git_stays_in_its_folder(
    space: GitWorkspace, project: Path, place: Folder
):
    before = fingerprint(project)
    folder = Path(place.path)
    commit(folder, {"committed.txt": "c", "README.md": "# New\n"}, "its own commit")
    git(folder, "checkout", "-q", "-b", "elsewhere")
    git(folder, "tag", "v1")
    git(folder, "config", "filter.evil.clean", "touch /tmp/evil; cat")
    git(folder, "config", "user.name", "Evil")
    git(folder, "branch", "-f", "main", "HEAD")
    write(folder, {"stashed.txt": "s"})
    git(folder, "stash", "-q", "-u")
    git(folder, "reset", "-q", "--hard", "HEAD~1")
    write(folder, {"left.txt": "l", ".gitattributes": "* filter=evil diff=evil\n"})
    found, changes = await kept(space, place)
    assert changes == [(".gitattributes", "created"), ("left.txt", "created")]
    assert git(project, "show", f"{found.commit}:left.txt") == "l"
    assert fingerprint(project) == before


async def test_a_folder_whose_git_is_gone_or_replaced_is_kept_all_the_same(
    space: GitWorkspace, project: Path, place: Folder
):
    folder = Path(place.path)
    shutil.rmtree(folder / ".git")
    write(folder, {"a.txt": "a"})
    _, changes = await kept(space, place)
    assert changes == [("a.txt", "created")]
    repository(folder, {"b.txt": "b"})
    _, changes = await kept(space, place)
    assert changes == [("a.txt", "created"), ("b.txt", "created")]
    shutil.rmtree(folder / ".git")
    (folder / ".git").write_text("gitdir: /nowhere\n")
    assert (await kept(space, place))[1] == changes


async def test_nested_repositories_give_their_files(space: GitWorkspace, project: Path, place: Folder):
    folder = Path(place.path)
    repository(folder / "app", {"main.py": "1", ".gitignore": "*.o\n"})
    write(folder / "app", {"junk.o": "x", "later.py": "2"})
    (folder / "app/inner").mkdir()
    git(folder / "app/inner", "init", "-q")
    write(folder / "app/inner", {"deep.txt": "d"})
    found, changes = await kept(space, place)
    assert [path for path, _ in changes] == [
        "app/.gitignore",
        "app/inner/deep.txt",
        "app/later.py",
        "app/main.py",
    ]
    assert found.warnings == ("app is a repository of its own; its files are kept, its history is not",)
    folder = folder / "app"
    for _ in range(18):
        folder = folder / "n"
        folder.mkdir()
        git(folder, "init", "-q")
    write(folder, {"x": "x"})
    with pytest.raises(WorkspaceError, match="too deep"):
        await kept(space, place)


async def test_links_are_kept_as_links_and_folders_may_become_links(
    space: GitWorkspace, project: Path, place: Folder
):
    folder = Path(place.path)
    (folder / "passwd").symlink_to("/etc/passwd")
    shutil.rmtree(folder / "docs")
    (folder / "docs").symlink_to("/etc")
    (folder / "code.txt").unlink()
    write(folder, {"code.txt/inside": "now a folder"})
    os.mkfifo(folder / "pipe")
    found, changes = await kept(space, place, "docs/passwd")
    assert changes == [
        ("code.txt", "deleted"),
        ("code.txt/inside", "created"),
        ("docs", "created"),
        ("docs/plan.md", "deleted"),
        ("passwd", "created"),
    ]
    digests = {artifact.path: artifact.digest for artifact in found.artifacts}
    assert digests["passwd"] == hashlib.sha256(b"/etc/passwd").hexdigest()
    assert "120000" in git(project, "ls-tree", found.commit, "passwd")
    assert found.lost == ("docs/passwd: it lies behind a link", "pipe: it is no file, folder or link")


async def test_a_repository_may_take_the_place_of_a_file(space: GitWorkspace, place: Folder):
    (Path(place.path) / "code.txt").unlink()
    repository(Path(place.path) / "code.txt", {"inside": "x"})
    assert (await kept(space, place))[1] == [("code.txt", "deleted"), ("code.txt/inside", "created")]


async def test_ignored_files_stay_out_unless_they_were_declared(
    space: GitWorkspace, project: Path, place: Folder
):
    write(
        Path(place.path),
        {".gitignore": "dist/\n*.log\n", "dist/app/report.html": "r", "dist/other.txt": "o", "a.log": "l"},
    )
    assert (await kept(space, place))[1] == [(".gitignore", "created")]
    _, changes = await kept(space, place, "dist/app", "a.log", "never-made.txt", "docs/plan.md")
    assert changes == [(".gitignore", "created"), ("a.log", "created"), ("dist/app/report.html", "created")]
    with pytest.raises(WorkspaceError, match="inside the workspace"):
        await kept(space, place, "../outside")


async def test_files_over_the_cap_are_lost_by_name(tmp_path: Path, project: Path):
    space = GitWorkspace(tmp_path / "state", project, caps=Caps(file_bytes=1000, files=60))
    base = await space.prepare("run-1", project)
    place = await placed(space, base, spot())
    write(Path(place.path), {f"big{number}": "x" * 1001 for number in range(7)} | {"ok": "x" * 1000})
    found, changes = await kept(space, place)
    assert changes == [("ok", "created")]
    assert len(found.lost) == 7
    assert found.lost[0] == "big0: 1001 bytes are over the 1000 that are kept"
    write(Path(place.path), {f"many/{number}": "" for number in range(60)})
    with pytest.raises(WorkspaceError, match=r"the limit is 60; name generated folders in \.gitignore"):
        await kept(space, place)


async def test_thousands_of_files_are_one_commit(space: GitWorkspace, project: Path, place: Folder):
    write(Path(place.path), {f"gen/{number % 50}/{number}.txt": str(number) for number in range(3000)})
    found, changes = await kept(space, place)
    assert len(changes) == 3000
    assert len(files_of(project, found)) == 3004


async def test_modes_line_ends_and_filters_of_the_user_are_respected(
    space: GitWorkspace, project: Path, tmp_path: Path
):
    git(project, "config", "filter.upper.clean", "tr a-z A-Z")
    git(project, "config", "filter.upper.smudge", "tr A-Z a-z")
    commit(
        project,
        {".gitattributes": "*.up filter=upper\n*.win text eol=crlf\n", "a.up": "abc", "b.win": "1\n2\n"},
    )
    base = await space.prepare("run-1", project)
    place = await placed(space, base, spot())
    folder = Path(place.path)
    assert (folder / "a.up").read_text() == "abc"
    assert (folder / "b.win").read_bytes() == b"1\r\n2\r\n"
    assert git(folder, "status", "--porcelain") == ""
    (folder / "a.up").write_text("xyz")
    (folder / "b.win").write_bytes(b"1\r\n3\r\n")
    (folder / "code.txt").chmod(0o755)
    found, changes = await kept(space, place)
    assert [path for path, _ in changes] == ["a.up", "b.win", "code.txt"]
    assert await space.read(found.commit, "a.up") == b"XYZ"
    assert found.artifacts[0].digest == hashlib.sha256(b"XYZ").hexdigest()
    assert found.artifacts[1].digest == hashlib.sha256(b"1\n3\n").hexdigest()
    assert git(project, "ls-tree", found.commit, "code.txt").startswith("100755")


async def test_a_change_that_keeps_size_and_time_is_seen(space: GitWorkspace, place: Folder):
    file = Path(place.path) / "code.txt"
    before = file.stat()
    file.write_text("LINE" + file.read_text()[4:])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (await kept(space, place))[1] == [("code.txt", "updated")]


async def test_an_index_that_is_lost_costs_time_and_nothing_else(space: GitWorkspace, place: Folder):
    os.unlink(f"{place.path}.index")
    write(Path(place.path), {"a.txt": "a"})
    assert (await kept(space, place))[1] == [("a.txt", "created")]

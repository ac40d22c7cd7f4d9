"""What an attempt left becomes one commit that says whose it is; what it has not resolved, or wrote in vain, is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from msgspec import structs

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import listing, placed, spot
from ropewalk.workspace.port import Base, Folder
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commits, git, parts, write

pytestmark = pytest.mark.needs("git")

REF = "refs/ropewalk/run-1/build/1.1"


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


@pytest.fixture
async def place(space: GitWorkspace, base: Base) -> Folder:
    return await placed(space, base, spot())


def empty(folder: Path) -> None:
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


async def test_the_commit_names_run_step_round_and_attempt_and_is_kept_under_its_ref(
    space: GitWorkspace, project: Path, place: Folder
):
    write(Path(place.path), {"new.txt": "x"})
    kept = await space.keep(spot(), place, succeeded=True, message="Add a file\n\nbecause\0")
    assert git(project, "cat-file", "-p", REF) == (
        f"tree {kept.tree}\nparent {place.base}\n"
        "author ropewalk <ropewalk@localhost> 1700000100 +0000\ncommitter ropewalk <ropewalk@localhost> 1700000100 +0000\n\n"
        "Add a file\n\nbecause\n\nRopewalk-Run: run-1\nRopewalk-Step: build\nRopewalk-Round: 1\nRopewalk-Attempt: 1"
    )
    assert kept.artifacts[0].commit == kept.commit == git(project, "rev-parse", REF)


async def test_what_was_not_changed_needs_no_commit_of_its_own(
    space: GitWorkspace, project: Path, place: Folder
):
    os.utime(Path(place.path) / "code.txt")
    kept = await space.keep(spot(), place, succeeded=True, message="Nothing")
    assert (kept.commit, kept.artifacts) == (place.base, ())
    assert kept.tree == git(project, "rev-parse", f"{place.base}^{{tree}}")
    assert git(project, "rev-parse", REF) == place.base


async def test_failed_work_is_kept_as_well_with_what_is_there_of_what_was_declared(
    space: GitWorkspace, project: Path, place: Folder
):
    write(Path(place.path), {"half.txt": "x", ".gitignore": "*.log\n", "a.log": "l", "sub/b.log": "l"})
    declared = ("*.log", "never-made.txt", "../outside", "")
    kept = await space.keep(spot(), place, succeeded=False, also=declared)
    assert [artifact.path for artifact in kept.artifacts] == [".gitignore", "a.log", "half.txt"]
    message = git(project, "log", "-1", "--format=%B", REF)
    assert message.startswith("build (round 1, attempt 1)\n\n")
    assert message.endswith("\nRopewalk-Status: failed")
    assert git(project, "show", f"{REF}:half.txt") == "x"
    with pytest.raises(WorkspaceError, match="inside the workspace"):
        await space.keep(spot(), place, succeeded=True, also=declared)


async def test_a_folder_that_was_taken_away_is_an_error_and_one_emptied_is_not(
    space: GitWorkspace, project: Path, place: Folder
):
    empty(Path(place.path))
    kept = await space.keep(spot(), place, succeeded=True)
    assert {artifact.change for artifact in kept.artifacts} == {"deleted"}
    assert git(project, "ls-tree", kept.commit) == ""
    shutil.rmtree(place.path)
    with pytest.raises(WorkspaceError, match="the folder of the attempt is gone"):
        await space.keep(spot(), place, succeeded=True)


DISPUTED: dict[str, tuple[bytes, bool]] = {
    "both": (b"x\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n", True),
    "only the end": (b"x\ny\n>>>>>>> b\n", True),
    "longer marks": (b"<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<< a\n", True),
    "windows": (b"x\r\n<<<<<<< a\r\nx\r\n", True),
    "binary": (b"\0\xff\n<<<<<<< \xff\n", True),
    '"caf\\351"': (b"<<<<<<< a\n", True),
    "only between": (b"x\n=======\ny\n", False),
    "not at the beginning": (b" <<<<<<< a\n>> >>>>>>> b\n", False),
    "a heading": (b"<<<<<<<\n>>>>>>>>>>\n<<<<<< a\n", False),
    "empty": (b"", False),
}


async def test_a_disputed_file_is_unresolved_while_a_line_begins_with_a_mark_or_a_version_lies_next_to_it(
    space: GitWorkspace, project: Path, place: Folder
):
    others = ("deleted", "link", "folder", "version", "link to a version")
    names = (*DISPUTED, *others)
    for name, (content, _) in DISPUTED.items():
        write(Path(place.path), {"caf\udce9" if "351" in name else name: content})
    write(
        Path(place.path), {"marks": b"<<<<<<< a\n", "folder/x": b"<<<<<<< a\n", "version.ropewalk-base": b""}
    )
    for name in ("link", "link to a version.ropewalk-ours"):
        (Path(place.path) / name).symlink_to("marks")
    resolving = structs.replace(place, parents=(place.base,), disputed=names)
    kept = await space.keep(spot(), resolving, succeeded=True)
    open_ = [name for name, (_, unresolved) in DISPUTED.items() if unresolved]
    assert list(kept.unresolved) == [*open_, "version", "link to a version"]


async def test_a_resolution_is_a_commit_with_all_its_parents_also_when_it_changes_nothing(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(project, {"a": {"code.txt": "a\n"}, "b": {"code.txt": "b\n"}})
    place = await placed(space, base, spot())
    resolving = structs.replace(place, parents=(made["a"], made["b"]), disputed=("code.txt", "line\nbreak"))
    kept = await space.keep(spot(), resolving, succeeded=True)
    assert git(project, "log", "-1", "--format=%P", REF).split() == [made["a"], made["b"]]
    assert kept.tree == git(project, "rev-parse", f"{base.commit}^{{tree}}")
    message = git(project, "log", "-1", "--format=%B", REF)
    assert message.endswith("\nRopewalk-Resolved: code.txt, line break")


async def test_marks_are_seen_in_the_length_that_the_users_attributes_give_them(
    space: GitWorkspace, project: Path
):
    write(project, {".gitattributes": "*.txt conflict-marker-size=20\n"})
    git(project, "add", "-A")
    git(project, "commit", "-qm", "attributes")
    base = await space.prepare("run-1", project)
    made = commits(project, {"a": {"code.txt": "a\n"}, "b": {"code.txt": "b\n"}})
    place = await space.dispute(spot(), base, parts(made), {})
    assert (Path(place.path) / "code.txt").read_text().startswith("<" * 20 + " ")
    assert (await space.keep(spot(), place, succeeded=True)).unresolved == ("code.txt",)
    (Path(place.path) / "code.txt").write_text("a and b\n")
    assert (await space.keep(spot(), place, succeeded=True)).unresolved == ()


async def test_what_a_reader_writes_is_seen_by_nobody_and_named(space: GitWorkspace, base: Base):
    first = await placed(space, base, spot("a"), mode="read")
    second = await placed(space, base, spot("b"), mode="read")
    assert first.path != second.path
    assert not first.writable
    quiet = await space.keep(spot("a"), first, succeeded=True)
    assert (quiet.commit, quiet.artifacts, quiet.warnings) == (base.commit, (), ())
    write(Path(first.path), {"code.txt": "mine", "cache/x": "x"})
    (Path(first.path) / "README.md").unlink()
    kept = await space.keep(spot("a"), first, succeeded=True)
    assert (kept.commit, kept.artifacts) == (base.commit, ())
    assert "3 files were written where only reading was agreed" in kept.warnings[0]
    assert (Path(second.path) / "code.txt").read_text().startswith("line 1\n")
    assert (Path(second.path) / "README.md").exists()
    await space.close(spot("a"), first)
    assert listing(first.path) is None
    assert (Path(second.path) / "README.md").exists()


async def test_a_reader_hides_nothing_by_git_ignore_by_times_or_by_its_git(space: GitWorkspace, base: Base):
    place = await placed(space, base, spot("a"), mode="read")
    folder = Path(place.path)
    stat = (folder / "code.txt").stat()
    text = (folder / "code.txt").read_text()
    (folder / "code.txt").write_text(text[:-2] + "X\n")
    os.utime(folder / "code.txt", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    write(folder, {"sub/.gitignore": "*\n", "sub/hidden.txt": "x", "__pycache__/a.pyc": "x"})
    (folder / ".git/info/exclude").write_text("*\n")
    (folder / ".git/index").unlink()
    (folder / "README.md").chmod(0o755)
    kept = await space.keep(spot("a"), place, succeeded=True)
    assert kept.warnings[0].endswith("README.md, code.txt, sub/.gitignore")
    await space.close(spot("a"), place)

"""What lies in a submodule and would go with its folder is named; nothing that a submodule says of itself is believed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import listing, placed, spot
from ropewalk.workspace.git import Git
from ropewalk.workspace.submodules import lost_in, submodules
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, git, repository, write

pytestmark = pytest.mark.needs("git")

ALLOWED = ("-c", "protocol.file.allow=always")


@pytest.fixture
def lib(tmp_path: Path, project: Path) -> Path:
    """A submodule of the project, as it is checked out there."""
    source = repository(tmp_path / "lib", {"a": "a", ".gitignore": "ignored\n"})
    git(project, *ALLOWED, "submodule", "add", "-q", str(source), "lib")
    git(project, "commit", "-qm", "lib")
    return project / "lib"


async def lost(lib: Path, tmp_path: Path, ours: bool = True) -> list[str]:
    """What is lost in the submodules of the folder that this one lies in."""
    index = Path(tempfile.mkdtemp(dir=tmp_path), "index")
    shutil.copy2(lib.parent / ".git/index", index)
    private = Git(str(lib.parent / ".git")).at(lib.parent, index)
    return await lost_in(private, await submodules(private, []), ours)


async def test_submodules_are_known_by_a_file_or_by_the_index_alone(
    tmp_path: Path, project: Path, space: GitWorkspace
):
    private = Git(str(project / ".git")).at(project, project / ".git/index")
    assert await submodules(private, []) == {}
    ids = {b"lib": "1" * 40, b"caf\xe9": "2" * 40}
    entries = b"".join(f"160000 {oid}\t".encode() + path + b"\0" for path, oid in ids.items())
    git(project, "update-index", "-z", "--index-info", stdin=entries)
    assert await submodules(private, []) == ids
    for path in ids:
        os.mkdir(os.path.join(os.fsencode(project), path))
    git(project, "commit", "-qm", "repositories that were added by mistake")
    place = await placed(space, await space.prepare("run-1", project), spot())
    write(Path(place.path), {"lib/made.txt": "x"})
    saved = await space.keep(spot(), place, succeeded=True)
    assert saved.lost == ("lib/made.txt: it lies in a submodule that is not checked out",)


async def test_a_submodule_that_a_step_moved_is_named(space: GitWorkspace, project: Path, lib: Path):
    source = git(lib, "config", "remote.origin.url")
    place = await placed(space, await space.prepare("run-1", project), spot())
    folder = Path(place.path)
    assert listing(f"{folder}/lib") == []
    git(folder, *ALLOWED, "clone", "-q", source, "lib")
    moved = commit(folder / "lib", {"b": "b"})
    saved = await space.keep(spot(), place, succeeded=True)
    assert [(artifact.path, artifact.change) for artifact in saved.artifacts] == [("lib", "updated")]
    assert saved.lost == (f"lib: the commit {moved} of this submodule is at no remote of it; push it",)
    git(folder / "lib", "push", "-q", "origin", "HEAD:refs/heads/more")
    saved = await space.keep(spot(), place, succeeded=True)
    assert ([artifact.path for artifact in saved.artifacts], saved.lost) == (["lib"], ())
    assert f"the submodule lib points to {moved}" in saved.warnings[0]
    assert await space.read(saved.commit, "lib") is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lib: write(lib, {"a": "changed"}), "lib/a"),
        (lambda lib: write(lib, {"new.txt": "n"}), "lib/new.txt"),
        (lambda lib: (lib / "a").unlink(), "lib/a"),
        (lambda lib: write(lib, {"a": "x", "new.txt": "n"}), "lib/a and 1 more"),
        (lambda lib: git(lib, "mv", "a", "moved"), "lib/a and 1 more"),
        (lambda lib: write(lib, {"inner/deep.txt": "changed"}), "lib/inner/deep.txt"),
        (lambda lib: write(lib, {"line\nbreak": "x"}), '"lib/line\\nbreak"'),
    ],
)
async def test_what_changed_inside_a_submodule_is_named_as_lost(
    tmp_path: Path, lib: Path, change: Callable[[Path], object], named: str
):
    inner = repository(tmp_path / "inner", {"deep.txt": "d"})
    git(lib, *ALLOWED, "submodule", "add", "-q", str(inner), "inner")
    git(lib, "commit", "-qm", "inner")
    git(lib, "push", "-q", "origin", "HEAD:refs/heads/more")
    write(lib, {"ignored": "i"})
    assert await lost(lib, tmp_path) == []
    change(lib)
    (entry,) = await lost(lib, tmp_path)
    assert entry.startswith(f"{named}: of the submodule ")


async def test_a_commit_that_is_nowhere_else_is_lost_with_our_folder_and_not_with_the_users(
    tmp_path: Path, lib: Path
):
    made = commit(lib, {"b": "b"})
    reason = f"lib: the commit {made} of this submodule is at no remote of it; push it"
    assert await lost(lib, tmp_path) == [reason]
    assert await lost(lib, tmp_path, ours=False) == []
    git(lib, "reset", "-q", "--hard", "HEAD~1")
    assert await lost(lib, tmp_path) == []


@pytest.mark.parametrize("known", ["packed", "fetched", "below", "below, and more that is not here"])
async def test_what_a_remote_is_known_to_have_is_not_lost(tmp_path: Path, lib: Path, known: str):
    gitdir = lib.parent / ".git/modules/lib"
    commit(lib, {"b": "b"})
    git(lib, "push", "-q", "origin", "HEAD:refs/heads/more")
    if known == "packed":
        git(lib, "pack-refs", "--all")
    elif known == "fetched":
        git(lib, "fetch", "-q", "origin", "more")
        shutil.rmtree(gitdir / "refs/remotes")
        (gitdir / "packed-refs").unlink(missing_ok=True)
    else:
        git(lib, "push", "-q", "origin", f"{commit(lib, {'c': 'c'})}:refs/heads/more")
        git(lib, "reset", "-q", "--hard", "HEAD~1")
        if known != "below":
            write(gitdir, {"refs/remotes/origin/gone": f"{'5' * 40}\n"})
    assert await lost(lib, tmp_path) == []


def with_a_pipe_for_a_ref(dotgit: Path) -> None:
    (dotgit / "objects").mkdir(parents=True)
    (dotgit / "refs/remotes/origin").mkdir(parents=True)
    os.mkfifo(dotgit / "refs/remotes/origin/x")


SPOILED: dict[str, Callable[[Path], object]] = {
    "it leads nowhere": lambda dotgit: dotgit.write_text("gitdir: ../../nowhere\n"),
    "it is empty": lambda dotgit: dotgit.write_text(""),
    "it has a null byte": lambda dotgit: dotgit.write_bytes(b"gitdir: a\0b\n"),
    "it has no end": lambda dotgit: dotgit.write_bytes(b"gitdir: " + b"x" * (1 << 17)),
    "it is a pipe": os.mkfifo,
    "it is a link to itself": lambda dotgit: dotgit.symlink_to(".git"),
    "it is no repository": lambda dotgit: write(dotgit, {"HEAD": "ref: refs/heads/main\n"}),
    "it has a pipe for a ref": with_a_pipe_for_a_ref,
}


@pytest.mark.parametrize("how", SPOILED)
async def test_a_submodule_whose_repository_cannot_be_read_is_lost_and_nobody_waits(
    tmp_path: Path, lib: Path, how: str
):
    (lib / ".git").unlink()
    SPOILED[how](lib / ".git")
    (entry,) = await lost(lib, tmp_path)
    assert entry.startswith("lib: the repository of this submodule cannot be read: ")


async def test_a_submodule_without_a_commit_or_without_its_objects_is_lost_whole(tmp_path: Path, lib: Path):
    head = git(lib, "rev-parse", "HEAD")
    for entry in (lib.parent / ".git/modules/lib/objects").iterdir():
        shutil.rmtree(entry)
    assert await lost(lib, tmp_path) == [f"lib: the commit {head} of this submodule cannot be read"]
    (lib / ".git").unlink()
    git(lib, "init", "-q")
    git(lib, "add", "-A")
    assert await lost(lib, tmp_path) == ["lib: in this submodule no commit is checked out"]


IN_ITS_PLACE: dict[str, tuple[Callable[[Path, Path], object], list[str]]] = {
    "nothing": (lambda lib, moved: None, []),
    "an empty folder": (lambda lib, moved: lib.mkdir(), []),
    "a link to a repository": (lambda lib, moved: lib.symlink_to(moved), []),
    "a file": (lambda lib, moved: lib.write_text("kept like any other"), []),
    "files": (
        lambda lib, moved: write(lib, {"z": "z", "b\n": "b"}),
        ['"lib/b\\n": it lies in a submodule that is not checked out'],
    ),
}


@pytest.mark.parametrize("what", IN_ITS_PLACE)
async def test_in_the_place_of_a_submodule_only_a_folder_with_files_has_anything_to_lose(
    tmp_path: Path, lib: Path, what: str
):
    put, entries = IN_ITS_PLACE[what]
    shutil.move(lib, tmp_path / "moved")
    put(lib, tmp_path / "moved")
    assert await lost(lib, tmp_path) == entries


async def test_a_submodule_with_a_relative_address_can_be_checked_out_where_an_attempt_works(
    space: GitWorkspace, project: Path, tmp_path: Path
):
    repository(tmp_path / "lib", {"a": "a"})
    git(project, *ALLOWED, "submodule", "add", "-q", "../lib", "lib")
    git(project, "commit", "-qm", "lib")
    git(project, "config", "submodule.other.url", "https://me:secret@example.com/other")
    git(project, "config", "submodule.lib.update", "!touch ran")
    place = await placed(space, await space.prepare("run-1", project), spot())
    git(Path(place.path), *ALLOWED, "submodule", "update", "-q", "--init")
    assert (Path(place.path) / "lib/a").read_text() == "a"
    config = (Path(place.path) / ".git/config").read_text()
    assert "secret" not in config
    assert "touch" not in config
    assert (await space.keep(spot(), place, succeeded=True)).lost == ()


async def test_a_submodule_that_was_only_fetched_has_lost_nothing(tmp_path: Path, lib: Path):
    source = git(lib, "config", "remote.origin.url")
    shutil.rmtree(lib)
    git(lib.parent, "clone", "-q", "--no-checkout", source, "lib")
    assert await lost(lib, tmp_path) == []
    write(lib, {"new.txt": "n"})
    assert await lost(lib, tmp_path) != []
    git(lib, "reset", "-q", "--hard")
    (lib / "new.txt").unlink()
    (lib / "a").unlink()
    (entry,) = await lost(lib, tmp_path)
    assert entry.startswith("lib/a: ")


async def test_the_configuration_of_a_submodule_is_not_believed(tmp_path: Path, lib: Path):
    ran = tmp_path / "ran"
    git(lib, "config", "filter.evil.clean", f"touch {ran}; cat")
    git(lib, "config", "core.fsmonitor", f"touch {ran}; true")
    git(lib, "config", "core.excludesFile", str(tmp_path / "all"))
    write(tmp_path, {"all": "*\n"})
    write(lib, {".gitattributes": "* filter=evil\n", "a": "other"})
    (entry,) = await lost(lib, tmp_path)
    assert entry.startswith("lib/.gitattributes and 1 more: of the submodule lib")
    assert not ran.exists()

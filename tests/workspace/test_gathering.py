"""What git would pass over in a folder is kept, or named as lost with the reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import placed, spot
from ropewalk.workspace.port import Base, Folder, Kept
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import git, write

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


async def test_a_link_that_leads_out_to_what_may_be_written_is_told(
    space: GitWorkspace, place: Folder, tmp_path: Path
):
    (tmp_path / "shared").mkdir()
    (Path(place.path) / "data").symlink_to(tmp_path / "shared")
    write(Path(place.path), {"data/made.txt": "x"})
    found, changes = await kept(space, place)
    assert changes == [("data", "created")]
    assert found.warnings == ("data leads out of the folder; the link is kept, not what is there",)


async def test_what_git_has_no_room_for_is_lost_by_name_and_never_passed_over(
    space: GitWorkspace, place: Folder
):
    folder = Path(place.path)
    write(
        folder, {"sub/.git/config": "no repository", "ok.txt": "x", ".gitignore": "tmp/\n", "tmp/.git/x": "x"}
    )
    os.mkfifo(folder / "tmp/pipe")
    os.mkfifo(folder / "sub/pipe")
    (folder / "out/deep").mkdir(parents=True)
    found, changes = await kept(space, place, "out")
    assert changes == [(".gitignore", "created"), ("ok.txt", "created")]
    assert found.lost == (
        "out: it is an empty folder, which git does not keep",
        "sub/.git: git keeps nothing of this name, and it is no repository",
        "sub/pipe: it is no file, folder or link",
    )
    shutil.rmtree(folder / "sub")
    write(folder, {"git~1": "a name that means .git elsewhere", ".GIT/config": "and so does this"})
    found, _ = await kept(space, place)
    assert found.lost == (
        ".GIT/config: git keeps nothing of this name",
        "git~1: git keeps nothing of this name",
    )


async def test_a_pipe_in_the_place_of_a_file_is_lost_by_name(space: GitWorkspace, place: Folder):
    (Path(place.path) / "code.txt").unlink()
    os.mkfifo(Path(place.path) / "code.txt")
    found, _ = await kept(space, place, "code.txt")
    assert found.lost == ("code.txt: it is no file, folder or link",)


async def test_a_large_file_is_kept_whole(space: GitWorkspace, project: Path, place: Folder):
    write(Path(place.path), {"model.bin": ""})
    os.truncate(f"{place.path}/model.bin", 120 << 20)
    found, changes = await kept(space, place)
    assert (changes, found.lost) == ([("model.bin", "created")], ())
    assert git(project, "cat-file", "-s", f"{found.commit}:model.bin") == str(120 << 20)


AS_SOMEBODY = """
import ctypes, os, sys
for right in (1, 2):  # to read and write what one may not: root has them, nobody else does
    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
KEEPING = """
import asyncio, os, pathlib, sys
from ropewalk.testing.workspace_contract import placed, spot
from ropewalk.workspace.worktree import GitWorkspace
async def main(home):
    root = home / "plain"
    root.mkdir(); (root / "a.txt").write_text("a"); (root / "shut").mkdir(); (root / "shut/b").write_text("b")
    (root / "no.txt").write_text("n"); (root / "no.txt").chmod(0); (root / "shut").chmod(0)
    space = GitWorkspace(home / "state")
    base = await space.prepare("run-1", root)
    print(base.warnings[1])
    place = await placed(space, base, spot())
    folder = pathlib.Path(place.path)
    for name in ("shut", "shut/inner"):
        (folder / name).mkdir()
    (folder / "shut/inner/deep.txt").write_text("d"); (folder / "closed.txt").write_text("c")
    (folder / "closed.txt").chmod(0); (folder / "shut/inner").chmod(0o400); (folder / "shut").chmod(0)
    kept = await space.keep(spot(), place, succeeded=True)
    print([a.path for a in kept.artifacts], kept.lost)
asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


def test_what_a_step_has_shut_is_opened_and_kept_and_what_a_person_has_shut_is_named(tmp_path: Path):
    said = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, KEEPING, str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        cwd="/",
        env={**os.environ, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert said.stdout.splitlines() == [
        "not taken in, so not seen by the steps: no.txt: it cannot be read, shut: it cannot be read",
        "['closed.txt', 'shut/inner/deep.txt'] ()",
    ], said.stderr

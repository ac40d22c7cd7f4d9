"""What every workspace promises, as tests: subclass `WorkspaceContract` and give it a `workspace` fixture.

Needs pytest with pytest-asyncio in auto mode.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.port import AttemptId, Base, Folder, Kept, Merged, Part, Workspace

OUTSIDE = ("../escape", "/etc/passwd", "a/../../b", ".git/config", "", "a\0b")


def spot(step: str = "build", round_: int = 1, attempt: int = 1, run: str = "run-1") -> AttemptId:
    """An attempt by its step, with the rest as it most often is."""
    return AttemptId(run=run, step=step, round=round_, attempt=attempt)


async def placed(
    workspace: Workspace,
    base: Base,
    at: AttemptId,
    *needs: Part,
    mode: Literal["own", "read", "none", "shared"] = "own",
) -> Folder:
    """An opened place; fails the test when the needs disagree."""
    place = await workspace.open(at, base, needs, mode)
    assert isinstance(place, Folder), place
    return place


async def worked(
    workspace: Workspace, base: Base, at: AttemptId, files: dict[str, str | None], *needs: Part
) -> Kept:
    """One whole attempt: open, write (or, with None, delete) files, keep, close."""
    place = await placed(workspace, base, at, *needs)
    for name, content in files.items():
        file = Path(place.path) / name
        if content is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
    kept = await workspace.keep(at, place, succeeded=True)
    await workspace.close(at, place)
    return kept


def listing(path: str) -> list[str] | None:
    """The names in a folder, sorted; None when it is not there."""
    folder = Path(path)
    return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else None


class WorkspaceContract:
    """The promises. `workspace` is fresh; `root` is what the run starts from."""

    @pytest.fixture
    async def base(self, workspace: Workspace, root: Path) -> Base:
        """A prepared run `run-1`."""
        return await workspace.prepare("run-1", root)

    async def test_what_an_attempt_writes_is_said_with_its_digest(
        self, workspace: Workspace, base: Base
    ) -> None:
        kept = await worked(workspace, base, spot(), {"docs/prd.md": "# PRD\n", "a.txt": "a"})
        assert [(a.path, a.change, a.size) for a in kept.artifacts] == [
            ("a.txt", "created", 1),
            ("docs/prd.md", "created", 6),
        ]
        assert kept.artifacts[0].digest == hashlib.sha256(b"a").hexdigest()

    async def test_a_later_attempt_finds_what_its_need_left(self, workspace: Workspace, base: Base) -> None:
        kept = await worked(workspace, base, spot(), {"a.txt": "a"})
        later = await placed(workspace, base, spot("test"), Part("build", kept.commit))
        assert (Path(later.path) / "a.txt").read_text() == "a"

    async def test_changed_and_deleted_files_are_told_apart_from_new_ones(
        self, workspace: Workspace, base: Base
    ) -> None:
        first = await worked(workspace, base, spot(), {"a.txt": "a", "b.txt": "b", "same.txt": "s"})
        second = await worked(
            workspace,
            base,
            spot("edit"),
            {"a.txt": "A", "b.txt": None, "same.txt": "s", "c.txt": "c"},
            Part("build", first.commit),
        )
        assert [(a.path, a.change) for a in second.artifacts] == [
            ("a.txt", "updated"),
            ("b.txt", "deleted"),
            ("c.txt", "created"),
        ]

    async def test_an_attempt_that_changes_nothing_leaves_nothing(
        self, workspace: Workspace, base: Base
    ) -> None:
        assert (await worked(workspace, base, spot(), {})).artifacts == ()

    async def test_keeping_twice_gives_the_same(self, workspace: Workspace, base: Base) -> None:
        place = await placed(workspace, base, spot())
        (Path(place.path) / "a.txt").write_text("a")
        once = await workspace.keep(spot(), place, succeeded=True, message="a word")
        assert await workspace.keep(spot(), place, succeeded=True, message="a word") == once

    async def test_workspace_none_is_an_empty_folder_of_the_attempts_own(
        self, workspace: Workspace, base: Base
    ) -> None:
        kept = await worked(workspace, base, spot(), {"a.txt": "a"})
        first = await placed(workspace, base, spot("x"), Part("build", kept.commit), mode="none")
        second = await placed(workspace, base, spot("y"), mode="none")
        assert first.path != second.path
        assert listing(first.path) == listing(second.path) == []
        (Path(first.path) / "scratch").write_text("x")
        await workspace.close(spot("x"), first)
        again = await placed(workspace, base, spot("x"), mode="none")
        assert listing(again.path) == []

    async def test_shared_steps_meet_in_one_folder(self, workspace: Workspace, base: Base) -> None:
        first = await placed(workspace, base, spot("x"), mode="shared")
        (Path(first.path) / "note").write_text("for y")
        second = await placed(workspace, base, spot("y"), mode="shared")
        assert (Path(second.path) / "note").read_text() == "for y"

    async def test_a_file_is_read_as_of_what_was_kept(self, workspace: Workspace, base: Base) -> None:
        kept = await worked(workspace, base, spot(), {"docs/a.md": "text"})
        assert await workspace.read(kept.commit, "docs/a.md") == b"text"
        assert await workspace.read(kept.commit, "docs") is None
        assert await workspace.read(kept.commit, "docs/none.md") is None

    async def test_a_person_amends_a_file(self, workspace: Workspace, base: Base) -> None:
        kept = await worked(workspace, base, spot(), {"a.md": "one"})
        amended = await workspace.amend(spot(), kept.commit, "a.md", b"two", by="ann")
        assert await workspace.read(amended.commit, "a.md") == b"two"
        assert [(a.path, a.change, a.digest) for a in amended.artifacts] == [
            ("a.md", "updated", hashlib.sha256(b"two").hexdigest())
        ]
        new = await workspace.amend(spot(), amended.commit, "new/b.md", b"", by="ann")
        assert [(a.path, a.change) for a in new.artifacts] == [("new/b.md", "created")]

    @pytest.mark.parametrize("path", OUTSIDE)
    async def test_a_path_that_leads_out_is_refused(
        self, workspace: Workspace, base: Base, path: str
    ) -> None:
        kept = await worked(workspace, base, spot(), {"a.md": "one"})
        with pytest.raises(WorkspaceError, match="inside the workspace"):
            await workspace.read(kept.commit, path)
        with pytest.raises(WorkspaceError, match="inside the workspace"):
            await workspace.amend(spot(), kept.commit, path, b"x", by="ann")

    async def test_a_symbolic_link_is_never_followed(
        self, workspace: Workspace, base: Base, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret"
        secret.write_text("secret")
        place = await placed(workspace, base, spot())
        (Path(place.path) / "link").symlink_to(secret)
        (Path(place.path) / "folder").symlink_to(tmp_path)
        kept = await workspace.keep(spot(), place, succeeded=True)
        assert [a.path for a in kept.artifacts] == ["folder", "link"]
        assert hashlib.sha256(b"secret").hexdigest() not in [a.digest for a in kept.artifacts]
        for path in ("link", "folder/secret"):
            assert await workspace.read(kept.commit, path) is None
            with pytest.raises(WorkspaceError, match="symbolic link"):
                await workspace.amend(spot(), kept.commit, path, b"mine", by="ann")
        assert secret.read_text() == "secret"

    async def test_names_of_any_bytes_go_through(self, workspace: Workspace, base: Base) -> None:
        names = [b"new\nline.txt", b"caf\xe9.txt", b'"quoted"', "naïve ☂.txt".encode(), b"-rf"]
        place = await placed(workspace, base, spot())
        for name in names:
            (Path(place.path) / name.decode("utf-8", "surrogateescape")).write_bytes(name)
        kept = await workspace.keep(spot(), place, succeeded=True)
        assert len(kept.artifacts) == len(names)
        for artifact in kept.artifacts:
            content = await workspace.read(kept.commit, artifact.path)
            assert content in names
            assert artifact.path.encode()
            assert "\n" not in artifact.path

    async def test_the_end_of_a_run_takes_nothing_of_another(
        self, workspace: Workspace, base: Base, root: Path
    ) -> None:
        other = await workspace.prepare("run-2", root)
        mine = await placed(workspace, other, spot(run="run-2"))
        scratch = await placed(workspace, other, spot("scratch", run="run-2"), mode="none")
        await worked(workspace, base, spot(), {"a.txt": "a"})
        await workspace.end("run-1")
        await workspace.end("run-1")
        assert listing(mine.path) is not None
        assert listing(scratch.path) == []
        await workspace.end("run-2")
        assert listing(scratch.path) is None

    async def test_parts_that_do_not_touch_merge(self, workspace: Workspace, base: Base) -> None:
        first = await worked(workspace, base, spot("one"), {"one.txt": "1"})
        second = await worked(workspace, base, spot("two"), {"two.txt": "2"})
        parts = [Part("one", first.commit), Part("two", second.commit)]
        merged = await workspace.merge("run-1", base, parts, {})
        assert isinstance(merged, Merged)
        assert merged.conflicts == ()
        assert await workspace.read(merged.commit, "one.txt") == b"1"
        assert await workspace.read(merged.commit, "two.txt") == b"2"

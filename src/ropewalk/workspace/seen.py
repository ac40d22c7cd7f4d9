"""Which files a run that begins now would see: those under version control, and with its changes also the others of a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ropewalk.workspace.repository import discover


async def is_seen(folder: Path, name: str, with_changes: bool) -> bool | None:
    """Whether a file, a folder or a pattern of files from the top of the repository around a folder would be there.

    None where that cannot be told: outside of a repository, and in one without a checkout. Raises WorkspaceError.
    """
    repository = await discover(folder)
    if repository is None or not repository.top:
        return None
    # A checkout with other changes is refused, so the index holds what HEAD holds.
    which = ("--cached", "--others", "--exclude-standard") if with_changes else ("--cached",)
    magic = "glob" if any(sign in name for sign in "*?[") else "literal"
    git = repository.git.at(repository.top)
    for path in _spellings(Path(repository.top), name.removeprefix("./").rstrip("/")):
        pattern = f":({magic}){path}"
        if await git.run("--no-literal-pathspecs", "ls-files", *which, "--", pattern, optional=True):
            return True
    return False


def _spellings(top: Path, name: str) -> Iterator[str]:
    """A name as it is, and as it is without the links on its way that stay inside."""
    yield name
    real, inside = (top / name).resolve(), top.resolve()
    if real.is_relative_to(inside) and real != inside / name:
        yield str(real.relative_to(inside))

"""Which files a run that begins now would see: those under version control, and with its changes also the others of a checkout."""

from __future__ import annotations

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
    pattern = f":({magic}){name.removeprefix('./').rstrip('/')}"
    git = repository.git.at(repository.top)
    return bool(await git.run("--no-literal-pathspecs", "ls-files", *which, "--", pattern, optional=True))

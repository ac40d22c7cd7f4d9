"""Confinement of an agent by bubblewrap: it writes in its working folder and its own home only, and its network can be shut.

Asked for and not to be had, it fails closed: nothing is started.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from weft.errors import AgentError

PROGRAM = "bwrap"
MEND = "install bubblewrap (bwrap), or set `confine: none`"
_HIDDEN = (
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".config/gh",
    ".config/gcloud",
    ".config/glab-cli",
)
_HIDDEN_FILES = (".git-credentials", ".netrc", ".npmrc", ".pypirc", ".config/git/credentials")

_FRESH = Path("/tmp")  # noqa: S108 - a fresh one inside
Wrap = Callable[[Sequence[str]], list[str]]


def missing() -> str:
    """Why it cannot be had here; "" when it can."""
    return "" if shutil.which(PROGRAM) else f"{PROGRAM} was not found"


def confined(folder: Path, writable: Iterable[Path], home: Path, *, network: bool) -> Wrap:
    """Puts the confinement around an argv. `writable` are folders and files beside the working folder.

    Everything else can be read, but for the places in `home` where credentials lie. Raises AgentError when it is not
    to be had.
    """
    if reason := missing():
        raise AgentError(agent="confined", reason=f"{reason}; {MEND}")
    head = [PROGRAM, "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    head += ["--unshare-pid", "--unshare-ipc", "--tmpfs", str(_FRESH)]
    head += _programs()
    for name in _HIDDEN:
        if (home / name).is_dir():
            head += ["--tmpfs", str(home / name)]
    for name in _HIDDEN_FILES:
        if (home / name).is_file():
            head += ["--ro-bind", "/dev/null", str(home / name)]
    for path in (folder, *writable):
        if path.exists():
            head += ["--bind", str(path), str(path)]
    if not network:
        head.append("--unshare-net")
    head += ["--chdir", str(folder), "--"]
    return lambda argv: [*head, *argv]


def _programs() -> list[str]:
    """Programs that are installed below the folder that is fresh inside can be read there still, with what they link to."""
    roots = {Path(entry).parent for entry in os.get_exec_path() if _FRESH in Path(entry).parents}
    return [
        word
        for root in sorted(roots)
        if root != _FRESH and root.is_dir()
        for word in ("--ro-bind", str(root), str(root))
    ]

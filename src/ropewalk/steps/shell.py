"""Which shell reads a script, and how strict: it stops at a command that fails, also within a pipe, and at an unset variable.

Not every `sh` can tell a failure within a pipe. Where bash is installed it is taken; where it is not, `doctor` says so.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from ropewalk.agents import clean_environment
from ropewalk.processes import call_program

_PIPEFAIL: Final = ("-eu", "-o", "pipefail")
_WHERE_KNOWN: Final = 'if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi; . "$0"'
"""Read by the shell before the script, as an option that it does not know would end it."""
_STRICT: Final = {
    "bash": _PIPEFAIL,
    "zsh": _PIPEFAIL,
    "ksh": _PIPEFAIL,
    "sh": ("-eu", "-c", _WHERE_KNOWN),
    "dash": ("-eu", "-c", _WHERE_KNOWN),
}


def script_argv(script: Path, shell: str, path: str | None) -> list[str]:
    """The command for a script. A `shell` with options of its own, or one not known here, is taken as it is written.

    Args: `path` is the search path of the command, where bash is looked for when no shell is named.
    """
    words = shell.split() or [default_shell(path)]
    strict = _STRICT.get(words[0], ()) if len(words) == 1 else ()
    return [*words, *strict, str(script)]


def default_shell(path: str | None) -> str:
    return "bash" if shutil.which("bash", path=path) else "sh"


async def notices_pipes() -> bool:
    """Whether a script that names no shell stops at a failure within a pipe on this host. Raises OSError without any shell."""
    env = clean_environment({})
    argv = [default_shell(env.get("PATH")), "-c", "set -o pipefail"]
    return (await call_program(argv, folder="/", env=env, seconds=10, cap=4096)).code == 0

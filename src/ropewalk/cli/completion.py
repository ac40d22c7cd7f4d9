"""`ropewalk completion`: the few lines that make a shell complete ropewalk's commands, options, workflows and runs."""

from __future__ import annotations

import os

from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Verb
from ropewalk.cli.main import COMPLETE
from ropewalk.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


def perform(context: CommandContext, shell: str | None) -> int:
    """Print them."""
    wanted = shell or os.path.basename(os.environ.get("SHELL", ""))
    if wanted not in SHELLS:
        raise UsageError(
            what=f"{wanted or 'This shell'} is not known here",
            hint=f"say which: ropewalk completion {'|'.join(SHELLS)}",
        )
    from ropewalk.cli.typed import complete

    os.environ[COMPLETE] = f"source_{wanted}"
    try:
        return complete(COMPLETE)
    finally:
        del os.environ[COMPLETE]


COMPLETION = Verb(
    "completion",
    "Print what makes the shell complete ropewalk's words",
    perform,
    Argument("shell", "bash, zsh or fish; by default yours", required=False),
    more='For bash: add `eval "$(ropewalk completion bash)"` to ~/.bashrc.',
)

"""`ropewalk init`: a folder becomes a project, with a first workflow that runs at once."""

from __future__ import annotations

from pathlib import Path

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Verb

FIRST = """\
# A first workflow: run it with `ropewalk run hello`.
name: hello
inputs:
  who: {default: world}
steps:
  - id: greet
    run: [echo, "hello {{ inputs.who }}"]
  - id: check
    needs: [greet]
    ask: Is that the right greeting?
  - id: shout
    needs: [check]
    run: [echo, "{{ outputs.greet.stdout | upper }}!"]
outputs:
  greeting: outputs.shout.stdout
"""


async def perform(context: CommandContext) -> int:
    """Make what is missing, leave what is there."""
    from ropewalk.app import state_folder

    top = context.folder.resolve()
    state_folder(top)
    async with context.ropewalk() as ropewalk:
        from ropewalk.app import suggest_settings

        store = ropewalk.store.name
        settings = await suggest_settings(ropewalk.settings)
    made = [
        str(path.relative_to(top))
        for path, text in (
            (top / ".ropewalk" / "workflows" / "hello.yaml", FIRST),
            (top / "ropewalk.toml", settings),
        )
        if _write(path, text)
    ]
    context.screen.give({"folder": str(top), "store": store, "made": made})
    for name in made:
        context.screen.line(f"made {name}")
    context.screen.line(f"{top} is a ropewalk project. Try:")
    for command in ("ropewalk plan hello", "ropewalk run hello", "ropewalk workflows"):
        context.screen.line(f"  {command}")
    return exits.COMPLETED


def _write(path: Path, text: str) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


INIT = Verb(
    "init",
    "Make this folder a project, with a first workflow to try",
    perform,
    more="What is there already is left as it is.",
)

"""`ropewalk workflows`: what can be run here, where each was found, and in which format it is written."""

from __future__ import annotations

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Verb


def perform(context: CommandContext) -> int:
    """The list, in the order in which names are looked up."""
    from ropewalk.app import project_folder
    from ropewalk.app.choosing import workflows_in

    entries = workflows_in(project_folder(context.folder))
    context.screen.give({"workflows": entries})
    if not entries:
        context.screen.line("There are no workflows here. `ropewalk init` makes a first one.")
    rows = [
        (entry.name, entry.format or "-", entry.source, entry.problem or entry.description)
        for entry in entries
    ]
    context.screen.table(("workflow", "format", "found in", ""), rows)
    return exits.COMPLETED


WORKFLOWS = Verb(
    "workflows",
    "List the workflows that are found here",
    perform,
    more="Looked for in .ropewalk/workflows, .bmad-core/workflows, .bmad-PACK/workflows and workflows, then among those that ship with ropewalk.",
)

"""How a command that takes a workflow loads it: by name or path, with what a user may say of files that others wrote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ropewalk.app import ReadOptions
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option

if TYPE_CHECKING:
    from pathlib import Path

    from ropewalk.app import Loaded

WORKFLOW = Argument("workflow", "a workflow's name, or the path of its file", complete="workflow")
OPTIONS = (
    Option("--variant", "Which of the workflows in a file that holds several.", "text", metavar="NAME"),
    Option("--infer-parallel", "Run side by side what artifacts prove independent."),
    Option("--no-approvals", "Nobody is asked only because a note says that people approve."),
)


def options(variant: str | None, infer_parallel: bool, no_approvals: bool) -> dict[str, Any]:
    """As `Ropewalk.load` takes it."""
    return {"options": ReadOptions(variant or "", infer_parallel, approvals=not no_approvals)}


def load(
    context: CommandContext,
    workflow: str,
    variant: str | None,
    infer_parallel: bool,
    no_approvals: bool = False,
) -> Loaded:
    """A workflow without a store. Raises NoSuchWorkflow, InvalidDefinition, VariantNeeded."""
    from ropewalk.app import find_workflow, load_known, project_folder

    top = project_folder(context.folder)
    path = find_workflow(name(workflow, context, top), top)
    return load_known(path, top, **options(variant, infer_parallel, no_approvals))


def name(workflow: str, context: CommandContext, top: Path) -> str:
    """A path counts from where the user stands; a run remembers it from the top of the project."""
    path = context.folder / workflow
    if not path.is_file():
        return workflow
    relative = os.path.relpath(path.resolve(), top)
    return str(path.resolve()) if relative.split(os.sep)[0] == os.pardir else os.path.join(".", relative)

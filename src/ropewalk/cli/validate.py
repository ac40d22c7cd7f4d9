"""`ropewalk validate` and `ropewalk schema`: is a file a workflow, and what may stand in one. Neither needs a store."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from ropewalk.app import Fault, errors_in
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Verb
from ropewalk.cli.reading import OPTIONS, options
from ropewalk.errors import VariantNeeded


def validate(
    context: CommandContext, files: list[str], variant: str | None, infer_parallel: bool, no_approvals: bool
) -> int:
    """Every fault of every file, of all its variants where none is named, then a line that counts them."""
    reports: list[dict[str, object]] = []
    bad = 0
    for name in files:
        faults = _faults(context, name, variant, infer_parallel, no_approvals)
        errors = len(errors_in(faults))
        bad += errors
        for fault in faults:
            context.screen.line(str(fault))
        reports.append(
            {"file": name, "valid": not errors, "faults": [msgspec.to_builtins(f) for f in faults]}
        )
        if not errors:
            context.screen.line(f"{name}: {context.screen.paint('green', 'valid')}")
    if bad:
        context.screen.line(f"{bad} fault(s)")
    context.screen.give({"valid": not bad, "files": reports})
    return exits.BAD_INPUT if bad else exits.COMPLETED


def _faults(
    context: CommandContext, name: str, variant: str | None, infer_parallel: bool, no_approvals: bool
) -> list[Fault]:
    from ropewalk.app import faults_of, find_workflow, project_folder

    top = project_folder(context.folder)
    path = Path(name)
    if not (context.folder / path).exists():
        path = find_workflow(name, top)
    shown = os_relative(context.folder / path, context.folder)
    path = Path(shown) if context.folder == Path.cwd() else context.folder / path
    known = options(variant, infer_parallel, no_approvals)
    try:
        return faults_of(path, top, **known)
    except VariantNeeded as several:
        if variant:
            raise
        by_variant = [
            _faults(context, name, variant_name, infer_parallel, no_approvals)
            for variant_name in several.names
        ]
        return list(dict.fromkeys(fault for faults in by_variant for fault in faults))


def os_relative(path: Path, folder: Path) -> str:
    """The path as the user would write it."""
    import os

    relative = os.path.relpath(path, folder)
    return str(path) if relative.startswith("..") else relative


def schema(context: CommandContext) -> int:
    """The JSON Schema of the native format."""
    from ropewalk.app import workflow_schema as made

    context.screen.out.write(json.dumps(made(), indent=2, ensure_ascii=False) + "\n")
    return exits.COMPLETED


VALIDATE = Verb(
    "validate",
    "Check workflow files; print every fault with its place",
    validate,
    Argument("files", "the files, or names of workflows", many=True, complete="workflow"),
    *OPTIONS,
    more="Each fault is `file:line:col: what; the nearest name; how to fix it`. Exit code 0, or 2 with a fault.",
)
SCHEMA = Verb(
    "schema",
    "Print the JSON Schema of the workflow format, for editors",
    schema,
    more="Put the file next to your workflows and begin them with `# yaml-language-server: $schema=ropewalk.schema.json`.",
)

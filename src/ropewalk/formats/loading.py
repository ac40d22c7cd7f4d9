"""A file of any format to a checked Workflow: a workflow that loads can run; of one that does not, every fault is reported.

The formats are in one table, in the order in which they are tried; the module of each is imported when it is tried.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol, cast

import msgspec

from ropewalk.definition import (
    Fault,
    Known,
    Where,
    Workflow,
    check_workflow,
    definition_error,
    errors_in,
    faults_in_order,
    nearest,
    workflow_digest,
)
from ropewalk.errors import SettingsError
from ropewalk.formats.embedded_files import with_embedded_files
from ropewalk.formats.literal_texts import with_literal_texts
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Positions, YamlDocument, read_yaml_text, yaml_documents

FORMATS: Final = {
    "ropewalk": "ropewalk.formats.native.read",
    "bmad": "ropewalk.formats.imported.bmad.format",
    "tapps": "ropewalk.formats.imported.tapps",
    "botarmy": "ropewalk.formats.imported.botarmy",
    "other": "ropewalk.formats.imported.other_formats",
}
"""Name and module of each; a module has `recognises(data) -> bool` and `read(document, file, name, options) -> Reading`."""


class Format(Protocol):
    """One way of writing workflows down."""

    def recognises(self, data: Any) -> bool: ...

    def read(self, document: YamlDocument, file: str, name: str, options: ReadOptions) -> Reading: ...


class Loaded(NamedTuple):
    """A workflow that may be started. `warnings` are worth showing; `where` gives line and column of each part."""

    workflow: Workflow
    digest: str
    warnings: list[Fault]
    where: Where


def load_workflow(
    path: Path,
    *,
    format: str = "",  # noqa: A002 - the usual word for it
    known: Known = Known(),  # noqa: B008 - frozen, all None
    exists: Callable[[str], bool] | None = None,
    options: ReadOptions = PLAIN,
) -> Loaded:
    """The workflow in a file. InvalidDefinition: with all its faults; SettingsError: `format` is none of FORMATS;
    VariantNeeded: the file holds several workflows and `options` names none of them.
    """
    text = read_yaml_text(path)
    return load_workflow_text(
        text, str(path), name=path.stem, format=format, known=known, exists=exists, options=options
    )


def load_workflow_text(
    text: str,
    file: str = "",
    *,
    name: str = "workflow",
    format: str = "",  # noqa: A002
    known: Known = Known(),  # noqa: B008
    exists: Callable[[str], bool] | None = None,
    options: ReadOptions = PLAIN,
) -> Loaded:
    """The same for a text; `file` is what faults say, `name` the workflow's where the text gives none."""
    documents = yaml_documents(text, file)
    document, kind = _chosen(documents, file, format)
    reading = _module(kind).read(document, file, name, options)
    if len(documents) > 1:
        _unread_documents(reading, documents, document, kind)
    return _checked(reading, kind, file, known, exists)


def load_data(data: Any, *, name: str = "workflow", known: Known = Known()) -> Loaded:  # noqa: B008
    """The same for plain data in the native format that no file holds."""
    reading = _module("ropewalk").read(YamlDocument(data, Positions.nowhere(data)), "", name, PLAIN)
    return _checked(reading, "ropewalk", "", known, None)


def format_of(data: Any) -> str:
    """The name of the format that recognises this data; empty when none does."""
    return next((kind for kind in FORMATS if _module(kind).recognises(data)), "")


def _checked(
    reading: Reading, kind: str, file: str, known: Known, exists: Callable[[str], bool] | None
) -> Loaded:
    faults = list(reading.findings.faults)
    workflow = reading.workflow
    if workflow is not None:
        workflow = msgspec.structs.replace(workflow, format=kind)
        if kind != "ropewalk":
            workflow = with_literal_texts(workflow)
        workflow, missing = with_embedded_files(workflow, file, reading.where)
        faults += missing.faults
        faults += check_workflow(
            workflow,
            known=known,
            where=reading.where,
            file=file,
            unsure=reading.unsure,
            exists=exists,
        )
    if workflow is None or errors_in(faults):
        raise definition_error(file, faults)
    warnings = faults_in_order(faults)
    all_warnings = (*workflow.warnings, *map(str, warnings))
    workflow = msgspec.structs.replace(workflow, warnings=all_warnings)
    return Loaded(workflow, workflow_digest(workflow), warnings, reading.where)


def _chosen(documents: list[YamlDocument], file: str, format: str) -> tuple[YamlDocument, str]:  # noqa: A002
    if format and format not in FORMATS:
        near = nearest(format, FORMATS)
        reason = f"there is no format {format}" + (f", did you mean {near}?" if near else "")
        raise SettingsError(name="format", reason=reason)
    for document in documents:
        kind = format or format_of(document.data)
        if kind:
            return document, kind
    if documents and isinstance(documents[0].data, dict) and not _is_template(documents[0].data):
        return documents[0], "ropewalk"
    raise definition_error(file, [_no_workflow(documents, file)])


def _no_workflow(documents: list[YamlDocument], file: str) -> Fault:
    if not documents:
        return Fault(file, 1, 1, "the file holds nothing", hint="begin with `name:` and `steps:`")
    line, column = documents[0].positions.value()
    if isinstance(documents[0].data, dict):
        return Fault(file, line, column, "this is a document template, no workflow")
    return Fault(file, line, column, "a workflow is a mapping", hint="begin with `name:` and `steps:`")


def _is_template(data: Any) -> bool:
    from ropewalk.documents import is_template

    return is_template(data)


def _unread_documents(
    reading: Reading, documents: list[YamlDocument], document: YamlDocument, kind: str
) -> None:
    severity: Literal["error", "warning"] = "error" if kind == "ropewalk" else "warning"
    for other in documents:
        if other is not document:
            line, column = other.positions.value()
            problem = "another document stands in the file, only one is read"
            fault = Fault(
                reading.findings.file, line, column, problem, hint="remove the `---` line", severity=severity
            )
            reading.findings.faults.append(fault)


def _module(kind: str) -> Format:
    return cast(Format, importlib.import_module(FORMATS[kind]))

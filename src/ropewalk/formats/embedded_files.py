"""The files that a workflow names, read whole when it is loaded: document templates and personas.

A run keeps the texts, not the names, so that no later edit of a file touches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from ropewalk.definition import Findings, Role, Where, Workflow, nearest
from ropewalk.definition import Path as Keys
from ropewalk.errors import InvalidDefinition
from ropewalk.formats.locations import STATE, library_folder, project_folder
from ropewalk.rendering import literal

TEMPLATES: Final = "templates"
PERSONAS: Final = "personas"
SUFFIXES: Final = ("", ".yaml", ".yml", ".md", ".txt")
FILES: Final = frozenset(SUFFIXES[1:])
LONGEST_NAME: Final = 200


def with_embedded_files(workflow: Workflow, file: str, where: Where) -> tuple[Workflow, Findings]:
    """The workflow with the texts in it. What is missing or broken is in the findings, at the place that names it.

    Looked for next to the file, in a folder `templates` (or `personas`) there or next to its folder, in that of `.ropewalk/`,
    in ropewalk's own library, and below the project's top, in this order. `Workflow.documents` may hold a text already.
    """
    findings = Findings(file, where, [step.id for step in workflow.steps])
    named = list(_templates(workflow))
    personas = {name: role for name, role in workflow.roles.items() if is_file(role.persona)}
    if not named and not personas:
        return workflow, findings
    reading = _EmbeddedReading(Path(file).parent if file else Path.cwd(), findings)
    texts = dict(workflow.documents)
    for path, name in named:
        if name not in texts:
            text = reading.template(path, name)
            if text is not None:
                texts[name] = text
    roles = {name: reading.role(("roles", name, "persona"), role) for name, role in personas.items()}
    return msgspec.structs.replace(workflow, documents=texts, roles={**workflow.roles, **roles}), findings


def is_file(persona: str) -> bool:
    """Whether a persona is the name of a file and no text: one word that ends as such files do."""
    return (
        len(persona) <= LONGEST_NAME
        and not any(sign.isspace() for sign in persona)
        and PurePosixPath(persona).suffix.lower() in FILES
    )


def _templates(workflow: Workflow) -> Iterator[tuple[Keys, str]]:
    """Each template that is named, with the path of what names it."""
    for index, step in enumerate(workflow.steps):
        if step.template:
            yield ("steps", index, "template"), step.template
        for number, gate in enumerate(step.gates):
            if gate.kind == "document" and gate.args.get("template"):
                yield ("steps", index, "gates", number, "template"), str(gate.args["template"])
    for number, gate in enumerate(workflow.gates):
        if gate.kind == "document" and gate.args.get("template"):
            yield ("gates", number, "template"), str(gate.args["template"])


class _EmbeddedReading:
    """Files of one workflow; each is read once, and each fault is reported once."""

    def __init__(self, origin: Path, findings: Findings) -> None:
        self.origin = origin
        self.findings = findings
        self._reported: set[str] = set()

    def template(self, path: Keys, name: str) -> str | None:
        """The text of a template; one that is YAML must be one that ropewalk can read."""
        read = self._text(path, "template", name, TEMPLATES)
        if read is None:
            return None
        text, file = read
        if file.suffix in (".yaml", ".yml"):
            from ropewalk.documents import parsed_template

            try:
                parsed_template(text)
            except InvalidDefinition as error:
                self.findings.faults += [
                    msgspec.structs.replace(fault, file=str(file)) for fault in error.faults
                ]
                return None
        return text

    def role(self, path: Keys, role: Role) -> Role:
        """The role with its persona's text, in which nothing is filled in; the file's own title where the workflow gives none."""
        read = self._text(path, "persona", role.persona, PERSONAS)
        if read is None:
            return role
        from ropewalk.formats.imported.kit.personas import persona

        text, file = read
        try:
            described = persona(text, str(file)).role
        except InvalidDefinition as error:
            self.findings.faults += error.faults
            return role
        title = role.title or literal(described.title)
        return msgspec.structs.replace(role, persona=literal(described.persona), title=title)

    def _text(self, path: Keys, kind: str, name: str, folder: str) -> tuple[str, Path] | None:
        from ropewalk.yaml import read_yaml_text

        origin, top = self.origin, self.top
        folders = (origin / folder, origin.parent / folder, top / STATE / folder, library_folder(folder))
        file = _in((origin, *folders, top), name)
        if file is None:
            if name not in self._reported:
                near = nearest(name, _names(folders))
                hint = "" if near else f"put it next to the workflow or into .ropewalk/{folder}/"
                self.findings.fault(path, f"there is no {kind} `{name}`", hint, nearest=near)
            self._reported.add(name)
            return None
        try:
            return read_yaml_text(file), file
        except InvalidDefinition as error:
            self.findings.faults += error.faults
            return None

    @cached_property
    def top(self) -> Path:
        """The project's folder."""
        return project_folder(self.origin)


def _in(folders: Sequence[Path], name: str) -> Path | None:
    """The file of that name in the first folder that has it, never one outside of the folder."""
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        return None
    for folder in folders:
        for suffix in SUFFIXES:
            file = folder / f"{name}{suffix}"
            if file.suffix in FILES and file.is_file() and file.resolve().is_relative_to(folder.resolve()):
                return file
    return None


def _names(folders: Sequence[Path]) -> list[str]:
    """The names of the files in these folders, for a suggestion."""
    files = (file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir()))
    return list(dict.fromkeys(file.stem for file in files if file.suffix in FILES))

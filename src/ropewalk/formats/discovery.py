"""Where workflows are found: in the project's own folders, then in the library that ships with ropewalk.

Looked up at run time: a file that is put there is a workflow from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ropewalk.definition import nearest
from ropewalk.errors import InvalidDefinition, NoSuchWorkflow
from ropewalk.formats.loading import format_of
from ropewalk.formats.locations import library_folder, project_folder
from ropewalk.trees import files_below
from ropewalk.yaml import read_yaml_text, yaml_documents

FOLDERS: Final = (".ropewalk/workflows", ".bmad-core/workflows", ".bmad-*/workflows", "workflows")
"""In this order; the first that has a name wins. BMAD keeps each pack in a folder of its own."""
SUFFIXES: Final = (".yaml", ".yml")
LIBRARY: Final = "library"


class WorkflowFile(NamedTuple):
    """A workflow's file: its name, and the folder where it was found (`library` for those of ropewalk)."""

    name: str
    path: Path
    source: str


class ListedWorkflow(NamedTuple):
    """One line of a listing. `kind` is the format; `problem` says why a file that is no workflow is not one."""

    name: str
    path: Path
    source: str
    kind: str
    description: str = ""
    problem: str = ""


def find_workflow(name: str, start: Path | None = None, near: Path | None = None) -> Path:
    """The file of a workflow, by name or by path. NoSuchWorkflow: there is none, with the nearest names.

    Looked for from the folder `start` (by default the current one) upwards. `near`, where it is given, is searched
    first: the folder of the workflow that calls this one.
    """
    origin = start or Path.cwd()
    for folder in (near, origin) if near else (origin,):
        if _is_path(name) and _is_meant(folder / name):
            return folder / name
    if near and not _is_path(name):
        for suffix in SUFFIXES:
            if (near / f"{name}{suffix}").is_file():
                return near / f"{name}{suffix}"
    known = {place.name: place.path for place in reversed(list(workflow_files(origin)))}
    if name in known:
        return known[name]
    like = nearest(name, known)
    hint = f"did you mean {like}?" if like else f"put yours into {FOLDERS[0]}/"
    if _is_path(name) and not like:
        hint = f"there is no file {origin / name}"
    raise NoSuchWorkflow(name=name, nearest=hint)


def list_workflows(start: Path | None = None) -> list[ListedWorkflow]:
    """Every workflow there is, in the order in which names are looked up; a name that is hidden by another is left out."""
    seen: set[str] = set()
    entries = []
    for place in workflow_files(start or Path.cwd()):
        if place.name not in seen:
            seen.add(place.name)
            entries.append(_entry(place))
    return entries


def workflow_files(start: Path) -> Iterator[WorkflowFile]:
    """Every file in the folders of workflows, by folder and then by name."""
    top = project_folder(start)
    for source in dict.fromkeys(source for pattern in FOLDERS for source in _sources(top, pattern)):
        yield from _within(top / source, source)
    yield from _within(library_folder(), LIBRARY)


def _sources(top: Path, pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    return sorted(path.relative_to(top).as_posix() for path in top.glob(pattern) if path.is_dir())


def _within(folder: Path, source: str) -> Iterator[WorkflowFile]:
    if not folder.is_dir():
        return
    files = [path for path in files_below(folder) if path.suffix in SUFFIXES and path.is_file()]
    for path in sorted(files, key=lambda path: path.as_posix()):
        yield WorkflowFile(path.relative_to(folder).with_suffix("").as_posix(), path, source)


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(SUFFIXES)


def _is_meant(path: Path) -> bool:
    """Whether there is anything but a folder. A pipe counts: reading it says that it is one, not that it is missing."""
    return path.exists() and not path.is_dir()


def _entry(place: WorkflowFile) -> ListedWorkflow:
    try:
        documents = [
            document.data for document in yaml_documents(read_yaml_text(place.path), str(place.path))
        ]
    except InvalidDefinition as error:
        return ListedWorkflow(*place, "", problem=str(error.faults[0]))
    for data in documents:
        kind = format_of(data)
        if kind:
            return ListedWorkflow(*place, kind, _description(data))
    return ListedWorkflow(*place, "", problem="is no workflow of a known format")


def _description(data: object) -> str:
    inner = data.get("workflow", data) if isinstance(data, dict) else {}
    text = inner.get("description", "") if isinstance(inner, dict) else ""
    return " ".join(str(text or "").split())

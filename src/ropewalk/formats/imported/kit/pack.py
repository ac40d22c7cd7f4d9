"""The folder of a BMAD pack (`.bmad-core` and its like): where a name of an agent, task, checklist or template leads,
and where the project keeps its documents. Nothing is read before it is asked for, and nothing outside of the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.imported.kit.personas import Persona, persona
from ropewalk.formats.imported.kit.references import OUTSIDE
from ropewalk.yaml import read_yaml_text, yaml_document

FOLDERS: Final = (".bmad-core", "bmad-core", ".bmad", ".aios-core", ".aiox-core", "bmad")
KINDS: Final = ("tasks", "checklists", "templates", "data", "utils", "workflows")
ENDINGS: Final = ("", ".md", ".yaml", ".yml", "-tmpl.yaml", "-tmpl.md", "-checklist.md", "-template.yaml")
MOST_FILES: Final = 2_000


class Pack:
    """One pack; `Pack()` knows nothing. `shown` is how the folder is called in what people read."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self.shown = root.name if root else ""
        self.faults: list[str] = []
        self._personas: dict[str, Persona | None] = {}
        self._config: Mapping[str, Any] | None = None

    @property
    def agents(self) -> frozenset[str]:
        """The names of the agent files."""
        folder = self.root / "agents" if self.root else None
        if folder is None or not folder.is_dir():
            return frozenset()
        names = (
            path.stem
            for path in sorted(folder.iterdir())[:MOST_FILES]
            if path.suffix in (".md", ".yaml", ".yml")
        )
        return frozenset(names)

    def persona(self, name: str) -> Persona | None:
        """The persona of an agent's name; None where the pack has none, or a broken one (then `faults` says so)."""
        plain = re.sub(r"[^\w.-]+", "-", name.strip().lstrip("@").lower())
        if plain not in self._personas:
            self._personas[plain] = self._read_persona(plain)
        return self._personas[plain]

    def _read_persona(self, name: str) -> Persona | None:
        for ending in (".md", ".yaml", ".yml"):
            path = self._inside("agents", name + ending)
            if path is not None:
                try:
                    return persona(read_yaml_text(path, self._shown(path)), self._shown(path))
                except InvalidDefinition as error:
                    self.faults.append(str(error.faults[0]))
                    return None
        return None

    def find(self, name: str, *kinds: str) -> tuple[str, Path] | None:
        """The kind and the file that a name means: `po-master-checklist`, `create-doc.md`, `document-project`."""
        plain = re.sub(r"\s+(?:task|template|checklist)$", "", name.strip(), flags=re.IGNORECASE).rsplit(
            "/", 1
        )[-1]
        for kind in kinds or KINDS:
            for ending in ENDINGS:
                path = self._inside(kind, plain + ending)
                if path is not None:
                    return kind, path
        return None

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of its files of a kind, without their endings."""
        folder = self.root / kind if self.root else None
        if folder is None or not folder.is_dir():
            return ()
        return tuple(path.stem for path in sorted(folder.iterdir())[:MOST_FILES] if path.suffix == ".md")

    def text(self, path: Path) -> str:
        """The text of one of its files; empty when it cannot be read (then `faults` says so)."""
        try:
            return read_yaml_text(path, self._shown(path))
        except InvalidDefinition as error:
            self.faults.append(str(error.faults[0]))
            return ""

    def place(self, path: Path) -> str:
        """One of its files as seen from the project."""
        return self._shown(path)

    def location(self, key: str) -> str:
        """What `core-config.yaml` says under a dotted key (`prd.prdFile`), else empty; so is a place outside of the project,
        and `faults` says so.
        """
        value: Any = self._settings()
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        where = value.strip().removeprefix("./") if isinstance(value, str) else ""
        if not OUTSIDE.search(where):
            return where
        fault = f"{self.shown}/core-config.yaml: `{key}` leads out of the project: it is not followed"
        if fault not in self.faults:
            self.faults.append(fault)
        return ""

    def _settings(self) -> Mapping[str, Any]:
        if self._config is None:
            self._config = {}
            path = self._inside("", "core-config.yaml")
            if path is not None:
                try:
                    data = yaml_document(read_yaml_text(path, self._shown(path)), self._shown(path)).data
                    self._config = data if isinstance(data, Mapping) else {}
                except InvalidDefinition as error:
                    self.faults.append(str(error.faults[0]))
        return self._config

    def _inside(self, folder: str, name: str) -> Path | None:
        """The file of that name, if it is there and does not lead out of the pack."""
        if self.root is None or not name or name.startswith(("/", "..")) or "\0" in name or len(name) > 200:
            return None
        path = self.root / folder / name
        if not path.is_file() or not path.resolve().is_relative_to(self.root.resolve()):
            return None
        return path

    def _shown(self, path: Path) -> str:
        return f"{self.shown}/{path.relative_to(self.root).as_posix()}" if self.root else path.name


def find_pack(near: Path) -> Pack:
    """The pack that a workflow file belongs to: the folder above its `workflows/`, else the nearest one in the folders
    above. A `Pack()` that knows nothing where there is none.
    """
    start = near if near.is_dir() else near.parent
    if start.name == "workflows" and any(
        (start.parent / name).exists() for name in ("tasks", "core-config.yaml")
    ):
        return Pack(start.parent)
    for folder in (start, *start.parents):
        for name in (*FOLDERS, *sorted(path.name for path in folder.glob(".bmad-*"))):
            if (folder / name / "agents").is_dir() or (folder / name / "core-config.yaml").is_file():
                return Pack(folder / name)
        if (folder / ".git").exists():
            break
    return Pack()

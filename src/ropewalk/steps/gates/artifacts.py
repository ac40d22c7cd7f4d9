"""The gate `artifacts`: files are there, are not empty, and have the headings that they must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ropewalk.agents import files_matching
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Outcome, Verdict
from ropewalk.errors import GateError
from ropewalk.files import read_text
from ropewalk.steps.port import Tools


class ArtifactsGate:
    """Args: `artifacts`, each a name, folder or pattern, or a mapping of `path` and `headings`."""

    name = "artifacts"
    steered = ""
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "artifacts": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "oneOf": [
                        {"type": "string", "minLength": 1},
                        {
                            "type": "object",
                            "properties": {
                                "path": {"type": "string", "minLength": 1},
                                "headings": {"type": "array", "items": {"type": "string"}},
                            },
                            "required": ["path"],
                            "additionalProperties": False,
                        },
                    ]
                },
            }
        },
        "required": ["artifacts"],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        findings: list[str] = []
        sizes: dict[str, int] = {}
        for wanted in args["artifacts"]:
            asked: dict[str, Any] = {"path": wanted} if isinstance(wanted, str) else wanted
            try:
                files = files_matching(desk.folder, asked["path"])
            except ValueError as fault:
                raise GateError(gate=self.name, reason=str(fault)) from fault
            if not files:
                findings.append(f"{asked['path']} is not there")
            for path in files:
                name = path.relative_to(desk.folder).as_posix()
                sizes[name] = path.stat().st_size
                findings += [f"{name} {lack}" for lack in _lacks(path, asked.get("headings", ()))]
        return Verdict(self.name, "FAIL" if findings else "PASS", tuple(findings), {"bytes": sizes})


def _lacks(path: Path, headings: Sequence[str]) -> Iterator[str]:
    if not path.stat().st_size:
        yield "is empty"
        return
    if headings:
        from ropewalk.documents import document_outline

        titles = {entry.title.casefold() for entry in document_outline(read_text(path, errors="replace"))}
        yield from (f"has no heading {heading!r}" for heading in headings if heading.casefold() not in titles)

"""The gate `document`: a file has what its template asks for, and its author wrote in no section that belongs to others. What is
only a concern passes, and is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ropewalk.agents import files_matching, readable_template
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Outcome, Verdict
from ropewalk.errors import GateError
from ropewalk.files import read_text
from ropewalk.steps.port import Tools


class DocumentGate:
    """Args: `document` (a path or pattern), `template` (its name), and `text`: the template itself, which the run kept.

    Raises GateError for a text that is no template and for a path out of the folder.
    """

    name = "document"
    steered = ""
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "document": {"type": "string", "minLength": 1},
            "template": {"type": "string", "minLength": 1},
            "text": {"type": "string"},
        },
        "required": ["document", "template"],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        from ropewalk.documents import check_document, foreign_edits

        wanted, called = str(args["document"]), str(args["template"])
        template = readable_template(str(args.get("text", "")))
        if template is None:
            raise GateError(
                gate=self.name, reason=f"`{called}` is no document template that ropewalk can read"
            )
        try:
            files = files_matching(desk.folder, wanted)
        except ValueError as fault:
            raise GateError(gate=self.name, reason=str(fault)) from fault
        findings = [] if files else [f"{wanted} is not there"]
        concerns: list[str] = []
        for file in files:
            name = file.relative_to(desk.folder).as_posix()
            text = read_text(file, errors="replace")
            judged = check_document(template, text, brief.role_name)
            if tools.before is not None:
                was = await tools.before(name) or b""
                judged += foreign_edits(template, was.decode(errors="replace"), text, brief.role_name)
            for finding in judged:
                (concerns if finding.concern else findings).append(f"{name}: {finding}")
        remarks = (*findings, *concerns)
        evidence = {"template": called, "files": len(files)}
        return Verdict(
            self.name, "FAIL" if findings else "CONCERNS" if remarks else "PASS", remarks, evidence
        )

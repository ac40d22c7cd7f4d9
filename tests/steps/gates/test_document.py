"""A document that has what its template asks for."""

from __future__ import annotations

import pytest

from ropewalk.core.work import Outcome
from ropewalk.errors import GateError
from ropewalk.steps.gates.document import DocumentGate
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

TEMPLATE = """
template: {id: t}
sections:
- {id: goals, title: Goals, type: bullet-list}
- {id: why, title: Why}
"""


@pytest.mark.parametrize(
    ("text", "verdict", "findings"),
    [
        ("# D\n\n## Goals\n\n- one\n\n## Why\n\nBecause.\n", "PASS", ()),
        (
            "# D\n\n## Goals\n\none\n\n## Why\n\nBecause.\n",
            "CONCERNS",
            ("d.md: line 3: the section “Goals” has no list",),
        ),
        ("# D\n\n## Goals\n\n- one\n", "FAIL", ("d.md: the section “Why” is missing",)),
        (None, "FAIL", ("d.md is not there",)),
    ],
)
async def test_lacks_fail_concerns_pass_and_both_are_told(tmp_path, text, verdict, findings):
    desk = ListeningDesk(tmp_path)
    if text is not None:
        (desk.folder / "d.md").write_text(text)
    args = {"document": "d.md", "template": "t", "text": TEMPLATE}
    judged = await DocumentGate().judge(args, brief(), Outcome(), desk, Tools(agents={}))
    assert (judged.verdict, judged.findings) == (verdict, findings)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"document": "d.md", "template": "t"}, "`t` is no document template"),
        ({"document": "../d.md", "template": "t", "text": TEMPLATE}, "working folder"),
    ],
)
async def test_what_cannot_be_judged_is_said(tmp_path, args, said):
    with pytest.raises(GateError, match=said):
        await DocumentGate().judge(args, brief(), Outcome(), ListeningDesk(tmp_path), Tools(agents={}))


OWNED = """
template: {id: t}
sections:
- {id: story, title: Story, owner: scrum-master}
- {id: log, title: Log, owner: dev-agent}
"""


@pytest.mark.parametrize(
    ("before", "role", "verdict", "findings"),
    [
        ("## Story\nAs a user\n## Log\n", "dev", "PASS", ()),
        (
            "## Story\nAs a guest\n## Log\n",
            "dev",
            "FAIL",
            ("d.md: line 1: developer changed “Story”; it belongs to scrum-master",),
        ),
        (None, "dev", "FAIL", ("d.md: line 1: developer changed “Story”; it belongs to scrum-master",)),
        ("## Story\nAs a guest\n## Log\n", "", "PASS", ()),
    ],
    ids=["own section", "a section of others", "a new document", "no role"],
)
async def test_who_writes_in_a_section_of_others_is_told_so(tmp_path, before, role, verdict, findings):
    asked: list[str] = []

    async def was(path: str) -> bytes | None:
        asked.append(path)
        return None if before is None else before.encode()

    desk = ListeningDesk(tmp_path)
    (desk.folder / "docs").mkdir()
    (desk.folder / "docs" / "d.md").write_text("## Story\nAs a user\n## Log\n- done\n")
    args = {"document": "docs/d.md", "template": "t", "text": OWNED}
    tools = Tools(agents={}, before=was)
    judged = await DocumentGate().judge(args, brief(role_name=role), Outcome(), desk, tools)
    assert (judged.verdict, judged.findings) == (
        verdict,
        tuple(finding.replace("d.md", "docs/d.md") for finding in findings),
    )
    assert asked == ["docs/d.md"]


async def test_where_nothing_is_versioned_nobody_can_tell_who_wrote_what(tmp_path):
    desk = ListeningDesk(tmp_path)
    (desk.folder / "d.md").write_text("## Story\nAs a user\n## Log\n- done\n")
    args = {"document": "d.md", "template": "t", "text": OWNED}
    judged = await DocumentGate().judge(args, brief(role_name="dev"), Outcome(), desk, Tools(agents={}))
    assert judged.verdict == "PASS"

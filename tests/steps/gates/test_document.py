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

"""Files that must be there."""

from __future__ import annotations

import pytest

from ropewalk.core.work import Outcome
from ropewalk.errors import GateError
from ropewalk.steps.gates.artifacts import ArtifactsGate
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk


async def test_each_file_must_be_there_filled_and_have_its_headings(tmp_path):
    desk = ListeningDesk(tmp_path)
    (desk.folder / "a.md").write_text("# One\n\n```\n# Not this\n```\n\n## two\n")
    (desk.folder / "empty.md").write_text("")

    async def judge(*wanted):
        return await ArtifactsGate().judge(
            {"artifacts": list(wanted)}, brief(), Outcome(), desk, Tools(agents={})
        )

    good = await judge("a.md", {"path": "a.md", "headings": ["one", "Two"]})
    assert (good.verdict, good.evidence) == ("PASS", {"bytes": {"a.md": 34}})
    bad = await judge("none.md", "*.md", {"path": "a.md", "headings": ["Not this"]})
    assert bad.verdict == "FAIL"
    assert bad.findings == ("none.md is not there", "empty.md is empty", "a.md has no heading 'Not this'")
    with pytest.raises(GateError, match="working folder"):
        await judge("../secret")

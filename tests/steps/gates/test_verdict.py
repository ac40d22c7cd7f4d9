"""A role as a judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.command import CommandAgent, CommandSettings
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.core.work import Artifact, Changes, Feedback, Handoff, Outcome, Usage, Verdict
from ropewalk.definition.workflow import Ref
from ropewalk.errors import GateError
from ropewalk.steps.gates.verdict import Reviewed
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

ARGS = {"role": "qa", "criteria": ["It has tests.", "It is short."], "prompt": "Be kind."}


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def rehearsed(desk: ListeningDesk, script: str) -> Verdict:
    given = brief(role_name="dev", rehearse=script, creates=(Ref("a.md"),))
    return await Reviewed().judge(ARGS, given, Outcome(), desk, Tools(agents={"rehearsal": Rehearsal()}))


async def by_command(desk: ListeningDesk, script: str, args: dict[str, Any] = ARGS) -> Verdict:
    tools = Tools(agents={"judge": CommandAgent("judge", CommandSettings(argv=("sh", "-c", script)))})
    given = brief(role_name="dev", title="Build", creates=(Ref("a.md"),), feedback=(Feedback("x", "y"),))
    done = Outcome(artifacts=(Artifact("a.md", "0", size=3),))
    return await Reviewed().judge(
        {**args, "who": {"agents": ["judge"], "title": "Quality"}}, given, done, desk, tools
    )


async def test_a_rehearsed_judge_passes_unless_its_script_says_otherwise(desk):
    passed = await rehearsed(desk, "")
    assert (passed.verdict, passed.by) == ("PASS", "qa")
    assert passed.evidence == {"agent": "rehearsal", "rehearsed": True}
    failed = await rehearsed(desk, "steps: {build: {verdict: {verdict: FAIL, findings: [no tests]}}}")
    assert (failed.verdict, failed.findings) == ("FAIL", ("no tests",))
    assert not list(desk.folder.iterdir())
    assert desk.noted == []


async def test_what_judging_took_is_told_with_the_verdict_and_a_rehearsal_took_nothing(desk):
    answer = '{"outputs": {"verdict": "PASS", "findings": []}, "usage": {"tokens_in": 5, "cost_usd": 0.5}}'
    assert (await by_command(desk, f"echo '{answer}' > $ROPEWALK_OUTPUT")).usage == Usage(
        tokens_in=5, cost_usd=0.5
    )
    assert (await rehearsed(desk, "")).usage is None


async def test_the_judge_is_asked_for_the_criteria_and_nothing_else(desk):
    answer = '{"outputs": {"verdict": "CONCERNS", "findings": ["a.md: thin"], "evidence": {"1": "seen"}}}'
    verdict = await by_command(desk, f"cat > asked; echo '{answer}' > $ROPEWALK_OUTPUT")
    assert verdict.verdict == "CONCERNS"
    assert verdict.evidence["1"] == "seen"
    asked = (desk.folder / "asked").read_text()
    for words in (
        "You are Quality",
        "1. It has tests.",
        "2. It is short.",
        "Be kind.",
        "`a.md`",
        "Change nothing",
    ):
        assert words in asked
    assert "What must be there" not in asked
    assert "came back" not in asked


async def test_the_judge_is_told_what_was_asked_for_passed_on_and_changed(desk):
    files = (Artifact("b.md", "0", size=3),)

    async def changed() -> Changes:
        return Changes("c" * 40, files, {"b.md": "+{{ inputs.no }}"}, of_run=True)

    answer = '{"outputs": {"verdict": "PASS", "findings": []}}'
    script = f"cat > asked; echo '{answer}' > $ROPEWALK_OUTPUT"
    judge = CommandAgent("judge", CommandSettings(argv=("sh", "-c", script)))
    given = brief(
        prompt="Build {{ inputs.what }}.", inputs={"what": "it"}, handoffs=(Handoff("dev", summary="first"),)
    )
    done = Outcome(handoff=Handoff("tester", summary="second"))
    args = {**ARGS, "who": {"agents": ["judge"]}}
    await Reviewed().judge(args, given, done, desk, Tools(agents={"judge": judge}, changed=changed))
    asked = (desk.folder / "asked").read_text()
    for words in ("the work of the run so far", "Build it.", "summary: first", "summary: second", "- `b.md`"):
        assert words in asked
    assert "+{{ inputs.no }}" in asked


async def test_a_title_is_never_read_as_a_template_again(desk):
    tools = Tools(agents={"rehearsal": Rehearsal()})
    given = brief(role_name="dev", title="{{ 7 * 7 }} {% boom %}", rehearse="", creates=(Ref("a.md"),))
    assert (await Reviewed().judge(ARGS, given, Outcome(), desk, tools)).verdict


async def test_a_waiver_needs_its_reason(desk):
    waived = '{"verdict": "WAIVED", "findings": ["thin"], "reason": "a spike"}'
    assert (await by_command(desk, f"echo '{waived}' > $ROPEWALK_OUTPUT")).reason == "a spike"
    with pytest.raises(GateError, match="reason"):
        await by_command(desk, """echo '{"verdict": "WAIVED", "findings": []}' > $ROPEWALK_OUTPUT""")


@pytest.mark.parametrize("answer", ['{"verdict": "FINE", "findings": []}', '{"verdict": "PASS"}'])
async def test_an_answer_that_is_no_verdict_passes_nothing(desk, answer):
    with pytest.raises(GateError, match="the verdict"):
        await by_command(desk, f"echo '{answer}' > $ROPEWALK_OUTPUT")


async def test_a_judge_that_fails_leaves_its_failure_to_whoever_asked(desk):
    with pytest.raises(GateError) as caught:
        await by_command(desk, "echo usage limit reached, retry after 60 >&2; exit 1")
    assert caught.value.where["failure"].kind == "quota"

"""The agents as their runs' events tell, and texts that are no workflow."""

import pytest

from ropewalk.app.choosing import AttemptRow, agents, validate
from ropewalk.app.open import open_ropewalk
from ropewalk.core import events as e
from ropewalk.core.work import Failure
from ropewalk.testing.store_contract.given import append, begin
from tests.web.opened import project


@pytest.fixture
async def ropewalk(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as opened:
        yield opened


async def test_an_agent_tells_what_it_works_on_and_one_that_is_gone_is_shown_too(ropewalk):
    started = (e.StepStarted(step="plan"), e.AttemptNoted(step="plan", note={"agent": "claude"}))
    await begin(ropewalk.store, "r", *started)
    (claude,) = [one for one in await agents(ropewalk) if one.agent == "claude"]
    assert (claude.status, claude.working) == ("working", (AttemptRow("r", "plan"),))
    later = ropewalk.engine.clock.now() + 3600
    failure = Failure(kind="quota", message="used up", retry_at=later)
    await append(ropewalk.store, "r", 4, e.AttemptFailed(step="plan", failure=failure, retry_at=later))
    (claude,) = [one for one in await agents(ropewalk) if one.agent == "claude"]
    assert (claude.status, claude.rests_until) == ("resting", later)


async def test_a_text_that_is_no_workflow_has_faults(ropewalk):
    for text in ("", "- 1", "a: [", "\x00"):
        assert not (await validate(ropewalk, text)).valid, text

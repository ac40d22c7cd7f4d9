"""The agents as their runs' events tell, and texts that are no workflow."""

import pytest

from tests.web.opened import project
from weft.app.choosing import agents, validate
from weft.app.open import open_weft
from weft.core import events as e
from weft.core.work import Failure
from weft.testing.store_contract.given import append, begin


@pytest.fixture
async def weft(tmp_path):
    async with open_weft(project(tmp_path / "project")) as opened:
        yield opened


async def test_an_agent_tells_what_it_works_on_and_one_that_is_gone_is_shown_too(weft):
    started = (e.StepStarted(step="plan"), e.AttemptNoted(step="plan", note={"agent": "claude"}))
    await begin(weft.store, "r", *started)
    (claude,) = [one for one in await agents(weft) if one["agent"] == "claude"]
    assert (claude["status"], claude["working"]) == ("working", [{"run": "r", "step": "plan"}])
    later = weft.engine.clock.now() + 3600
    failure = Failure(kind="quota", message="used up", retry_at=later)
    await append(weft.store, "r", 4, e.AttemptFailed(step="plan", failure=failure, retry_at=later))
    (claude,) = [one for one in await agents(weft) if one["agent"] == "claude"]
    assert (claude["status"], claude["rests_until"]) == ("resting", later)


async def test_a_text_that_is_no_workflow_has_faults(weft):
    for text in ("", "- 1", "a: [", "\x00"):
        assert not (await validate(weft, text))["valid"], text

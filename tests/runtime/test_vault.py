"""Values of secret inputs are in the memory of one process; what an attempt is given is looked up for it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.told import workflow
from weft.app.open import Weft, open_weft
from weft.core.events import RunCreated
from weft.core.evolve import evolve
from weft.core.graph import Graph
from weft.core.state import begin
from weft.definition.secrets import MARK
from weft.definition.workflow import Secret
from weft.errors import InvalidInput, Refused
from weft.runtime.vault import NOTHING, Vault, how_to_give
from weft.testing.clock import ManualClock

VALUE = "canary-0123456789"
FLOW = """
inputs: {token: {secret: true}}
steps:
- {id: first, run: 'true'}
- {id: asks, needs: first, ask: Go on?}
- {id: uses, needs: asks, run: 'test "$T" = canary-0123456789', secrets: {T: token}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "weft.toml").write_text('workspace = "folder"\n')
    return tmp_path


async def begun(folder: Path) -> tuple[Weft, str]:
    weft = open_weft(folder)
    return weft, await weft.start(workflow(FLOW), inputs={"token": VALUE})


async def test_a_value_is_given_to_the_step_that_names_it_and_forgotten_at_the_end(folder):
    weft, run = await begun(folder)
    assert (await weft.engine.fold(run)).inputs == {"token": MARK}
    state = await weft.drive(run)
    await weft.answer(run, next(iter(state.asks)), "approve")
    assert (await weft.drive(run)).status == "completed"
    assert weft.engine.vault.of(run) == {}
    await weft.close()


async def test_a_process_that_was_not_given_it_waits_before_anything_starts_and_goes_on_when_it_is(folder):
    weft, run = await begun(folder)
    await weft.close()
    weft = open_weft(folder)
    state = await weft.drive(run)
    assert (state.status, state.reason, state.detail) == ("paused", "secret", "token")
    assert state.steps["first"].status == "pending"
    with pytest.raises(InvalidInput, match="no such input"):
        await weft.give(run, {"tokn": VALUE})
    await weft.give(run, {"token": VALUE})
    state = await weft.drive(run)
    assert (state.status, state.reason) == ("paused", "asked")
    await weft.answer(run, next(iter(state.asks)), "approve")
    assert (await weft.drive(run)).status == "completed"
    with pytest.raises(Refused, match="is completed"):
        await weft.give(run, {"token": VALUE})
    await weft.close()


LATER = """
inputs: {token: {secret: true}}
steps:
- {id: asks, ask: {prompt: Go on?, expires: 1h, default: approve}}
- {id: uses, needs: asks, run: 'test "$T" = canary-0123456789', secrets: {T: token}}
"""


async def test_a_run_that_goes_on_by_itself_when_a_time_comes_waits_for_the_value_too(folder):
    weft = open_weft(folder)
    run = await weft.start(workflow(LATER), inputs={"token": VALUE})
    assert (await weft.drive(run)).reason == "asked"
    await weft.close()
    weft = open_weft(folder)
    weft.engine.clock = ManualClock(weft.engine.clock.now() + 7200)
    state = await weft.drive(run)
    assert (state.status, state.reason, state.steps["uses"].status) == ("paused", "secret", "pending")
    await weft.give(run, {"token": VALUE})
    assert (await weft.drive(run)).status == "completed"
    await weft.close()


async def test_one_step_of_a_run_is_refused_rather_than_failed_for_want_of_a_value(folder):
    from weft.core import commands as c

    weft, run = await begun(folder)
    await weft.close()
    weft = open_weft(folder)
    state = await weft.engine.fold(run)
    assert weft.engine.vault.lacking(state) == ("token",)
    await weft.drive(run)
    with pytest.raises(Refused):
        await weft.engine.tell(run, c.ExecuteStep("uses"), "ada")
    await weft.close()


async def test_a_run_that_is_aborted_does_not_wait_for_a_value(folder):
    from weft.core import commands as c

    weft, run = await begun(folder)
    await weft.close()
    weft = open_weft(folder)
    await weft.drive(run)
    await weft.engine.tell(run, c.Abort(), "ada")
    assert (
        await weft.drive(run) if not (await weft.engine.fold(run)).ended else await weft.engine.fold(run)
    ).status == "aborted"
    await weft.close()


async def test_a_fork_takes_the_value_along_or_another_one_and_neither_is_on_record(folder):
    weft, run = await begun(folder)
    await weft.drive(run)
    same = await weft.fork(run, "uses")
    other = await weft.fork(run, "uses", inputs={"token": VALUE[::-1]})
    assert weft.engine.vault.of(same) == {"token": VALUE}
    assert weft.engine.vault.of(other) == {"token": VALUE[::-1]}
    assert (await weft.engine.fold(other)).inputs == {"token": MARK}
    await weft.close()


async def test_a_called_run_is_given_what_its_call_names(folder):
    (folder / "child.yaml").write_text(
        "name: child\ninputs: {key: {secret: true}, plain: {required: false}}\n"
        "steps:\n- {id: use, run: 'test \"$K\" = canary-0123456789', secrets: {K: key}}\n"
    )
    weft = open_weft(folder)
    (folder / "key").write_text(VALUE)
    flow = workflow(
        "inputs: {token: {secret: true}}\nsecrets: {F: {file: key}}\nsteps:\n"
        "- {id: value, call: child.yaml, secrets: {key: token}}\n"
        "- {id: reference, call: child.yaml, secrets: {key: F}}\n"
        "- {id: wrong, call: child.yaml, secrets: {key: F, plain: F}, on_failure: continue}\n"
    )
    run = await weft.start(flow, inputs={"token": VALUE})
    state = await weft.drive(run)
    assert [state.steps[name].status for name in ("value", "reference", "wrong")] == [
        "succeeded",
        "succeeded",
        "failed",
    ]
    failure = state.steps["wrong"].failure
    assert failure is not None
    assert "has no secret input of that name" in failure.message
    await weft.close()


def test_a_record_of_before_that_holds_the_value_shows_it_to_nobody():
    flow = workflow(FLOW)
    state = begin("r", flow, Graph(flow))
    evolve(state, RunCreated(workflow="flow", digest="", inputs={"token": VALUE}), 0.0)
    assert state.inputs == {"token": MARK}
    assert Vault().lacking(state) == ("token",)


def test_what_is_held_is_known_by_run():
    vault = Vault()
    vault.put("r", {})
    assert vault.of("r") == {}
    vault.put("r", {"a": "one", "b": Secret(env="X")})
    vault.put("r", {"a": "two"})
    assert vault.of("r") == {"a": "two", "b": Secret(env="X")}
    vault.forget("r")
    assert vault.of("r") == {}
    assert not NOTHING.redactor
    assert how_to_give("r", ("a", "b")) == "weft drive r -i a=@env:NAME -i b=@env:NAME"
    assert how_to_give("r", ()) == "weft drive r"

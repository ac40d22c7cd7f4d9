"""Values of secret inputs are in the memory of one process; what an attempt is given is looked up for it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core.events import RunCreated
from ropewalk.core.evolve import evolve
from ropewalk.core.state import Graph, new_state
from ropewalk.definition.secrets import SECRET_MARK
from ropewalk.definition.workflow import Secret
from ropewalk.errors import InvalidInput, Refused
from ropewalk.runtime.vault import NOTHING, Vault, how_to_give_secrets
from ropewalk.testing.clock import ManualClock
from tests.formats.told import workflow

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
    (tmp_path / "ropewalk.toml").write_text('workspace = "folder"\n')
    return tmp_path


async def begun(folder: Path) -> tuple[Ropewalk, str]:
    ropewalk = open_ropewalk(folder)
    return ropewalk, await ropewalk.start(workflow(FLOW), inputs={"token": VALUE})


async def test_a_value_is_given_to_the_step_that_names_it_and_forgotten_at_the_end(folder):
    ropewalk, run = await begun(folder)
    assert (await ropewalk.engine.fold(run)).inputs == {"token": SECRET_MARK}
    state = await ropewalk.drive(run)
    await ropewalk.answer(run, next(iter(state.asks)), "approve")
    assert (await ropewalk.drive(run)).status == "completed"
    assert ropewalk.engine.vault.of(run) == {}
    await ropewalk.close()


async def test_a_process_that_was_not_given_it_waits_before_anything_starts_and_goes_on_when_it_is(folder):
    ropewalk, run = await begun(folder)
    await ropewalk.close()
    ropewalk = open_ropewalk(folder)
    state = await ropewalk.drive(run)
    assert (state.status, state.reason, state.detail) == ("paused", "secret", "token")
    assert state.steps["first"].status == "pending"
    with pytest.raises(InvalidInput, match="no such input"):
        await ropewalk.give(run, {"tokn": VALUE})
    await ropewalk.give(run, {"token": VALUE})
    state = await ropewalk.drive(run)
    assert (state.status, state.reason) == ("paused", "asked")
    await ropewalk.answer(run, next(iter(state.asks)), "approve")
    assert (await ropewalk.drive(run)).status == "completed"
    with pytest.raises(Refused, match="is completed"):
        await ropewalk.give(run, {"token": VALUE})
    await ropewalk.close()


LATER = """
inputs: {token: {secret: true}}
steps:
- {id: asks, ask: {prompt: Go on?, expires: 1h, default: approve}}
- {id: uses, needs: asks, run: 'test "$T" = canary-0123456789', secrets: {T: token}}
"""


async def test_a_run_that_goes_on_by_itself_when_a_time_comes_waits_for_the_value_too(folder):
    ropewalk = open_ropewalk(folder)
    run = await ropewalk.start(workflow(LATER), inputs={"token": VALUE})
    assert (await ropewalk.drive(run)).reason == "asked"
    await ropewalk.close()
    ropewalk = open_ropewalk(folder)
    ropewalk.engine.clock = ManualClock(ropewalk.engine.clock.now() + 7200)
    state = await ropewalk.drive(run)
    assert (state.status, state.reason, state.steps["uses"].status) == ("paused", "secret", "pending")
    await ropewalk.give(run, {"token": VALUE})
    assert (await ropewalk.drive(run)).status == "completed"
    await ropewalk.close()


async def test_one_step_of_a_run_is_refused_rather_than_failed_for_want_of_a_value(folder):
    from ropewalk.core import commands as c

    ropewalk, run = await begun(folder)
    await ropewalk.close()
    ropewalk = open_ropewalk(folder)
    state = await ropewalk.engine.fold(run)
    assert ropewalk.engine.vault.lacking(state) == ("token",)
    await ropewalk.drive(run)
    with pytest.raises(Refused):
        await ropewalk.engine.tell(run, c.ExecuteStep("uses"), "ada")
    await ropewalk.close()


async def test_a_run_that_is_aborted_does_not_wait_for_a_value(folder):
    from ropewalk.core import commands as c

    ropewalk, run = await begun(folder)
    await ropewalk.close()
    ropewalk = open_ropewalk(folder)
    await ropewalk.drive(run)
    await ropewalk.engine.tell(run, c.Abort(), "ada")
    assert (
        await ropewalk.drive(run)
        if not (await ropewalk.engine.fold(run)).ended
        else await ropewalk.engine.fold(run)
    ).status == "aborted"
    await ropewalk.close()


async def test_a_fork_takes_the_value_along_or_another_one_and_neither_is_on_record(folder):
    ropewalk, run = await begun(folder)
    await ropewalk.drive(run)
    same = await ropewalk.fork(run, "uses")
    other = await ropewalk.fork(run, "uses", inputs={"token": VALUE[::-1]})
    assert ropewalk.engine.vault.of(same) == {"token": VALUE}
    assert ropewalk.engine.vault.of(other) == {"token": VALUE[::-1]}
    assert (await ropewalk.engine.fold(other)).inputs == {"token": SECRET_MARK}
    await ropewalk.close()


async def test_a_called_run_is_given_what_its_call_names(folder):
    (folder / "child.yaml").write_text(
        "name: child\ninputs: {key: {secret: true}, plain: {required: false}}\n"
        "steps:\n- {id: use, run: 'test \"$K\" = canary-0123456789', secrets: {K: key}}\n"
    )
    ropewalk = open_ropewalk(folder)
    (folder / "key").write_text(VALUE)
    flow = workflow(
        "inputs: {token: {secret: true}}\nsecrets: {F: {file: key}}\nsteps:\n"
        "- {id: value, call: child.yaml, secrets: {key: token}}\n"
        "- {id: reference, call: child.yaml, secrets: {key: F}}\n"
    )
    run = await ropewalk.start(flow, inputs={"token": VALUE})
    state = await ropewalk.drive(run)
    assert [state.steps[name].status for name in ("value", "reference")] == ["succeeded", "succeeded"]
    await ropewalk.close()


def test_a_record_of_before_that_holds_the_value_shows_it_to_nobody():
    flow = workflow(FLOW)
    state = new_state("r", flow, Graph(flow))
    evolve(state, RunCreated(workflow="flow", digest="", inputs={"token": VALUE}), 0.0)
    assert state.inputs == {"token": SECRET_MARK}
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
    assert how_to_give_secrets("r", ("a", "b")) == "ropewalk drive r -i a=@env:NAME -i b=@env:NAME"
    assert how_to_give_secrets("r", ()) == "ropewalk drive r"

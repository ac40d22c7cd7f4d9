"""A command that an agent asks ropewalk to run stays in the working folder, keeps the end of what it printed without secrets,
and ends when it is killed, released, or the attempt is over: whenever that is, and with all that it started."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp import terminals as module
from ropewalk.agents.acp.terminals import Terminals
from ropewalk.agents.redaction import Redactor
from ropewalk.processes.limits import ProcessLimits
from ropewalk.testing.desk import ListeningDesk

ENV = {"PATH": os.environ["PATH"], "WORD": "ours"}
FOREVER = {"command": "sleep", "args": ["600"]}


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


@pytest.fixture
def terminals(desk: ListeningDesk) -> Terminals:
    return Terminals(desk, ENV)


def shell(script: str, **params: Any) -> dict[str, Any]:
    return {"command": "sh", "args": ["-c", script], **params}


async def shown(terminals: Terminals, params: dict[str, Any]) -> dict[str, Any]:
    """What the agent sees of a command that has ended."""
    terminal = await terminals.create(params)
    await terminals.wait(terminal)
    return await terminals.output(terminal)


def left_by(desk: ListeningDesk) -> list[Path]:
    """The locks of processes of which it is not proved that they have ended."""
    return list(desk.spool.glob("process*"))


# Where it runs, and with what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "docs", "docs/..", "./docs/", "{folder}/docs"])
async def test_it_runs_in_the_working_folder_or_below_it(
    terminals: Terminals, desk: ListeningDesk, inside: str
):
    (desk.folder / "docs").mkdir()
    cwd = inside.replace("{folder}", str(desk.folder))
    output = await shown(terminals, shell("pwd", cwd=cwd))
    assert output["output"].strip() == str((desk.folder / cwd).resolve())


@pytest.mark.parametrize("cwd", ["/", "..", "docs/../..", "out", "out/further", "\0", "{folder}-2"])
async def test_no_command_is_started_in_a_folder_outside(terminals: Terminals, desk: ListeningDesk, cwd: str):
    (desk.folder / "out").symlink_to(desk.folder.parent)
    with pytest.raises(ValueError, match="outside of the working folder"):
        await terminals.create(shell("touch started", cwd=cwd.replace("{folder}", str(desk.folder))))
    assert not list(desk.folder.parent.rglob("started"))


async def test_its_own_variables_come_on_top_of_those_of_the_agent_and_nothing_of_ours(
    terminals: Terminals, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OURS", "private")
    variables = [{"name": "WORD", "value": "its own"}, {"name": "SAME", "value": "$WORD"}]
    output = await shown(terminals, shell('echo "$WORD,$SAME,$OURS"', env=variables))
    assert output["output"] == "its own,$WORD,\n"


async def test_its_words_are_passed_one_by_one_through_no_shell(terminals: Terminals):
    words = ["%s|", "a b", "$(id)", "", "\u202eö\n", "-n", 7]
    output = await shown(terminals, {"command": "printf", "args": words})
    assert output["output"] == "a b|$(id)||\u202eö\n|-n|7|"


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({}, KeyError),
        ({"command": ""}, ValueError),
        ({"command": "a\0b"}, ValueError),
        ({"command": "true", "env": [{"name": "A=B", "value": ""}]}, ValueError),
        ({"command": "true", "env": [{"name": "A"}]}, KeyError),
        ({"command": "true", "outputByteLimit": "many"}, ValueError),
        ({"command": "no-such-program"}, FileNotFoundError),
        ({"command": "true", "cwd": "no-such-folder"}, FileNotFoundError),
    ],
)
async def test_what_cannot_be_started_is_refused_and_leaves_nothing(
    terminals: Terminals, desk: ListeningDesk, params: dict[str, Any], fault: type[Exception]
):
    with pytest.raises(fault):
        await terminals.create(params)
    assert not terminals.busy
    assert not left_by(desk)


async def test_the_confinement_and_the_limits_of_its_agent_are_put_around_it(desk: ListeningDesk):
    confined = Terminals(desk, ENV, lambda argv: ["env", "CONFINED=yes", *argv], ProcessLimits(open_files=77))
    output = await shown(confined, shell("echo $CONFINED; ulimit -n"))
    assert output == {"output": "yes\n77\n", "truncated": False, "exitStatus": {"exitCode": 0}}


# What it printed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "kept", "truncated"),
    [(None, "12é45é", False), (8, "12é45é", False), (7, "2é45é", True), (5, "45é", True), (1, "", True)],
)
async def test_of_long_output_the_end_is_kept_and_no_half_of_a_character(
    terminals: Terminals, limit: int | None, kept: str, truncated: bool
):
    output = await shown(terminals, shell("printf 12é45é; exit 3", outputByteLimit=limit))
    assert output == {"output": kept, "truncated": truncated, "exitStatus": {"exitCode": 3}}


async def test_an_agent_cannot_have_more_kept_than_there_is_room_for(
    terminals: Terminals, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MOST_BYTES", 4)
    output = await shown(terminals, shell("printf 123456", outputByteLimit=10**15))
    assert (output["output"], output["truncated"]) == ("3456", True)


@pytest.mark.parametrize("limit", [None, 12])
async def test_a_secret_that_it_printed_is_not_shown_also_not_its_end_where_the_output_was_cut(
    desk: ListeningDesk, limit: int | None
):
    secret = "sk-ropewalk-0123456789"
    desk.redactor = Redactor({"API_KEY": secret})
    output = await shown(Terminals(desk, ENV), shell(f"printf {secret}", outputByteLimit=limit))
    assert "redacted" in output["output"]
    assert secret[-8:] not in output["output"]


async def test_what_it_prints_is_a_sign_of_life(terminals: Terminals, desk: ListeningDesk):
    await shown(terminals, shell("echo a >&2"))
    assert desk.signs > 0


# How it ends ------------------------------------------------------------------------------------------------------------


async def test_one_at_work_has_no_exit_status_and_one_that_is_killed_tells_the_signal_and_keeps_its_output(
    terminals: Terminals,
):
    terminal = await terminals.create(shell("echo begun; exec sleep 600"))
    async with asyncio.timeout(30):
        while (await terminals.output(terminal))["output"] != "begun\n":  # noqa: ASYNC110 - another process makes it hold
            await asyncio.sleep(0)
    assert "exitStatus" not in await terminals.output(terminal)
    assert terminals.busy
    assert await terminals.kill(terminal) == {}
    assert not terminals.busy
    killed = {"output": "begun\n", "truncated": False, "exitStatus": {"signal": "15"}}
    assert await terminals.output(terminal) == killed
    assert await terminals.kill(terminal) == {}
    assert await terminals.wait(terminal) == {"signal": "15"}


@pytest.mark.parametrize("end", ["kill", "release", "close"])
async def test_it_may_be_ended_in_the_moment_in_which_it_is_started(
    terminals: Terminals, desk: ListeningDesk, end: str
):
    terminal = await terminals.create(FOREVER)
    await (terminals.close() if end == "close" else getattr(terminals, end)(terminal))
    assert not left_by(desk)


async def test_what_it_left_running_and_what_does_not_hear_the_request_to_end_is_ended(
    terminals: Terminals, desk: ListeningDesk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.05)
    deaf = "trap '' TERM; sleep 600 & sleep 600"
    assert (await shown(terminals, shell(f"({deaf}) & exit 0")))["exitStatus"] == {"exitCode": 0}
    await terminals.kill(await terminals.create(shell(deaf)))
    assert not left_by(desk)
    assert not desk.heard("err")


async def test_several_wait_for_one_and_each_hears_how_it_ended_also_when_another_gives_up(
    terminals: Terminals, desk: ListeningDesk
):
    terminal = await terminals.create(shell("until [ -e go ]; do sleep 0.01; done; exit 5"))
    *waiting, impatient = [asyncio.create_task(terminals.wait(terminal)) for _ in range(3)]
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait({impatient})
    (desk.folder / "go").touch()
    assert await asyncio.gather(*waiting) == [{"exitCode": 5}] * 2
    await terminals.release(terminal)


async def test_a_name_is_given_once_and_is_unknown_when_it_was_released(terminals: Terminals):
    first, second = await terminals.create({"command": "true"}), await terminals.create({"command": "true"})
    assert first != second
    await terminals.release(first)
    for ask in (terminals.output, terminals.wait, terminals.kill, terminals.release):
        for params in (first, {}, {"terminalId": "terminal-9"}):
            with pytest.raises(ValueError, match="there is no terminal"):
                await ask(params)
    assert await terminals.create({"command": "true"}) not in (first, second)
    await terminals.close()


async def test_when_the_attempt_is_over_all_are_ended_and_none_is_started(
    terminals: Terminals, desk: ListeningDesk
):
    late = [asyncio.create_task(terminals.create(FOREVER)) for _ in range(3)]
    await asyncio.sleep(0)
    await terminals.close()
    results = await asyncio.gather(*late, return_exceptions=True)
    assert all(isinstance(result, dict) or "over" in str(result) for result in results)
    assert not terminals.busy
    assert not left_by(desk)
    with pytest.raises(ValueError, match="the attempt is over"):
        await terminals.create({"command": "true"})

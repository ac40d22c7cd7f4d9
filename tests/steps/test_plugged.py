"""Faults of a plug-in are its own, by its name, and end nothing else."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.port import Probe
from ropewalk.cli.main import main
from ropewalk.core import Outcome, Verdict
from ropewalk.errors import GateError, PluginFailed
from ropewalk.steps.plugged import Plugged, what_it_raised


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError


class Thing:
    name = "inner"
    workspace = "read"

    def __init__(self, action: Any = None) -> None:
        self.action = action

    async def perform(self, *args: Any) -> Any:
        return self.action() if callable(self.action) else self.action

    judge = probe = perform


def raises(error: BaseException) -> Any:
    def action() -> None:
        raise error

    return action


def test_everything_but_its_coroutines_is_as_it_is() -> None:
    thing = Plugged("outer", Thing())
    assert (thing.name, thing.workspace) == ("inner", "read")
    assert not hasattr(thing, "steered")


async def test_what_it_gives_is_given() -> None:
    assert await Plugged("p", Thing(Outcome())).perform() == Outcome()
    assert await Plugged("p", Thing(Verdict("g", "PASS"))).judge() == Verdict("g", "PASS")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (ValueError("no"), "ValueError: no"),
        (FileNotFoundError(errno.ENOENT, "no"), "FileNotFoundError"),
        (asyncio.CancelledError(), "CancelledError"),
        (Mute(), "Mute: it says nothing of itself"),
    ],
)
async def test_what_it_raises_is_its_fault_by_name_and_place(error: BaseException, told: str) -> None:
    with pytest.raises(PluginFailed, match=r"The plug-in p failed: .*test_plugged\.py:\d+") as fault:
        await Plugged("p", Thing(raises(error))).perform()
    assert told in fault.value.message


async def test_a_word_of_ropewalk_and_a_trouble_of_the_host_pass() -> None:
    with pytest.raises(GateError):
        await Plugged("p", Thing(raises(GateError(gate="g", reason="r")))).judge()
    with pytest.raises(OSError, match="full"):
        await Plugged("p", Thing(raises(OSError(errno.ENOSPC, "full")))).perform()


async def test_being_stopped_is_no_fault() -> None:
    waiting = asyncio.Event()

    class Slow(Thing):
        async def perform(self, *args: Any) -> Any:
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(Plugged("p", Slow()).perform())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("verb", "wanted"), [("perform", "Outcome"), ("judge", "Verdict")])
async def test_an_answer_of_another_kind_is_its_fault(verb: str, wanted: str) -> None:
    with pytest.raises(PluginFailed, match=f"its `{verb}` gave NoneType, {wanted} is wanted"):
        await getattr(Plugged("p", Thing()), verb)()


async def test_an_agent_that_cannot_even_be_asked_is_not_usable() -> None:
    probe = await Plugged("p", Thing(raises(SystemExit(1)))).probe()
    assert (probe.agent, probe.usable) == ("p", False)
    assert "SystemExit" in probe.reason
    good = Probe("p", installed=True, usable=True)
    assert await Plugged("p", Thing(good)).probe() == good


def test_what_was_never_raised_has_no_place() -> None:
    assert what_it_raised(ValueError()) == "ValueError"


PLUGIN = """
import sys
from ropewalk.core.work import Outcome, Verdict

class Leaving:
    name, schema, workspace = "leaving", {}, "read"
    async def perform(self, brief, desk, tools):
        sys.exit(3)

class Judge:
    name, schema = "judge", {}
    async def judge(self, args, brief, outcome, desk, tools):
        raise KeyboardInterrupt
"""


@pytest.mark.parametrize("step", ["{id: a, uses: leaving}", "{id: a, uses: noop, gate: {uses: judge}}"])
def test_the_run_fails_and_the_program_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    site = tmp_path / "site"
    info = site / "leaving-1.dist-info"
    info.mkdir(parents=True)
    (site / "leaving_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: leaving\nVersion: 1\n")
    points = (
        "[ropewalk.steps]\nleaving = leaving_plugin:Leaving\n[ropewalk.gates]\njudge = leaving_plugin:Judge\n"
    )
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    (tmp_path / "w.yaml").write_text(f"name: w\nsteps: [{step}]\n")
    assert main(["run", "w.yaml"]) == 1
    name = "leaving" if "leaving" in step else "judge"
    printed = capsys.readouterr().out
    assert f"The plug-in {name} failed" in printed
    assert "run.failed" in printed

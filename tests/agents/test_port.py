"""Every agent is what the port says: it can be asked by the same words, and says of itself what it may be asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.cassette import Player, TapeRecorder
from ropewalk.agents.command import CommandAgent, CommandSettings
from ropewalk.agents.model import Model, ModelSettings
from ropewalk.agents.port import Agent, Confining, Desk, Permission, Probe
from ropewalk.agents.redaction import Redactor
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.testing.desk import ListeningDesk

COMMAND = ("no-such-program-of-any-host",)
AGENTS: dict[str, Callable[[Path], Any]] = {
    "acp": lambda folder: AcpAgent("agent", AcpSettings(argv=COMMAND)),
    "command": lambda folder: CommandAgent("agent", CommandSettings(argv=COMMAND)),
    "model": lambda folder: Model("agent", ModelSettings(model="no-such-provider:model")),
    "rehearsal": lambda folder: Rehearsal(),
    "player": lambda folder: Player("agent", folder),
    "recorder": lambda folder: TapeRecorder(AcpAgent("agent", AcpSettings(argv=COMMAND)), folder),
    "recorder of a rehearsal": lambda folder: TapeRecorder(Rehearsal(), folder),
}


def words_of(function: Any) -> list[tuple[str, Any]]:
    """By what names, and how, it is given its arguments."""
    parameters = list(inspect.signature(function).parameters.values())
    return [(parameter.name, parameter.kind) for parameter in parameters if parameter.name != "self"]


def members(port: type) -> set[str]:
    return {name for name in (*vars(port), *port.__annotations__) if not name.startswith("_")}


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_is_asked_by_the_words_of_the_port(name: str, tmp_path: Path):
    agent = AGENTS[name](tmp_path)
    assert all(hasattr(agent, member) for member in members(Agent))
    assert words_of(agent.perform) == words_of(Agent.perform)
    if getattr(agent, "confines", False):
        assert words_of(agent.probe) == words_of(Confining.probe)


@pytest.mark.parametrize("name", sorted(AGENTS.keys() - {"model"}))  # what it imports takes seconds
async def test_one_that_cannot_be_used_says_why_under_its_own_name(name: str, tmp_path: Path):
    agent = AGENTS[name](tmp_path / "empty")
    probe = await agent.probe()
    assert probe.agent == agent.name
    assert probe.usable == (agent.name == "rehearsal")
    assert probe.installed or not probe.usable
    assert probe.reason


def test_the_desk_of_tests_has_all_that_an_attempt_may_reach(tmp_path: Path):
    desk = ListeningDesk(tmp_path)
    assert all(hasattr(desk, member) for member in members(Desk))
    for name in ("say", "alive", "note", "ask", "publish", "now"):
        assert words_of(getattr(desk, name)) == words_of(getattr(Desk, name))


def test_a_permission_offers_to_allow_and_to_deny_and_shares_nothing_with_another():
    first, second = Permission("Run make"), Permission("Run make")
    assert first.choices == ("allow", "deny")
    assert first == second
    assert first.detail is not second.detail
    with pytest.raises(AttributeError):
        first.title = "Run make clean"  # type: ignore[misc]


def test_what_is_asked_and_what_a_probe_says_is_cleaned_of_secrets_and_stays_what_it_is():
    redactor = Redactor({"KEY": "sk-0123456789"})
    permission = redactor.data(
        Permission("Run sk-0123456789", "execute", ("a/sk-0123456789",), detail={"x": ["sk-0123456789"]})
    )
    assert permission == Permission(
        "Run [redacted KEY]", "execute", ("a/[redacted KEY]",), detail={"x": ["[redacted KEY]"]}
    )
    probe = Probe("agent", installed=True, usable=False, reason="sk-0123456789 is refused")
    assert redactor.data(probe) == Probe(
        "agent", installed=True, usable=False, reason="[redacted KEY] is refused"
    )

"""What is started to see whether an agent can be used is confined where an attempt is asked to be."""

import msgspec
import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.breaker import Breakers
from ropewalk.agents.command import CommandAgent, CommandSettings
from ropewalk.agents.confine import NOT_CONFINED, Confinement
from ropewalk.definition.workflow import Role
from ropewalk.steps.port import Tools
from ropewalk.steps.role import choose
from ropewalk.testing.briefs import brief

PROBED = """#!/bin/sh
echo out > {outside}
echo in > {kept}
test "$1" = --version && echo 1.0 || sed -u 's/.*"id": *0.*/{{"jsonrpc": "2.0", "id": 0, "result": {{"protocolVersion": 1}}}}/'
"""


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("kind", ["command", "acp"])
@pytest.mark.parametrize("by", ["role", "step", "project", "agent"])
async def test_it_is_confined_from_its_first_word_on_by_whoever_asks(tmp_path, kind, by):
    program, outside, kept = tmp_path / "agent", tmp_path / "outside", tmp_path / "kept"
    kept.touch()
    program.write_text(PROBED.format(outside=outside, kept=kept))
    program.chmod(0o755)
    own = {"confine": "worktree"} if by == "agent" else {}
    confinement = Confinement(rule="worktree" if by == "project" else "none")
    agent = _looked_at(kind, program, {}, NOT_CONFINED)
    assert (await agent.probe()).usable
    kept.write_text("")
    outside.unlink()  # what nobody confines could write there, and what was seen then does not count for whom somebody does
    agent = agent if by in ("role", "step") else _looked_at(kind, program, own, confinement)
    role = Role(agents=("x",), confine="worktree" if by == "role" else "")
    given = msgspec.structs.replace(brief(role=role), confine="worktree" if by == "step" else "")
    tools = Tools(agents={"x": agent}, settings={"confinement": confinement})
    assert await choose(given, tools, Breakers(), 0.0) is agent
    assert not outside.exists()
    assert kept.read_text() == "in\n"


def _looked_at(kind, program, own, confinement):
    """An agent whose probe starts the program; it keeps a file of its home."""
    own = {"keeps": (str(program.parent / "kept"),), **own}
    if kind == "acp":
        return AcpAgent("x", AcpSettings(argv=(str(program),), **own), confinement)
    version = (str(program), "--version")
    return CommandAgent("x", CommandSettings(argv=(str(program),), version=version, **own), confinement)

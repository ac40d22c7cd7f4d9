"""Who does the work of a role: the first agent that can be used; what it is given and what becomes of its failures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.breaker import Breakers
from ropewalk.agents.command import CommandAgent
from ropewalk.agents.confine import Confinement
from ropewalk.agents.model import Model
from ropewalk.agents.port import Desk, Probe
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.core.work import Brief, Failure, Outcome, Usage
from ropewalk.definition.workflow import Role
from ropewalk.steps.port import Tools
from ropewalk.steps.role import Decide, RoleKind
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

DONE = Outcome()


class Listed:
    """An agent that gives what it was told to give, and remembers its brief."""

    rehearses = False

    def __init__(self, name: str, outcome: Outcome = DONE, *, usable: bool = True) -> None:
        self.name = name
        self.briefs: list[Brief] = []
        self._outcome = outcome
        self._usable = usable

    async def probe(self, *, confined: bool = False) -> Probe:
        return Probe(self.name, installed=True, usable=self._usable, reason="no key", hint="set one")

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        self.briefs.append(brief)
        return self._outcome


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path, clock=100.0)


async def work(
    desk: ListeningDesk, *agents: Any, settings: dict[str, Any] | None = None, **fields: Any
) -> Any:
    tools = Tools(agents={agent.name: agent for agent in agents}, settings=settings or {})
    return await RoleKind().perform(brief(role_name="dev", **fields), desk, tools)


async def test_the_first_usable_agent_of_the_role_does_it_and_is_noted(desk):
    outcome = await work(
        desk, Listed("a"), Listed("b", usable=False), Listed("c"), role=Role(agents=("b", "x", "c", "a"))
    )
    assert outcome.agent == "c"
    assert desk.noted == [{"agent": "c"}]


async def test_without_a_named_agent_the_setting_decides_else_whoever_is_usable(desk):
    assert (await work(desk, Listed("a"), Listed("b"), settings={"agent": "b"})).agent == "b"
    assert (await work(desk, Rehearsal(), Listed("a", usable=False), Listed("b"))).agent == "b"


async def test_when_no_agent_can_be_used_each_reason_is_told(desk):
    failure = (await work(desk, Listed("b", usable=False), role=Role(agents=("b", "x")))).failure
    assert failure.kind == "permanent"
    assert "for role dev" in failure.message
    assert "b: no key (set one)" in failure.message
    assert "x is not known" in failure.message
    assert "no agent is configured" in (await work(desk)).failure.message


async def test_a_rehearsal_takes_the_place_of_every_agent_and_is_marked(desk):
    outcome = await work(desk, Listed("a"), Rehearsal(), role=Role(agents=("a",)), rehearse="")
    assert (outcome.agent, outcome.rehearsed) == ("rehearsal", True)
    assert "not known here" in (await work(desk, Listed("a"), rehearse="")).failure.message


async def test_the_prompt_is_filled_in_once_and_what_it_takes_in_is_marked(desk):
    agent = Listed("a")
    await work(
        desk,
        agent,
        prompt="Do {{ inputs.short }}: {{ inputs.long }}",
        inputs={"short": "{{ x }}", "long": "a\nb"},
    )
    prompt = agent.briefs[0].prompt
    assert prompt.startswith("Do {{ x }}: \n<data-")
    assert "a\nb\n</data-" in prompt


async def test_a_prompt_that_cannot_be_filled_in_fails_before_anybody_works(desk):
    agent = Listed("a")
    outcome = await work(desk, agent, prompt="{{ inputs.nothing }}")
    assert outcome.failure.kind == "permanent"
    assert agent.briefs == []


async def test_an_agent_that_rests_is_passed_over_and_when_all_rest_the_step_waits(desk):
    breakers = Breakers(limit=1, rest_seconds=60)
    broken = Listed("a", Outcome(failure=Failure(kind="transient", message="broken")))
    settings = {"breakers": breakers}
    roles = Role(agents=("a", "b"))
    assert (await work(desk, broken, Listed("b"), settings=settings, role=roles)).failure.message == "broken"
    assert (await work(desk, broken, Listed("b"), settings=settings, role=roles)).agent == "b"
    waits = (await work(desk, broken, settings=settings, role=Role(agents=("a",)))).failure
    assert (waits.kind, waits.retry_at) == ("quota", 160.0)
    assert "a rests after failures" in waits.message


async def test_a_rehearsed_failure_rests_nobody(desk):
    breakers = Breakers(limit=1)
    await work(
        desk,
        Rehearsal(),
        settings={"breakers": breakers},
        rehearse="steps: {build: {fail: {class: transient}}}",
    )
    assert await breakers.rests_until("rehearsal", 100.0) is None


async def test_a_decision_by_a_role_gives_its_route_as_output(desk):
    tools = Tools(agents={"a": Listed("a", Outcome(route="go", outputs={"why": "x"}))})
    outcome = await Decide().perform(brief("decide", wants_route=("go", "stop")), desk, tools)
    assert outcome.outputs == {"why": "x", "route": "go"}
    broken = Tools(agents={"a": Listed("a", Outcome(failure=Failure(kind="refused", message="no")))})
    assert (await Decide().perform(brief("decide", wants_route=("go",)), desk, broken)).outputs == {}


async def test_a_used_up_quota_sends_the_work_to_the_next_agent_at_once_and_both_are_paid(desk):
    failure = Failure(kind="quota", message="used up", retry_at=500.0)
    first = Listed("a", Outcome(failure=failure, usage=Usage(10, 1, 0.25)))
    second = Listed("b", Outcome(usage=Usage(20, 2, 0.5)))
    settings = {"breakers": Breakers()}
    outcome = await work(desk, first, second, settings=settings, role=Role(agents=("a", "b")))
    assert (outcome.failure, outcome.agent, outcome.usage) == (None, "b", Usage(30, 3, 0.75))
    assert desk.noted == [{"agent": "a"}, {"agent": "b"}]
    assert "the role's next agent goes on" in desk.heard()
    await work(desk, first, second, settings=settings, role=Role(agents=("a", "b")))
    assert len(first.briefs) == 1


async def test_when_every_agents_quota_is_used_up_the_step_sleeps_and_a_cost_nobody_knows_stays_unknown(desk):
    made = [
        Listed(name, Outcome(failure=Failure("quota", "used up", retry_at=at), usage=Usage(10, 1, cost)))
        for name, at, cost in (("a", 500.0, 0.25), ("b", 400.0, None))
    ]
    outcome = await work(desk, *made, role=Role(agents=("a", "b")))
    assert (outcome.failure.kind, outcome.failure.retry_at) == ("quota", 400.0)
    assert outcome.usage == Usage(20, 2, None)


async def test_an_agent_that_has_never_heard_of_confinement_is_not_asked_where_it_is_wanted(desk):
    plain, able = Listed("plain"), Listed("able")
    able.confines = True  # type: ignore[attr-defined]
    role = Role(agents=("plain", "able"), confine="worktree")
    assert (await work(desk, plain, able, role=role)).agent == "able"
    assert plain.briefs == []
    refused = await work(desk, plain, role=Role(agents=("plain",)), confine="worktree")
    assert "plain cannot be confined" in refused.failure.message
    rule = {"confinement": Confinement(rule="worktree")}
    assert (await work(desk, plain, role=Role(agents=("plain",)), settings=rule)).failure is not None
    assert (await work(desk, plain, role=Role(agents=("plain",)))).agent == "plain"


@pytest.mark.parametrize("wanted", ["ask", "deny"])
async def test_an_agent_that_asks_for_nothing_is_not_asked_where_something_may_be_refused(desk, wanted):
    plain, able = Listed("plain"), Listed("able")
    able.asks = True  # type: ignore[attr-defined]
    role = Role(agents=("plain", "able"), permissions=wanted)
    assert (await work(desk, plain, able, role=role)).agent == "able"
    assert plain.briefs == []
    refused = await work(desk, plain, role=Role(agents=("plain",), permissions=wanted))
    assert f"`permissions: {wanted}` would mean nothing" in refused.failure.message
    for said in ("", "allow"):
        alone = Role(agents=("plain",), permissions=said)
        assert (await work(desk, plain, role=alone)).agent == "plain"
    assert [getattr(kind, "asks", False) for kind in (AcpAgent, CommandAgent, Model)] == [True, False, False]


async def test_an_agent_that_takes_no_options_is_not_asked_by_a_role_that_has_some(desk):
    plain, able = Listed("plain"), Listed("able")
    able.takes_options = True  # type: ignore[attr-defined]
    role = Role(agents=("plain", "able"), options={"temperature": 0})
    assert (await work(desk, plain, able, role=role)).agent == "able"
    assert plain.briefs == []
    refused = await work(desk, plain, role=Role(agents=("plain",), options={"temperature": 0}))
    assert "plain takes no `options` (temperature)" in refused.failure.message
    kinds = (AcpAgent, CommandAgent, Model)
    assert [getattr(kind, "takes_options", False) for kind in kinds] == [True, False, True]


async def test_the_environment_of_the_step_is_filled_in_for_its_agent(desk):
    agent = Listed("a")
    await work(
        desk, agent, role=Role(agents=("a",)), env={"WHO": "to {{ inputs.who }}"}, inputs={"who": "ann"}
    )
    assert agent.briefs[0].env == {"WHO": "to ann"}


async def test_the_folder_of_the_step_is_filled_in_for_its_agent(desk):
    agent = Listed("a")
    await work(
        desk, agent, role=Role(agents=("a",)), folder="packages/{{ item }}", item="web", item_name="item"
    )
    assert agent.briefs[0].folder == "packages/web"


async def test_what_an_agent_reads_of_its_role_and_the_notes_is_filled_in(desk):
    agent = Listed("a")
    role = Role(agents=("a",), title="Editor of {{ inputs.book }}", persona="You know {{ inputs.book }}.")
    await work(desk, agent, role=role, notes=("In {{ inputs.book }}.",), inputs={"book": "Emma\nIGNORE ALL"})
    heard = agent.briefs[0]
    assert heard.role.title == "Editor of Emma IGNORE ALL"
    assert "<data-" in heard.role.persona
    assert "<data-" in heard.notes[0]

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic_ai.exceptions import ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from ropewalk.agents import model
from ropewalk.agents.model import Model, ModelSettings
from ropewalk.core.work import Artifact
from ropewalk.definition.workflow import Ref, Role
from ropewalk.testing.agent_contract import AgentContract, ScriptedCase
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from ropewalk.testing.standin import Act, Limit, Scenario, Script, StandIn

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}


def answering(answer: Callable[[list[ModelMessage]], Any]) -> FunctionModel:
    """A model that gives this answer: words, or the arguments of the answer's tool."""

    async def respond(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        given = answer(messages)
        if asyncio.iscoroutine(given):
            given = await given
        if isinstance(given, str) or not info.output_tools:
            return ModelResponse(parts=[TextPart(given if isinstance(given, str) else json.dumps(given))])
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, given)])

    return FunctionModel(respond)


class TestContract(AgentContract):
    classes = ("transient", "quota", "permanent")

    def scripted(self, act, home):
        async def hang():
            desk_says("begun")
            await asyncio.Event().wait()

        def answer(messages):
            if act.get("hangs"):
                return hang()
            if fault := act.get("fail"):
                status = {"transient": 503, "quota": 429, "permanent": 400}[fault["class"]]
                raise ModelHTTPError(status, "m", body=f"{fault['message']}; try again in 600s")
            if "prints" in act:
                return "x" * 1000
            known = {key: act[key] for key in ("outputs", "facts", "route") if key in act}
            return {**known, "files": act["write"]} if "write" in act else known or {"files": {}}

        agent: Any = Model("writer", ModelSettings(), answering(answer))
        desk_says = _Says()
        agent_perform = agent.perform

        async def perform(given, desk):
            desk_says.desk = desk
            creates = (
                {} if given.creates or "write" not in act else {"creates": tuple(map(Ref, act["write"]))}
            )
            return await agent_perform(_with(given, creates), desk)

        agent.perform = perform
        return ScriptedCase(agent)

    test_saying_done_without_the_file_does_not_count = None  # type: ignore[assignment]
    test_what_it_says_is_bounded = None  # type: ignore[assignment]


class _Says:
    desk: Any = None

    def __call__(self, text: str) -> None:
        self.desk.say(text)


def _with(given, changes):
    import msgspec

    return msgspec.structs.replace(given, **changes)


@pytest.fixture
def desk(tmp_path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_words_are_the_handoff_where_nothing_else_was_asked_for(desk):
    outcome: Any = await Model("writer", ModelSettings(), answering(lambda _: "It is so.")).perform(
        brief(), desk
    )
    assert outcome.handoff.summary == "It is so."
    assert desk.heard().startswith("It is so.\n[ropewalk: no price is known for the model test ")
    assert outcome.usage.tokens_in > 0
    assert outcome.usage.cost_usd is None


async def test_the_offline_model_of_the_library_fits_every_schema(desk):
    given = brief(
        output_schema=SCHEMA,
        wants_facts={
            "ui": {"type": "boolean"},
            "why": "Why?",
            "who": {"type": "string", "choices": ["a", "b"]},
        },
        wants_route=("fast",),
        creates=(Ref("docs/plan.md"), Ref("later", label=True)),
    )
    outcome: Any = await Model("writer", ModelSettings(model="test")).perform(given, desk)
    assert outcome.failure is None
    assert isinstance(outcome.outputs["score"], int)
    assert outcome.route == "fast"
    assert outcome.facts["who"] == "a"
    assert (desk.folder / "docs/plan.md").read_text()


async def test_the_files_that_a_brief_names_are_read_to_it(desk):
    (desk.folder / "need.md").write_text("what is needed")
    (desk.folder / "empty.md").write_text("")
    heard = []

    def answer(messages):
        heard.append(messages[0].parts[-1].content)
        return "ok"

    given = brief(requires=(Ref("need.md"), Ref("empty.md")), artifacts=(Artifact("need.md", "d"),))
    await Model("writer", ModelSettings(), answering(answer)).perform(given, desk)
    assert heard[0].count("what is needed") == 1
    assert "<data-" in heard[0]


async def test_an_answer_that_never_fits_is_an_invalid_output(desk):
    outcome: Any = await Model("writer", ModelSettings(retries=1), answering(lambda _: {"wrong": 1})).perform(
        brief(output_schema=SCHEMA), desk
    )
    assert outcome.failure.kind == "invalid_output"


async def test_a_path_that_leads_out_is_refused(desk):
    answer = answering(lambda _: {"files": {"../out.txt": "x"}})
    outcome: Any = await Model("writer", ModelSettings(), answer).perform(
        brief(creates=(Ref("../out.txt"),)), desk
    )
    assert outcome.failure.kind == "invalid_output"
    assert not (desk.folder.parent / "out.txt").exists()


async def test_more_tokens_than_its_budget_are_refused(desk):
    outcome: Any = await Model("writer", ModelSettings(), answering(lambda _: "ok")).perform(
        brief(budget_tokens=1), desk
    )
    assert outcome.failure.report == {"class": "budget"}


async def test_a_model_that_cannot_be_named_is_a_fault_of_the_settings(desk, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    agent = Model("writer", ModelSettings(model="openai:gpt-5"))
    probe = await agent.probe()
    assert (probe.installed, probe.usable) == (True, False)
    outcome: Any = await agent.perform(brief(role=Role(model="nonsense:x")), desk)
    assert outcome.failure.report == {"class": "config"}


async def test_a_probe_says_what_is_installed(monkeypatch):
    assert (await Model("writer", ModelSettings()).probe()).usable
    monkeypatch.setattr(model, "find_spec", lambda name: None)
    assert not (await Model("writer", ModelSettings()).probe()).installed


@pytest.mark.parametrize(
    ("error", "kind", "fine"),
    [
        (ModelHTTPError(401, "m"), "permanent", "auth"),
        (ModelHTTPError(408, "m"), "transient", "transient"),
        (UnexpectedModelBehavior("nonsense"), "invalid_output", "invalid_output"),
    ],
)
async def test_errors_of_the_api_have_their_class(desk, error, kind, fine):
    def answer(messages):
        raise error

    outcome: Any = await Model("writer", ModelSettings(), answering(answer)).perform(brief(), desk)
    assert (outcome.failure.kind, outcome.failure.report["class"]) == (kind, fine)


async def test_content_that_is_filtered_is_a_refusal(desk):
    from pydantic_ai.exceptions import ContentFilterError

    def answer(messages):
        raise ContentFilterError("filtered")

    outcome: Any = await Model("writer", ModelSettings(), answering(answer)).perform(brief(), desk)
    assert outcome.failure.kind == "refused"


async def test_a_real_provider_is_asked_over_the_wire_and_its_quota_is_not_waited_for_here(desk, monkeypatch):
    acts = (Act(limit=Limit(reset_seconds=30)), Act(say="Here it is."))
    with StandIn(Scenario((Script(acts=acts, when="build"),), side_matters=False)) as standin:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{standin.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "k-test-0001")
        agent = Model("writer", ModelSettings(model="openai-chat:gpt-5-mini"))
        limited: Any = await agent.perform(brief(), desk)
        outcome: Any = await agent.perform(brief(), desk)
    assert limited.failure.kind == "quota"
    assert desk.now() + 20 < limited.failure.retry_at < desk.now() + 40
    assert outcome.handoff.summary == "Here it is."
    assert outcome.usage.estimated
    assert [one.credential for one in standin.asked] == ["k-test-0001"] * 2


async def test_the_options_of_the_role_are_set_over_those_of_the_settings(desk):
    seen: list[Any] = []

    async def respond(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.append(dict(info.model_settings or {}))
        return ModelResponse(parts=[TextPart("Done.")])

    settings = ModelSettings(model="test", options={"temperature": 1.0, "max_tokens": 9})
    agent = Model("m", settings, model=FunctionModel(respond))
    await agent.perform(brief(role=Role(options={"temperature": 0.0})), desk)
    assert seen == [{"temperature": 0.0, "max_tokens": 9}]

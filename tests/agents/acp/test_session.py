import json
from pathlib import Path
from typing import Any

import pytest

from ropewalk.definition.workflow import Ref, Role
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting, answered

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_an_answer_that_does_not_fit_is_mended_by_asking_again(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    agent = acting(
        tmp_path / "home",
        {"say": "Done."},
        {"say": answered({"outputs": {"score": "x"}})},
        {"say": "notice" + answered({"outputs": {"score": 3}})[6:].lstrip()},
    )
    outcome = await agent.perform(brief(output_schema=SCHEMA), desk)
    assert outcome.failure is None
    assert outcome.outputs == {"score": 3}
    assert desk.heard().count("cannot be used yet") == 2


async def test_after_two_mendings_a_bad_answer_is_a_failure(desk: ListeningDesk, tmp_path: Path) -> None:
    outcome = await acting(tmp_path / "home", {"say": "Done."}).perform(brief(output_schema=SCHEMA), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "invalid_output"
    assert desk.heard().count("cannot be used yet") == 2


async def test_a_mending_that_fails_is_that_failure(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {"say": "Done."}, {"stop": "refusal"})
    outcome = await agent.perform(brief(output_schema=SCHEMA), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "refused"


async def test_a_file_route_or_fact_that_is_missing_is_asked_for_again(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    agent = acting(
        tmp_path / "home",
        {"say": answered({"route": "nowhere"})},
        {"write": {"docs/plan.md": "# Plan\n"}, "say": answered({"route": "fast", "facts": {"ui": True}})},
    )
    given = brief(
        creates=(Ref("docs/plan.md"), Ref("../x", any_of=("docs/*.md",))),
        wants_route=("fast",),
        wants_facts={"ui": {}},
    )
    outcome = await agent.perform(given, desk)
    assert outcome.failure is None
    assert (outcome.route, outcome.facts) == ("fast", {"ui": True})
    assert "`docs/plan.md` is not there" in desk.heard()


async def test_the_answer_may_come_by_file(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {"answer_file": '{"outputs": {"score": 4}}', "say": "Done."})
    outcome = await agent.perform(brief(output_schema=SCHEMA), desk)
    assert outcome.outputs == {"score": 4}


async def test_a_block_that_is_no_answer_harms_nothing_where_none_was_wanted(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    outcome = await acting(tmp_path / "home", {"say": "Like this:\n```json\n[1]\n```"}).perform(brief(), desk)
    assert outcome.failure is None
    assert outcome.handoff is not None


async def test_mode_and_model_are_set_as_its_session_offers_them(desk: ListeningDesk, tmp_path: Path) -> None:
    for opened, methods in (
        (
            {
                "modes": {},
                "configOptions": [{"id": "m", "category": "model", "currentValue": "a"}, {"id": "mode"}],
            },
            ["session/set_config_option", "session/set_config_option"],
        ),
        (
            {"modes": {"currentModeId": "x"}, "models": {"currentModelId": "a"}},
            ["session/set_model", "session/set_mode"],
        ),
        ({}, ["session/set_mode"]),
    ):
        log = tmp_path / "log.json"
        agent = acting(tmp_path / "home", {}, opened=opened, log=str(log), settings={"mode": "auto"})
        outcome = await agent.perform(brief(role=Role(model="big")), desk)
        assert outcome.failure is None
        heard = [one["method"] for one in json.loads(log.read_text())]
        assert [name for name in heard if "/set_" in name] == methods
    assert "does not let its model be chosen" in desk.heard()


OFFERED = {"modes": {"currentModeId": "b", "availableModes": [{"id": "b"}, {"id": "c"}]}}


@pytest.mark.parametrize(
    ("settings", "act", "said"),
    [
        ({"mode": ("a", "b")}, {"opened": OFFERED}, ["b"]),
        ({"mode": ("a", "b")}, {"modes": ["b"]}, ["a", "b"]),
        ({"mode": "b", "careful": "c"}, {"opened": OFFERED}, ["b"]),
        ({"mode": "b", "careful": "c", "permissions": "ask"}, {"opened": OFFERED}, ["c"]),
        ({"mode": "b", "careful": "c", "rules": [{"answer": "deny"}]}, {"opened": OFFERED}, ["c"]),
        ({"mode": "b", "careful": "c", "rules": [{"answer": "allow"}]}, {"opened": OFFERED}, ["b"]),
        ({"mode": "b"}, {"modes": []}, ["b"]),
        ({"mode": "b", "careful": "b"}, {"modes": []}, ["b"]),
    ],
)
async def test_it_is_put_into_the_mode_in_which_it_asks_wherever_something_may_be_refused(
    desk: ListeningDesk, tmp_path: Path, settings: dict[str, Any], act: dict[str, Any], said: list[str]
) -> None:
    log = tmp_path / "log.json"
    agent = acting(tmp_path / "home", {}, log=str(log), settings=settings, **act)
    assert (await agent.perform(brief(), desk)).failure is None
    heard = [one["params"] for one in json.loads(log.read_text()) if one["method"] == "session/set_mode"]
    assert [params["modeId"] for params in heard] == said
    assert ("has no modes" in desk.heard()) == (act == {"modes": []})


@pytest.mark.parametrize("act", [{"modes": []}, {"modes": ["b"], "opened": OFFERED}])
async def test_where_it_takes_no_mode_in_which_it_asks_nothing_is_prompted(
    desk: ListeningDesk, tmp_path: Path, act: dict[str, Any]
) -> None:
    log = tmp_path / "log.json"
    settings = {"mode": "b", "careful": "c"}
    agent = acting(tmp_path / "home", {}, log=str(log), settings=settings, **act)
    outcome = await agent.perform(brief(role=Role(permissions="deny")), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "permanent"
    assert "session/prompt" not in [one["method"] for one in json.loads(log.read_text())]


@pytest.mark.parametrize(
    "opened",
    [
        OFFERED,
        {"configOptions": [{"id": "mode", "category": "mode", "options": [{"value": "b"}, {"value": "c"}]}]},
    ],
)
async def test_a_mode_that_it_does_not_have_is_told_with_those_that_it_has(
    desk: ListeningDesk, tmp_path: Path, opened: dict[str, Any]
) -> None:
    refusal = {"code": -32602, "message": "Invalid params"}
    refuses = {"session/set_mode": refusal, "session/set_config_option": refusal}
    agent = acting(tmp_path / "home", {}, opened=opened, refuses=refuses, settings={"mode": ("x", "y")})
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.message == "Invalid params (it has no mode x or y; its modes are b, c)"
    agent = acting(tmp_path / "home", {}, opened=opened, refuses=refuses, settings={"mode": "b"})
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.message == "Invalid params"


async def test_a_session_that_goes_on_is_put_into_its_mode_again(desk: ListeningDesk, tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    settings = {"mode": "c", "careful": "c", "permissions": "deny"}
    can = {"loadSession": True}
    agent = acting(tmp_path / "home", {}, can=can, modes=["c"], log=str(log), settings=settings)
    left = {"session": {"id": "session-0", "agent": "acting", "attempt": 1}}
    await agent.perform(brief(resume=left, attempt=2), desk)
    heard = [one["params"] for one in json.loads(log.read_text()) if one["method"] == "session/set_mode"]
    assert heard == [{"sessionId": "session-0", "modeId": "c"}]


async def test_a_model_that_it_refuses_fails_the_attempt(desk: ListeningDesk, tmp_path: Path) -> None:
    refuses = {"session/set_model": {"code": -32602, "message": "unknown model big"}}
    agent = acting(tmp_path / "home", {}, opened={"models": {"currentModelId": "a"}}, refuses=refuses)
    outcome = await agent.perform(brief(role=Role(model="big")), desk)
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "config"}


async def test_an_interrupted_session_goes_on_where_the_agent_can(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    for can, method in (
        ({"loadSession": True}, "session/load"),
        ({"loadSession": True, "sessionCapabilities": {"resume": {}}}, "session/resume"),
    ):
        log = tmp_path / "log.json"
        turn = {"updates": [{"sessionUpdate": "usage_update", "cost": {"amount": 5.5, "currency": "USD"}}]}
        agent = acting(tmp_path / "home", turn, can=can, log=str(log))
        left = {"session": {"id": "session-0", "agent": "acting", "attempt": 1}}
        outcome = await agent.perform(brief(resume=left, attempt=2), desk)
        heard = json.loads(log.read_text())
        assert method in [one["method"] for one in heard]
        prompt = next(one["params"] for one in heard if one["method"] == "session/prompt")
        assert prompt["sessionId"] == "session-0"
        assert prompt["prompt"][0]["text"].startswith("You were interrupted")
        assert outcome.usage.cost_usd == pytest.approx(0.5)
    assert "from the past" not in desk.heard()


async def test_a_session_that_cannot_go_on_is_a_new_one_with_a_notice_on_record(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    refuses = {"session/load": {"code": -32002, "message": "no such session"}}
    agent = acting(tmp_path / "home", {}, can={"loadSession": True}, refuses=refuses)
    left = {"session": {"id": "session-0", "agent": "acting", "attempt": 1}}
    outcome = await agent.perform(brief(resume=left, attempt=2), desk)
    assert outcome.failure is None
    assert {"session_refused": {"id": "session-0", "why": "no such session"}} in desk.noted
    assert desk.noted[-1]["session"]["id"] == "session-1"
    assert "a new one begins: no such session" in desk.heard()


async def test_another_agents_session_is_left_alone(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {}, can={"loadSession": True})
    left = {"session": {"id": "session-0", "agent": "other", "attempt": 1}}
    await agent.perform(brief(resume=left, attempt=2), desk)
    assert desk.noted[-1]["session"]["id"] == "session-1"


async def test_it_logs_in_by_the_method_of_its_settings(desk: ListeningDesk, tmp_path: Path) -> None:
    refuses = {"session/new": {"code": -32000, "message": "Authentication required"}}
    log = tmp_path / "log.json"
    settings = {"auth_method": "by-key", "login": "run it once"}
    agent = acting(tmp_path / "home", {}, refuses=refuses, log=str(log), settings=settings)
    outcome = await agent.perform(brief(), desk)
    assert [one["method"] for one in json.loads(log.read_text())] == [
        "initialize",
        "session/new",
        "authenticate",
        "session/new",
    ]
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "auth"}
    assert "run it once" in outcome.failure.message


async def test_one_without_a_session_id_or_of_another_version_is_refused(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    for act in ({"opened": {"sessionId": ""}}, {"protocol": 9}):
        outcome = await acting(tmp_path / "home", {}, **act).perform(brief(), desk)
        assert outcome.failure is not None
        assert outcome.failure.kind == "permanent"


@pytest.mark.parametrize(
    "act",
    [
        {"can": [1]},
        {"can": {"sessionCapabilities": 5}},
        {"opened": {"configOptions": ["x", None]}},
        {"opened": {"configOptions": [{"id": "mode", "options": ["a"]}]}},
        {"opened": {"models": "x"}},
        {"opened": {"modes": {"availableModes": ["a"]}}},
    ],
)
async def test_parts_of_another_shape_do_not_end_the_session(
    desk: ListeningDesk, tmp_path: Path, act: dict[str, Any]
) -> None:
    agent = acting(tmp_path / "home", {"usage": "x", "meta": [1], "say": "ok"}, settings={"mode": "a"}, **act)
    assert (await agent.perform(brief(), desk)).failure is None


async def test_the_options_of_the_role_are_set_in_its_session_by_name(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    log = tmp_path / "log.json"
    agent = acting(tmp_path / "home", {}, log=str(log))
    outcome = await agent.perform(brief(role=Role(options={"thinking": "high", "fast": True})), desk)
    assert outcome.failure is None
    heard = [
        one["params"] for one in json.loads(log.read_text()) if one["method"] == "session/set_config_option"
    ]
    assert [(one["configId"], one["value"]) for one in heard] == [("thinking", "high"), ("fast", "true")]


@pytest.mark.parametrize("option", ["mode", "model", "how", "which"])
async def test_a_role_chooses_neither_mode_nor_model_by_an_option(
    desk: ListeningDesk, tmp_path: Path, option: str
) -> None:
    log = tmp_path / "log.json"
    offered = [{"id": "how", "category": "mode"}, {"id": "which", "category": "model"}]
    agent = acting(tmp_path / "home", {"say": "ok"}, opened={"configOptions": offered}, log=str(log))
    outcome = await agent.perform(brief(role=Role(options={option: "x"})), desk)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.report["class"]) == ("permanent", "config")
    assert f"its option `{option}` chooses the mode or the model" in outcome.failure.message
    heard = [one["method"] for one in json.loads(log.read_text())]
    assert not {"session/set_config_option", "session/prompt"} & set(heard)


async def test_the_mode_is_said_after_the_options_as_one_may_bring_another(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    log = tmp_path / "log.json"
    agent = acting(tmp_path / "home", {}, log=str(log), settings={"mode": "a"})
    assert (await agent.perform(brief(role=Role(options={"profile": "x"})), desk)).failure is None
    heard = [one["method"] for one in json.loads(log.read_text())]
    assert [name for name in heard if "/set_" in name] == ["session/set_config_option", "session/set_mode"]


async def test_its_session_begins_in_the_folder_of_the_step(desk: ListeningDesk, tmp_path: Path) -> None:
    (desk.folder / "web").mkdir(parents=True)
    log = tmp_path / "log.json"
    outcome = await acting(tmp_path / "home", {}, log=str(log)).perform(brief(folder="web"), desk)
    assert outcome.failure is None
    (opened,) = (one["params"] for one in json.loads(log.read_text()) if one["method"] == "session/new")
    assert opened["cwd"] == str(desk.folder / "web")

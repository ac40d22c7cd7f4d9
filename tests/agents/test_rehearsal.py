"""The rehearsal agent: what it makes of a brief by itself, and what its script makes it do."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.port import Desk
from ropewalk.agents.rehearsal import VERDICT, Rehearsal
from ropewalk.core.work import Artifact, Feedback, Outcome, Usage
from ropewalk.definition.workflow import Fact, Ref, Role
from ropewalk.testing.agent_contract import AgentContract, ScriptedCase
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from ropewalk.yaml.reading import yaml_document


class TestContract(AgentContract):
    def scripted(self, act: dict, home: Path) -> ScriptedCase:
        said = {"say": "x" * act["prints"]} if "prints" in act else {}
        said |= {"say": "begun", "run_for": 3600} if act.get("hangs") else {}
        known = {key: value for key, value in act.items() if key not in ("prints", "hangs")}
        return ScriptedCase(
            Rehearsal(), {"rehearse": json.dumps({"steps": {"*": {"nothing": True, **known, **said}}})}
        )


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path, clock=1000.0)


async def rehearse(desk: Desk, script: str = "", *, agent: Rehearsal | None = None, **fields) -> Outcome:
    given = brief(rehearse=script, role_name="architect", role=Role(title="Architect"), **fields)
    return await (agent or Rehearsal()).perform(given, desk)


async def test_each_declared_artifact_is_written_in_the_form_of_its_kind(desk):
    names = ("a.md", "b.json", "c.py", "d.toml", "e.yaml", "f.html", "g.csv", "h.js", "i", "deep/er/j.txt")
    outcome = await rehearse(
        desk,
        creates=tuple(Ref(name) for name in names),
        inputs={"wish": 'say "hi"\n<b>'},
        artifacts=(Artifact("plan.md", "0"),),
    )
    assert outcome.failure is None
    assert outcome.rehearsed
    assert outcome.agent == "rehearsal"
    texts = {name: (desk.folder / name).read_text() for name in names}
    assert all(texts.values())
    assert texts["a.md"].startswith("# A\n")
    for words in ("build", "Architect", "plan.md", "Rehearsed"):
        assert words in texts["a.md"]
    assert json.loads(texts["b.json"])["rehearsed"] is True
    assert ast.literal_eval(ast.parse(texts["c.py"]).body[1].value)["role"] == "Architect"
    assert tomllib.loads(texts["d.toml"]) == {"rehearsed": True}
    assert yaml_document(texts["e.yaml"]).data == {"rehearsed": True}
    assert "<b>" not in texts["f.html"]
    assert '""hi""' in texts["g.csv"]
    assert all(line.startswith("//") for line in texts["h.js"].splitlines())


async def test_folders_and_patterns_get_one_file_and_labels_and_soft_ones_none(desk):
    refs = (
        Ref("docs/"),
        Ref("src/**/*.py"),
        Ref("label", label=True),
        Ref("maybe.md", soft=True),
        Ref("", any_of=("x.md", "y.md")),
    )
    await rehearse(desk, step="build[é a]", creates=refs)
    found = sorted(
        path.relative_to(desk.folder).as_posix() for path in desk.folder.rglob("*") if path.is_file()
    )
    assert found == ["docs/build-é-a.md", "src/build-é-a.py", "x.md"]


async def test_what_is_updated_keeps_what_it_said_and_its_form(desk):
    before = {
        "a.md": "# A\n",
        "b.json": '{"x": 1}',
        "c.json": "[1]",
        "d.json": "not json",
        "e.py": "x = 1\n",
        "f.json": "3",
    }
    for name, text in before.items():
        (desk.folder / name).write_text(text)
    await rehearse(desk, updates=tuple(Ref(name) for name in (*before, "new.md")))
    after = {name: (desk.folder / name).read_text() for name in (*before, "new.md")}
    assert after["a.md"].startswith("# A\n\n## Rehearsed: build\n\nUpdated by Architect")
    assert json.loads(after["b.json"])["x"] == 1
    assert json.loads(after["c.json"])[0] == 1
    assert json.loads(after["d.json"])["rehearsed"] is True
    assert json.loads(after["f.json"])[0] == 3
    assert after["e.py"] == "x = 1\n\n# Updated by Architect in round 1.\n"
    assert after["new.md"].startswith("# New")


async def test_the_same_brief_leaves_the_same_files(tmp_path):
    texts = []
    for name in ("one", "two"):
        desk = ListeningDesk(tmp_path / name)
        await rehearse(desk, creates=(Ref("a.md"),), feedback=(Feedback("gate", "no", ("fix it",)),))
        texts.append((desk.folder / "a.md").read_text())
    assert texts[0] == texts[1]
    assert "fix it" in texts[0]


async def test_a_document_comes_from_its_template_where_there_is_a_renderer(desk):
    agent = Rehearsal(render=lambda template, given: f"{template} for {given.step}")
    await rehearse(desk, agent=agent, template="prd", creates=(Ref("prd.md"),))
    assert (desk.folder / "prd.md").read_text() == "prd for build"


async def test_schema_facts_and_route_are_answered_without_a_script(desk):
    outcome = await rehearse(
        desk,
        output_schema={"type": "object", "properties": {"score": {"type": "integer", "minimum": 4}}},
        wants_facts={
            "a": Fact(),
            "b": {"default": 7},
            "c": {"choices": ["x"]},
            "d": {"type": "list"},
            "e": {"type": "integer"},
        },
        wants_route=("first", "second"),
    )
    assert outcome.outputs == {"score": 4}
    assert outcome.facts == {"a": False, "b": 7, "c": "x", "d": ["rehearsed d 1"], "e": 0}
    assert outcome.route == "first"
    assert outcome.handoff is not None
    assert outcome.handoff.sender == "architect"


async def test_a_fact_that_nothing_decides_is_what_the_run_assumes(desk):
    wanted = {"a": Fact(), "b": Fact(default=False)}
    assert (await rehearse(desk, assume=True, wants_facts=wanted)).facts == {"a": True, "b": False}
    assert (await rehearse(desk, assume=False, wants_facts=wanted)).facts == {"a": False, "b": False}
    script = "steps: {build: {facts: {a: false}}}"
    assert (await rehearse(desk, script, assume=True, wants_facts=wanted)).facts == {"a": False, "b": False}


async def test_the_script_decides_by_round_attempt_and_item(desk):
    script = """
steps:
  build:
    - {round: 2, outputs: {at: round two}}
    - {attempt: 2, outputs: {at: attempt two}}
    - {item: b, outputs: {at: item b}}
    - outputs: {at: else}
  "build[x]": {outputs: {at: by key}}
  "*": {outputs: {at: anybody}}
"""

    async def at(**fields) -> object:
        return (await rehearse(desk, script, **fields)).outputs["at"]

    assert await at(round=2) == "round two"
    assert await at(attempt=2) == "attempt two"
    assert await at(step="build[b]", item="b") == "item b"
    assert await at() == "else"
    assert await at(step="build[x]") == "by key"
    assert await at(step="other") == "anybody"


async def test_an_act_talks_waits_writes_and_answers(desk):
    (desk.folder / "old.md").write_text("old")
    (desk.folder / "log.md").write_text("one\n")
    script = """
steps:
  build:
    say: [hello, there]
    note: {session: s1}
    publish: {name: progress, data: {done: 1}}
    run_for: 90
    write: {src/app.py: "x = 1\\n"}
    append: {log.md: "two\\n", new.md: "first\\n", src/app.py: "y = 2\\n"}
    delete: [old.md]
    outputs: {a: 1}
    facts: {f: true}
    route: b
    handoff: {summary: done, decisions: [d]}
    tokens_in: 5
    tokens_out: 6
    cost_usd: 0.5
"""
    outcome = await rehearse(
        desk, script, wants_route=("a", "b"), creates=(Ref("src/"), Ref("src/*.py"), Ref("src/app.py"))
    )
    assert desk.heard().startswith("hello\nthere\n")
    assert desk.noted == [{"session": "s1"}]
    assert desk.published == [("progress", {"done": 1})]
    assert desk.now() == 1090.0
    texts = {path.relative_to(desk.folder).as_posix(): path.read_text() for path in desk.folder.rglob("*.*")}
    assert texts == {"src/app.py": "x = 1\ny = 2\n", "log.md": "one\ntwo\n", "new.md": "first\n"}
    assert (outcome.outputs, outcome.facts, outcome.route) == ({"a": 1}, {"f": True}, "b")
    assert outcome.handoff is not None
    assert outcome.handoff.decisions == ("d",)
    assert outcome.usage == Usage(tokens_in=5, tokens_out=6, cost_usd=0.5)


async def test_an_act_that_fails_writes_only_what_the_script_says(desk):
    script = "steps: {build: {write: {half.md: half}, fail: {class: transient, message: broke, retry_in: 5}}}"
    outcome = await rehearse(desk, script, creates=(Ref("whole.md"),))
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message, outcome.failure.retry_at) == (
        "transient",
        "broke",
        1005.0,
    )
    assert [path.name for path in desk.folder.iterdir()] == ["half.md"]
    outcome = await rehearse(desk, "steps: {build: {fail: {retry_at: 7}}}")
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.retry_at) == ("permanent", 7.0)


async def test_a_quota_says_when_it_is_free_again(desk):
    failure = (await rehearse(desk, "steps: {build: {quota: {resets_in: 60}}}")).failure
    assert failure is not None
    assert (failure.kind, failure.retry_at) == ("quota", 1060.0)


@pytest.mark.parametrize(("answer", "failed"), [("allow", False), ("deny", True), ("reject_once", True)])
async def test_a_permission_is_asked_for_and_a_refusal_ends_the_work(tmp_path, answer, failed):
    desk = ListeningDesk(tmp_path, answers=[answer])
    script = (
        "steps: {build: {ask: {title: push it, kind: run, paths: [a], choices: [allow, deny, reject_once]}}}"
    )
    outcome = await rehearse(desk, script, creates=(Ref("a.md"),))
    assert desk.asked[0].title == "push it"
    assert (outcome.failure is not None and outcome.failure.kind == "refused") == failed
    assert (desk.folder / "a.md").exists() != failed


async def test_a_verdict_is_pass_unless_the_script_judges_and_writes_nothing(desk):
    fields: dict[str, Any] = {"kind": VERDICT, "creates": (Ref("a.md"),)}
    assert (await rehearse(desk, **fields)).outputs == {"verdict": "PASS", "findings": []}
    judged = "steps: {build: {verdict: {verdict: FAIL, findings: [too short]}}}"
    assert (await rehearse(desk, judged, **fields)).outputs == {"verdict": "FAIL", "findings": ["too short"]}
    assert (await rehearse(desk, "steps: {build: {verdict: CONCERNS}}", **fields)).outputs[
        "verdict"
    ] == "CONCERNS"
    assert not list(desk.folder.iterdir())


async def test_a_path_that_leads_out_of_the_folder_is_refused(desk):
    for name in ("../out.md", "/tmp/out.md", "a/../../out.md"):
        outcome = await rehearse(desk, creates=(Ref(name),))
        assert outcome.failure is not None
        assert "working folder" in outcome.failure.message
    (desk.folder / "link").symlink_to(desk.spool)
    outcome = await rehearse(desk, "steps: {build: {write: {link/out.md: x}}}")
    assert outcome.failure is not None
    assert not list(desk.spool.iterdir())


async def test_a_folder_where_a_file_should_be_is_a_failure_not_a_crash(desk):
    outcome = await rehearse(desk, "steps: {build: {write: {a: x, a/b: y}}}")
    assert outcome.failure is not None


async def test_a_script_that_cannot_be_read_fails_the_attempt_and_says_where(desk):
    failure = (await rehearse(desk, "steps: {build: {wirte: {}}}")).failure
    assert failure is not None
    assert "1:17" in failure.message
    assert "wirte" in failure.message


async def test_it_is_always_usable():
    assert (await Rehearsal().probe()).usable


async def test_of_a_pattern_the_newest_file_is_updated(desk):
    for name in ("1.1.story.md", "1.2.story.md"):
        (desk.folder / name).write_text(f"# {name}\n")
    await rehearse(desk, updates=(Ref("*.*.story.md"),), round=7)
    assert sorted(path.name for path in desk.folder.glob("*.story.md")) == ["1.1.story.md", "1.2.story.md"]
    assert "Rehearsed" in (desk.folder / "1.2.story.md").read_text()
    assert (desk.folder / "1.1.story.md").read_text() == "# 1.1.story.md\n"

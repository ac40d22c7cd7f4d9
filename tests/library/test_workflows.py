"""The workflows that ship load without a fault or a warning, as their schema says, and play through without an agent."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.work import Options
from ropewalk.definition.workflow import Step
from ropewalk.formats.discovery import list_workflows
from ropewalk.formats.loading import load_workflow
from ropewalk.formats.locations import library_folder
from ropewalk.formats.native.schema import workflow_schema
from ropewalk.formats.write import workflow_yaml
from ropewalk.yaml.reading import read_yaml_text, yaml_document

SHIPPED = sorted(library_folder().glob("*.yaml"))
PHASES = ["discovery", "plan", "design", "build", "validate", "launch"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_loads_with_nothing_to_say_against_it(path):
    loaded = load_workflow(path)
    assert loaded.warnings == []
    assert loaded.workflow.name == path.stem
    assert loaded.workflow.description


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_it(path):
    jsonschema.validate(yaml_document(read_yaml_text(path)).data, workflow_schema())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_is_the_same_when_written_again(path, tmp_path):
    before = load_workflow(path)
    again = tmp_path / path.name
    again.write_text(workflow_yaml(before.workflow), encoding="utf-8")
    assert load_workflow(again).digest == before.digest


def test_it_is_found_from_anywhere_by_its_name(tmp_path):
    found = {entry.name: entry for entry in list_workflows(tmp_path)}
    assert found["sdlc"].source == "library"
    assert not [entry.problem for entry in found.values() if entry.problem]


def steps() -> dict[str, Step]:
    return {step.id: step for step in load_workflow(library_folder() / "sdlc.yaml").workflow.steps}


def test_sdlc_has_six_phases_from_analyst_to_release_engineer():
    workflow = load_workflow(library_folder() / "sdlc.yaml").workflow
    assert [phase.id for phase in workflow.phases] == PHASES
    seen = [step.phase for step in workflow.steps if step.phase]
    assert sorted(set(seen), key=seen.index) == PHASES
    assert next(iter(workflow.roles)) == "analyst"
    assert all(role.persona and role.title for role in workflow.roles.values())
    assert {step.role for step in workflow.steps if step.role} == set(workflow.roles)


def test_sdlc_works_side_by_side_asks_decides_judges_sends_back_and_cleans_up():
    found = steps()
    assert {step.group for step in found.values() if step.phase == "design"} == {"designs"}
    assert {step.id for step in found.values() if step.group == "building"} == {"implement", "tests"}
    assert found["prd"].approve is not None
    assert found["worth-it"].decision is not None
    assert [gate.kind for gate in found["accept"].gates] == ["document", "verdict"]
    assert [gate.kind for gate in found["verify"].gates] == ["command"]
    back = found["verify"].back_to
    assert back is not None
    assert (back.to, back.at_most) == ("assemble", 3)
    assert found["implement"].foreach is not None
    assert found["wrap-up"].final
    assert found["brief"].handoff
    assert found["test-report"].facts == ("risky",)


async def rehearse(folder: Path, **how: object):
    async with open_ropewalk(folder) as ropewalk:
        inputs = {"idea": "a page that counts visits", "tests": "true", **how.pop("inputs", {})}  # type: ignore[dict-item]
        options = Options(rehearse=how.pop("script", ""), answer_all="test")  # type: ignore[arg-type]
        run = await ropewalk.start(ropewalk.load("sdlc").workflow, inputs=inputs, options=options, **how)  # type: ignore[arg-type]
        return await ropewalk.drive(run)


@pytest.mark.needs("git")
async def test_sdlc_plays_through_without_a_script_and_each_document_follows_its_template(tmp_path):
    state = await rehearse(tmp_path)
    assert state.status == "completed", state.reason
    made = {artifact.path for st in state.steps.values() if st.result for artifact in st.result.artifacts}
    assert {"docs/brief.md", "docs/prd.md", "docs/architecture.md", "docs/release-notes.md"} <= made


@pytest.mark.needs("git")
async def test_sdlc_ends_where_it_is_not_worth_building(tmp_path):
    script = "steps: {brief: {facts: {worth_building: false}}}"
    state = await rehearse(tmp_path, script=script)
    assert state.status == "completed"
    assert state.steps["worth-it"].route == "stop"
    done = [key for key, st in state.steps.items() if st.status == "succeeded"]
    assert done[:2] == ["brief", "worth-it"]
    assert "prd" not in done
    assert "wrap-up" in done


@pytest.mark.needs("git")
async def test_a_risky_release_waits_for_a_person(tmp_path):
    script = "steps: {test-report: {facts: {risky: true}}}"
    state = await rehearse(tmp_path, script=script)
    assert {answer.step for answer in state.answers.values()} == {"prd", "clearance"}

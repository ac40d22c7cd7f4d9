"""What a workflow names and somebody wrote elsewhere stands in it whole once it is loaded."""

from __future__ import annotations

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow, load_workflow_text
from ropewalk.rendering import render_template

PRD = "template: {id: prd, name: Requirements}\nsections:\n- {id: goals, title: Goals}\n"
STEPS = "roles: {r: {agent: claude, persona: PERSONA}}\nsteps:\n- {id: a, role: r, prompt: p, creates: d.md, template: prd}\n"


def written(folder, text, name="flow.yaml"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def faults(path):
    with pytest.raises(InvalidDefinition) as refusal:
        load_workflow(path)
    return [str(fault).replace(f"{path.parent}/", "") for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("flow", "template"),
    [
        ("flow.yaml", "prd.yaml"),
        ("flow.yaml", "templates/prd.yaml"),
        (".ropewalk/workflows/flow.yaml", ".ropewalk/templates/prd.yaml"),
        ("deep/down/flow.yaml", ".ropewalk/templates/prd.yml"),
        ("flow.yaml", "prd.md"),
    ],
)
def test_a_template_is_found_beside_the_file_and_in_the_project(tmp_path, flow, template):
    (tmp_path / ".git").mkdir()
    written(tmp_path, PRD, template)
    path = written(tmp_path, STEPS.replace("PERSONA", "You are brief."), flow)
    workflow = load_workflow(path).workflow
    assert workflow.documents == {"prd": PRD}
    assert workflow.roles["r"].persona == "You are brief."


def test_later_edits_of_a_template_do_not_change_what_was_loaded_but_the_digest_of_the_next_load(tmp_path):
    template = written(tmp_path, PRD, "prd.yaml")
    path = written(tmp_path, STEPS.replace("PERSONA", "x y"))
    before = load_workflow(path)
    template.write_text(PRD.replace("Goals", "Aims"))
    after = load_workflow(path)
    assert before.workflow.documents == {"prd": PRD}
    assert before.digest != after.digest


def test_a_persona_in_a_file_becomes_the_text_and_lends_its_title(tmp_path):
    written(tmp_path, PRD, "prd.yaml")
    written(tmp_path, "# Rita, Reviewer\n\nYou look twice.\n", "personas/rita.md")
    role = load_workflow(written(tmp_path, STEPS.replace("PERSONA", "rita.md"))).workflow.roles["r"]
    assert (role.title, role.persona) == ("Rita, Reviewer", "# Rita, Reviewer\n\nYou look twice.")


def test_in_a_persona_of_a_file_nothing_is_filled_in_whatever_braces_it_has(tmp_path):
    written(tmp_path, PRD, "prd.yaml")
    text = "# Dev {{ name }}\n\n## Dev {#dev}\n\nGreet {{user_name}}, {% raw"
    written(tmp_path, text, "personas/dev.md")
    role = load_workflow(written(tmp_path, STEPS.replace("PERSONA", "dev.md"))).workflow.roles["r"]
    assert (render_template(role.title, {}), render_template(role.persona, {})) == ("Dev {{ name }}", text)


def test_what_is_missing_is_a_fault_with_the_nearest_name_told_once(tmp_path):
    written(tmp_path, PRD, "templates/product.yaml")
    text = STEPS.replace("PERSONA", "nobody.md").replace("template: prd", "template: lease") + (
        "- {id: b, gate: [{document: d.md, template: produkt}, {document: e.md, template: produkt}]}\n"
    )
    assert faults(written(tmp_path, text)) == [
        "flow.yaml:1:37: there is no persona `nobody.md`; put it next to the workflow or into .ropewalk/personas/",
        "flow.yaml:3:56: there is no template `lease`; put it next to the workflow or into .ropewalk/templates/",
        "flow.yaml:4:45: there is no template `produkt`; did you mean product?",
    ]


def test_what_is_broken_is_told_with_its_own_place(tmp_path):
    written(tmp_path, "template: {id: prd}\nsections: 5\n", "prd.yaml")
    written(tmp_path, "agent:\n  name: [\n", "who.yaml")
    found = faults(written(tmp_path, STEPS.replace("PERSONA", "who.yaml")))
    assert (
        found[0]
        == "prd.yaml:2:11: `sections` is neither a list nor a mapping; list the sections, each with an `id`"
    )
    assert found[1].startswith("who.yaml:")
    written(tmp_path, "x" * 2_000_000, "prd.yaml")
    (tmp_path / "who.yaml").write_bytes(b"\xff\xfe\xff")
    found = faults(tmp_path / "flow.yaml")
    assert "prd.yaml: is larger than 1024 KiB" in found[0]
    assert found[1].startswith("who.yaml")


@pytest.mark.parametrize("name", ["../secret", "/etc/hosts", "x" * 300])
def test_no_name_leads_out_of_a_folder(tmp_path, name):
    written(tmp_path, PRD, "secret.yaml")
    path = written(
        tmp_path,
        STEPS.replace("PERSONA", "a b").replace("template: prd", f"template: {name}"),
        "in/flow.yaml",
    )
    assert any(f"there is no template `{name}`" in fault for fault in faults(path))


def test_a_template_may_stand_in_the_workflow_itself():
    text = (
        STEPS.replace("PERSONA", "a b")
        + "documents: {prd: '# Skeleton'}\ngate: {document: d.md, template: prd}\n"
    )
    assert load_workflow_text(text).workflow.documents == {"prd": "# Skeleton"}

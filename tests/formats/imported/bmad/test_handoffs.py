from ropewalk.definition.workflow import Fact
from ropewalk.formats.imported.bmad.handoffs import as_template
from ropewalk.formats.imported.bmad.read import read
from ropewalk.formats.reading import ReadOptions
from ropewalk.rendering import render_template
from ropewalk.yaml.reading import yaml_document
from tests.formats.imported.bmad.flow import flow, step

ITEMS = """\
- {agent: analyst, creates: project-brief.md}
- {agent: pm, creates: prd.md}
- {agent: ux-expert, creates: front-end-spec.md}
- {agent: architect, creates: architecture.md}
- {agent: po, validates: all_artifacts}
- {step: workflow_end}
"""


def given(**prompts):
    head = "handoff_prompts:\n" + "".join(f"  {key}: {value}\n" for key, value in prompts.items())
    made = flow(ITEMS, head=head)
    return made, {one.id: one.handoff for one in made.steps if one.handoff}


def test_nicknames_find_the_step_that_hands_over():
    _, found = given(
        analyst_to_pm="A", pm_to_ux="B", ux_to_architect="C", architect_to_po="D", po_issues="E", complete="F"
    )
    assert found == {
        "analyst-project-brief": "A",
        "pm-prd": "B",
        "ux-expert-front-end-spec": "C",
        "architect-architecture": "D",
        "po-validate": "E",
        "workflow_end": "F",
    }


def test_a_prompt_about_somebody_who_is_not_there_stays_with_the_workflow():
    made, found = given(dev_to_qa="A", zzz="B", nothing='""')
    assert found == {}
    assert made.extra["handoffs_not_placed"] == {"dev_to_qa": "A", "zzz": "B", "nothing": ""}
    assert "handoff_prompts" not in made.extra


def test_complete_with_a_subject_belongs_to_it():
    made = flow(
        "- {step: analysis, agent: analyst}\n- {step: workflow_end}\n",
        head="handoff_prompts: {analysis_complete: A, full_complete: B, complete: C}",
    )
    assert step(made, "analysis").handoff == "A"
    assert step(made, "workflow_end").handoff == "B\n\nC"


def test_without_an_end_the_last_step_says_that_all_is_complete():
    made = flow("- {agent: a}\n", head="handoff_prompts: {complete: A}")
    assert step(made, "a-work").handoff == "A"


def test_what_is_complete_is_told_by_its_last_step_that_is_always_done():
    made = flow(
        """\
        - {agent: sm, action: phase_planning, creates: phase-plan.md}
        - {agent: po, action: phase_signoff}
        - {agent: pm, action: phase_cleanup, condition: leftovers_found}
        - workflow_end:
        """,
        head="handoff_prompts: {phase_complete: A}",
    )
    assert step(made, "po-phase_signoff").handoff == "A"


def test_what_is_called_after_a_variant_belongs_to_it_alone():
    text = """\
workflow:
  id: two
  handoff_prompts: {complex_complete: A, simple_to_ide: B, pm_to_dev: C}
  complex_change_sequence: [{agent: pm, creates: prd.md}, {agent: dev}, {step: workflow_end}]
  simple_change_sequence: [{agent: pm, action: choose}, {agent: dev}, {step: workflow_end}]
"""
    handoffs = {}
    for variant in ("complex_change", "simple_change"):
        made = read(yaml_document(text, "two.yaml"), "two.yaml", ReadOptions(variant=variant))
        handoffs[variant] = {one.role or one.id: one.handoff for one in made.steps if one.handoff}
    assert handoffs == {
        "complex_change": {"pm": "C", "workflow_end": "A"},
        "simple_change": {"pm": "C", "workflow_end": "B"},
    }


def test_a_variants_word_that_is_a_role_of_the_other_tells_nothing():
    text = """\
workflow:
  id: two
  handoff_prompts: {game_design_to_dev: A}
  game_jam_sequence: [{agent: dev}]
  prototype_sequence: [{agent: game-designer, creates: x.md}, {agent: dev}]
"""
    made = read(yaml_document(text, "two.yaml"), "two.yaml", ReadOptions(variant="prototype"))
    assert made.steps[0].handoff == "A"


def test_mappings_are_told_as_lines():
    made = flow("- {agent: a}\n", head="handoff_prompts: {complete: {title: T, next: N}}")
    assert step(made, "a-work").handoff == "title: T\nnext: N"


def rendered(text, facts, **known):
    return render_template(as_template(text, facts), {"facts": known})


def test_blanks_of_declared_facts_are_filled_when_they_are_known():
    facts = {"kind": Fact("string"), "size_way": Fact("string", choices=("small", "it's"))}
    assert rendered("K: {{kind}}, {{other}}, {{yes/no}}", facts, kind="x") == "K: x, {{other}}, {{yes/no}}"
    assert rendered("K: {{kind}}", facts) == "K: kind"


def test_lines_behind_an_if_without_end_stand_unless_something_says_otherwise():
    facts = {"ready": Fact(), "size_way": Fact("string", choices=("small", "it's"))}
    text = "start\n{{if small}}: one\n{{if it's}}: odd\n{{if ready}}: go {{x}}\n{{if unknown}}: kept"
    assert (
        rendered(text, facts, size_way="small", ready=True) == "start\none\n\ngo {{x}}\n{{if unknown}}: kept"
    )
    assert rendered(text, facts, size_way="it's", ready=False) == "start\n\nodd\n\n{{if unknown}}: kept"
    assert rendered(text, facts) == "start\none\nodd\ngo {{x}}\n{{if unknown}}: kept"

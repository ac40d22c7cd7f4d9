from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.rendering import render_template
from tests.formats.imported.bmad.flow import flow, needs, only, step


def test_list_order_is_the_order():
    made = flow("- {agent: a, creates: a.md}\n- {agent: b}\n- {step: workflow_end}\n")
    assert needs(made) == {"a-a": (), "b-work": ("a-a",), "workflow_end": ("b-work",)}


def test_an_id_is_the_items_own_else_its_name_else_agent_and_work():
    made = flow(
        """\
        - {id: own-id, step: named, agent: a}
        - {step: named, agent: a}
        - {agent: pm, action: create_story, creates: story.md}
        - {agent: pm, creates: [docs/prd.md]}
        - {agent: po, validates: all_artifacts}
        - {agent: pm, creates: prd.md}
        - {agent: 개발자, action: 개발}
        - {step: "x / y!", agent: a}
        """
    )
    assert [one.id for one in made.steps] == [
        "own-id", "named", "pm-create_story", "pm-prd", "po-validate", "pm-prd-2", "step", "x-y",
    ]  # fmt: skip
    assert made.steps[0].title == "named"


def test_what_the_item_says_is_in_the_prompt_or_in_the_notes():
    made = only(
        """\
        - agent: pm
          action: analyze the project
          creates: prd.md
          updates: notes.md
          reviews: other.md
          uses: prd-tmpl
          task: create-doc.md
          optional_steps: [brainstorming_session]
          delegates_to: [dev]
          command: "*create"
          notes: |
            First {{line}}.
            Second.
          description: what it is
          outputs: [report.md, verdict]
          inputs: {story: "{id}"}
          exit_criteria: [{EC1: done}]
          odd_key: 5
        """
    )
    for part in (
        "Analyze the project.", "Create docs/prd.md.", "Review other.md.", "Update docs/notes.md.", "Use: prd-tmpl",
        "Task: create-doc.md", "brainstorming session", "Command: *create", "pass on to: dev",
    ):  # fmt: skip
        assert part in made.prompt
    assert made.notes[0] == "what it is"
    assert made.notes[1] == "First {{line}}.\nSecond."
    assert "Inputs: story: {id}" in made.notes
    assert any("report.md, verdict" in note for note in made.notes)
    assert any("EC1: done" in note for note in made.notes)
    assert made.notes[-1] == "The workflow's file also says:\n- odd_key: 5"
    assert made.extra["odd_key"] == 5


def test_files_are_where_bmad_keeps_them_and_labels_are_no_files():
    made = only("- {agent: a, creates: [prd.md, story.md, src/x.py, sharded_docs, setup.py]}")
    assert [(ref.name, ref.label) for ref in made.creates] == [
        ("docs/prd.md", False), ("docs/stories/*.*.story.md", False), ("src/x.py", False), ("sharded_docs", True), ("setup.py", False),
    ]  # fmt: skip


def test_validation_looks_at_artifacts_and_gives_a_verdict():
    made = flow(
        "- {agent: a, creates: prd.md}\n- {agent: po, validates: prd.md, uses: po-master-checklist}\n- {agent: po, validates: all_artifacts}\n"
    )
    assert made.steps[1].requires[0].name == "docs/prd.md"
    assert made.steps[1].output["required"] == ["verdict"]
    assert made.steps[2].requires[0].aggregate


def test_several_names_are_a_choice_in_order():
    made = flow("- {agent: analyst/pm, creates: x.md}\n- {agent: any}\n- {agent: '${story.executor}'}\n")
    assert made.steps[0].role == "analyst"
    assert "(Meant for analyst or pm.)" in made.steps[0].prompt
    assert made.roles["analyst"].title == "Business analyst"
    assert made.steps[1].role == "any"
    assert "is not filled in" in made.warnings[0]


def test_work_without_an_agent_is_the_orchestrators():
    assert only("- {phase: 1, task: do it}").role == "orchestrator"
    assert only("- {agent: system, creates: report.md}").role == "orchestrator"


def test_words_in_notes_that_demand_approval_add_one_unless_switched_off():
    text = '- {agent: a, creates: plan.md, notes: "HITL REQUIRED: requires human approval before proceeding"}'
    made = only(text)
    assert made.approve is not None
    assert made.approve.show == ("docs/plan.md",)
    assert "HITL REQUIRED" in made.extra["inferred"][0]
    assert only(text, approvals=False).approve is None
    assert only('- {agent: a, notes: "Status: Draft → Approved. The user may review it."}').approve is None


def test_elicitation_asks_first_and_gives_the_answer_to_the_role():
    made = only("- {agent: a, elicit: true, step: intake}")
    assert made.ask is not None
    assert (made.ask.fact, made.ask.form) == ("intake_answer", {})
    prompts = [render_template(made.prompt, {"facts": {"intake_answer": said}}) for said in ("", "no")]
    assert "asked first" not in prompts[0]
    assert prompts[1].endswith("\nA person was asked first and said: no")
    assert only("- {agent: a, elicit: false}").ask is None


def test_optional_work_is_marked():
    assert only("- {agent: a, optional: true}").optional
    assert only("- {agent: a, condition: optional}").optional
    assert only('- {agent: a, notes: "OPTIONAL: if you like"}').optional
    assert not only("- {agent: a, optional: false}").optional


def test_various_are_the_owners_of_what_was_flagged():
    made = flow(
        """\
        - {agent: pm, creates: prd.md}
        - {agent: architect, creates: architecture.md}
        - {agent: po, validates: all_artifacts}
        - {agent: various, updates: any_flagged_documents, condition: po_checklist_issues}
        - {agent: dev}
        """
    )
    assert [one.id for one in made.steps][3:6] == [
        "various-any_flagged_documents-pm", "various-any_flagged_documents-architect", "various-any_flagged_documents",
    ]  # fmt: skip
    assert (
        step(made, "various-any_flagged_documents-pm").when
        == "facts.po_checklist_issues && facts.pm_documents_flagged"
    )
    assert step(made, "po-validate").facts == (
        "po_checklist_issues",
        "pm_documents_flagged",
        "architect_documents_flagged",
    )
    closing = step(made, "various-any_flagged_documents")
    assert (closing.back_to.to, closing.back_to.at_most) == ("po-validate", 3)
    assert step(made, "dev-work").needs == ("various-any_flagged_documents",)


def test_various_without_anything_made_is_one_step_of_the_team():
    assert only("- {agent: various, updates: any_flagged_documents}").role == "team"


def test_a_document_follows_the_template_that_is_called_as_it_is(tmp_path):
    (tmp_path / "templates").mkdir()
    for name in ("story", "other"):
        text = f"template: {{id: {name}, name: {name}}}\nsections: [{{id: a, title: A}}]\n"
        (tmp_path / "templates" / f"{name}-tmpl.yaml").write_text(text)
    pack = Pack(tmp_path)
    made = flow(
        "- {agent: sm, creates: story.md}\n- {agent: pm, creates: story.md, uses: other-tmpl}\n"
        "- {agent: pm, creates: [a.md, b.md]}\n- {agent: pm, creates: src/}\n",
        pack=pack,
    )
    assert [one.template.rsplit("/", 1)[-1] for one in made.steps] == [
        "story-tmpl.yaml",
        "other-tmpl.yaml",
        "",
        "",
    ]


def test_one_of_several_documents_is_enough_where_the_file_says_so():
    both = only("- {agent: pm, creates: brownfield-epic.md OR brownfield-story.md}\n")
    assert both.creates[0].any_of == ("docs/brownfield-epic.md", "docs/brownfield-story.md")
    label = only("- {agent: pm, creates: brownfield_epic OR brownfield_story}\n")
    assert (label.creates[0].label, label.creates[0].any_of) == (True, ())


def test_a_review_changes_nothing_that_it_looks_at():
    made = flow("- {agent: dev, creates: code.md}\n- {agent: qa, reviews: code.md}\n").steps[1]
    assert (made.id, [ref.name for ref in made.requires], made.updates) == ("qa-code", ["docs/code.md"], ())


def test_what_is_rendered_is_made():
    made = flow(
        """\
        - {agent: pm, creates: brief.json, render: {from: brief.json, to: brief.md}}
        - {agent: dev, requires: brief.md}
        """
    )
    assert [ref.name for ref in made.steps[0].creates] == ["brief.json", "docs/brief.md"]
    assert "Render brief.json as brief.md." in made.steps[0].prompt
    assert made.warnings == ()


def test_various_are_those_who_made_something_and_never_the_item_itself():
    made = flow(
        """\
        - {agent: sm, creates: story.md in docs/stories/}
        - {agent: dev, creates: several notes in docs/notes/}
        - {agent: po, validates: all_artifacts}
        - {agent: various, updates: flagged_things.md, condition: po_issues}
        """
    )
    owners = {one.role: one.updates for one in made.steps if one.id.startswith("various") and one.role}
    assert list(owners) == ["sm", "dev"]
    assert owners["sm"][0].name == "docs/stories/story.md"
    assert owners["dev"][0].label


def test_what_an_orchestrator_does_is_the_step_and_no_role():
    made = only("- {orchestrator: check_it}\n")
    assert (made.id, made.role) == ("check_it", "orchestrator")


def test_a_persons_name_hides_neither_the_work_nor_its_id():
    made = only('- {agent: pm, action: write_plan, name: "Dr. Ada Low"}\n')
    assert (made.id, made.title) == ("pm-write_plan", "Dr. Ada Low: write plan")
    assert only("- {agent: pm, action: write_plan, name: Write the plan}\n").title == "Write the plan"


def test_what_the_file_also_says_repeats_no_key_that_was_acted_on():
    made = flow(
        """\
        - {step: one, agent: a, next: two, phase: 1, repeats: for_each_epic, odd: 5}
        - {step: two, agent: b, on_success: one}
        """
    )
    assert made.steps[0].notes == ("The workflow's file also says:\n- odd: 5",)
    assert made.steps[1].notes == ()


def test_a_plan_can_name_what_a_role_follows_and_may_do_first():
    made = only("- {agent: pm, task: create-doc, optional_steps: [brainstorm, research]}\n")
    assert made.extra["item"]["materials"] == {
        "task": "create-doc",
        "may be done first": "brainstorm, research",
    }


def test_each_story_has_a_file_of_its_own():
    made = flow(
        "- {agent: sm, creates: story.md, repeats: for_each_epic}\n- {agent: dev, requires: story.md}\n"
    )
    assert "Create docs/stories/{epic}.{story}.story.md (one file for each story)." in made.steps[0].prompt
    assert [ref.name for ref in made.steps[1].requires] == ["docs/stories/*.*.story.md"]


def test_what_has_to_hold_is_asked_once_before_all_owners():
    made = flow(
        """\
        - {agent: pm, creates: prd.md}
        - {agent: qa, creates: tests.md}
        - {agent: po, validates: all_artifacts}
        - {agent: various, updates: any_flagged_documents, requires: data_ready, condition: po_issues}
        """
    )
    asked = [one for one in made.steps if one.kind == "ask"]
    assert [one.needs for one in asked] == [("po-validate",)]
    assert next(one.needs for one in made.steps if one.role and one.id.startswith("various")) == (
        asked[0].id,
    )

"""What an item requires is met by what was made before it; what is not, may lack, and nothing leads out of the project."""

import pytest

from ropewalk.core.events import AskOpened
from ropewalk.definition.workflow import Ref
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.references import Maker
from ropewalk.formats.imported.kit.refs import needs_of, written, written_path
from ropewalk.formats.reading import ReadOptions
from tests.formats.imported.bmad.flow import flow
from tests.formats.rehearsed import rehearse

ITEM = Item("1", ("sequence", 0), 5, "task", "", {})


def context(*made: str, label: bool = False) -> ImportContext:
    making = ImportContext(ReadOptions(), Pack(), {})
    for name in made:
        making.makers.note(Maker(name, f"{name}-step", "pm", "" if label else f"docs/{name}", label=label))
    return making


def needs(data, making: ImportContext | None = None):
    return needs_of(Keys(data), ITEM, making or context(), ())


@pytest.mark.parametrize(
    ("value", "refs"),
    [
        (None, ()),
        ([], ()),
        ("prd.md", (Ref("docs/prd.md"),)),
        (["a.md", "./a.md", "a.md"], (Ref("docs/a.md"),)),
        ("story-{n}.md", (Ref("docs/story-*.md"),)),
        ("src/", (Ref("src/"),)),
        ("a.md (optional)", (Ref("docs/a.md", soft=True),)),
        ("a.md (or multiple documents)", (Ref("docs/a.md", soft=True),)),
        ("sharded_docs", (Ref("sharded_docs", label=True),)),
        ("all_artifacts", (Ref("all_artifacts", soft=True, aggregate=True, label=True),)),
        ("a.md OR b.md", (Ref("docs/a.md", any_of=("docs/a.md", "docs/b.md")),)),
        ("prd OR brief", (Ref("prd", label=True),)),
    ],
)
def test_what_is_made_is_a_file_a_pattern_a_choice_or_a_label(value, refs):
    assert written(value, context(), (), soft=False) == refs


@pytest.mark.parametrize(
    "name",
    ["../a.md", "/etc/a.md", "~/a.md", "docs/../../a.md", "C:\\a.md", "https://example.org/a.md"],
)
def test_a_path_out_of_the_project_is_a_label_alone_and_among_others(name):
    making = context()
    for value in (name, f"{name} OR b.md", f"b.md OR {name}"):
        [ref] = written(value, making, (), soft=False)
        assert (ref.label, ref.any_of) == (True, ())
        assert all(ref.label for ref in needs({"requires": value}).refs)


def test_what_is_changed_lies_where_it_was_made_and_else_comes_from_outside():
    making = context("plan.md")
    assert written("PLAN.md", making, (), soft=False, changed=True) == (Ref("docs/plan.md"),)
    assert written("new.md", making, (), soft=False, changed=True) == (Ref("docs/new.md", external=True),)
    assert written("some_files", making, (), soft=True, changed=True) == (
        Ref("some_files", soft=True, label=True),
    )


def test_a_note_says_where_a_file_is_saved():
    notes = ("Copy final script.md to your project's docs/script/ folder",)
    assert written("script.md", context(), notes, soft=False) == (Ref("docs/script/script.md"),)
    assert written_path("script.md", context()) == "docs/script.md"


def test_requirements_are_met_by_what_was_made_before():
    made = flow(
        """\
        - {agent: a, creates: prd.md}
        - {agent: b, creates: "maybe.md (optional)", condition: user_wants_it}
        - {agent: c, requires: [prd.md, maybe.md, "x.md (if exists)", y.md], creates: c.md}
        """
    )
    assert {ref.name: (ref.soft, ref.external) for ref in made.steps[2].requires} == {
        "docs/prd.md": (False, False),
        "docs/maybe.md": (True, False),
        "docs/x.md": (True, True),
        "docs/y.md": (True, True),
    }
    assert made.warnings == ("line 7: nothing in this file makes `y.md`: it has to be there already",)


def test_alternatives_are_those_that_are_known():
    made = flow(
        """\
        - {agent: a, creates: a.md}
        - {agent: b, creates: b.md}
        - {agent: c, requires: "a.md OR b.md"}
        - {agent: d, requires: sharded_docs_or_brownfield_docs}
        - {agent: e, requires: a.md_or_x}
        """
    )
    assert made.steps[2].requires[0].any_of == ("docs/a.md", "docs/b.md")
    assert made.steps[3].requires[0].external
    assert made.steps[4].requires[0].name == "docs/a.md"


def test_a_name_with_or_in_it_is_no_choice_where_somebody_makes_it():
    [ref] = needs({"requires": "this_or_that"}, context("this_or_that", label=True)).refs
    assert ref == Ref("this_or_that", label=True)


def test_what_is_there_already_is_met_by_prose_or_from_outside():
    made = flow(
        "- {agent: a, creates: multiple documents per template}\n- {agent: b, requires: existing_service_analysis}\n"
    )
    assert made.steps[1].requires[0].label
    assert made.warnings == ()
    assert flow("- {agent: b, requires: existing_service_analysis}").warnings == ()


def test_only_documents_told_in_prose_can_be_what_a_file_is_called_that_is_there_already():
    making = context()
    assert needs({"requires": "existing_notes.md"}, making).refs == (
        Ref("docs/existing_notes.md", soft=True, external=True),
    )
    making.makers.note(Maker("many documents about it", "a", "pm", label=True), prose=True)
    assert needs({"requires": "existing_notes.md"}, making).refs == (
        Ref("existing_notes.md", soft=True, external=True, label=True),
    )
    assert making.warnings == []


def test_a_requirement_may_name_a_step_or_a_fact():
    made = flow(
        "- {step: discovery, agent: a}\n- {agent: b}\n- {agent: c, requires: [discovery, format-validation-passed]}\n"
    )
    assert made.steps[2].needs == ("b-work", "discovery")
    assert (made.steps[2].kind, made.steps[2].when) == ("ask", "!facts.format_validation_passed")
    assert made.steps[2].ask.on_reject == "fail"
    assert (made.steps[3].needs, made.steps[3].when) == ((made.steps[2].id,), "")
    assert made.facts["format_validation_passed"].default is False


def test_a_step_that_is_required_as_done_is_the_order():
    made = flow("- {step: setup, agent: a}\n- {agent: b, requires: setup_complete}\n")
    assert [one.id for one in made.steps] == ["setup", "b-work"]
    assert made.facts == {}


def test_several_facts_must_all_hold_and_are_declared():
    making = context()
    read = needs({"requires": ["a-passed", "b_done"], "prerequisites": "a-passed"}, making)
    assert read.facts == ("a_passed", "b_done")
    assert set(making.facts) == {"a_passed", "b_done"}
    assert read.refs == read.steps == ()


def test_an_artifact_comes_before_a_step_and_a_step_before_a_fact():
    making = context("review-done")
    making.drafts.append(ItemSteps(Item("1", (), 1, "task", "plan_done", {}), exits=("plan-step",)))
    assert needs({"requires": "review_done"}, making).refs == (Ref("docs/review-done"),)
    assert needs({"requires": "Plan Done"}, making).steps == ("plan-step",)
    assert needs({"requires": "other_done"}, making).facts == ("other_done",)


def test_a_step_with_several_ends_is_waited_for_by_its_name():
    making = context()
    making.drafts.append(ItemSteps(Item("1", (), 1, "task", "fan", {"id": "f1"}), exits=("a", "b")))
    assert needs({"requires": ["fan", "F1"]}, making).steps == ("fan",)


def test_validation_looks_at_what_was_made_and_needs_none_of_it():
    read = needs({"validates": "prd.md, nowhere.md, all_artifacts"}, context("prd.md"))
    assert read.looks_at == "prd.md, nowhere.md, all_artifacts"
    assert read.refs == (
        Ref("docs/prd.md", soft=True),
        Ref("nowhere.md", soft=True, label=True),
        Ref("all_artifacts", soft=True, aggregate=True, label=True),
    )


def test_a_rendering_needs_what_it_is_made_from():
    keys = Keys({"render": {"from": "prd.md", "to": "prd.pdf"}, "requires": "prd.md"})
    assert needs_of(keys, ITEM, context("prd.md"), ()).refs == (Ref("docs/prd.md"),)
    assert keys.used["render"] == "requires"


def test_a_rendering_of_what_the_item_makes_needs_nothing():
    keys = Keys({"creates": "brief.json", "render": {"from": "brief.json", "to": "brief.md"}})
    assert needs_of(keys, ITEM, context(), ()).refs == ()


def test_what_is_looked_at_is_needed_softly():
    keys = Keys({"reviews": "prd.md"})
    assert needs_of(keys, ITEM, context("prd.md"), (), ["reviews"]).refs == (Ref("docs/prd.md", soft=True),)


def test_what_has_to_hold_is_asked_once_for_all_that_require_it():
    made = flow("- {agent: a, requires: data_ready}\n- {agent: b, requires: data_ready}\n")
    asks = [one for one in made.steps if one.kind == "ask"]
    assert [(one.when, one.ask.fact) for one in asks] == [("!facts.data_ready", "data_ready")] * 2
    events = rehearse(made, assume=False).events
    assert [event.step for event in events if isinstance(event, AskOpened)] == [asks[0].id]

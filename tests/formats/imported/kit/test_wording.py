"""The sentences of ropewalk around other people's words: plain, whole, and no template can come out of them."""

import pytest

from ropewalk.definition.workflow import Ref
from ropewalk.formats.imported.kit.making import Keys
from ropewalk.formats.imported.kit.people import Crew
from ropewalk.formats.imported.kit.wording import (
    both,
    fix,
    flagged,
    headed,
    leftover,
    named,
    prompt,
    sentence,
    title,
)
from ropewalk.rendering import literal, render_template
from tests.formats.imported.bmad.flow import only


def asked(keys=None, creates=(), updates=(), looks_at="", acted=(), crew=None) -> str:
    return prompt(Keys(keys or {}), creates, updates, looks_at, list(acted), crew or Crew("role", ("pm",)))


@pytest.mark.parametrize(
    "text",
    [
        *("", "no braces", "{ x }", "{{ facts.secret }}", "{% for x in y %}", "{# gone #}", "{{{{", "}}{{", "{{{% %}}}"),
        *("it's {{ 'quoted' }}", "{{ '}}' }}", "\\{{ x }}", "{{\n", "{{ '{{' }}", "{%- raw -%}", "\u202e{{ é }}", "{", "}}"),
    ],
)  # fmt: skip
def test_a_text_as_a_template_gives_just_this_text(text):
    assert render_template(literal(text), {"facts": {"secret": "s3cret"}}) == text


def test_braces_in_a_prompt_are_text_and_no_template():
    made = only('- {agent: a, action: "write {{x}} and {% if %} {# no #}"}')
    assert render_template(made.prompt, {}) == "Write {{x}} and {% if %} {# no #}."
    assert (
        render_template(fix(["{{ x }}.md", "b.md"]), {})
        == "Fix what the validation found in {{ x }}.md, b.md."
    )


def test_a_prompt_says_what_to_make_change_and_check_in_this_order():
    text = asked(
        {"action": "create_story", "reviews": "other.md", "uses": ["a", "b"], "task": "t", "command": "*x"},
        creates=(Ref("docs/prd.md"), Ref("sharded_docs", label=True)),
        updates=(Ref("notes.md"), Ref("maybe.md", soft=True), Ref("all_files", soft=True, aggregate=True, label=True)),
        looks_at="all_artifacts",
        acted=["reviews"],
        crew=Crew("role", ("analyst", "pm"), ("dev",)),
    )  # fmt: skip
    assert text.splitlines() == [
        "Create story.",
        "Create docs/prd.md.",
        "Create sharded docs.",
        "Review other.md.",
        "Update notes.md.",
        "Update all files.",
        "Validate All artifacts: say what is wrong, each finding with its document.",
        "Task: t",
        "Use: a",
        "Use: b",
        "Command: *x",
        "(Meant for analyst or pm.)",
        "Work with or pass on to: dev.",
    ]


@pytest.mark.parametrize("keys", [{}, {"action": "", "task": None, "commands": []}])
def test_where_nothing_is_said_the_notes_count(keys):
    assert asked(keys) == "Do what the notes say."


def test_what_became_part_of_the_prompt_is_on_record():
    keys = Keys({"action": "go", "optional_steps": ["first_look"], "odd": 1})
    text = prompt(keys, (), (), "", [], Crew("role", ("pm",)))
    assert "where it helps: first look." in text
    assert keys.used == {"action": "prompt", "optional_steps": "prompt"}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("create_story", "Create story."),
        ("do it_now please", "Do it_now please."),
        ("Done!", "Done!"),
        ("is it?", "Is it?"),
        ("list:", "List:"),
        ("élan", "Élan."),
        (" go ", "Go."),
        ("PRD", "PRD."),
    ],
)
def test_a_verb_name_or_a_phrase_becomes_a_sentence(words, text):
    assert sentence(words) == text


def test_a_reference_stands_in_a_sentence_as_a_path_a_label_or_a_choice():
    assert named(Ref("docs/my_prd.md")) == "docs/my_prd.md"
    assert named(Ref("sharded_docs", label=True)) == "sharded docs"
    assert named(Ref("a.md", any_of=("a_1.md", "b.md"))) == "a_1.md or b.md"


@pytest.mark.parametrize(
    ("words", "action", "text"),
    [
        (("pm", "create-doc_x"), "", "pm: create doc x"),
        (("pm", "prd"), "make_it", "pm: make it"),
        (("pm", "prd"), "make the_prd", "pm: make the_prd"),
        (("pm",), "", "pm: pm"),
    ],
)
def test_a_step_without_a_name_is_called_by_who_and_what(words, action, text):
    assert title(words, action) == text


@pytest.mark.parametrize(
    ("first", "second", "condition"),
    [
        ("", "", ""),
        ("a", "", "a"),
        ("", "a || b", "a || b"),
        ("a || b", "c", "(a || b) && c"),
        ("a", "b ? c : d", "a && (b ? c : d)"),
        ("a && b", "!c", "a && b && !c"),
    ],
)
def test_two_conditions_hold_both_whatever_binds_less(first, second, condition):
    assert both(first, second) == condition


def test_keys_that_nobody_acts_on_are_told_and_empty_ones_are_not():
    assert leftover({"a": None, "b": "", "c": [], "d": {}}) == ""
    assert leftover({"no": False, "zero": 0, "text": "one\ntwo", "x": None}).splitlines() == [
        "The workflow's file also says:",
        "- no: false",
        "- zero: 0",
        "- text: ",
        "  one",
        "  two",
    ]


def test_the_question_about_flagged_documents_is_plain_english():
    assert flagged("f", "pm", "a.md, b.md").question == "Must pm fix something in a.md, b.md?"
    assert flagged("f", "pm", "a.md").type == "boolean"


def test_a_headline_has_its_action_unless_it_says_the_same():
    assert headed("Dr. Ada", "write_plan") == "Dr. Ada: write plan"
    assert headed("Write the plan", "write_plan") == "Write the plan"
    assert (headed("", "go"), headed("Go", "")) == ("", "Go")

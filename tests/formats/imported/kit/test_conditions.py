import pytest

from ropewalk.formats.imported.kit.conditions import fact_name, negated, question, read, sort_of


@pytest.mark.parametrize("said", ["", "always", "Required", "mandatory", "true"])
def test_words_that_mean_always_are_no_condition(said):
    assert read(said).sort == "none"
    assert read(said).when == ""


def test_words_that_mean_never_optional_and_only_order():
    assert read("false").when == "false"
    assert read("optional") == read("Optionally")
    assert read("after_prd_creation").sort == "order"
    assert read("after_prd_creation").when == ""
    assert read("based_on_classification").sort == "route"


@pytest.mark.parametrize(
    ("said", "sort"),
    [
        ("po_checklist_issues", "issues"),
        ("qa_left_unchecked_items", "issues"),
        ("architecture_suggests_prd_changes", "issues"),
        ("user_wants_story_review", "person"),
        ("technical_review_requested", "person"),
        ("epic_complete", "progress"),
        ("stories_remaining", "progress"),
        ("major_enhancement_path", "route"),
        ("project_has_database", "project"),
        ("documentation_inadequate", "project"),
    ],
)
def test_bare_words_name_a_fact_and_who_will_know_it(said, sort):
    reading = read(said)
    assert (reading.sort, reading.when) == (sort, f"facts.{said}")
    assert reading.facts[said].type == "boolean"
    assert said.replace("_", " ") in reading.facts[said].question


def test_a_sentence_and_other_scripts_become_facts_with_their_words_as_the_question():
    assert read("Documentation is (too) old").when == "facts.documentation_is_too_old"
    assert read("조건이 있음").when.startswith("facts.fact_")
    assert "“조건이 있음”" in next(iter(read("조건이 있음").facts.values())).question
    assert fact_name("2 reviews") == "is_2_reviews"
    assert question("ready") == "Does this hold: ready?"


def test_expressions_compare_facts_and_show_their_types():
    reading = read("complexity.result === 'COMPLEX' OR critique.verdict === 'NEEDS_REVISION'")
    assert (
        reading.when == 'facts.complexity_result == "COMPLEX" || facts.critique_verdict == "NEEDS_REVISION"'
    )
    assert reading.facts["complexity_result"].choices == ("COMPLEX", "other")
    assert read("x == 'a' OR x == 'b'").facts["x"].choices == ("a", "b")
    assert read("coverage >= 80").facts["coverage"].type == "number"
    assert read("a >= b").facts["b"].default == 0
    assert read("ready == true").facts["ready"].type == "boolean"


def test_values_of_the_file_itself_stand_in_for_their_names():
    constants = {"strict": True, "paths": {"out": "docs"}, "levels": [1]}
    assert read("${config.strict} == true", constants).when == "true == true"
    assert read("paths.out == docs", constants).when == '"docs" == "docs"'
    assert read("levels == 1", constants).when == "facts.levels == 1"


def test_the_number_of_rounds_against_its_limit_is_the_loops_cap():
    spent = read("currentIteration >= maxIterations", {"maxIterations": 5})
    assert (spent.cap, spent.spent, spent.when) == (5, True, "")
    assert read("attempts < 3").cap == 3
    assert read("rounds < max_rounds").cap == 0
    assert read("rounds < budget").cap is None
    assert read("stories < 3").cap is None


def test_botarmy_forms_are_translated():
    assert read("always_false").when == "false"
    assert read("context.mode").when == "facts.mode"
    assert read("not_empty:idea").facts["idea"].default == ""


def test_the_negation_for_skip_if():
    assert negated(read("done_already")).when == "!facts.done_already"
    assert negated(read("a == 'b'")).when == '!(facts.a == "b")'
    assert negated(read("true")).when == "false"
    assert negated(read("after_x")).when == ""


def test_sorting_ignores_how_words_are_joined():
    assert sort_of("User wants it") == "person"
    assert sort_of("needs-revision") == "issues"

from hypothesis import given
from hypothesis import strategies as st

from ropewalk.documents.placeholders import (
    MOST_OUTPUT,
    fill,
    look_up,
    placeholders,
    value_in_words,
    without_directions,
)


def test_a_known_blank_is_filled_and_an_unknown_one_stays():
    assert fill("{{a}} and {{ b }}", {"a": 1}) == "1 and {{ b }}"


def test_dashes_and_underscores_name_the_same_thing():
    assert fill("{{epic-title}} {{story_title}}", {"epic_title": "E", "story-title": "S"}) == "E S"


def test_a_dotted_name_walks_into_mappings_and_lists():
    values = {"paths": {"out": "docs"}, "history": [{"n": 3}]}
    assert fill("{{paths.out}} {{history[0].n}} {{history[4].n}} {{paths.out.x}}", values) == (
        "docs 3 {{history[4].n}} {{paths.out.x}}"
    )


def test_single_braces_are_filled_only_on_request():
    text = "{root}/x ${story.executor} {unknown} { status: ok }"
    assert fill(text, {"root": "r", "story": {"executor": "dev"}}) == text
    assert fill(text, {"root": "r", "story": {"executor": "dev"}}, single=True) == (
        "r/x dev {unknown} { status: ok }"
    )


def test_a_handlebars_block_goes_over_a_list_and_has_an_else():
    text = "{{#each risks}}{{@number}}. {{name}}{{#unless @last}}, {{/unless}}{{else}}none{{/each}}"
    assert fill(text, {"risks": [{"name": "a"}, {"name": "b"}]}) == "1. a, 2. b"
    assert fill(text, {"risks": []}) == "none"


def test_a_handlebars_block_goes_over_texts_and_over_a_mapping():
    assert fill("{{#each xs}}<{{this}}>{{/each}}", {"xs": ["a", "b"]}) == "<a><b>"
    assert fill("{{#each m}}{{@key}}={{this}};{{/each}}", {"m": {"a": 1}}) == "a=1;"
    assert fill("{{#each xs}}{{../name}}{{/each}}", {"xs": [{"name": "in"}], "name": "out"}) == "out"


def test_with_goes_inside():
    assert fill("{{#with a}}{{b}}{{/with}}", {"a": {"b": 2}}) == "2"


def test_if_and_unless_take_the_side_that_holds():
    text = "{{#if x}}yes{{else}}no{{/if}}{{#unless x}} never{{/unless}}"
    assert fill(text, {"x": True}) == "yes"
    assert fill(text, {"x": False}) == "no never"


def test_a_block_about_something_unknown_stays_with_what_is_in_it_filled():
    assert fill("{{#if x}}{{a}}{{else}}b{{/if}}", {"a": 1}) == "{{#if x}}1{{else}}b{{/if}}"
    assert fill("{% if x %}{{a}}{% endif %}", {"a": 1}) == "{% if x %}1{% end" + "if %}"


def test_jinja_loops_and_conditions_are_read_too():
    text = "{% for s in steps %}{{ loop.index }}:{{ s.id }} {% endfor %}{% if not done %}open{% endif %}"
    assert fill(text, {"steps": [{"id": "a"}, {"id": "b"}], "done": False}) == "1:a 2:b open"


def test_conditions_compare_with_words():
    assert fill('{{#if kind == "a"}}A{{/if}}', {"kind": "a"}) == "A"
    assert fill("{{#if kind != 'a'}}B{{/if}}", {"kind": "b"}) == "B"


def test_an_if_without_an_end_keeps_or_drops_its_line():
    text = "start\n{{if single_story}}: one story\n- {{if epic}}: many\n{{if other}}: unknown"
    assert fill(text, {"single_story": True, "epic": False}) == "start\none story\n{{if other}}: unknown"


def test_a_pick_one_blank_takes_the_only_word_that_is_true():
    assert fill("{{yes/no}}", {"yes": True, "no": False}) == "yes"
    assert fill("{{sharded_prd / brownfield_docs}}", {"brownfield_docs": True}) == "brownfield_docs"
    assert fill("{{yes/no}}", {"yes": True, "no": True}) == "{{yes/no}}"


def test_filters_that_are_common_are_applied_and_others_passed_over():
    assert fill("{{ a | upper }} {{ a|length }} {{ a | odd(1) }}", {"a": "xy"}) == "XY 2 xy"
    assert fill("{{ b | default('none') }} {{ b | upper }}", {}) == "none {{ b | upper }}"


def test_an_unclosed_block_is_text():
    assert fill("{{#if x}}a {{b}} {{/each}}", {"x": True, "b": 1}) == "{{#if x}}a 1 {{/each}}"


def test_values_are_shown_as_a_reader_wants_them():
    assert [value_in_words(v) for v in (None, True, False, ["a", 1], {"k": "é"})] == [
        "",
        "yes",
        "no",
        "a, 1",
        '{"k": "é"}',
    ]


def test_blanks_lists_names_once_and_no_blocks():
    assert placeholders("{{a}} {{#each xs}}{{this}}{{/each}} {{a}} {{yes/no}} {{b | upper}}") == [
        "a",
        "this",
        "b",
    ]


def test_directions_to_the_writer_are_not_for_the_reader():
    assert without_directions("Coding Standards [[LLM: may be\npartial]]") == "Coding Standards"


def test_the_output_is_bounded_however_the_blocks_multiply():
    text = "{{#each a}}" * 6 + "x" * 50 + "{{/each}}" * 6
    assert len(fill(text, {"a": [{"a": list(range(40))}] * 40})) <= MOST_OUTPUT
    assert fill("{{#each a}}" * 20 + "{{/each}}" * 20, {"a": list(range(100))}) == ""


def test_many_tags_that_open_and_never_close_cost_no_time():
    text = "{{#if x}}{{#each y}}" * 5_000 + "{{/if}}"
    assert fill(text, {}).startswith("{{#if x}}")


def test_look_up_prefers_the_innermost():
    assert look_up("a", ({"a": 1}, {"a": 2})) == (True, 2)
    assert look_up("../a", ({"a": 1}, {"a": 2})) == (True, 1)
    assert look_up("this.a", ({"a": 1},)) == (True, 1)


PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "#if",
        "#each",
        "/if",
        "/each",
        "else",
        "for",
        "in",
        "if",
        "x",
        "a.b",
        " ",
        "\n",
        ":",
        "|",
        "/",
        "{",
        "}",
    ]
)


@given(
    st.lists(PIECES, max_size=40).map("".join),
    st.dictionaries(
        st.sampled_from(["x", "a", "in"]), st.one_of(st.booleans(), st.lists(st.text(max_size=2), max_size=3))
    ),
)
def test_nothing_that_is_written_makes_it_raise(text, values):
    assert isinstance(fill(text, values, single=True), str)


def test_blocks_nested_too_deeply_and_else_without_a_block_are_text():
    deep = 30
    assert fill("{{#if x}}" * deep + "a" + "{{/if}}" * deep, {"x": True}).startswith("{{#if x}}" * 6)
    assert fill("{{else}} {{#if x}}{{#if y}}b{{else}}c{{/each}}{{/if}}", {"x": True, "y": False}) == (
        "{{else}} {{#if x}}c{{/each}}"
    )
    assert fill("{% each x %}", {"x": 1}) == "{% each x %}"


def test_what_a_block_writes_is_cut_at_the_limit():
    assert len(fill("{{#each a}}" + "x" * 1000 + "{{/each}}y", {"a": list(range(5000))})) == MOST_OUTPUT

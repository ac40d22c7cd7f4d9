"""Filling in: strict about what is missing, closed to tricks, and what was filled in is never read again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.errors import TemplateError
from ropewalk.rendering.template import literal, render_template


def test_a_key_of_a_mapping_wins_over_a_method_of_the_same_name():
    assert render_template("{{ outputs.build.items }}", {"outputs": {"build": {"items": [1, 2]}}}) == "[1,2]"
    assert render_template("{{ 'a'.upper() }}", {}) == "A"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ([1, "a b"], '[1,"a b"]'),
        ({"x": None}, '{"x":null}'),
        (True, "true"),
        (None, ""),
        (1.5, "1.5"),
        ("it's", "it's"),
    ],
)
def test_a_value_is_filled_in_as_programs_write_it(value, written):
    assert render_template("{{ a }}", {"a": value}) == written
    assert render_template("{% if a == b %}<{{ b }}>{% endif %}", {"a": value, "b": value}) == f"<{written}>"


def test_what_was_filled_in_is_not_read_as_a_template():
    assert render_template("{{ a }}", {"a": "{{ b }}", "b": "no"}) == "{{ b }}"


@pytest.mark.parametrize(
    "template",
    [
        "{{ missing }}",
        "{{ a.missing }}",
        "{% if %}",
        "{{ 1 / 0 }}",
        "{{ a.update(b=1) }}",
        "{{ ''.__class__.__mro__ }}",
    ],
)
def test_what_cannot_or_may_not_be_filled_in_is_an_error_that_names_the_template(template):
    with pytest.raises(TemplateError) as caught:
        render_template(template, {"a": {"x": 1}})
    assert template in str(caught.value)


def test_a_long_template_is_shown_by_its_beginning():
    with pytest.raises(TemplateError) as caught:
        render_template("{{ missing }}" + "x" * 500, {})
    assert len(str(caught.value)) < 250


def test_a_text_without_marks_does_not_load_the_template_engine():
    code = "import sys; from ropewalk.rendering.template import render_template; assert render_template('a', {}) == 'a'; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }}",
        "{% if x %}",
        "{# no #} }} %} #}",
        "plain",
        "{{ '{{' }}",
        "{{{ a }}}",
        'JSON {"a": {}} for {{a}}',
        "{%}}#{",
    ],
)
def test_a_text_that_is_to_stay_as_it_is_is_written_as_a_template_that_gives_it(text):
    assert render_template(literal(text), {"a": "not this"}) == text


@given(st.text("{}%# a'", max_size=12))
def test_any_text_of_signs_stays_as_it_is(text):
    assert render_template(literal(text), {}) == text


def test_values_put_together_are_written_as_json_writes_them():
    names = {"names": ["a", "b"], "ok": True, "none": None}
    assert render_template("{{ 'x: ' ~ names ~ ok ~ none ~ 1 }}", names) == 'x: ["a","b"]true1'
    assert render_template("{{ ok|string }} {{ [ok, names]|join('+') }}", names) == 'true true+["a","b"]'

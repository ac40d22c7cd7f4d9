"""A template holds nothing up: what would take for ever, or all memory, is refused with a sentence."""

from __future__ import annotations

import pytest

from ropewalk.errors import TemplateError
from ropewalk.rendering import bounds
from ropewalk.rendering.template import render_template

DOUBLES = (
    "{% set n = namespace(x='a' * 99) %}{% for i in range(60) %}{% set n.x = SIGN %}{% endfor %}{{ n.x }}"
)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'a' }}",
        "{{ [1] * 10**9 }}",
        "{{ 9**(9**9) }}",
        "{{ (2**9999) * (2**99999) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ 'a'.center(10**9) }}",
        "{{ 'a'|center(10**9) }}",
        "{{ 'a'|indent(10**9) }}",
        "{{ ('a' * 10**6)|replace('', 'b' * 10**6) }}",
        "{{ ('a' * 10**6).replace('a', 'b' * 10**6) }}",
        "{{ ('a' * 10**6).join(['b'] * 10**5) }}",
        "{{ (['b'] * 10**5)|join('a' * 10**6) }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'a' * 10**6 }}{% endfor %}",
        "{% for i in range(99999) %}{% set x = 'a' * 10**7 %}{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        DOUBLES.replace("SIGN", "n.x + n.x"),
        DOUBLES.replace("SIGN", "n.x ~ n.x"),
        DOUBLES.replace("SIGN", "'%s%s' % (n.x, n.x)"),
        DOUBLES.replace("SIGN", "'{0}{0}'.format(n.x)"),
        DOUBLES.replace("SIGN", "'%s%s'|format(n.x, n.x)"),
        "{{ range(10**9) }}",
        "{{ range(99999)|map('string')|map('center', 9999)|list|length }}",
        "{{ range(99999)|map('string')|map('replace', '', 'b' * 9999)|list|length }}",
        "{{ (range(99999)|list * 9)|map('string')|list|length }}",
        "{{ (range(99999)|list * 100)|length }}",
        "{{ (range(99999)|list * 10)|sort|length }}",
        "{{ (range(99999)|list * 9 + range(99999)|list * 9)|length }}",
        "{{ ('a ' * 8000000)|wordwrap(1)|length }}",
        "{{ ('a' * 16000000)|list|length }}",
        "{% for i in range(9) %}{{ ('a ' * 8000000).split(' ')|length }}{% endfor %}",
        "{{ range(9999)|slice(999999)|list|length }}",
        "{{ ([[]] * 900000)|pprint|length }}{{ ([[]] * 900000)|pprint|length }}",
    ],
)
def test_what_would_hold_everything_up_is_refused(template: str):
    with pytest.raises(TemplateError):
        render_template(template, {})


def test_a_filter_that_cannot_take_a_value_is_told_as_a_fault_of_the_template():
    with pytest.raises(TemplateError, match="no attribute 'items'"):
        render_template("{{ 'x'|xmlattr }}", {})


def test_what_one_rendering_took_is_not_held_against_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "MOST_TURNS", 5_000)
    for _ in range(3):
        assert render_template("{{ range(999)|map('string')|join|length }}", {}) == "2887"
    with pytest.raises(TemplateError, match="more than 5,000 turns"):
        render_template("{{ range(9999)|map('string')|join|length }}", {})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% for a in xs %}{{ loop.index }}/{{ loop.length }}{{ a }}{% if not loop.last %},{% endif %}{% endfor %}", "1/2x,2/2y"),
        ("{% for k, v in m|items %}{{ k }}={{ v }}{% else %}none{% endfor %}", "a=1"),
        ("{% for a in [] %}{{ a }}{% else %}none{% endfor %}", "none"),
        ("{{ xs|join(', ') }} {{ 'a' ~ 1 ~ xs[0] }} {{ '%s-%03d' % ('a', 7) }}", "x, y a1x a-007"),
        ("{{ 'a,b'.replace(',', ';').upper() }} {{ 2 ** 10 + 3 * 4 }} {{ [1] + [2] }}", "A;B 1036 [1,2]"),
        ("{{ '{:>4}'.format('a') }}{{ 'x'|center(5) }}{{ '%s'|format('b') }}", "   a  x  b"),
        ("{% for n in tree recursive %}{{ n.v }}{% if n.c %}({{ loop(n.c) }}){% endif %}{% endfor %}", "1(2)"),
        ("{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(1) }}{{ 'abc'|replace('b', '-') }}", "<1>a-c"),
        ("{% for i in xs|map('upper') %}{{ i }}{% endfor %}", "XY"),
    ],
)  # fmt: skip
def test_what_people_write_is_rendered_as_ever(template: str, text: str):
    tree = [{"v": 1, "c": [{"v": 2, "c": []}]}]
    assert render_template(template, {"xs": ["x", "y"], "m": {"a": 1}, "tree": tree}) == text

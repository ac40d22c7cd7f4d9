"""Mermaid and DOT hold every step and every arrow of a plan; what people wrote is text in them and never syntax."""

import re

import msgspec
import pytest

from ropewalk.formats.loading import load_workflow_text
from ropewalk.preview.graph import around, arrows, dot, label, mermaid, short
from ropewalk.preview.plan import Plan, Row, plan_workflow

TEXT = """\
name: shown
facts: {wanted: boolean, size: {type: string, default: big, choices: [big, small]}}
phases: [{id: build, title: Build it}]
steps:
  - {id: start, run: "true", phase: build}
  - {id: left, run: "true", needs: [start], when: "facts.wanted", phase: build}
  - {id: right, gate: pytest -q, needs: [start], back_to: {to: start, when: "facts.size == 'big'", at_most: 2}}
  - {id: join, ask: {prompt: Go?}, needs: [left, right]}
  - {id: pick, decide: {routes: {one: {when: "facts.wanted", to: x}, two: {to: y}}}, needs: [join]}
  - {id: x, run: "true"}
  - {id: y, run: "true"}
"""
HOSTILE = [
    '"]; evil --> b',
    "</script><b>&amp;",
    "#quot; #34; %% comment",
    "`code`\n  s0 --> s1",
    "a\rb\r\n  s0 --> s1",
    "\u2028  s0 --> s1",
    "\\",
    '\\"',
    "\u202egnp.exe",
    "end",
    "}}|]-->|",
]
MERMAID_LINE = re.compile(
    r"""  \ *(?:s\d+(?:\[\["[^"]*"\]\]|\[/"[^"]*"/\]|\(\["[^"]*"\]\)|\{\{"[^"]*"\}\}|\["[^"]*"\])
    |s\d+\ -(?:-|\.-)>(?:\|"[^"]*"\|)?\ s\d+|subgraph\ p\d+\["[^"]*"\]|end)""",
    re.VERBOSE,
)


def plan(text=TEXT) -> Plan:
    return plan_workflow(load_workflow_text(text, "g.yaml").workflow)


def titled(title: str) -> Plan:
    """The same plan, in which every step, its condition and its phase say this."""
    drawn = plan()
    stretches = tuple(
        msgspec.structs.replace(
            stretch,
            title=title,
            rows=tuple(msgspec.structs.replace(row, title=title, when=title) for row in stretch.rows),
        )
        for stretch in drawn.stretches
    )
    return msgspec.structs.replace(drawn, title=title, stretches=stretches)


def test_each_kind_of_step_has_its_shape_and_each_phase_its_box():
    lines = mermaid(plan()).splitlines()
    assert lines[:2] == ["flowchart TD", '  subgraph p0["Build it"]']
    assert lines.index("  end") == 4
    assert [line.strip() for line in lines[5:9]] == [
        's2(["right"])',
        's3[/"join"/]',
        's4{{"pick"}}',
        's5[["x"]]',
    ]
    assert 's0 [label="start", shape=box3d];' in dot(plan())
    assert 's1 [label="left", shape=box3d, style=dashed];' in dot(plan())
    assert dot(plan()).count("{") == dot(plan()).count("}") == 2


def test_arrows_carry_routes_conditions_and_ways_back():
    assert list(arrows(plan())) == [
        ("start", "left", "facts.wanted", False),
        ("start", "right", "", False),
        ("left", "join", "", False),
        ("right", "join", "", False),
        ("join", "pick", "", False),
        ("pick", "x", "one", False),
        ("pick", "y", "two", False),
        ("right", "start", "facts.size == 'big', at most 2", True),
    ]
    assert '  s4 -->|"one"| s5' in mermaid(plan())
    assert "  s2 -.->|\"facts.size == 'big', at most 2\"| s0" in mermaid(plan())
    assert "style=dotted, constraint=false];" in dot(plan())
    assert dot(plan()).count("style=dotted") == 1


@pytest.mark.parametrize(
    ("route", "labels"),
    [
        ("go when facts.a == ' → ' → b", {"b": "go"}),
        ("go when facts.a == 'x → b, c' → b, c", {"b": "go", "c": "go"}),
        ("go when facts.a &&\n  facts.b\n → b", {"b": "go"}),
        ("go when facts.a == ', then the run ends' → b, then the run ends", {"b": "go"}),
        ("here → there → b", {"b": "here → there"}),
        ("stop, then the run ends", {}),
        ("nothing", {}),
    ],
)
def test_a_route_is_known_by_its_name_whatever_its_condition_holds(route, labels):
    rows = (Row("pick", "decide", routes=(route,)), *(Row(name, "run", after=("pick",)) for name in "bc"))
    assert {after: text for _, after, text, _ in arrows(_of(rows)) if text} == labels


def test_two_routes_to_one_step_are_both_named_and_an_unknown_need_has_no_arrow():
    rows = (
        Row("pick", "decide", routes=("one when facts.a → b", "two → b")),
        Row("b", "run", after=("pick", "nowhere"), when="facts.x"),
    )
    assert list(arrows(_of(rows))) == [("pick", "b", "one, two", False)]


def _of(rows: tuple[Row, ...]) -> Plan:
    drawn = plan("name: n\nsteps: [{id: a, run: 'true'}]\n")
    stretch = msgspec.structs.replace(drawn.stretches[0], rows=rows)
    return msgspec.structs.replace(drawn, stretches=(stretch,))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_a_quote_or_begins_a_line_of_mermaid(text):
    lines = mermaid(titled(text)).splitlines()
    assert len(lines) == len(mermaid(titled("x")).splitlines())
    assert [line for line in lines[1:] if MERMAID_LINE.fullmatch(line) is None] == []


def test_what_is_an_entity_already_stays_the_text_that_it_was():
    assert '["#35;quot; &lt; a#quot;b"]' in mermaid(_of((Row("a", "role", title='#quot; &lt; a"b'),)))


def test_a_step_that_may_be_left_out_is_dashed():
    for fields in ({"optional": True}, {"when": "facts.x"}):
        assert "style=dashed" in dot(_of((Row("a", "role", **fields),)))
    assert "dashed" not in dot(_of((Row("a", "role"),)))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_a_quote_or_begins_a_line_of_dot(text):
    lines = dot(titled(text)).split("\n")
    assert len(lines) == len(dot(titled("x")).split("\n"))
    for line in lines:
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert re.fullmatch(r"[\w\s={}\[\];,>-]*", outside), line


@pytest.mark.parametrize(
    ("text", "letters", "shown"),
    [
        ("a" * 60, 60, "a" * 60),
        ("a" * 61, 60, "a" * 59 + "…"),
        (" a \n\t b\u2028c ", 60, "a b c"),
        ("", 60, ""),
        ("ab", 1, "…"),
        ("😀" * 5, 4, "😀😀😀…"),
    ],
)
def test_a_label_is_one_line_of_so_many_letters(text, letters, shown):
    assert short(text, letters) == shown


@pytest.mark.parametrize(
    ("role", "title", "shown"),
    [
        ("dev", "Build it", "dev: Build it"),
        ("dev", "", "dev: a"),
        ("dev", "dev: build", "dev: build"),
        ("", "Build it", "Build it"),
        ("", "", "a"),
    ],
)
def test_a_box_says_who_does_what_and_no_role_twice(role, title, shown):
    assert label(Row("a", "role", title=title, role=role)) == shown


def test_a_step_that_may_be_skipped_has_a_path_around_it_if_nothing_else_leads_on():
    rows = (
        Row("a", "run"),
        Row("b", "run", after=("a",), when="facts.x"),
        Row("c", "run", after=("b",)),
        Row("d", "run", after=("b", "c")),
    )
    assert list(around(_of(rows))) == [("a", "c", "otherwise", True)]
    assert 's0 -.->|"otherwise"| s2' in mermaid(_of(rows))
    assert 's0 -> s2 [label="otherwise", style=dotted, constraint=false];' in dot(_of(rows))

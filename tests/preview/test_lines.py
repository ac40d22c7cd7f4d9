"""A plan in lines tells each step with what a reader asks about it; what a workflow says begins no line of its own."""

import msgspec
import pytest

from ropewalk.formats.loading import load_workflow_text
from ropewalk.preview.lines import plan_as_lines
from ropewalk.preview.plan import FactRow, LoopRow, Plan, Row, plan_workflow

TEXT = """\
name: shown
description: what it does
inputs: {goal: string, more: {type: integer, default: 1, description: how many}}
facts: {wanted: boolean, size: {type: string, default: big, choices: [big, small]}}
roles: {dev: {persona: You develop.}}
phases: [{id: build, title: Build it}]
steps:
  - {id: start, run: "true", phase: build, facts: [wanted]}
  - {id: left, role: dev, prompt: go, title: Go left, needs: [start], when: facts.wanted, creates: a.md, phase: build}
  - {id: right, role: dev, prompt: go, needs: [start], gate: pytest -q, back_to: {to: start, when: "facts.size == 'big'", at_most: 2}}
  - {id: join, ask: {prompt: Go?}, needs: [left, right]}
finally:
  - {id: tidy, run: "true"}
extra: {remarks: [worth it], title: Shown, odd: 1, strange: 2}
"""
SMALLEST = "name: n\nsteps: [{id: a, run: 'true'}]\n"


def plan(text=TEXT) -> Plan:
    return plan_workflow(load_workflow_text(text, "l.yaml").workflow)


def with_row(**fields) -> list[str]:
    """The lines of the smallest plan, whose step says this."""
    smallest = plan(SMALLEST)
    row = msgspec.structs.replace(smallest.rows[0], **fields)
    stretch = msgspec.structs.replace(smallest.stretches[0], rows=(row,))
    return plan_as_lines(msgspec.structs.replace(smallest, stretches=(stretch,)), notes=True)


def test_the_lines_tell_all_of_it_by_phase():
    assert plan_as_lines(plan()) == [
        "shown: Shown",
        "  input goal (string)",
        "  input more (integer, may be left out: how many)",
        "",
        "Build it",
        "    1  start [run]",
        "       tells: wanted",
        "    2  left [dev]  Go left",
        "       after: start",
        "       parallel with: right",
        "       only if: facts.wanted",
        "       creates: a.md",
        "",
        "    2  right [dev]",
        "       after: start",
        "       parallel with: left",
        "       gate: pytest -q",
        "       loop: back to start while facts.size == 'big', at most 2 times, then a person decides",
        "    3  join [ask]",
        "       after: left, right",
        "       asks: a person decides: Go?",
        "    4  tidy [run] (at the end in any case)",
        "",
        "Facts",
        "  wanted: told by start; read by left",
        "  size (big, small): by default; read by right",
        "",
        "Loops",
        "  right → start while facts.size == 'big', at most 2 times (2 steps)",
        "",
        "At the same time",
        "  left, right",
        "",
        "People are asked",
        "  join: a person decides: Go?",
        "",
        "Worth knowing",
        "  worth it",
        "",
        "Kept, not acted on",
        "  odd, strange",
    ]


def test_a_plan_with_nothing_to_tell_has_no_headings():
    assert plan_as_lines(plan(SMALLEST)) == ["n", "", "    1  a [run]"]


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (FactRow("f", "boolean", told_by=("a", "b"), asked=True), "  f: told by a, b"),
        (FactRow("f", "boolean", asked=True, read_by=("c",)), "  f: a person is asked; read by c"),
        (FactRow("f", "boolean"), "  f: by default"),
        (FactRow("f", "string", choices=("x", "y")), "  f (x, y): by default"),
    ],
)
def test_a_fact_says_who_tells_it_a_step_before_a_person(fact, line):
    assert line in plan_as_lines(msgspec.structs.replace(plan(SMALLEST), facts=(fact,)))


@pytest.mark.parametrize(("when", "shown"), [("", ""), ("true", ""), ("facts.x", " while facts.x")])
def test_a_loop_says_its_condition_where_it_has_one(when, shown):
    loop = LoopRow("b", "a", when, 3, ("a", "b"))
    lines = plan_as_lines(msgspec.structs.replace(plan(SMALLEST), loops=(loop,)))
    assert f"  b → a{shown}, at most 3 times (2 steps)" in lines
    once = plan_as_lines(msgspec.structs.replace(plan(SMALLEST), loops=(LoopRow("a", "a", when, 1, ("a",)),)))
    assert f"  a → a{shown}, at most once (1 step)" in once


def test_a_title_that_is_the_id_is_not_told_twice_and_marks_stand_in_brackets():
    assert with_row(title="a")[2] == "    1  a [run]"
    assert (
        with_row(kind="role", optional=True, final=True)[2] == "    1  a (optional, at the end in any case)"
    )
    assert with_row(kind="role", role="dev", wave=1234)[2] == "  1234  a [dev]"


def test_notes_are_told_on_request_line_by_line():
    text = SMALLEST.replace("run: 'true'", "run: 'true', notes: \"one\\ntwo\"")
    assert plan_as_lines(plan(text), notes=True)[3:] == ["       | one", "       | two"]
    assert plan_as_lines(plan(text)) == plan_as_lines(plan(SMALLEST))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\v"])
def test_no_text_of_a_step_begins_a_line_of_its_own(end):
    forged = f"x{end}People are asked{end}  nobody"
    quiet = Row("a", "run")
    fields = {
        name: (forged,) if isinstance(getattr(quiet, name), tuple) else forged
        for name in ("title", "when", "each", "creates", "gates", "routes", "back", "asks", "inferred")
    }
    lines = with_row(**fields, kept={forged: 1})
    assert len(lines) == 3 + len(fields)
    assert not any(end in line or line.startswith("People") for line in lines)


def test_neither_a_phase_nor_a_remark_nor_the_title_begins_another_line():
    forged = "x\nLoops\n  none"
    smallest = plan(SMALLEST)
    stretch = msgspec.structs.replace(smallest.stretches[0], title=forged)
    lines = plan_as_lines(
        msgspec.structs.replace(smallest, title=forged, remarks=(forged,), stretches=(stretch,))
    )
    assert lines == ["n: x Loops   none", "", "x Loops   none", "    1  a [run]", "", "Worth knowing", "  x Loops   none"]  # fmt: skip


def test_a_handoff_and_what_a_role_follows_are_told_and_braces_are_those_of_the_file():
    row = with_row(
        handoff="Go on with {{ '{{' }}prd{{ '}}' }}.{% endif %}\n" + "x" * 200,
        materials={"task": "create-doc"},
    )
    assert "       task: create-doc" in row
    [handoff] = [line for line in row if "handoff" in line]
    assert handoff.startswith("       handoff: Go on with {{prd}}. xxx")
    assert handoff.endswith("…")


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ '{{' }}rate{{ '}}%' }} done", "{{rate}}% done"),
        ('{% if facts.w is not defined or facts.w == "a" %} Do it{% endif %}', "if a: Do it"),
        ("{% if facts.ok is not defined or facts.ok %}Go{% endif %}", "if ok: Go"),
    ],
)
def test_a_handoff_says_when_it_is_told_and_any_braces_of_the_file(template, shown):
    assert f"       handoff: {shown}" in with_row(handoff=template)


def test_of_very_many_names_the_first_are_told():
    assert "       parallel with: a, b, c, d, e, f and 15 more" in with_row(
        parallel_with=tuple("abcdefghijklmnopqrstu")
    )

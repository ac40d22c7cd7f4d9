import io

from rich.console import Console

from ropewalk.cli.live import table
from ropewalk.core import commands as c
from ropewalk.testing.given import broken, done, given
from tests.observe.written import written

STEPS = """{id: a, phase: think, run: echo}
{id: b, phase: make, needs: [a], run: echo}
{id: c, phase: make, needs: [a], when: 1 == 2, run: echo}
{id: d, phase: make, needs: [b], ask: Good?}"""


def drawn(run, now=0.0, room=30, note="", width=80):
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    console.print(table(run.state, now, room, note))
    lines = out.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    return [line.rstrip() for line in lines]


def test_the_table_says_how_far_the_run_is_and_whom_it_waits_for():
    run = given(
        written(
            STEPS, "phases: [think, {id: make, title: Make it}, {id: none}]\n".replace(", {id: none}", "")
        )
    )
    run.after(c.Advance(), now=0).after(done("a"), c.Advance(), now=2).after(done("b"), c.Advance(), now=5)
    title, phases, heading, *rows, counts = drawn(run, now=8)
    assert title.split() == ["w", "r", "paused", "(a1)", "8.0", "s"]
    assert phases.split("   ")[:2] == ["✓ think", "▸ Make it 2/3"]
    assert heading.split() == ["step", "state", "time", "tries"]
    assert [row.split()[:3] for row in rows] == [
        ["a", "✓", "succeeded"],
        ["b", "✓", "succeeded"],
        ["c", "–", "skipped"],
        ["d", "?", "waiting"],
    ]
    assert "a person (a1: Good?)" in rows[3]
    assert counts == "3 of 4 done · 1 waiting · 1 skipped"


def test_tries_rounds_costs_and_a_rehearsal_are_shown():
    from ropewalk.core.work import Options, Outcome, Usage, Verdict

    flow = written(
        "{id: a, run: echo, retry: {attempts: 3, delay: 1s, on: [transient]}}\n{id: b, needs: [a], run: echo, back_to: a}"
    )
    run = given(flow, options=Options(rehearse=""))
    run.after(c.Advance(), broken("a", "transient", "busy"), now=0).after(c.Advance(), now=5)
    run.after(
        done("a", Outcome(usage=Usage(cost_usd=1.25))),
        c.Advance(),
        done("b", Outcome(verdicts=(Verdict("g", "FAIL"),))),
        now=6,
    )
    run.after(c.Advance(), now=7)
    title, _, *rows, _ = drawn(run, now=8)
    assert "rehearsed" in title
    assert "$1.25" in title
    assert "round 2" in rows[0]


def test_a_failed_phase_and_step_stand_out():
    run = given(written("{id: a, phase: think, run: echo}", "phases: [think]"))
    run.after(c.Advance(), broken("a", message="no compiler"), c.Advance())
    title, phases, _, row, counts = drawn(run)
    assert "failed (a: no compiler)" in title
    assert phases.startswith("✗ think")
    assert row.endswith("no compiler")
    assert counts == "1 of 1 done · 1 failed"


def test_of_many_steps_those_that_move_are_shown_and_counted():
    run = given(written("\n".join(f"{{id: s{n}, run: echo}}" for n in range(100)), "limits: {parallel: 2}"))
    run.after(c.Advance())
    *_, counts, note = drawn(run, room=10, note="Stopping")
    assert counts == "0 of 100 done · 2 running · 98 pending · 2 shown"
    assert note == "Stopping"


def test_long_and_wild_texts_never_break_the_picture():
    run = given(written('{id: a, ask: "x[red]\\x1b[2J\\n' + "y" * 200 + '"}'))
    run.after(c.Advance())
    rows = drawn(run, width=100)
    assert "\x1b" not in "".join(rows)
    assert any("x[red]" in row for row in rows)


def test_a_run_before_its_first_step_has_a_title():
    assert drawn(given(written("{id: a, when: 1 == 2, run: echo}")))[0].startswith("w  r  pending")


def test_ctrl_c_is_heard_and_said(begun):
    terminal = begun("{id: a, run: 'echo begun; sleep 600'}")
    terminal.until("running")
    terminal.type("\x03")
    terminal.until("Stopping")
    terminal.until("is left as it is")
    assert terminal.ended() == 130

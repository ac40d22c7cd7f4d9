"""The panel of a step: what it did, says and changed, a tab at a time; whatever a run says stays text."""

import pytest

from ropewalk.core import commands as c
from ropewalk.core.work import Feedback
from ropewalk.observe.timeline import Bar
from ropewalk.testing.given import broken, done, given
from ropewalk.web.page import panel
from tests.observe.written import written
from tests.web.page.reviewed import FLOW, HEAD, asked, started


def test_the_step_that_most_people_look_at_first_is_chosen():
    run = started()
    assert panel.first(run.state) == "a"
    assert panel.first(asked().state) == "a"
    assert panel.first(given(written(FLOW, HEAD)).state) == ""


def test_what_failed_is_looked_at_before_what_runs_and_at_the_end_what_ended_last():
    run = given(written("{id: a, run: echo}\n{id: b, run: echo, on_failure: continue}"))
    run.after(c.Advance(), broken("b"), now=1)
    assert panel.first(run.state) == "b"
    quiet = given(written("{id: a, run: echo}\n{id: b, run: echo}")).after(c.Advance())
    quiet.after(done("b"), now=2).after(done("a"), c.Advance(), now=3)
    assert panel.first(quiet.state) == "a"


def test_the_panel_of_a_step_shows_its_summary_and_what_it_left():
    run = asked()
    st = run.step("a")
    made = str(panel.summary(run.state, st, 9.0))
    for said in (
        "Answer what it asks",
        "a.md",
        "$0.50",
        "claude",
        "PASS",
        "dusty",
        "by ada: fine",
    ):
        assert said in made
    whole = str(panel.panel(run.state, "a", "summary", panel.summary(run.state, st, 9.0), 9.0))
    assert "rehearsed" in whole
    assert 'data-do="skip"' in whole
    assert 'data-do="fork"' in whole
    assert "&#34;n&#34;: 1" in panel.data(st)
    assert "no outputs" in panel.data(run.step("b"))


def test_a_step_that_was_sent_back_says_why():
    run = asked().after(c.Answer("a1", "reject", "ada", "more milk"), c.Advance(), now=5)
    made = panel.summary(run.state, run.step("a"), 9.0)
    assert "more milk" in made
    st = run.step("a")
    st.feedback = [Feedback("gate", "twice", ("one", "two"))]
    assert "<li>one</li>" in str(panel.sent_back(st))


def test_prompts_are_shown_as_they_were_written_and_harmless():
    run = started()
    flow = run.state
    made = str(panel.prompt(flow.step("b"), run.step("b")))
    assert "For dev" in made
    assert "<h1>Do</h1>" in made
    assert "<b>it</b>" not in made
    assert "First?" in made
    assert "inputs.x ==" in made
    assert "Command" in panel.prompt(flow.step("a"), run.step("a"))
    assert "told nothing" in panel.prompt(
        given(written("{id: n, uses: noop}")).state.step("n"), run.step("b")
    )


def test_items_lead_to_their_own_panel_and_back():
    run = asked().after(c.Answer("a1", "approve", "ada"), c.Advance(), now=5)
    run.after(c.Answer("a2", "approve", "ada"), c.Advance(), done("b"), c.Advance(), now=6)
    assert "2 items" in panel.summary(run.state, run.step("c"), 9.0)
    made = str(
        panel.panel(run.state, "c[k]", "prompt", panel.prompt(run.state.step("c[k]"), run.step("c[k]")), 9.0)
    )
    assert "← c" in made
    assert "&#34;k&#34;" in made
    assert "echo hi" in made
    listed = str(panel.block(run.state, "All", ["a", "b"], 9.0))
    assert listed.count("data-key=") == 2


def test_attempts_and_waits_are_listed_and_what_an_attempt_says_is_shown_from_its_end():
    run = started()
    bars = [
        Bar("a", "failed", 0, 1, 1, 1, "busy"), Bar("a", "retry", 1, 2, 1, 1, "transient"), Bar("a", "lost", 2, 3, 1, 2),
        Bar("a", "waiting", 3, 4, 1, 0, "a person"), Bar("a", "attempt", 4, None, 1, 3),
    ]  # fmt: skip
    made = str(panel.attempts(bars, run.step("a"), 9.0))
    for said in (
        "attempt 1.1",
        "busy",
        "before the next try (transient)",
        "waited for a person",
        "is-running",
    ):
        assert said in made
    assert "Nothing has been tried" in panel.attempts([], run.step("a"), 9.0)
    said = str(panel.output("a/1.2", ["a/1.1", "a/1.2"], "<i>tail", 99, live=True))
    assert "&lt;i&gt;tail" in said
    assert "live" in said
    assert "the last 7 of 99 bytes" in said
    assert "It has said nothing" in panel.output("", [], "", 0, live=False)


def test_the_size_of_what_is_cut_is_counted_in_bytes_and_not_in_letters():
    assert "the last" not in panel.output("a/1.1", ["a/1.1"], "ä" * 5, 10, live=False)
    assert "the last" in panel.output("a/1.1", ["a/1.1"], "ä" * 5, 11, live=False)


def test_one_attempt_is_shown_without_a_choice_and_of_several_the_one_that_was_chosen():
    assert "<select" not in panel.output("a/1.1", ["a/1.1"], "", 0, live=False)
    made = panel.output("a/1.1", ["a/1.1", "a/1.2"], "", 0, live=False)
    assert '<option value="a/1.1" selected>1.1</option><option value="a/1.2">1.2</option>' in made


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        ((), ["skip", "fork"]),
        ((broken("a"),), ["retry", "fork"]),
        ((done("a"), c.Advance()), ["fork"]),
    ],
)
def test_a_step_is_offered_only_the_verbs_that_it_takes_now(change, offered):
    run = given(written("{id: a, run: echo}")).after(c.Advance(), *change)
    made = "".join(panel.verbs(run.state, run.step("a")))
    assert [verb for verb in ("retry", "skip", "fork") if f'data-do="{verb}"' in made] == offered


def test_a_step_that_has_not_begun_cannot_be_forked_from():
    state = given(written("{id: a, run: echo}\n{id: b, needs: [a], run: echo}")).after(c.Advance()).state
    assert 'data-do="fork"' not in "".join(panel.verbs(state, state.steps["b"]))


def test_why_a_step_failed_is_shown_as_it_was_said_and_harmless():
    run = given(written("{id: a, run: echo}")).after(
        c.Advance(), broken("a", message="<b>line one</b>\nline two")
    )
    made = panel.summary(run.state, run.step("a"), 9.0)
    assert "<b>permanent</b><pre>&lt;b&gt;line one&lt;/b&gt;\nline two</pre>" in made
    assert 'class="why' not in made

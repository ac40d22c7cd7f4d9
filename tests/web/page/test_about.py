"""The head of a run says what is wrong or wanted first, shows no secret, and offers only the verbs that make sense now."""

import pytest

from ropewalk.core import commands as c
from ropewalk.core.work import Outcome
from ropewalk.observe.explain import Explanation, explain_state
from ropewalk.observe.progress import progress_of
from ropewalk.testing.given import broken, done, given
from ropewalk.web.page import about
from ropewalk.web.page.markup import text
from tests.observe.written import written
from tests.web.page.reviewed import asked, report, started

TWO = "{id: a, run: echo}\n{id: b, run: echo}"


def head_of(state, now=9.0):
    return str(text(about.head(state, explain_state(state, now, driven=True), progress_of(state, now), now)))


def verbs_of(state):
    made = str(text(about.verbs(state)))
    return [verb for verb in ("pause", "resume", "retry") if f'data-do="{verb}"' in made] + [
        "abort" for _ in range(made.count('data-open="abort"'))
    ]


def test_the_head_says_what_is_asked_and_leads_to_the_answer_and_keeps_secrets():
    made = head_of(asked().state)
    assert "a asks: " in made
    assert 'href="/inbox?ask=r/a1"' in made
    assert "s3" not in made
    assert "•••" in made
    assert "tea" in made
    assert 'data-open="abort"' in made


def test_a_question_whose_name_holds_signs_of_an_address_is_led_to_whole():
    state = asked().state
    state.asks = {"each[c++].1.1-1": state.asks["a1"]}
    assert 'href="/inbox?ask=r/each%5Bc%2B%2B%5D.1.1-1"' in about.banner(state)


def test_a_failed_run_names_the_first_failing_step_on_top_and_can_be_retried():
    run = given(written(TWO)).after(c.Advance())
    run.after(broken("a", "permanent", "no <way>"), broken("b", "permanent", "nor this"), c.Advance(), now=2)
    made = head_of(run.state)
    assert made.startswith('<div class="banner bad"')
    assert "a failed first. " in made
    assert "no &lt;way&gt;" in made
    assert "1 other step failed too" in made
    assert 'data-do="retry"' in made
    assert 'data-do="abort"' not in made


def test_what_the_banner_says_is_not_said_again_below_it():
    run = given(written(TWO)).after(c.Advance())
    why = Explanation("running", "Two steps run.", warnings=("careful",))
    top, _title, sentence, *_ = about.head(run.state, why, progress_of(run.state, 1.0), 1.0)
    assert (top, sentence) == ("", '<p class="why is-running">Two steps run.</p>')
    run.after(broken("a"), broken("b"), c.Advance())
    top, _title, sentence, _secrets, mind, *_ = about.head(run.state, why, progress_of(run.state, 1.0), 1.0)
    assert "a failed first" in top
    assert sentence == ""
    assert "careful" in mind


def test_what_can_be_told_depends_on_what_the_run_does():
    run = started()
    assert verbs_of(run.state) == ["pause", "abort"]
    run.after(c.Pause(by="ada"))
    run.after(report(Outcome()), c.Advance())
    run.after(c.Answer("a1", "approve", "ada"), c.Advance())
    assert verbs_of(run.state) == ["resume", "abort"]
    run.after(c.Abort(reason="no"), c.Advance())
    assert verbs_of(run.state) == ["retry"]
    assert 'data-do="abort"' in about.abort()


def test_a_run_that_waits_for_a_person_is_neither_paused_nor_resumed():
    run = asked()
    assert (run.state.status, run.state.reason) == ("paused", "asked")
    assert verbs_of(run.state) == ["abort"]


def test_a_run_that_has_completed_takes_no_verb():
    run = given(written("{id: a, run: echo}")).after(c.Advance(), done("a"), c.Advance())
    assert run.state.status == "completed"
    assert verbs_of(run.state) == []
    assert about.banner(run.state) == ""


@pytest.mark.parametrize(
    ("status", "reason", "fields"),
    [("paused", "secret", 2), ("paused", "quota", 0), ("running", "secret", 0)],
)
def test_only_a_run_that_waits_for_secrets_has_fields_for_them_and_they_are_not_readable(
    status, reason, fields
):
    state = started().state
    state.status, state.reason, state.detail = status, reason, 'key, "odd"'
    made = str(about.secrets(state))
    assert made.count('type="password"') == made.count('autocomplete="off"') == fields
    assert ('name="secret:key"' in made) == bool(fields)
    assert ('name="secret:&#34;odd&#34;"' in made) == bool(fields)


def test_inputs_that_are_empty_are_left_out_and_facts_are_named_as_they_are_read():
    run = given(written("{id: a, run: echo}", "inputs: {x: {default: ''}, z: {type: integer, default: 0}}"))
    state = run.state
    state.inputs, state.facts = {"x": "", "z": 0}, {"risky": True}
    made = str(about.inputs(state))
    assert "<dt>x</dt>" not in made
    assert "<dt>z</dt><dd>0</dd>" in made
    assert "<dt>facts.risky</dt><dd>true</dd>" in made.lower()
    state.inputs, state.facts = {}, {}
    assert about.inputs(state) == ""

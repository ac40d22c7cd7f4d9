import re

import pytest

from ropewalk.core import commands as c
from ropewalk.observe.explain import explain_state
from ropewalk.testing.given import broken, done, given
from tests.observe.written import written


def why(run, now=0.0, driven=True, children=None):
    found = explain_state(run.state, now, driven=driven, children=(children or {}).get)
    assert found.sentence.endswith(".")
    assert "\n" not in found.sentence
    return found


def test_a_run_that_is_driven_and_has_work_is_running():
    run = given(written("{id: a, run: echo}\n{id: b, run: echo}")).after(c.Advance(), now=0)
    assert why(run, now=90).sentence == "Step a and 1 other step are running for 1 min 30 s."
    assert why(run, driven=False).sentence == (
        "Nobody drives the run: its last driver is gone, and a, b will be done again."
    )


def test_a_run_that_nobody_has_begun_waits_for_a_driver():
    run = given(written("{id: a, run: echo}"))
    assert why(run).kind == "undriven"
    found = why(run, driven=False)
    assert found.sentence == "Nobody drives the run: it can go on at once."
    assert found.commands == ("ropewalk drive r",)


def test_places_are_named_with_who_has_them():
    text = "\n".join(f"{{id: s{n}, run: echo}}" for n in range(7))
    run = given(written(text, "limits: {parallel: 2}")).after(c.Advance())
    assert why(run).sentence == "s2, s3, s4 and 2 more wait for a slot: all 2 slots are taken by s0, s1."
    alone = given(written("{id: a, run: echo}")).after(c.Advance(slots=0))
    assert why(alone).sentence == "a waits for a free slot on the host."


def test_a_retry_says_when_and_after_what():
    step = "{id: a, run: echo, retry: {attempts: 2, delay: 60s, on: [transient]}}"
    run = given(written(step)).after(c.Advance(), broken("a", "transient", "busy"), c.Advance())
    assert re.fullmatch(r"Step a is tried again until .* after 'busy'\.", why(run, now=1).sentence)
    assert why(run, now=1, driven=False).kind == "undriven"


def test_a_quota_says_until_when():
    run = given(written("{id: a, run: echo}")).after(c.Advance(), broken("a", "quota", "no more", 7200.0))
    run.after(c.Advance())
    found = why(run, now=3600)
    assert found.kind == "quota"
    assert re.fullmatch(r"The run waits for a quota until .* \(in 1 h\), which a ran into\.", found.sentence)
    assert "(now)" in why(run, now=8000).sentence
    assert why(run, now=3600, driven=False).kind == "quota"


def test_a_quota_beside_other_work_is_told_too():
    run = given(written("{id: a, run: echo}\n{id: b, ask: Well?}"))
    run.after(c.Advance(), broken("a", "quota", "no more", 7200.0), c.Advance())
    assert why(run, now=1).kind in {"quota", "person"}


def test_an_ask_names_its_step_its_words_and_its_end():
    run = given(written("{id: a, ask: {prompt: Well?, expires: 1h, default: reject}}\n{id: b, ask: And?}"))
    run.after(c.Advance())
    found = why(run)
    assert found.kind == "person"
    assert re.fullmatch(
        r"The run waits for a person: a asks 'Well\?'; reject is taken at .* \(in 1 h\) \(and 1 more\)\.",
        found.sentence,
    )
    assert found.commands[0] == "ropewalk approve r a1"


def test_choices_are_commands():
    run = given(written("{id: a, ask: {prompt: Which?, choices: [red, green]}}")).after(c.Advance())
    assert why(run).commands == ("ropewalk answer r a1 red", "ropewalk answer r a1 green")


def test_an_ask_of_a_step_that_runs_is_told_before_its_running():
    run = given(written("{id: a, run: echo}")).after(c.Advance())
    run.after(c.OpenAsk("a", 1, 1, "p1", "permission", "May I?", ("allow", "deny")))
    assert why(run).sentence == "The run waits for a person: a asks 'May I?'."


def test_a_pause_by_request_says_by_whom():
    run = given(written("{id: a, run: echo}")).after(c.Advance(), c.Pause(by="ann"))
    found = why(run, driven=False)
    assert (found.kind, found.sentence) == ("request", "The run was paused by ann.")


def test_a_block_says_what_failed():
    run = given(written("{id: a, run: echo, on_failure: pause}"))
    run.after(c.Advance(), broken("a", message="no compiler."), c.Advance())
    found = why(run)
    assert found.kind == "blocked"
    assert "step a failed (permanent): no compiler." in found.sentence


def test_a_failure_names_the_first_step_with_its_tries_and_the_others():
    run = given(written("{id: a, run: echo}\n{id: b, run: echo}"))
    run.after(c.Advance(), broken("b", message="two"), broken("a", message="one"), c.Advance())
    assert why(run).sentence == "The run failed because step a failed (permanent): one; also b."
    assert why(run).commands[0] == "ropewalk logs r a"


def test_a_run_that_is_failing_says_so_while_others_finish():
    run = given(written("{id: a, run: echo}\n{id: b, run: echo}")).after(
        c.Advance(), broken("a", message="one")
    )
    assert why(run).kind == "running"


def test_a_failure_of_the_whole_says_its_reason():
    run = given(written("{id: a, run: echo}", "limits: {timeout: 5s}"))
    run.after(c.Advance(), now=0).after(c.Advance(), now=6)
    assert why(run).sentence.startswith("The run failed: the run took longer than 5 s")


def test_an_abort_says_why():
    run = given(written("{id: a, run: echo}")).after(c.Advance(), c.Abort(reason="enough", by="ann"))
    assert why(run).sentence == "The run was aborted: enough (by ann)."


@pytest.mark.parametrize(("driven", "kind"), [(True, "person"), (False, "person")])
def test_what_a_called_run_waits_for_is_what_its_caller_waits_for(driven, kind):
    inner = given(written("{id: sign, ask: Sign?}")).after(c.Advance())
    run = given(written("{id: outer, call: other}")).after(c.Advance())
    child = run.step("outer").child
    found = why(run, driven=driven, children={child: inner.state})
    assert found.kind == kind
    assert found.sentence == "Step outer waits for its run r: it waits for a person: sign asks 'Sign?'."
    run.after(c.ReportChild("outer", 1, "paused", "asked"), c.Advance())
    assert why(run, children={child: inner.state}).kind == "person"


def test_a_called_run_that_is_not_there_or_over_is_not_waited_for():
    inner = given(written("{id: a, run: echo}")).after(c.Advance(), done("a"), c.Advance())
    run = given(written("{id: outer, call: other}")).after(c.Advance())
    assert why(run, children={run.step("outer").child: inner.state}).kind == "undriven"


def test_a_completed_run_says_what_was_left_out():
    run = given(written("{id: a, when: 1 == 2, run: echo}\n{id: b, run: echo}"))
    run.after(c.Advance(), done("b"), c.Advance())
    assert why(run).sentence == "The run is completed, 1 step left out."


def test_a_step_that_is_written_to_wait_says_until_when():
    run = given(written("{id: nap, sleep: 60s}")).after(c.Advance())
    found = why(run, now=1)
    assert found.kind == "time"
    assert re.fullmatch(r"Step nap waits until .* \(in 59 s\), as it is written to\.", found.sentence)

from ropewalk.core import commands as c
from ropewalk.core.work import Outcome
from ropewalk.observe.progress import PhaseLine, progress_of, step_lines
from ropewalk.testing.given import broken, done, given
from tests.observe.written import written

PHASES = "phases: [think, {id: make, title: Make it}]"
STEPS = """{id: a, phase: think, run: echo}
{id: b, phase: make, needs: [a], run: echo}
{id: c, phase: make, needs: [a], when: 1 == 2, run: echo}
{id: d, phase: make, needs: [b], ask: Good?}"""


def test_how_far_the_phases_are_and_who_is_asked():
    run = given(written(STEPS, PHASES))
    run.after(c.Advance(), now=0).after(done("a"), c.Advance(), now=2).after(done("b"), c.Advance(), now=3)
    found = progress_of(run.state, now=10)
    assert found.phases[0] == PhaseLine("think", "think", 1, 1, begun=True)
    assert found.phases[1] == PhaseLine("make", "Make it", 2, 3, begun=True)
    assert found.people == (("a1", "d", "Good?"),)
    assert found.counts == {"succeeded": 2, "skipped": 1, "waiting": 1}
    assert (found.done, found.total, found.seconds) == (3, 4, 10.0)
    assert (found.status, found.reason) == ("paused", "a1")


def test_a_line_says_for_how_long_and_what_is_waited_for():
    run = given(written(STEPS, PHASES)).after(c.Advance(), now=0)
    (first, *_) = step_lines(run.state, now=4)
    assert (first.key, first.status, first.seconds, first.note) == ("a", "running", 4, "")
    run.after(done("a"), c.Advance(), now=5).after(done("b"), c.Advance(), now=6)
    a, _b, skipped, asking = step_lines(run.state, now=7)
    assert (a.seconds, a.note) == (5, "")
    assert (skipped.note, skipped.seconds) == ("`1 == 2` is false", None)
    assert asking.note == "a person (a1: Good?)"


def test_a_retry_counts_down_and_a_failure_says_why():
    step = "{id: a, run: echo, retry: {attempts: 2, delay: 8s, on: [transient]}}"
    run = given(written(step)).after(c.Advance(), broken("a", "transient", "busy"), c.Advance(), now=0)
    (line,) = step_lines(run.state, now=1)
    assert line.status == "waiting"
    assert line.note.startswith("time, ")
    run.after(c.Advance(), now=20)
    assert step_lines(run.state, now=21)[0].attempts == 2
    run.after(broken("a", "permanent", "broken for good"), c.Advance(), now=22)
    assert step_lines(run.state, now=30)[0].note == "broken for good"


def test_a_foreach_says_how_many_items_are_done_and_a_call_which_run():
    run = given(written('{id: each, foreach: \'["x", "y"]\', run: echo}\n{id: sub, call: other}'))
    run.after(c.Advance(), done("each[x]"))
    shown = {line.key: line.note for line in step_lines(run.state, now=0)}
    assert shown["each"] == "1 of 2 items"
    assert shown["sub"].startswith("run r.2")


def test_of_very_many_steps_those_that_move_or_failed_are_kept():
    text = "\n".join(f"{{id: s{n}, run: echo, on_failure: continue}}" for n in range(50))
    run = given(written(text, "limits: {parallel: 3}")).after(c.Advance(), now=0)
    run.after(broken("s1", message="no"), c.Advance(), now=1)
    shown = step_lines(run.state, now=2, most=6)
    assert [line.key for line in shown] == ["s0", "s1", "s2", "s3"]
    assert len(step_lines(run.state, now=2)) == 50


def test_what_came_from_the_cache_says_from_where():
    run = given(written("{id: a, run: echo}")).after(c.Advance(), done("a", Outcome(cached_from="r0/a/1")))
    assert step_lines(run.state, now=0)[0].note == "taken from r0/a/1"

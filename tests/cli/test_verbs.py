import pytest

from tests.journeys.program import Program, until

TWO = "{id: a, ask: Well?}\n{id: b, needs: [a], run: exit 1}"


@pytest.fixture
def failed(ropewalk):
    step = f"{{id: a, run: 'test -e $WHERE/yes', env: {{WHERE: {ropewalk.folder}}}}}"
    ropewalk.run(f"{step}\n{{id: b, needs: [a], run: echo hi}}")
    return ropewalk


def test_a_pause_and_its_end(ropewalk):
    ropewalk.run(TWO)
    assert "Paused. Run" in ropewalk("pause", "last", "--reason", "lunch").out
    assert "ann: lunch" in ropewalk("explain", "last").out
    assert "paused already" in ropewalk("pause", "last").err
    assert ropewalk("resume", "last").code == 0
    assert ropewalk("resume", "last", "--drive").code in {2, 3}


def test_an_abort_ends_the_run_here(ropewalk):
    ropewalk.run(TWO)
    assert "Aborted. Run" in ropewalk("abort", "last", "-r", "enough").out
    assert ropewalk.json("show", "last")["reason"] == "enough (by ann)"
    assert "abort makes no sense now" in ropewalk("abort", "last").err


def test_an_abort_ends_what_the_run_had_called_too(ropewalk):
    ropewalk.write("child.yaml", "name: child\nsteps:\n  - {id: ok, ask: Well?}\n")
    ropewalk.run("{id: a, call: child.yaml}")
    assert ropewalk("abort", "last").code == 0
    statuses = {run["workflow"]: run["status"] for run in ropewalk.json("runs", "--called")["runs"]}
    assert statuses["child"] == "aborted", statuses


def test_what_failed_is_tried_again(failed):
    assert "What failed will be tried again" in failed("retry", "last").out
    assert failed("drive").code == 1
    failed.write("yes", "")
    assert failed("retry", "last", "a", "--drive").code == 0
    assert "no step has failed" in failed("retry", "last").err


def test_a_failed_step_is_left_out(failed):
    assert "a is skipped" in failed("skip", "last", "a", "--reason", "not needed").out
    assert failed("drive").code == 0


def test_a_new_run_begins_at_a_step_of_an_earlier_one(failed):
    failed.write("yes", "")
    ended = failed("fork", "last", "a")
    assert "begins at a of run" in ended.out
    assert failed("drive").code == 0
    assert failed("fork", "last", "b", "--drive").code == 0
    assert failed.json("show", "last")["forked_from"].endswith("/b")
    assert failed("fork", "last", "c").code == 2


def test_a_fact_is_made_known(ropewalk):
    ropewalk.run("{id: a, when: facts.ready, run: 'true'}", head="facts: {ready: {question: Ready?}}")
    assert "ready is yes" in ropewalk("fact", "last", "ready=yes").out
    assert ropewalk("drive").code == 0
    ropewalk.run("{id: a, when: facts.ready, run: 'true'}", head="facts: {ready: {question: Ready?}}")
    assert ropewalk("fact", "last", "ready=no", "--drive").code == 0
    assert ropewalk.json("show", "last")["steps"][0]["status"] == "skipped"


def test_exactly_one_step_of_a_paused_run_is_run(ropewalk):
    ropewalk.run("{id: a, ask: Well?}\n{id: b, run: echo hi, needs: [a]}\n{id: c, run: echo ho, needs: [b]}")
    ropewalk("approve", "last")
    ropewalk("pause", "last")
    ended = ropewalk("exec", "last", "b")
    assert ended.code == 0, ended.err
    assert "b: succeeded" in ended.out
    found = ropewalk.json("show", "last")
    assert [s["status"] for s in found["steps"]] == ["succeeded", "succeeded", "pending"]
    assert (found["status"], found["reason"]) == ("paused", "by request")
    assert "exec makes no sense now" in ropewalk("exec", "last", "b").err


def test_a_step_that_fails_alone_fails_the_command(ropewalk):
    ropewalk.run("{id: a, ask: Well?}\n{id: b, run: exit 1, needs: [a]}")
    ropewalk("approve", "last")
    ropewalk("pause", "last")
    assert ropewalk("exec", "last", "b").code == 1


def test_a_budget_is_raised_by_something(ropewalk):
    ropewalk.run(TWO)
    assert "how much more" in ropewalk("budget", "last").err
    assert "above 0" in ropewalk("budget", "last", "--cost", "0").err
    assert "More is allowed" in ropewalk("budget", "last", "--cost", "2", "--attempts", "5").out


def test_an_abort_waits_for_the_process_that_drives_the_run(ropewalk):
    program = Program(ropewalk.folder)
    ropewalk.write("w.yaml", "name: w\nsteps:\n  - {id: a, run: sleep 600}\n")
    driving = program.begin("run", "w.yaml")
    until(
        lambda: ropewalk.json("runs")["runs"] and ropewalk("events", "last", "step.started").out, "the step"
    )
    assert "is aborted" in ropewalk("abort", "last").out
    driving.communicate(timeout=60)
    assert driving.returncode == 4


def test_a_step_is_begun_by_the_process_that_drives_the_run(ropewalk):
    program = Program(ropewalk.folder)
    ropewalk.write(
        "w.yaml", "name: w\nsteps:\n  - {id: a, ask: Well?}\n  - {id: b, needs: [a], run: echo hi}\n"
    )
    driving = program.begin("run", "w.yaml", "--wait")
    until(lambda: ropewalk.json("inbox")["asks"], "the ask")
    ropewalk("pause", "last")
    ropewalk("approve", "last")
    assert "begun by the process that drives the run" in ropewalk("exec", "last", "b").out
    until(lambda: ropewalk.json("show", "last")["steps"][1]["status"] == "succeeded", "the step's end")
    ropewalk("abort", "last")
    driving.communicate(timeout=60)

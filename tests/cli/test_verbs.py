import pytest

from tests.journeys.program import Program, until

TWO = "{id: a, ask: Well?}\n{id: b, needs: [a], run: exit 1}"


@pytest.fixture
def failed(weft):
    step = f"{{id: a, run: 'test -e $WHERE/yes', env: {{WHERE: {weft.folder}}}}}"
    weft.run(f"{step}\n{{id: b, needs: [a], run: echo hi}}")
    return weft


def test_a_pause_and_its_end(weft):
    weft.run(TWO)
    assert "Paused. Run" in weft("pause", "last", "--reason", "lunch").out
    assert "ann: lunch" in weft("explain", "last").out
    assert "paused already" in weft("pause", "last").err
    assert weft("resume", "last").code == 0
    assert weft("resume", "last", "--drive").code in {2, 3}


def test_an_abort_ends_the_run_here(weft):
    weft.run(TWO)
    assert "Aborted. Run" in weft("abort", "last", "-r", "enough").out
    assert weft.json("show", "last")["reason"] == "enough (by ann)"
    assert "abort makes no sense now" in weft("abort", "last").err


def test_an_abort_ends_what_the_run_had_called_too(weft):
    weft.write("child.yaml", "name: child\nsteps:\n  - {id: ok, ask: Well?}\n")
    weft.run("{id: a, call: child.yaml}")
    assert weft("abort", "last").code == 0
    statuses = {run["workflow"]: run["status"] for run in weft.json("runs", "--called")["runs"]}
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


def test_a_fact_is_made_known(weft):
    weft.run("{id: a, when: facts.ready, run: 'true'}", head="facts: {ready: {question: Ready?}}")
    assert "ready is yes" in weft("fact", "last", "ready=yes").out
    assert weft("drive").code == 0
    weft.run("{id: a, when: facts.ready, run: 'true'}", head="facts: {ready: {question: Ready?}}")
    assert weft("fact", "last", "ready=no", "--drive").code == 0
    assert weft.json("show", "last")["steps"][0]["status"] == "skipped"


def test_exactly_one_step_of_a_paused_run_is_run(weft):
    weft.run("{id: a, ask: Well?}\n{id: b, run: echo hi, needs: [a]}\n{id: c, run: echo ho, needs: [b]}")
    weft("approve", "last")
    weft("pause", "last")
    ended = weft("exec", "last", "b")
    assert ended.code == 0, ended.err
    assert "b: succeeded" in ended.out
    found = weft.json("show", "last")
    assert [s["status"] for s in found["steps"]] == ["succeeded", "succeeded", "pending"]
    assert (found["status"], found["reason"]) == ("paused", "by request")
    assert "exec makes no sense now" in weft("exec", "last", "b").err


def test_a_step_that_fails_alone_fails_the_command(weft):
    weft.run("{id: a, ask: Well?}\n{id: b, run: exit 1, needs: [a]}")
    weft("approve", "last")
    weft("pause", "last")
    assert weft("exec", "last", "b").code == 1


def test_a_budget_is_raised_by_something(weft):
    weft.run(TWO)
    assert "how much more" in weft("budget", "last").err
    assert "above 0" in weft("budget", "last", "--cost", "0").err
    assert "More is allowed" in weft("budget", "last", "--cost", "2", "--attempts", "5").out


def test_an_abort_waits_for_the_process_that_drives_the_run(weft):
    program = Program(weft.folder)
    weft.write("w.yaml", "name: w\nsteps:\n  - {id: a, run: sleep 600}\n")
    driving = program.begin("run", "w.yaml")
    until(lambda: weft.json("runs")["runs"] and weft("events", "last", "step.started").out, "the step")
    assert "is aborted" in weft("abort", "last").out
    driving.communicate(timeout=60)
    assert driving.returncode == 4


def test_a_step_is_begun_by_the_process_that_drives_the_run(weft):
    program = Program(weft.folder)
    weft.write("w.yaml", "name: w\nsteps:\n  - {id: a, ask: Well?}\n  - {id: b, needs: [a], run: echo hi}\n")
    driving = program.begin("run", "w.yaml", "--wait")
    until(lambda: weft.json("inbox")["asks"], "the ask")
    weft("pause", "last")
    weft("approve", "last")
    assert "begun by the process that drives the run" in weft("exec", "last", "b").out
    until(lambda: weft.json("show", "last")["steps"][1]["status"] == "succeeded", "the step's end")
    weft("abort", "last")
    driving.communicate(timeout=60)

import json
import re

import pytest

from tests.journeys.program import Program, until

HELLO = "{id: greet, run: [echo, 'hello {{ inputs.who }}']}"
HEAD = "inputs: {who: {default: world}}"


def test_a_piped_run_prints_a_line_an_event_and_how_it_ended(ropewalk):
    ended = ropewalk.run(HELLO, head=HEAD)
    assert ended.code == 0
    first, *lines, last = ended.out.splitlines()
    assert re.fullmatch(r"Run \S+ of w", first)
    assert [line.split()[1] for line in lines] == [
        "run.started",
        "step.started",
        "step.succeeded",
        "run.completed",
    ]
    assert last.endswith("1 of 1 step succeeded")


def test_json_is_one_object_in_the_shape_that_was_promised(ropewalk):
    ended = ropewalk.run(HELLO, "--json", "--input", "who=you", head=HEAD)
    found = json.loads(ended.out)
    assert list(found)[:12] == [
        "run", "workflow", "title", "status", "reason", "steps", "artifacts", "errors", "warnings", "cost_usd",
        "cost_unknown", "seconds",
    ]  # fmt: skip
    assert found["steps"] == [
        {
            "id": "greet",
            "status": "succeeded",
            "round": 1,
            "attempts": 1,
            "outputs": {"exit_code": 0, "stdout": "hello you"},
        }
    ]


def test_a_failed_run_ends_with_1_and_says_what_to_do(ropewalk):
    ended = ropewalk.run("{id: a, run: 'echo no >&2; exit 3'}")
    assert ended.code == 1
    assert "a: exit code 3: no (permanent)" in ended.out
    assert re.search(r"ropewalk logs \S+ a\n", ended.out)
    assert re.search(r"ropewalk retry \S+ && ropewalk drive", ended.out)


def test_a_paused_run_ends_with_3_and_the_commands_that_answer(ropewalk):
    ended = ropewalk.run("{id: a, ask: {prompt: Which?, choices: [red, blue]}}")
    assert ended.code == 3
    assert "The run waits for a person: a asks 'Which?'." in ended.out
    for command in (r"ropewalk answer \S+ a1 red", r"ropewalk answer \S+ a1 blue", r"ropewalk drive \S+"):
        assert re.search(command, ended.out)


def test_everything_is_agreed_to_when_that_was_asked_for_and_on_record_by_whom(ropewalk):
    assert ropewalk.run("{id: a, ask: Well?}", "--approve-all").code == 0
    assert ropewalk.json("show", "last")["steps"][0]["outputs"]["by"] == "ann"


@pytest.mark.parametrize(("assumed", "status"), [("true", "succeeded"), ("false", "skipped")])
def test_facts_that_nobody_set_are_assumed(ropewalk, assumed, status):
    ropewalk.run("{id: a, when: facts.ready, run: 'true'}", "--assume", assumed, head="facts: {ready: {}}")
    assert ropewalk.json("show", "last")["steps"][0]["status"] == status


def test_facts_and_labels_are_given(ropewalk):
    ropewalk.run("{id: a, when: facts.ready, run: 'true'}", "--fact", "ready=yes", "--label", "team=red",
             head="facts: {ready: {}}")  # fmt: skip
    found = ropewalk.json("show", "last")
    assert (found["facts"], found["labels"]) == ({"ready": True}, {"team": "red"})
    assert ropewalk.json("runs", "--text", "team=red")["runs"][0]["workflow"] == "w"


def test_a_rehearsal_needs_no_agent(ropewalk):
    ropewalk.write("s.yaml", "steps: {a: {outputs: {x: 1}}}")
    step = "{id: a, role: writer, prompt: Write., creates: [a.md]}"
    head = "roles: {writer: {agent: claude}}"
    assert ropewalk.run(step, "--rehearse", head=head).code == 0
    assert ropewalk.run(step, "--rehearse=s.yaml", head=head).code == 0
    assert ropewalk.json("show", "last")["steps"][0]["outputs"] == {"x": 1}
    ropewalk.write("bad.yaml", "stpes: {}")
    assert "unknown key `stpes`" in ropewalk("run", "w.yaml", "--rehearse=bad.yaml").err


def test_a_detached_run_goes_on_in_the_background(ropewalk):
    ropewalk.write("w.yaml", "name: w\nsteps:\n  - {id: a, run: echo hi}\n")
    ended = Program(ropewalk.folder)("run", "w.yaml", "--detach")
    assert ended.returncode == 0
    run = ended.stdout.strip()
    log = ropewalk.folder / ".ropewalk" / "drive" / f"{run}.log"
    until(lambda: "1 of 1 step succeeded\n" in log.read_text(), "the line that it ends with")
    assert ropewalk.json("show", run)["status"] == "completed"


def test_no_places_is_bad_input(ropewalk):
    ended = ropewalk.run(HELLO, "--parallel", "0", head=HEAD)
    assert (ended.code, "--parallel is at least 1" in ended.err) == (2, True)
    assert ropewalk.json("runs")["runs"] == []


def test_warnings_of_a_file_are_beside_the_result(ropewalk):
    ended = ropewalk.run("{id: a, run: 'true'}\n{id: b, run: 'true', notes: []}", "--json")
    assert json.loads(ended.out)["status"] == "completed"

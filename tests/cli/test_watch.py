import json

from tests.journeys.program import Program


def test_events_in_order_of_one_run_or_of_all(ropewalk):
    ropewalk.run("{id: a, run: echo hi}")
    ropewalk.run("{id: a, run: echo ho}")
    lines = ropewalk("events", "last").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, len(lines) + 1))
    assert len(ropewalk("events").out.splitlines()) == 2 * len(lines)


def test_events_by_pattern_and_position_as_json(ropewalk):
    ropewalk.run("{id: a, run: echo hi}")
    records = [json.loads(line) for line in ropewalk("events", "last", "step.*", "--json").out.splitlines()]
    assert [record["kind"] for record in records] == ["step.started", "step.succeeded"]
    assert (records[0]["event"]["kind"], records[0]["event"]["step"]) == ("step.started", "a")
    assert records[0]["actor"] == "ann"
    later = ropewalk("events", "--after", str(records[0]["position"]), "--json").out.splitlines()
    assert json.loads(later[0])["kind"] == "step.succeeded"


def test_a_named_reader_goes_on_where_it_stopped(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert ropewalk("events", "--name", "me").out
    assert ropewalk("events", "--name", "me").out == ""


def test_following_a_run_ends_with_the_run(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert ropewalk("events", "last", "--follow").out.splitlines()[-1].split()[2] == "run.completed"


def test_watching_a_run_that_is_over_says_how_it_ended(ropewalk):
    ropewalk.run("{id: a, run: exit 1}")
    ended = ropewalk("watch", "last")
    assert ended.code == 1
    assert "is failed" in ended.out


def test_a_run_is_watched_from_its_beginning_to_its_end(ropewalk):
    program = Program(ropewalk.folder)
    ropewalk.run("{id: a, ask: Well?}")
    watching = program.begin("watch", "last")
    assert watching.stdout is not None
    assert "is paused" in watching.stdout.readline()
    assert ropewalk("approve", "last").code == 0
    assert ropewalk("drive", "last").code == 0
    with watching:  # `communicate` would lose what was read ahead with the first line
        said = watching.stdout.read()
    assert watching.returncode == 0
    assert "run.created" in said
    assert "is completed" in said

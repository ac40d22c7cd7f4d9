import pytest

from ropewalk.cli.runs import time_of
from ropewalk.errors import UsageError


def test_the_newest_run_comes_first_and_pages_follow(ropewalk):
    assert ropewalk("runs").out == "There are no runs here yet.\n"
    for number in range(3):
        ropewalk.run(f"{{id: a{number}, uses: noop}}")
    first = ropewalk.json("runs", "--limit", "2")
    assert len(first["runs"]) == 2
    second = ropewalk.json("runs", "--limit", "2", "--after", first["next"])
    assert len(second["runs"]) == 1
    assert second["next"] is None
    assert f"more: ropewalk runs --after {first['next']}" in ropewalk("runs", "-n", "2").out


def test_runs_are_found_by_status_workflow_text_and_time(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    ropewalk.run("{id: a, ask: Well?}")
    assert len(ropewalk.json("runs", "-s", "paused")["runs"]) == 1
    assert len(ropewalk.json("runs", "-s", "paused,completed")["runs"]) == 2
    assert ropewalk("runs", "-s", "failed").out == "There are no such runs.\n"
    assert ropewalk.json("runs", "-w", "other")["runs"] == []
    assert len(ropewalk.json("runs", "--since", "1h")["runs"]) == 2
    assert ropewalk.json("runs", "--until", "2020-01-01")["runs"] == []
    table = ropewalk("runs").out
    assert "1 asked" in table
    assert "0/1" in table


def test_a_failed_step_and_its_error_are_in_the_line(ropewalk):
    ropewalk.run("{id: a, run: exit 4}")
    line = ropewalk("runs").out.splitlines()[1]
    assert "0/1 (1✗)" in line
    assert "exit code 4" in line


def test_called_runs_are_listed_only_when_asked_for(ropewalk):
    ropewalk.write("inner.yaml", "name: inner\nsteps:\n  - {id: x, uses: noop}\n")
    ropewalk.run("{id: a, call: ./inner.yaml}")
    assert len(ropewalk.json("runs")["runs"]) == 1
    assert len(ropewalk.json("runs", "--called")["runs"]) == 2


def test_times_before_now_and_in_iso_form():
    assert time_of("2h", 10_000) == 2_800
    assert time_of("1.5m", 100) == 10
    assert time_of("2026-01-31T12:00:00+00:00", 0) == 1769860800
    with pytest.raises(UsageError, match="'yesterday' is no time"):
        time_of("yesterday", 0)


def test_a_long_title_leaves_room_for_the_rest(ropewalk):
    ropewalk.run("{id: a, uses: noop}", head="title: " + "long " * 40)
    line = ropewalk("runs").out.splitlines()[1]
    assert "long long long long long long l…" in line
    assert len(line) < 120

"""A driven run is told as it goes, a line for what people should know, and at its end with what they can do next."""

from __future__ import annotations

import io
import json
import re

import pytest

from ropewalk.cli.driving import Lines, waiting
from ropewalk.cli.screen import Screen


def last_lines(ropewalk, steps: str, *words: str, head: str = "") -> list[str]:
    """What stands after the last event of a run."""
    lines: list[str] = ropewalk.run(steps, *words, head=head).out.splitlines()
    return lines[
        next(place for place, line in enumerate(lines) if line.startswith("Run ") and " of w is " in line) :
    ]


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        ("{id: a, run: 'true'}", "1 of 1 step succeeded"),
        ("{id: a, run: 'true'}\n{id: b, run: 'true'}", "2 of 2 steps succeeded"),
        ("{id: a, when: 1 == 2, run: 'true'}", "0 of 1 step succeeded, 1 skipped"),
        (
            "{id: a, run: 'true'}\n{id: b, needs: [a], run: 'false'}\n{id: c, needs: [b], run: 'true'}",
            "1 of 3 steps succeeded, 1 skipped, 1 failed or aborted",
        ),
        ("{id: each, foreach: '[1, 2, 3]', run: 'true'}", "4 of 4 steps succeeded"),
    ],
)
def test_the_headline_counts_the_steps_by_how_they_ended(ropewalk, steps, counts):
    headline = last_lines(ropewalk, steps)[0]
    assert re.fullmatch(rf"Run \S+ of w is \w+ after [\d.]+ s: {counts}", headline)


def test_what_was_rehearsed_is_told_with_the_status(ropewalk):
    step = "{id: a, role: writer, prompt: Write., creates: [a.md]}"
    headline = last_lines(ropewalk, step, "--rehearse", head="roles: {writer: {agent: claude}}")[0]
    assert " is completed (rehearsed) after " in headline


@pytest.mark.parametrize(
    ("count", "made"),
    [(1, "f1"), (4, "f1, f2, f3, f4"), (5, "f1, f2, f3, f4, and 1 more"), (9, "f1, f2, f3, f4, and 5 more")],
)
def test_of_what_was_made_four_files_are_named_and_the_others_counted(ropewalk, count, made):
    names = " ".join(f"f{number}" for number in range(1, count + 1))
    lines = last_lines(
        ropewalk, f"{{id: a, creates: [{names.replace(' ', ', ')}], run: 'echo x | tee {names}'}}"
    )
    assert re.fullmatch(rf"  made {made}  \(ropewalk artifacts \S+\)", lines[1])


def test_each_error_is_one_line_of_a_bounded_length_with_its_step_and_class(ropewalk):
    long = "x" * 300
    steps = f"{{id: a, run: 'echo {long} >&2; exit 3', on_failure: continue}}\n{{id: b, run: 'exit 4'}}"
    first, second = last_lines(ropewalk, steps)[1:3]
    assert re.fullmatch(r"  a: exit code 3: x+… \(permanent\)", first)
    assert len(first) < 230
    assert second == "  b: exit code 4 (permanent)"


def test_no_command_to_go_on_with_is_told_twice(ropewalk):
    lines = last_lines(ropewalk, "{id: a, ask: One?}\n{id: b, ask: Two?}")
    commands = [line.strip() for line in lines if line.startswith("  ropewalk ")]
    assert len(commands) == len({*commands})
    assert [line for line in commands if line.startswith("ropewalk drive ")] == commands[-1:]


def test_a_run_that_completed_needs_no_command(ropewalk):
    assert len(last_lines(ropewalk, "{id: a, run: 'true'}")) == 1


@pytest.mark.needs("git")
def test_a_result_in_git_is_shown_with_how_to_look_at_it_and_land_it(repository):
    lines = last_lines(repository, "{id: a, run: 'echo x > made.txt'}")
    run = repository.json("show", "last")["run"]
    assert lines[-2:] == [f"  ropewalk diff {run} --files", f"  ropewalk land {run}"]
    assert f"ropewalk land {run}" in repository("explain", "last").out
    assert repository("land", "last").code == 0
    assert "ropewalk land" not in repository("explain", "last").out


@pytest.mark.needs("git")
def test_what_people_should_know_of_the_files_is_told_at_the_end_too(repository):
    headline, warning = last_lines(repository, "{id: a, run: 'true'}")
    assert " is completed " in headline
    assert warning == "  mind not under version control, so not seen by the steps: w.yaml"


@pytest.mark.needs("git")
def test_what_ropewalk_does_by_itself_at_the_end_is_not_told_as_long_as_it_goes_well(repository):
    ended = repository.run("{id: a, run: 'echo A > a.txt'}")
    told = [line.split()[1:3] for line in ended.out.splitlines() if re.match(r"\d\d:", line)]
    kept = [line.split()[2:4] for line in repository("events", "last").out.splitlines()]
    assert ["step.succeeded", "a"] in told
    internal = [pair for pair in kept if pair[0] in {"step.started", "step.succeeded"} and pair[1] != "a"]
    assert internal
    assert not [pair for pair in told if pair in internal]
    assert "1 of 1 step succeeded" in ended.out


def test_as_json_the_run_is_the_only_thing_that_is_printed(ropewalk):
    ended = ropewalk.run("{id: a, run: exit 1}\n{id: b, ask: Well?}", "--json")
    assert json.loads(ended.out)["status"] == "failed"
    assert ended.err == ""


class Heard:
    """What is said next to what is shown."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def say(self, text: str) -> None:
        self.texts.append(text)


def test_what_has_to_wait_for_the_host_is_told_and_that_it_goes_on():
    view = Heard()
    hears = waiting(view)  # type: ignore[arg-type]
    hears("writing the log", "no room or no inodes left on the disk (ENOSPC)")
    hears("writing the log", "")
    assert view.texts == [
        "Waiting (writing the log): no room or no inodes left on the disk (ENOSPC)",
        "Going on (writing the log).",
    ]


@pytest.mark.parametrize("as_json", [True, False])
async def test_what_is_said_next_to_the_lines_is_not_among_them(capsys, as_json):
    out = io.StringIO()
    lines = Lines(Screen(out=out, json=as_json))
    async with lines as view:
        view.say("Waiting (a): b\x1b[2J\u202e")
        assert not view.attended()
    assert (out.getvalue(), capsys.readouterr().err) == ("", "Waiting (a): b\n")

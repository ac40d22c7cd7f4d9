"""`ropewalk explain` says in one sentence why a run is where it is, and what to type."""

import re

import pytest

from tests.journeys.program import until


def _why(ropewalk):
    """The sentence, checked to be one; below it stand commands, and what there is to know of the folder."""
    told = ropewalk("explain", "last")
    assert told.returncode == 0
    sentence, *below = told.stdout.splitlines()
    assert sentence.endswith(".")
    assert all(line.startswith(("  ropewalk ", "  mind ")) for line in below)
    return sentence


@pytest.fixture
def run(ropewalk):
    def begin(text: str, *words: str):
        ropewalk.write("w.yaml", "name: why\n" + text)
        return ropewalk("run", "w.yaml", *words)

    return begin


@pytest.fixture
def waits(ropewalk):
    """A run that is driven by another process and waits there for something."""

    def begin(text: str, kind: str, *words: str):
        ropewalk.write("w.yaml", "name: why\n" + text)
        process = ropewalk.begin("run", "w.yaml", *words)
        until(lambda: ropewalk("explain", "last", "--json").stdout.find(f'"kind":"{kind}"') >= 0, kind)
        return process

    return begin


def test_it_waits_for_a_person(ropewalk, run):
    run("steps:\n  - {id: release, ask: May it be released?}\n")
    assert _why(ropewalk) == "The run waits for a person: release asks 'May it be released?'."


def test_it_waits_for_a_quota(ropewalk, waits):
    ropewalk.write("script.yaml", "steps: {draft: {quota: {resets_in: 3600}}}\n")
    text = (
        "roles: {writer: {agent: rehearsal}}\n"
        "steps:\n  - {id: draft, role: writer, prompt: Write., creates: [a.md]}\n"
    )
    process = waits(text, "quota", "--rehearse=script.yaml")
    assert re.fullmatch(
        r"The run waits for a quota until .* \(in .*\), which draft ran into\.", _why(ropewalk)
    )
    ropewalk.kill(process)
    assert re.fullmatch(r"Nobody drives the run: the run waits for a quota until .*\.", _why(ropewalk))


def test_it_waits_for_a_place(ropewalk, waits):
    text = "limits: {parallel: 1}\nsteps:\n  - {id: long, run: sleep 60}\n  - {id: other, run: 'true'}\n"
    process = waits(text, "slot")
    assert _why(ropewalk) == "other waits for a slot: the one slot is taken by long."
    ropewalk.kill(process)
    assert _why(ropewalk) == "Nobody drives the run: its last driver is gone, and long will be done again."


def test_it_is_blocked(ropewalk, run):
    text = "steps:\n  - {id: build, on_failure: pause, run: 'echo no compiler >&2; exit 2'}\n"
    assert run(text).returncode == 3
    assert re.fullmatch(r"The run is blocked: .*build.*no compiler.*\.", _why(ropewalk))


def test_it_failed(ropewalk, run):
    assert run("steps:\n  - {id: build, run: 'echo no compiler >&2; exit 2'}\n").returncode == 1
    said = "The run failed because step build failed (permanent): exit code 2: no compiler."
    assert _why(ropewalk) == said


def test_it_waits_for_the_run_that_it_called(ropewalk, run):
    ropewalk.write("inner.yaml", "name: inner\nsteps:\n  - {id: sign, ask: Sign here?}\n")
    assert run("steps:\n  - {id: outer, call: ./inner.yaml}\n").returncode == 3
    parts = (r"Step outer waits for its run \S+: ", r"it waits for a person: sign asks 'Sign here\?'\.")
    assert re.fullmatch("".join(parts), _why(ropewalk))


def test_it_was_paused_by_request(ropewalk, run):
    run("steps:\n  - {id: release, ask: May it be released?}\n")
    assert ropewalk("pause", "last", "--reason", "lunch").returncode == 0
    assert re.fullmatch(r"The run was paused by \S+: lunch\.", _why(ropewalk))


def test_its_budget_is_used_up(ropewalk, run):
    ropewalk.write("script.yaml", "steps: {'*': {cost_usd: 2}}\n")
    text = (
        "roles: {writer: {agent: rehearsal}}\nlimits: {budget: {cost_usd: 1}}\nsteps:\n"
        "  - {id: one, role: writer, prompt: Write., creates: [a.md]}\n"
        "  - {id: two, needs: [one], role: writer, prompt: Write., creates: [b.md]}\n"
    )
    assert run(text, "--rehearse=script.yaml").returncode == 3
    assert re.match(r"The run waits for a person to allow more: two asks ", _why(ropewalk))
    assert ropewalk("budget", "last", "--cost", "10", "--drive").returncode == 0


def test_it_was_aborted(ropewalk, run):
    run("steps:\n  - {id: release, ask: May it be released?}\n")
    ropewalk("abort", "last", "--reason", "wrong branch")
    assert re.match(r"The run was aborted: wrong branch", _why(ropewalk))


def test_it_is_completed(ropewalk, run):
    run("steps:\n  - {id: a, run: 'true'}\n  - {id: b, when: 1 == 2, run: 'true'}\n")
    assert _why(ropewalk) == "The run is completed, 1 step left out."

"""Commands and scripts as steps: what they are given, what they give back, how they fail."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents import exchange
from ropewalk.agents.confine import Confinement
from ropewalk.core.work import Brief, Feedback
from ropewalk.definition.workflow import Role
from ropewalk.processes.limits import ProcessLimits
from ropewalk.steps.port import Tools
from ropewalk.steps.run import Run
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

TOOLS = Tools(agents={})


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def run(desk: ListeningDesk, tools: Tools = TOOLS, **fields) -> Any:
    given: Brief = brief("run", **fields)
    return await Run().perform(given, desk, tools)


async def test_a_script_that_ends_well_gives_its_exit_code_and_output(desk):
    outcome = await run(desk, args={"script": "echo hello\nprintf '  there  \n'"})
    assert outcome.failure is None
    assert outcome.outputs == {"exit_code": 0, "stdout": "hello\n  there"}


async def test_a_script_stops_at_the_first_command_that_fails_and_at_unset_variables(desk):
    outcome = await run(desk, args={"script": "false\necho never"})
    assert outcome.failure.kind == "permanent"
    assert outcome.outputs == {"exit_code": 1, "stdout": ""}
    assert (await run(desk, args={"script": "echo $NOT_SET"})).failure is not None


@pytest.mark.parametrize("shell", [{}, {"shell": "bash"}])
async def test_a_pipe_fails_with_its_first_part(desk, shell):
    assert (await run(desk, args={"script": "false | cat\necho on", **shell})).failure is not None
    assert (await run(desk, args={"script": "echo on | cat", **shell})).outputs["stdout"] == "on"


async def test_a_shell_with_options_of_its_own_gets_no_others(desk):
    assert (await run(desk, args={"script": "false | cat", "shell": "bash -u"})).failure is None


async def test_another_shell_reads_the_script(desk):
    outcome = await run(desk, args={"script": "print(6 * 7)", "shell": sys.executable})
    assert outcome.outputs["stdout"] == "42"


async def test_the_failure_says_the_exit_code_and_the_last_words(desk):
    failure = (await run(desk, args={"script": "echo one >&2; echo two >&2; exit 3"})).failure
    assert failure.message == "exit code 3: two"
    assert failure.report == {"exit_code": 3, "last_lines": ["one", "two"]}
    assert (await run(desk, args={"script": "kill -KILL $$"})).failure.message == "ended by signal 9"


async def test_a_script_that_ends_at_a_pipe_that_nobody_reads_says_so_and_what_allows_it(desk):
    failure = (await run(desk, args={"script": "yes | head -n 1", "shell": "bash"})).failure
    assert failure.message.startswith("exit code 141 (a command wrote to a pipe that nobody read any more; ")
    assert "`(COMMAND || true) | head` allows it" in failure.message
    assert failure.report["exit_code"] == 141
    allowed = await run(desk, args={"script": "(yes || true) | head -n 1", "shell": "bash"})
    assert allowed.failure is None


async def test_exit_code_75_is_worth_another_try(desk):
    assert (await run(desk, args={"script": "exit 75"})).failure.kind == "transient"


async def test_a_value_that_is_too_large_for_a_variable_is_a_file_and_a_step_that_does_not_use_it_starts(
    desk,
):
    large, many = "x" * 140_000, {f"part_{n}": "y" * 30_000 for n in range(12)}
    script = 'test -z "${ROPEWALK_INPUT_ISSUE+set}"; wc -c < "$ROPEWALK_INPUT_ISSUE_FILE"; env | grep -c "^ROPEWALK_INPUT_PART_.*_FILE="'
    outcome = await run(
        desk, args={"script": script}, inputs={"issue": large, "short": "s", **many}, item=large
    )
    assert outcome.failure is None, outcome.failure
    size, files = map(int, outcome.outputs["stdout"].split())
    assert size == len(large)
    assert 2 <= files <= 6


async def test_what_the_system_would_not_start_a_program_with_is_told_with_the_way_round_it(desk):
    for how in (
        {"args": {"argv": ["echo", "{{ inputs.issue }}"]}},
        {"args": {"argv": ["true"]}, "env": {"ISSUE": "{{ inputs.issue }}"}},
        {"args": {"argv": ["true", *["{{ inputs.part }}"] * 20]}},
    ):
        outcome = await run(desk, **how, inputs={"issue": "x" * 140_000, "part": "z" * 100_000})
        assert outcome.failure is not None
        assert (
            "pass it in a file: of a large input ROPEWALK_INPUT_NAME_FILE names one"
            in outcome.failure.message
        )
        assert len(outcome.failure.message) < 400


async def test_what_the_attempt_is_given_is_in_its_environment(desk):
    desk.secrets = {"TOKEN": "canary-0123456789"}
    outcome = await run(desk, args={"script": 'test "$TOKEN" = canary-0123456789'})
    assert outcome.failure is None


async def test_the_variables_of_the_attempt_are_there(desk):
    names = "RUN STEP ITEM ROUND ATTEMPT KEY INPUT_THE_NAME INPUT_FLAG INPUT_NONE"
    script = "\n".join(f'echo "$ROPEWALK_{name}"' for name in names.split()) + '\necho "$ROPEWALK_INPUT_MAP"'
    outcome = await run(
        desk,
        args={"script": script},
        step="build[a]",
        item={"id": "a"},
        round=2,
        attempt=3,
        inputs={"the-name": "x y", "flag": True, "none": None, "map": {"a": 1}},
    )
    said = outcome.outputs["stdout"].split("\n")
    assert said == ["r1", "build[a]", '{"id":"a"}', "2", "3", "r1/build[a]/2", "x y", "true", "", '{"a":1}']


async def test_our_own_environment_does_not_leak(desk, monkeypatch):
    monkeypatch.setenv("ROPEWALK_SECRET_OF_OURS", "s3cret")
    monkeypatch.setenv("LETTER_A", "a")
    tools = Tools(agents={}, settings={"environment": ["LETTER_*"]})
    outcome = await run(
        desk, tools, args={"argv": [sys.executable, "-c", "import os; print(dict(os.environ))"]}
    )
    assert "s3cret" not in outcome.outputs["stdout"]
    assert "'LETTER_A': 'a'" in outcome.outputs["stdout"]


async def test_argv_and_env_are_templates_and_what_they_take_in_stays_data(desk):
    outcome = await run(
        desk,
        args={
            "argv": [
                sys.executable,
                "-c",
                "import os,sys; print(sys.argv[1:], os.environ['TITLE'])",
                "{{ inputs.a }}",
            ]
        },
        env={"TITLE": "{{ outputs.plan.title }} by {{ who }}"},
        inputs={"a": "$(id) {{ 1 + 1 }}"},
        outputs={"plan": {"title": "T"}},
        item="me",
        item_name="who",
    )
    assert outcome.outputs["stdout"] == "['$(id) {{ 1 + 1 }}'] T by me"


async def test_a_script_is_never_a_template(desk):
    outcome = await run(desk, args={"script": "echo '{{ inputs.a }}'"}, inputs={"a": "1"})
    assert outcome.outputs["stdout"] == "{{ inputs.a }}"


async def test_a_template_that_cannot_be_filled_in_is_a_clear_failure(desk):
    failure = (await run(desk, args={"argv": ["echo", "{{ inputs.b }}"]}, inputs={"a": 1})).failure
    assert failure.kind == "permanent"
    assert "{{ inputs.b }}" in failure.message
    assert "no attribute 'b'" in failure.message or "undefined" in failure.message


async def test_a_program_that_is_not_there_is_named(desk):
    failure = (await run(desk, args={"argv": ["no-such-program-here"]})).failure
    assert failure.kind == "permanent"
    assert "'no-such-program-here' was not found" in failure.message


async def test_an_argument_that_no_system_takes_is_a_failure_not_a_crash(desk):
    assert "null byte" in (await run(desk, args={"argv": ["echo", "a\0b"]})).failure.message


async def test_outputs_come_from_a_file_as_lines_or_json(desk):
    lines = "printf 'a=1\\n# no\\n\\n b = two words =x\\n' > $ROPEWALK_OUTPUT"
    assert (await run(desk, args={"script": lines})).outputs == {
        "exit_code": 0,
        "stdout": "",
        "a": "1",
        "b": "two words =x",
    }
    outcome = await run(desk, args={"script": "echo '{\"n\": [1, 2]}' > $ROPEWALK_OUTPUT"})
    assert outcome.outputs["n"] == [1, 2]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"a": ', "not valid JSON"),
        ("[1]", "must be a JSON object, not list"),
        ("a=1\\nb", "line 2 is neither"),
        ("=1", "line 1 is neither"),
    ],
)
async def test_outputs_that_cannot_be_read_are_invalid_output(desk, written, said):
    outcome = await run(desk, args={"script": f"printf '{written}' > $ROPEWALK_OUTPUT"})
    assert outcome.failure.kind == "invalid_output"
    assert said in outcome.failure.message


async def test_an_output_file_without_end_is_refused(desk):
    outcome = await run(desk, args={"script": "head -c 5000000 /dev/zero > $ROPEWALK_OUTPUT"})
    assert "more than" in outcome.failure.message


async def test_an_output_file_of_an_earlier_attempt_is_not_read(desk):
    await run(desk, args={"script": "echo a=1 > $ROPEWALK_OUTPUT"})
    assert "a" not in (await run(desk, args={"script": ":"})).outputs
    assert "a" not in (await run(desk, args={"script": "echo > $ROPEWALK_OUTPUT"})).outputs


async def test_an_output_that_is_a_link_to_somewhere_else_is_not_read(desk):
    secret = desk.spool / "elsewhere"
    secret.write_text("a=secret")
    assert "a" not in (await run(desk, args={"script": f"ln -s {secret} $ROPEWALK_OUTPUT"})).outputs


async def test_with_a_schema_and_no_file_the_output_itself_is_the_object(desk):
    schema = {"type": "object"}
    big = json.dumps({"text": "x" * 100_000})
    (desk.folder / "big.json").write_text(big)
    outcome = await run(desk, args={"script": "cat big.json"}, output_schema=schema)
    assert len(outcome.outputs["text"]) == 100_000
    assert len(outcome.outputs["stdout"]) == 65_536
    assert (
        await run(desk, args={"script": "echo no"}, output_schema=schema)
    ).failure.kind == "invalid_output"


async def test_facts_and_a_route_that_are_asked_for_are_taken_from_the_outputs(desk):
    script = "printf 'ready=yes\\nroute=fast\\nother=1\\n' > $ROPEWALK_OUTPUT"
    outcome = await run(
        desk, args={"script": script}, wants_facts={"ready": {}, "unsaid": {}}, wants_route=("fast",)
    )
    assert outcome.facts == {"ready": "yes"}
    assert outcome.route == "fast"
    assert (await run(desk, args={"script": script})).route == ""


async def test_feedback_of_earlier_rounds_is_in_a_file(desk):
    outcome = await run(
        desk,
        args={"script": 'cat "$ROPEWALK_FEEDBACK"'},
        feedback=(Feedback(source="gate tests", text="two failed", findings=("test_a", "test_b")),),
    )
    assert outcome.outputs["stdout"] == "## gate tests\n\ntwo failed\n\n- test_a\n- test_b"


# Confined ---------------------------------------------------------------------------------------------------------------


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize(
    "asked",
    [{"confine": "worktree"}, {"role": Role(confine="worktree")}, {}],
    ids=["step", "role", "project"],
)
async def test_a_confined_command_writes_in_its_folder_and_answers_and_does_no_more(desk, tmp_path, asked):
    script = f"""
        echo in > in.txt; echo out > {tmp_path}/out.txt; cat "$ROPEWALK_FEEDBACK"; echo a=1 > "$ROPEWALK_OUTPUT"
        (echo changed > "$ROPEWALK_FEEDBACK") 2> /dev/null || echo closed
    """
    tools = Tools(agents={}, settings={"confinement": Confinement("none" if asked else "worktree")})
    feedback = (Feedback("x", "again"),)
    outcome = await run(desk, tools, args={"script": script}, feedback=feedback, **asked)
    assert outcome.failure is None
    assert (desk.folder / "in.txt").read_text() == "in\n"
    assert not (tmp_path / "out.txt").exists()
    assert outcome.outputs["a"] == "1"
    assert "again" in outcome.outputs["stdout"]
    assert outcome.outputs["stdout"].endswith("closed")


async def test_what_cannot_be_confined_is_not_started(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = await run(desk, args={"script": ": > started"}, confine="worktree")
    assert outcome.failure.kind == "permanent"
    assert "bwrap was not found" in outcome.failure.message
    assert not (desk.folder / "started").exists()


@pytest.mark.parametrize("planted", ["link", "pipe", "folder", "file"])
async def test_what_an_earlier_child_left_where_the_next_answers_is_not_followed(desk, tmp_path, planted):
    victim = tmp_path / "victim"
    victim.write_text("a=secret")
    output = exchange.cleared(desk.spool)
    match planted:
        case "link":
            output.symlink_to(victim)
        case "pipe":
            os.mkfifo(output)
        case "folder":
            (output / "inner").mkdir(parents=True)
        case "file":
            output.write_text("a=old")
    if planted != "file":
        assert exchange.read_output(output) is None
    outcome = await run(desk, args={"script": "true"})
    assert "a" not in outcome.outputs
    assert victim.read_text() == "a=secret"


async def test_a_command_and_what_it_starts_are_held_to_the_limits_of_the_settings(desk):
    tools = Tools(agents={}, settings={"limits": ProcessLimits(open_files=77)})
    outcome = await run(desk, tools, args={"script": "sh -c 'ulimit -n'"})
    assert outcome.outputs["stdout"] == "77"


async def test_a_limit_that_cannot_be_set_is_told(desk):
    tools = Tools(agents={}, settings={"limits": ProcessLimits(open_files=-5)})
    outcome = await run(desk, tools, args={"script": "true"})
    assert "a limit could not be set" in outcome.failure.message


async def test_it_begins_in_the_folder_that_its_step_names(desk):
    (desk.folder / "packages/web").mkdir(parents=True)
    args = {"script": "echo made > here; pwd"}
    outcome = await run(desk, args=args, folder="packages/{{ inputs.part }}", inputs={"part": "web"})
    assert outcome.failure is None
    assert (desk.folder / "packages/web/here").read_text() == "made\n"


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("{{ inputs.part }}", "leads out of the working folder"),
        ("packages", "the folder 'packages', is not there"),
    ],
)
async def test_a_folder_outside_or_that_is_not_there_is_told_and_nothing_runs(desk, folder, said):
    (desk.folder / "up").symlink_to("..")
    outcome = await run(desk, args={"script": "touch /tmp/never"}, folder=folder, inputs={"part": "up"})
    assert said in outcome.failure.message

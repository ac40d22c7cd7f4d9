"""What a file says of failure, time and materials in any of its spellings; what cannot be understood sets nothing."""

import pytest

from ropewalk.definition.workflow import Step
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.values import MOST_TEXT, failure_policy, materials, number, seconds
from ropewalk.formats.reading import ReadOptions
from tests.formats.imported.bmad.flow import flow, only

CONSTANTS = {"retries": 4, "limits": {"time": "7", "loop": "{limits.loop}"}, "flag": True}


def context(pack: Pack | None = None) -> ImportContext:
    return ImportContext(ReadOptions(), pack or Pack(), CONSTANTS)


def item(data) -> Item:
    return Item("1", ("sequence", 0), 5, "task", "", data)


def told(data, pack: Pack | None = None) -> tuple[tuple[str, ...], ImportContext]:
    making = context(pack)
    return materials(Keys(data), making, item(data)), making


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (3, 3),
        (2.9, 2),
        (" 3 ", 3),
        ("٣", 3),
        ("9" * 50, 999_999_999),
        ("{retries}", 4),
        ("${config.retries}", 4),
        ("{{ limits.time }}", 7),
        *(
            (value, 0)
            for value in (None, "", True, -2, "-3", "3 times", "²", "①", {"a": 1}, "{flag}", "{no}")
        ),
        *((value, 0) for value in ("{limits}", "{limits.loop}", "{}", "{retries", "{.}", "{..}")),
    ],
)
def test_a_count_is_a_number_a_text_or_a_place_in_the_file(value, count):
    assert number(value, CONSTANTS) == count


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ("500ms", 0.5),
        ("5 ms", 0.005),
        ("250 milliseconds", 0.25),
        ("30s", 30),
        ("90 seconds", 90),
        ("1 sec", 1),
        ("30m", 1800),
        ("30M", 1800),
        ("3 mins", 180),
        ("3 minutes", 180),
        ("1.5h", 5400),
        ("2 hrs", 7200),
        ("1 hour", 3600),
        ("2 days", 172_800),
        (9_999, 9_999),
        (10_000, 10),
        ("10000", 10),
        ("{limits.time}", 7),
        *(
            (value, 0)
            for value in (None, "", "soon", "-5m", "1e3s", "1h30m", "3 fortnights", True, "m", "5 s s")
        ),
        ("9" * 400 + " days", 0),
    ],
)
def test_a_time_limit_has_its_unit_and_large_numbers_are_milliseconds(value, limit):
    assert seconds(value, CONSTANTS) == pytest.approx(limit)


def test_failure_words_become_policies():
    retried = only(
        "- {agent: a, on_failure: {action: retry, max_retries: '{config.tries}', on_exhausted: escalate}}",
        head="config: {tries: 2}",
    )
    assert (retried.retry.attempts, retried.on_failure) == (3, "ask")
    assert only("- {agent: a, on_fail: {retry: 1, escalate_to: pm}}").on_failure == "ask"
    assert only("- {agent: a, on_failure: {action: retry}}").retry.attempts == 3
    assert only("- {agent: a, max_attempts: 4, timeout: 30 minutes}").retry.attempts == 4
    assert only("- {agent: a, timeout: 1800000}").timeout.step_seconds == 1800
    assert only("- {agent: a, timeout: 90}").timeout.step_seconds == 90
    assert only("- {agent: a, timeout: soon}").timeout.step_seconds is None


@pytest.mark.parametrize(
    ("written", "policy"),
    [
        ("continue", "continue"),
        ("Skip", "continue"),
        ("pause", "pause"),
        ("on-hold", "ask"),
        ("escalate to human", "ask"),
        ("halt", "fail"),
        ("", "fail"),
        ({"action": "continue", "on_exhausted": {"action": "pause"}}, "pause"),
        ({"action": "retry", "on_exhausted": "skip"}, "continue"),
        ({"escalate": "pm"}, "ask"),
        ({}, "fail"),
        ([], "fail"),
    ],
)
def test_the_last_word_about_a_failure_decides(written, policy):
    step, draft = Step("s", "role"), ItemSteps(item({}))
    assert failure_policy(Keys({"on_failure": written}), step, draft, context()).on_failure == policy
    assert draft.jumps == []


@pytest.mark.parametrize(
    "written",
    ["return_to_spec", "Back to spec", {"next": "spec"}, {"goto": "spec"}, {"action": "re-run spec"}],
)
def test_a_failure_that_names_a_step_sends_back_there(written):
    draft = ItemSteps(item({}))
    step = failure_policy(Keys({"on_fail": written}), Step("s", "role"), draft, context())
    assert step.on_failure == "back_to"
    assert [(jump.step, jump.to, jump.cap, jump.failed) for jump in draft.jumps] == [("s", "spec", 3, True)]


@pytest.mark.parametrize("keys", [{"max_attempts": 10**9}, {"on_failure": {"retries": "9" * 30}}])
def test_no_number_lifts_the_attempts_above_the_most(keys):
    step = failure_policy(Keys(keys), Step("s", "role"), ItemSteps(item({})), context())
    assert step.retry.attempts == 100
    assert "permanent" in step.retry.on


def test_a_limit_that_is_not_understood_stays_with_what_is_told_to_the_role():
    keys = Keys({"timeout": "soon", "max_attempts": "²", "on_failure": None})
    step = Step("s", "role")
    assert failure_policy(keys, step, ItemSteps(item({})), context()) == step
    assert keys.rest() == {"timeout": "soon", "max_attempts": "²"}


def test_failure_may_send_back_and_where_it_leads_nowhere_it_fails():
    made = flow(
        "- {step: one, agent: a}\n- {step: two, agent: b, on_failure: {action: return_to_one}}\n- {step: three, agent: c, on_failure: {next: nowhere}}\n"
    )
    second = made.steps[1]
    assert (second.on_failure, second.back_to.to, second.back_to.when) == ("back_to", "one", "")
    assert made.steps[2].on_failure == "fail"
    assert "nowhere" in made.warnings[0]


def test_inputs_results_and_criteria_are_told_in_lines():
    lines, _ = told(
        {
            "inputs": {"story": "{id}", "more": ["a", {"b": [1, True]}]},
            "outputs": ["report.md", None, {"verdict": "PASS"}],
            "output": "",
            "exit_criteria": [{"EC1": "done"}],
            "pass_threshold": 0,
            "validation": "all \u202egreen",
        }
    )
    assert lines == (
        "Inputs: story: {id}; more: a, b: 1, true",
        "Give as the result: report.md, verdict: PASS",
        "It is done when (exit criteria): EC1: done",
        "It is done when (validation): all \u202egreen",
    )


def test_the_text_of_a_task_or_checklist_is_given_once_and_no_more_than_the_most(tmp_path):
    for name, text in (("tasks/create-doc.md", "Ask."), ("checklists/po.md", "x" * (MOST_TEXT + 1))):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    data = {"task": "create-doc", "uses": ["create-doc OR po"], "action": "do task create-doc now"}
    (task, checklist), making = told(data, Pack(tmp_path))
    assert task == f"Task `{tmp_path.name}/tasks/create-doc.md`:\n\nAsk."
    assert checklist.startswith("Checklist `")
    assert checklist.count("x") == MOST_TEXT + tmp_path.name.count("x")
    assert making.warnings == []


@pytest.mark.parametrize("name", ["unknown", "../secret", "/etc/hostname", "tasks/../../secret"])
def test_a_material_that_the_pack_does_not_have_is_told_by_name_alone(tmp_path, name):
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "pack").mkdir()
    lines, making = told({"checklist": name}, Pack(tmp_path / "pack"))
    assert lines == ()
    assert making.warnings == [f"line 5: `{name}` is not in pack: only its name is given to the agent"]
    assert told({"checklist": name})[1].warnings == []

"""A step is written under the key of its own work where that says all of it, else as a plug-in's; and it reads back as it was."""

import msgspec
import pytest

from ropewalk.definition import Approval, Decision, Findings, Gate, Retry, Route, Step
from ropewalk.formats.native.keys.step import StepKeys
from ropewalk.formats.native.steps import GroupContext, StepReader
from ropewalk.formats.native.written.step import step_keys
from ropewalk.yaml import Positions

DECISION = Decision((Route("r", to=("x",)),), "person")
ASK = Approval("Go?", on_reject="fail")
GATES = (Gate("command", {"script": "x"}),)


def again(step: Step) -> tuple[Step, list[str]]:
    positions = Positions.nowhere({})
    findings = Findings("f.yaml", positions)
    reader = StepReader(findings, positions, msgspec.UNSET, set())
    reader.add([msgspec.convert(step_keys(step), StepKeys)], ("steps",), GroupContext())
    (read,) = reader.made
    return msgspec.structs.replace(read, line=0), [fault.what for fault in findings.faults]


@pytest.mark.parametrize(
    ("step", "work"),
    [
        (Step("a", "run", {"argv": ["x"]}), {"run": ["x"]}),
        (Step("a", "run", {"argv": []}), {"uses": "run", "with": {"argv": []}}),
        (Step("a", "run", {"script": "x"}), {"run": "x"}),
        (Step("a", "run", {"script": ""}), {"uses": "run", "with": {"script": ""}}),
        (Step("a", "run", {"script": "x", "shell": "bash"}), {"run": "x", "shell": "bash"}),
        (
            Step("a", "run", {"script": "x", "shell": ""}),
            {"uses": "run", "with": {"script": "x", "shell": ""}},
        ),
        (Step("a", "run", {"script": "x"}, role="r"), {"uses": "run", "with": {"script": "x"}, "role": "r"}),
        (Step("a", "run"), {"uses": "run"}),
        (Step("a", "role", role="r", prompt="p"), {"role": "r", "prompt": "p"}),
        (Step("a", "role", prompt="p"), {"uses": "role", "prompt": "p"}),
        (Step("a", "role", {"x": 1}, role="r"), {"uses": "role", "with": {"x": 1}, "role": "r"}),
        (
            Step("a", "decide", decision=DECISION),
            {"decide": {"routes": {"r": ["x"]}, "by": "person"}},
        ),
        (Step("a", "call", {"workflow": "w", "inputs": {}}), {"call": "w"}),
        (
            Step("a", "call", {"workflow": "w", "inputs": {"x": 1}}),
            {"call": {"workflow": "w", "inputs": {"x": 1}}},
        ),
        (Step("a", "call", {"workflow": "w"}), {"uses": "call", "with": {"workflow": "w"}}),
        (Step("a", "function", {"name": "m:f"}, role="r"), {"function": "m:f", "role": "r"}),
        (Step("a", "function", {"name": "f", "with": {"x": 1}}), {"function": "f", "with": {"x": 1}}),
        (Step("a", "ask", ask=ASK), {"ask": "Go?"}),
        (Step("a", "ask"), {"uses": "ask"}),
        (Step("a", "noop", gates=GATES), {"gate": [{"run": "x"}]}),
        (Step("a", "noop", gates=GATES, ask=ASK), {"uses": "noop", "ask": "Go?", "gate": [{"run": "x"}]}),
        (Step("a", "noop"), {"uses": "noop"}),
        (
            Step("a", "plug", {"é": [None]}, prompt="p"),
            {"uses": "plug", "with": {"é": [None]}, "prompt": "p"},
        ),
    ],
)
def test_the_work_is_written_under_its_own_key_where_that_says_all_of_it(step, work):
    assert step_keys(step) == {"id": "a", **work}
    assert again(step) == (step, [])


def test_a_decision_that_a_plugin_picks_keeps_both():
    step = Step("a", "chooser", {"x": 1}, decision=DECISION, role="r")
    assert step_keys(step).keys() == {"id", "uses", "with", "role", "decide"}
    assert again(step) == (step, [])


def test_keys_stand_in_the_order_of_the_reference():
    step = Step(
        "a",
        "run",
        {"script": "x"},
        title="T",
        needs=("b",),
        when="true",
        final=True,
        retry=Retry(attempts=1),
        env={"A": "1"},
        extra={"k": "v"},
    )
    assert list(step_keys(step)) == [
        *("id", "title", "run", "needs", "when", "finally", "retry", "env", "extra"),
    ]


@pytest.mark.parametrize("cache", [True, False])
def test_a_flag_is_written_only_where_it_is_up(cache):
    assert ("cache" in step_keys(Step("a", "noop", cache=cache))) is cache

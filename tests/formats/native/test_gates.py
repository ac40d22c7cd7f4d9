"""Gates in each form become a kind and its own arguments; what cannot be one check, or asks twice, is a fault at its place."""

import msgspec
import pytest
from msgspec import UNSET

from ropewalk.definition import Approval, Findings, Gate
from ropewalk.definition.findings import Nowhere
from ropewalk.formats.loading import load_workflow_text
from ropewalk.formats.native.gates import command, gates, no_person, patterns, person
from ropewalk.formats.native.keys.gate import Gates
from tests.formats.told import step, told

ROLES = "roles: {r: claude}\n"


def keys_of(data):
    return msgspec.convert(data, Gates)


def findings() -> Findings:
    return Findings("f.yaml", Nowhere())


def messages(noted: Findings) -> list[str]:
    return [fault.what for fault in noted.faults]


def test_gates_in_every_form():
    made = step(
        "- id: a\n  run: b\n  gate:\n  - pytest -q\n  - [ruff, check]\n  - {id: lint, run: [ruff]}\n"
        "  - {condition: outputs.a.exit_code == 0}\n  - {thresholds: {coverage: 80, score: '> 9.5'}, report: r.json, scale: 10}\n"
        "  - {artifacts: out.md}\n  - {verdict: {role: r, criteria: Short.}}\n"
        "  - {verdict: {role: r, criteria: [a, b], prompt: p}}\n  - {person: Fine?}\n  - {uses: spelling, with: {x: 1}}\n"
        "  - {document: a.md}\n  - {document: b.md, template: u}\n  template: t\ndocuments: {t: plain, u: plain}\n"
        + ROLES
    )
    assert made.gates == (
        Gate("command", {"script": "pytest -q"}),
        Gate("command", {"argv": ["ruff", "check"]}),
        Gate("command", {"argv": ["ruff"]}, "lint"),
        Gate("condition", {"condition": "outputs.a.exit_code == 0"}),
        Gate(
            "thresholds",
            {"thresholds": {"coverage": ">= 80", "score": "> 9.5"}, "report": "r.json", "scale": 10},
        ),
        Gate("artifacts", {"artifacts": ["out.md"]}),
        Gate("verdict", {"role": "r", "criteria": ["Short."]}),
        Gate("verdict", {"role": "r", "criteria": ["a", "b"], "prompt": "p"}),
        Gate("spelling", {"x": 1}),
        Gate("document", {"document": "a.md", "template": "t"}),
        Gate("document", {"document": "b.md", "template": "u"}),
    )
    assert made.approve == Approval("Fine?", on_reject="fail")
    assert step("- {id: a, gate: {run: x}}").gates == (Gate("command", {"script": "x"}),)


def test_a_person_among_the_gates_is_asked_after_the_work():
    def loaded(more):
        return load_workflow_text(
            f"steps:\n- {{id: s, run: x}}\n- {{id: a, run: x, needs: s, {more}}}"
        ).workflow.steps[1]

    assert loaded("gate: [ok, {person: Fine?}]").approve == Approval("Fine?", on_reject="fail")
    assert loaded("gate: {person: Fine?}, back_to: s").approve == Approval("Fine?", on_reject="back_to")
    assert loaded("gate: {person: {prompt: Fine?, on_reject: redo}}").approve == Approval("Fine?")
    assert loaded("gate: [ok, {person: false, run: x}]").approve is None


@pytest.mark.parametrize(
    ("data", "made"),
    [
        ("x", (Gate("command", {"script": "x"}),)),
        (["x", ["y"]], (Gate("command", {"script": "x"}), Gate("command", {"argv": ["y"]}))),
        ([["y", 1, 2.5, "--"]], (Gate("command", {"argv": ["y", "1", "2.5", "--"]}),)),
        ([], ()),
        ({"person": "Fine?"}, ()),
        ({"person": False, "run": "x"}, (Gate("command", {"script": "x"}),)),
        ({"uses": "spelling"}, (Gate("spelling"),)),
        (
            {"run": ["measure"], "thresholds": {"n": 1}},
            (Gate("thresholds", {"thresholds": {"n": ">= 1"}, "argv": ["measure"]}),),
        ),
        (
            {"run": "x", "protect": ["a", "b", "a"], "may_change": "c"},
            (Gate("command", {"script": "x"}, "", ("a", "b"), ("c",)),),
        ),
    ],
)
def test_a_gate_is_a_kind_with_only_its_own_arguments(data, made):
    noted = findings()
    assert gates(keys_of(data), ("gate",), noted) == made
    assert messages(noted) == []


def test_no_gate_is_nothing():
    assert gates(UNSET, ("gate",), findings()) == ()
    assert person(UNSET, ("gate",), findings(), sends_back=True) is None


@pytest.mark.parametrize(
    ("number", "bound"),
    [
        (80, ">= 80"),
        (9.5, ">= 9.5"),
        (99.99999999, ">= 99.99999999"),
        (12345678, ">= 12345678"),
        (1e-7, ">= 0.0000001"),
        (0.1 + 0.2, ">= 0.30000000000000004"),
        (-3, ">= -3"),
        (0, ">= 0"),
        (1e20, ">= 100000000000000000000"),
    ],
)
def test_a_bare_number_is_a_least_value_with_all_its_digits_and_no_exponent(number, bound):
    """The gate that reads the bound knows no exponents, and rounding would move what is asked for."""
    (gate,) = gates(keys_of({"thresholds": {"n": number}}), ("gate",), findings())
    assert gate.args["thresholds"] == {"n": bound}


def test_what_a_threshold_demands_as_text_is_left_as_it_is():
    (gate,) = gates(keys_of({"thresholds": {"n": "  < 1e9 "}}), ("gate",), findings())
    assert gate.args["thresholds"] == {"n": "  < 1e9 "}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "the gate checks nothing"),
        ({"person": False}, "the gate checks nothing"),
        ({"run": "x", "condition": "true"}, "a gate is either `run` or `condition`"),
        (
            {"run": "x", "thresholds": {"n": 1}, "uses": "p"},
            "a gate is either `run` or `thresholds` or `uses`",
        ),
        ({"document": "d.md"}, "the document has no template to be checked by"),
    ],
)
def test_a_gate_that_is_not_exactly_one_check_is_a_fault_and_no_gate(data, message):
    noted = findings()
    assert gates(keys_of(data), ("gate",), noted) == ()
    assert messages(noted) == [message]


def test_a_gate_that_is_wrong_does_not_take_the_others_with_it():
    noted = findings()
    assert gates(keys_of(["a", {}, "b"]), ("gate",), noted) == (
        Gate("command", {"script": "a"}),
        Gate("command", {"script": "b"}),
    )
    assert len(noted.faults) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"run": "x", "report": "r.json"}, "`report` belongs to `thresholds`"),
        ({"condition": "true", "template": "t"}, "`template` belongs to `document`"),
        ({"verdict": {"role": "r", "criteria": "c"}, "with": {"x": 1}}, "`with` belongs to `uses`"),
        ({"person": "Fine?", "scale": 10}, "`scale` belongs to `thresholds`"),
    ],
)
def test_a_key_of_another_kind_of_gate_is_a_fault(data, message):
    noted = findings()
    gates(keys_of(data), ("gate",), noted)
    assert messages(noted) == [message]


@pytest.mark.parametrize(
    "pattern",
    ["/etc/passwd", "~", "~root/x", "..", "a/../../b", "tests/..", "a\0b", "\u202e/../x"],
)
def test_a_pattern_that_leads_out_of_the_folder_is_a_fault(pattern):
    noted = findings()
    assert patterns(["tests/**", pattern], ("protect",), noted) == ("tests/**", pattern)
    assert messages(noted) == [f"`{pattern}` leads out of the folder"]


@pytest.mark.parametrize("pattern", ["..a/b", "a..b", "a/...", "a~", "./a", "тест/**", "**"])
def test_a_pattern_that_only_looks_like_a_way_out_is_none(pattern):
    noted = findings()
    assert patterns(pattern, ("protect",), noted) == (pattern,)
    assert messages(noted) == []


def test_a_fault_of_a_pattern_stands_at_the_pattern():
    text = "steps: [{id: a, run: b}]\nprotect: [ok, ../x]\n"
    assert told(text)[0].startswith("f.yaml:2:15: `../x` leads out of the folder")


@pytest.mark.parametrize(("sends_back", "on_reject"), [(True, "back_to"), (False, "fail")])
def test_a_person_who_rejects_sends_back_only_where_there_is_a_way_back(sends_back, on_reject):
    asked = person(keys_of([{"person": True}]), ("gate",), findings(), sends_back)
    assert asked == Approval(on_reject=on_reject)


def test_of_two_persons_the_first_is_asked_and_each_other_is_a_fault():
    noted = findings()
    asked = person(
        keys_of([{"person": "a"}, {"person": False}, {"person": "b"}, {"person": "c"}]), (), noted, False
    )
    assert asked is not None
    assert asked.prompt == "a"
    assert messages(noted) == ["a second person is asked about the same work"] * 2


def test_where_nobody_can_be_asked_each_person_is_a_fault():
    noted = findings()
    no_person(keys_of(["x", {"person": "a"}, {"person": False}, {"person": True}]), ("gate",), noted)
    assert messages(noted) == ["nobody can be asked here"] * 2
    no_person(UNSET, ("gate",), noted)
    assert len(noted.faults) == 2


def test_a_command_is_a_script_with_its_shell_or_a_program_with_texts():
    assert command("x") == {"script": "x"}
    assert command("x", "bash") == {"script": "x", "shell": "bash"}
    assert command(["x", 1, 0.5], "bash") == {"argv": ["x", "1", "0.5"]}

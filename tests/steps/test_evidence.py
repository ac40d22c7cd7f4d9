"""Claims without evidence are failures that say what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.schema import schema_faults
from ropewalk.core.work import Artifact, Failure, Feedback, Outcome
from ropewalk.definition.workflow import Fact, Ref
from ropewalk.steps.evidence import check_outcome
from ropewalk.testing.briefs import brief

DONE = Outcome()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "a.md": "a",
        "empty.md": "",
        "d/x.md": "x",
        "d/empty/y": "",
        "src/p/m.py": "m",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def missing(
    folder: Path, changed: list[Artifact] | None = None, outcome: Outcome = DONE, **fields: Any
) -> str:
    failure = check_outcome(brief(**fields), outcome, changed, folder)
    if failure is None:
        return ""
    assert failure.kind == "invalid_output"
    return failure.message


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        (Ref("a.md"), ""),
        (Ref("d/"), ""),
        (Ref("d"), ""),
        (Ref("src/**/*.py"), ""),
        (Ref("anything", label=True), ""),
        (Ref("maybe.md", soft=True), ""),
        (Ref("", any_of=("none.md", "a.md")), ""),
        (Ref("none.md", any_of=("a.md",)), ""),
        (Ref("none.md"), "`none.md` is not there"),
        (Ref("none.md", any_of=("neither.md",)), "`none.md` or `neither.md` is not there"),
        (Ref("empty.md"), "`empty.md` is empty"),
        (Ref("d/empty/"), "`d/empty/` is empty"),
        (Ref("none/"), "`none/` holds no file"),
        (Ref("*.txt"), "`*.txt` is not there"),
        (Ref("../a.md"), "`../a.md` is not there"),
    ],
)
def test_each_declared_file_must_be_there_with_something_in_it(folder, ref, said):
    for key in ("creates", "updates"):
        asked: dict[str, Any] = {key: (ref,)}
        assert missing(folder, **asked) == (f"said to be done, but {said}" if said else "")


def test_all_that_is_missing_is_said_at_once_and_a_failure_stays_what_it_was(folder):
    said = missing(
        folder, creates=(Ref("one"), Ref("two")), wants_route=("x",), output_schema={"required": ["s"]}
    )
    for words in ("`one`", "`two`", "no route of x", "'s' is a required property"):
        assert words in said
    own = Failure(kind="quota", message="later")
    assert check_outcome(brief(creates=(Ref("one"),)), Outcome(failure=own), [], folder) is own


def test_a_role_that_changed_nothing_of_what_it_was_asked_for_has_failed(folder):
    asked: dict[str, Any] = {"role_name": "dev", "updates": (Ref("a.md"),), "creates": (Ref("d/"),)}
    assert "nothing was changed: `d/`, `a.md` as before" in missing(folder, [], **asked)
    assert "nothing was changed" in missing(folder, [Artifact("other.md", "0")], **asked)
    assert missing(folder, [Artifact("d/x.md", "0")], **asked) == ""
    assert missing(folder, None, **asked) == ""
    assert missing(folder, [], **{**asked, "role_name": ""}) == ""
    assert missing(folder, [], role_name="dev", creates=(Ref("x", label=True),)) == ""


def test_a_lost_attempt_may_have_done_it_and_a_later_round_may_have_nothing_to_do(folder):
    asked: dict[str, Any] = {"role_name": "dev", "updates": (Ref("a.md"),)}
    assert missing(folder, [], attempt=2, **asked) == ""
    assert missing(folder, [], round=2, **asked) == ""
    assert "nothing was changed" in missing(folder, [], round=2, feedback=(Feedback("gate", "no"),), **asked)
    shared = (Feedback("gate", "no", shared=True),)
    assert missing(folder, [], round=2, feedback=shared, **asked) == ""


def test_outputs_must_fit_their_schema_and_a_command_has_its_own_ones_besides(folder):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}
    given = Outcome(outputs={"n": 1, "exit_code": 0, "stdout": ""})
    assert missing(folder, outcome=given, output_schema=schema, kind="run") == ""
    assert "exit_code" in missing(folder, outcome=given, output_schema=schema)
    wrong = Outcome(outputs={"n": [{"a": 1}], "deep": 1})
    assert "outputs.n:" in missing(
        folder, outcome=wrong, output_schema={"properties": {"n": {"type": "integer"}}}
    )
    items = {"properties": {"n": {"items": {"properties": {"a": {"type": "string"}}}}}}
    assert "outputs.n[0].a:" in missing(folder, outcome=wrong, output_schema=items)


def test_a_schema_that_is_none_or_looks_elsewhere_is_said_and_nothing_is_fetched():
    assert "schema of x is not valid" in schema_faults({}, {"type": 3}, "x")[0]
    assert "not in it" in schema_faults({}, {"$ref": "https://example.invalid/s.json"}, "x")[0]
    assert schema_faults({}, {}, "x") == []


def test_facts_must_be_of_their_type_and_among_their_choices(folder):
    wants = {
        "a": Fact(),
        "b": {"type": "list"},
        "c": {"choices": ["x"], "type": "string"},
        "d": {"type": "any"},
    }
    good = Outcome(facts={"a": True, "b": [1], "c": "x", "d": 3, "unasked": 1})
    assert missing(folder, outcome=good, wants_facts=wants) == ""
    bad = Outcome(facts={"b": 1, "c": "y"})
    said = missing(folder, outcome=bad, wants_facts=wants)
    assert "facts.b: 1 is not of type 'array'" in said
    assert "facts.c: 'y' is not one of" in said


def test_a_route_must_be_one_of_those_offered(folder):
    assert missing(folder, outcome=Outcome(route="a"), wants_route=("a", "b")) == ""
    assert "'c' is none of a, b" in missing(folder, outcome=Outcome(route="c"), wants_route=("a", "b"))


def test_a_file_that_may_be_absent_may_stay_as_it_is(tmp_path):
    asked = brief(role_name="dev", updates=(Ref("notes.md", soft=True),))
    assert check_outcome(asked, Outcome(), (), tmp_path) is None

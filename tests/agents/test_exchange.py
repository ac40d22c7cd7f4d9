"""What a child is given is bounded by what the system takes; what it gives back is data, and a fault in it has its place."""

import json
import os

import pytest

from ropewalk.agents import exchange
from ropewalk.agents.exchange import (
    brief_variables,
    cleared,
    feedback_text,
    read_output,
    refuse_too_long,
    wanted_fact,
)
from ropewalk.core.work import Feedback
from ropewalk.definition.workflow import Fact
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tools.docs.generators.names import VARIABLES


@pytest.fixture
def desk(tmp_path):
    return ListeningDesk(tmp_path / "desk")


def test_an_attempt_is_told_who_it_is_and_what_it_is_given(desk):
    desk.secrets = {"TOKEN": "s3cret"}
    variables = brief_variables(
        brief(step="build[a]", item={"é": 1}, round=2, attempt=3, inputs={"my-goal": "win", "none": None}),
        desk,
    )
    assert variables["ROPEWALK_STEP"] == "build[a]"
    assert (variables["ROPEWALK_ROUND"], variables["ROPEWALK_ATTEMPT"]) == ("2", "3")
    assert variables["ROPEWALK_KEY"] == "r1/build[a]/2"
    assert json.loads(variables["ROPEWALK_ITEM"]) == {"é": 1}
    assert variables["ROPEWALK_INPUT_MY_GOAL"] == "win"
    assert variables["ROPEWALK_INPUT_NONE"] == ""
    assert variables["TOKEN"] == "s3cret"


def test_every_variable_that_a_program_is_given_is_one_that_the_reference_lists(desk):
    given = brief_variables(brief(base="c0ffee", item=1, item_name="item", inputs={"name": "x"}), desk)
    assert given.keys() == VARIABLES.keys() - {"ROPEWALK_INPUT_NAME_FILE"}


def test_a_program_is_told_how_the_run_stands_by_variables_that_always_fit(desk):
    how = {"title": "Ship 1.0", "outcome": "failed", "error": "a: no\0pe" + "x" * 9_999}
    variables = brief_variables(brief(workflow="w", run_fields=how), desk)
    told = {name: variables[f"ROPEWALK_{name}"] for name in ("WORKFLOW", "RUN_TITLE", "RUN_OUTCOME")}
    assert told == {"WORKFLOW": "w", "RUN_TITLE": "Ship 1.0", "RUN_OUTCOME": "failed"}
    assert variables["ROPEWALK_RUN_ERROR"].startswith("a: nopex")
    assert len(variables["ROPEWALK_RUN_ERROR"]) < 4_001
    assert brief_variables(brief(), desk)["ROPEWALK_RUN_OUTCOME"] == "completed"


def test_a_value_too_large_for_a_variable_is_a_file(desk):
    limit = exchange.LARGEST_VARIABLE_BYTES
    inputs = {"fits": "x" * limit, "large": "é" * (limit // 2) + "x"}
    variables = brief_variables(brief(inputs=inputs), desk)
    assert len(variables["ROPEWALK_INPUT_FITS"]) == limit
    assert "ROPEWALK_INPUT_LARGE" not in variables
    with open(variables["ROPEWALK_INPUT_LARGE_FILE"], encoding="utf-8") as file:
        assert file.read() == inputs["large"]


def test_of_many_values_only_so_many_go_to_files_as_keep_all_together_small(desk):
    size = 30_000
    inputs = {f"v{number}": "x" * size for number in range(10)} | {"small": "s"}
    variables = brief_variables(brief(inputs=inputs), desk)
    files = [name for name in variables if name.endswith("_FILE")]
    assert len(files) == 2
    assert variables["ROPEWALK_INPUT_SMALL"] == "s"
    assert sum(map(len, variables.values())) < exchange.LARGEST_VARIABLES_BYTES + 10_000


def test_feedback_is_a_file_with_each_reason_and_its_findings(desk):
    reasons = (Feedback("gate", "Too slow.", ("a.py:1", "b.py:2")), Feedback("person", "No."))
    variables = brief_variables(brief(feedback=reasons), desk)
    with open(variables["ROPEWALK_FEEDBACK"], encoding="utf-8") as file:
        text = file.read()
    assert text.index("## gate\n\nToo slow.\n\n- a.py:1\n- b.py:2\n") < text.index("## person\n\nNo.")
    assert feedback_text(reasons[1]) == "## person\n\nNo.\n\n"


@pytest.mark.parametrize("kind", ["file", "folder", "link to a file", "link to a folder", "link to nothing"])
def test_what_an_earlier_attempt_left_as_its_output_is_removed_and_links_are_not_followed(
    desk, kind, tmp_path
):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("kept")
    output = cleared(desk.spool)
    if kind == "file":
        output.write_text("old=1")
    elif kind == "folder":
        (output / "deep").mkdir(parents=True)
    else:
        target = {"link to a file": "kept/file", "link to a folder": "kept", "link to nothing": "nothing"}[
            kind
        ]
        output.symlink_to(tmp_path / target)
    assert cleared(desk.spool) == output
    assert not os.path.lexists(output)
    assert (tmp_path / "kept" / "file").read_text() == "kept"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (b"", None),
        (b" \n\t\n", None),
        (b"# only a comment\n", {}),
        (b"a=1\r\n\n # note\n b = x = y \n", {"a": "1", "b": "x = y"}),
        (b"a=1\na=2", {"a": "2"}),
        (b"a=", {"a": ""}),
        ("name=one\u2028two\u0085three\x0cfour".encode(), {"name": "one\u2028two\u0085three\x0cfour"}),
        (b"a=\xff", {"a": "\ufffd"}),
        (b' \n{"a": {"b": [1]}}\n', {"a": {"b": [1]}}),
    ],
)
def test_an_output_is_an_object_or_lines_of_keys_and_values(tmp_path, text, answer):
    (tmp_path / "output").write_bytes(text)
    assert read_output(tmp_path / "output") == answer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\n\nno pair", "line 3 is neither JSON nor key=value: 'no pair'"),
        (b"a=1\n# note\n=x", "line 3 is neither"),
        (b"[1]", "must be a JSON object, not list"),
        (b'{"a": ', "is not valid JSON"),
        (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", "nested deeper"),
    ],
)
def test_a_fault_in_an_output_is_named_with_its_line(tmp_path, text, message):
    (tmp_path / "output").write_bytes(text)
    with pytest.raises(ValueError, match="ROPEWALK_OUTPUT") as caught:
        read_output(tmp_path / "output")
    assert message in str(caught.value)


def test_what_is_no_file_of_the_child_is_no_output_and_nobody_waits_for_it(tmp_path):
    (tmp_path / "file").write_text("a=1")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    assert [read_output(tmp_path / name) for name in ("absent", "link", "pipe", ".")] == [None] * 4


def test_an_output_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "LARGEST_OUTPUT_BYTES", 3)
    (tmp_path / "output").write_text("a=1")
    assert read_output(tmp_path / "output") == {"a": "1"}
    (tmp_path / "output").write_text("a=12")
    with pytest.raises(ValueError, match="more than 3 bytes"):
        read_output(tmp_path / "output")


def test_what_the_system_would_not_start_is_refused_by_name():
    longest = "x" * (exchange.MOST_BYTES_OF_ONE - 1)
    refuse_too_long([], {})
    refuse_too_long(["program", longest], {"V": longest[2:]})
    with pytest.raises(ValueError, match=r"an argument has 131,073 bytes.*ROPEWALK_INPUT_NAME_FILE"):
        refuse_too_long(["program", longest + "x"], {})
    with pytest.raises(ValueError, match="the variable V has 131,074 bytes"):
        refuse_too_long(["program"], {"V": longest[2:] + "é"})
    with pytest.raises(ValueError, match="arguments and variables have"):
        refuse_too_long([longest] * 15, {})


def test_a_wanted_fact_is_known_by_its_question_or_its_declaration():
    assert wanted_fact("Is it ready?") == {"question": "Is it ready?"}
    assert wanted_fact({"type": "boolean"}) == {"type": "boolean"}
    assert wanted_fact(Fact(type="integer"))["type"] == "integer"
    assert wanted_fact(None) == wanted_fact(3) == {}

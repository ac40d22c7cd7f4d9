import io

import pytest

from ropewalk.cli.context import CommandContext
from ropewalk.cli.values import pair, read_facts, read_inputs, read_value, with_secrets
from ropewalk.definition.workflow import Fact, Input, Workflow
from ropewalk.errors import UsageError

FLOW = Workflow("w", (), facts={"ready": Fact(), "name": Fact("string")})


def test_inputs_are_pairs_files_and_objects_and_the_last_word_wins(tmp_path):
    (tmp_path / "text.md").write_text("long text")
    (tmp_path / "all.json").write_text('{"a": "file", "n": 3}')
    found = read_inputs(["@all.json", "a=1", '{"b": [1]}', "c=@text.md", "d=x=y", "a=2"], tmp_path)
    assert found == {"a": "2", "n": 3, "b": [1], "c": "long text", "d": "x=y"}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nothing", "a word of 7 characters .* is no NAME=VALUE"),
        ("=x", "is no NAME=VALUE"),
        ("@none.json", "none.json cannot be read"),
        ("a=@none.txt", "none.txt cannot be read"),
        ("{", "is not JSON"),
        ("@list.json", "is no JSON object"),
        ("@bytes.json", "is not UTF-8"),
    ],
)
def test_a_bad_input_names_the_word(tmp_path, word, said):
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(UsageError, match=said):
        read_inputs([word], tmp_path)


@pytest.mark.parametrize("word", ["token:hunter2hunter2", '{"token":"hunter2hunter2"', '["hunter2hunter2"]'])
def test_a_bad_input_that_may_be_a_secret_is_not_repeated(tmp_path, word):
    with pytest.raises(UsageError) as refused:
        read_inputs([word], tmp_path)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(UsageError, match="'ready' is no NAME=VALUE"):
        read_facts(["ready"], FLOW)


def test_facts_are_read_as_what_they_are_declared():
    assert read_facts(["ready=yes", "name=7"], FLOW) == {"ready": True, "name": "7"}
    assert read_facts(["anything=1"], Workflow("w", ())) == {"anything": 1}


def test_values_are_json_where_they_can_be():
    assert [read_value(text) for text in ("1", "no", "[1]", "True", "plain")] == [
        1,
        False,
        [1],
        True,
        "plain",
    ]
    assert pair("a = b", "--x") == ("a", " b")


def test_a_value_may_stand_in_a_variable_or_come_by_standard_input(tmp_path, monkeypatch):
    monkeypatch.setenv("MINE", "from there")
    assert read_inputs(["a=@env:MINE"], tmp_path) == {"a": "from there"}
    monkeypatch.setattr("sys.stdin", io.StringIO("typed"))
    assert read_inputs(["a=@-"], tmp_path) == {"a": "typed"}
    monkeypatch.setattr("sys.stdin", io.StringIO('{"a": "b"}'))
    assert read_inputs(["@-"], tmp_path) == {"a": "b"}
    with pytest.raises(UsageError, match="the variable NOT_SET_ANYWHERE is not set"):
        read_inputs(["a=@env:NOT_SET_ANYWHERE"], tmp_path)


def test_missing_secrets_are_asked_for_at_a_terminal_and_typed_ones_are_warned_of(
    ropewalk, monkeypatch, capsys
):
    flow = Workflow(
        "w", (), inputs={"token": Input(secret=True), "other": Input(secret=True, required=False)}
    )
    here = CommandContext(str(ropewalk.folder), None)
    assert with_secrets(here, flow, {}) == {}
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt, stream: f"typed for {prompt}")
    assert with_secrets(here, flow, {}) == {"token": "typed for token: "}
    assert with_secrets(CommandContext(str(ropewalk.folder), None, json=True), flow, {}) == {}
    monkeypatch.setattr("sys.argv", ["ropewalk", "run", "w", "-i", "token=hunter2hunter2"])
    assert with_secrets(here, flow, {"token": "hunter2hunter2"}) == {"token": "hunter2hunter2"}
    assert "-i token=@env:NAME" in capsys.readouterr().err


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "words",
    [
        ("-i", f"n={DEEP}"),
        ("-i", "n=@deep.json"),
        ("-i", "@deep.json"),
        ("-i", '{"n":' + DEEP),
        ("--fact", f"f={DEEP}"),
    ],
)
def test_data_that_is_nested_without_end_is_refused_in_a_line(ropewalk, words):
    ropewalk.write("deep.json", '{"n":' * 100_000)
    ended = ropewalk.run(
        "{id: a, uses: noop}", *words, head="inputs: {n: {type: list}}\nfacts: {f: {type: list}}"
    )
    assert ended.code == 2
    assert "nested deeper than 64 levels" in ended.err
    assert len(ended.err) < 1000


def test_an_answer_that_is_nested_without_end_is_refused(ropewalk):
    ropewalk.run("{id: a, ask: 'Well?'}")
    ended = ropewalk("amend", "last", "a1", "--value", DEEP)
    assert ended.code == 2
    assert "nested deeper than 64 levels" in ended.err
    assert "nested deeper" in ropewalk("fact", "last", f"x={DEEP}").err


@pytest.mark.parametrize("end", ["", "]" * 100_000])
def test_outputs_that_are_nested_without_end_fail_their_step_and_no_more(ropewalk, end):
    ropewalk.write("deep.json", '{"n":' + DEEP + ("1" + end + "}" if end else ""))
    ended = ropewalk.run(
        f"{{id: a, run: 'cat {ropewalk.folder}/deep.json > $ROPEWALK_OUTPUT', on_failure: continue}}\n{{id: b, uses: noop}}"
    )
    assert ended.code == 1
    assert "nested deeper than 64 levels" in ended.out
    assert "ropewalk itself failed" not in ended.out + ended.err
    assert ropewalk("verify").code == 0


def test_settings_that_are_nested_without_end_are_one_error(ropewalk):
    ropewalk.write("ropewalk.toml", f"places = {DEEP}")
    assert "nested deeper than 64 levels" in ropewalk("runs").err

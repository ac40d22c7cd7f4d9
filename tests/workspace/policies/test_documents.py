"""JSON, YAML and TOML are joined by meaning and stay as they were written."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.workspace.policies import forms
from ropewalk.workspace.policies.documents import meaning, merge
from ropewalk.workspace.policies.forms import JSON, TOML, YAML, Form
from ropewalk.workspace.policies.structure import MISSING
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Unfit

FORMS = (JSON, YAML, TOML)

names = st.text("abcdefg_", min_size=1, max_size=4)
leaves = st.booleans() | st.integers(-99, 99) | st.text("xyz é:#", max_size=5)
trees: st.SearchStrategy[Any] = st.dictionaries(
    names, leaves | st.lists(leaves, max_size=3) | st.dictionaries(names, leaves, max_size=3), max_size=4
)


def written(form: Form, value: Any) -> bytes:
    if form is TOML:
        import tomlkit

        return tomlkit.dumps(value).encode()
    if form is YAML:
        return forms.YAML.dump(value, "").encode()
    return json.dumps(value, indent=2).encode()


def joined(form: Form, base: str | None, ours: str, theirs: str) -> str:
    verdict = merge(form, None if base is None else base.encode(), ours.encode(), theirs.encode())
    assert isinstance(verdict, MergedContent), verdict
    return verdict.content.decode()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(max_examples=40)
@given(base=trees, mine=leaves, other=leaves)
def test_keys_added_on_both_sides_survive(form: Form, base: Any, mine: Any, other: Any):
    ours, theirs = {**base, "MINE": mine}, {**base, "OTHER": {"deep": other}}
    verdict = merge(form, written(form, base), written(form, ours), written(form, theirs))
    assert isinstance(verdict, MergedContent)
    assert meaning(form, verdict.content) == {**base, "MINE": mine, "OTHER": {"deep": other}}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@settings(max_examples=40)
@given(base=trees, one=trees, two=trees)
def test_what_is_joined_means_the_same_from_either_side(form: Form, base: Any, one: Any, two: Any):
    was, mine, other = (written(form, value) for value in (base, one, two))
    here, there = merge(form, was, mine, other), merge(form, was, other, mine)
    assert isinstance(here, Clash) == isinstance(there, Clash)
    assert merge(form, was, mine, was) == MergedContent(mine)


def test_json_keeps_its_indent_line_end_and_letters():
    out = joined(
        JSON,
        '{\n\t"a": 1\n}\n',
        '{\n\t"a": 1,\n\t"b": "é"\n}\n',
        '{\n\t"a": 1,\n\t"c": 12345678901234567890\n}\n',
    )
    assert out == '{\n\t"a": 1,\n\t"b": "é",\n\t"c": 12345678901234567890\n}\n'
    assert joined(JSON, "{}", '{"a":1}', '{"b":[1, 2]}') == '{"a":1,"b":[1,2]}'
    assert joined(JSON, "{}", '{"a": "\\u00e9"}', '{"b": 1}') == '{"a": "\\u00e9", "b": 1}'
    assert joined(JSON, "{}", '{"z": 1}', '{"a": 1, "z": 1}') == '{"a": 1, "z": 1}'


def test_yaml_keeps_comments_quotes_and_indent():
    base = "# head\na: 1 # one\nlist:\n    - x\n"
    ours = "# head\na: 1 # one\nb: 'two' # mine\nlist:\n    - x\n    - mine\n"
    theirs = "# head\na: 2 # one\nc: 3 # theirs\nlist:\n    - x\n    - theirs\n"
    assert joined(YAML, base, ours, theirs) == (
        "# head\na: 2 # one\nb: 'two' # mine\nc: 3 # theirs\nlist:\n    - x\n    - mine\n    - theirs\n"
    )
    assert joined(YAML, "a:\n- 1\n", "a:\n- 1\nb: 1\n", "a:\n- 1\n- 2\n") == "a:\n- 1\n- 2\nb: 1\n"


def test_toml_keeps_comments_and_tables():
    base = '[project]\nname = "x" # the name\ndeps = ["a"]\n\n[tool.b]\nx = 1\n'
    ours = base.replace('["a"]', '["a", "b"]') + "\n[tool.ours]\ny = 1 # mine\n"
    theirs = base.replace("x = 1", "x = 2") + "\n[[tool.theirs]]\nz = 1979-05-27\n"
    out = joined(TOML, base, ours, theirs)
    assert "# the name" in out
    assert "# mine" in out
    found = tomllib.loads(out)
    assert found["project"] == {"name": "x", "deps": ["a", "b"]}
    assert found["tool"]["b"] == {"x": 2}
    assert found["tool"]["theirs"][0]["z"].year == 1979


def test_what_was_taken_away_stays_away_and_lists_may_shrink():
    assert joined(JSON, '{"a": 1, "b": 2}', '{"b": 2}', '{"a": 1, "b": 3}') == '{"b": 3}'
    assert joined(JSON, "[1, 2, 3]", "[1, 3]", "[0, 1, 2, 3]") == "[0, 1, 3]"
    assert joined(JSON, "[[1], 2]", "[[1, 5], 2]", "[[1, 6], 2]") == "[[1, 5, 6], 2]"
    assert joined(YAML, "a: [1, 2]\nb: 1\n", "a: [2]\nb: 1\n", "a: [1, 2]\nb: 2\n") == "a: [2]\nb: 2\n"
    assert (
        joined(JSON, '{"a": {"b": 1, "c": 1}}', '{"a": {"b": 2, "c": 1}}', '{"a": {"b": 1}}')
        == '{"a": {"b": 2}}'
    )


def test_keys_and_shapes_that_only_meaning_knows_are_written():
    assert joined(JSON, '{"z": {"a": 1}}', '{"z": {"a": 1}, "m": 1}', '{"z": [1]}') == '{"z": [1], "m": 1}'
    ours, theirs = '[{"id": 1, "a": 1}]', '[{"id": 2, "b": 2}]'
    assert json.loads(joined(JSON, "[]", ours, theirs)) == [{"id": 1, "a": 1}, {"id": 2, "b": 2}]
    assert joined(YAML, "a: 1\n", "a: 1\nc: 1\n", "b: 1\na: 1\n") == "b: 1\na: 1\nc: 1\n"


def test_values_in_dispute_are_named_and_a_preferred_side_has_its_way():
    texts = (b'{"a": 1, "x": 1}', b'{"a": 2, "x": 2}', b'{"a": 3, "x": 1, "y": 1}')
    verdict = merge(JSON, *texts)
    assert isinstance(verdict, Clash)
    assert [hunk.where for hunk in verdict.hunks] == ["a"]
    for side, value in (("ours", 2), ("theirs", 3)):
        verdict = merge(JSON, *texts, prefer=side)
        assert isinstance(verdict, MergedContent)
        assert json.loads(verdict.content) == {"a": value, "x": 2, "y": 1}


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        (JSON, '{"a": 1, "a": 2}', "twice"),
        (JSON, "{", "Expecting"),
        (JSON, '{"a": NaN}', "NaN is not JSON"),
        (JSON, "[" * 100_000, "deep"),
        (JSON, b"\xff", "decode"),
        (JSON, b" " * (5 << 20), "over"),
        (YAML, "a: &x 1\nb: *x\n", "anchors or tags"),
        (YAML, "a: !weird 1\n", "anchors or tags"),
        (YAML, "a: 1\na: 2\n", "duplicate"),
        (YAML, "a: [", "stream end"),
        (YAML, "a: 1\n---\nb: 1\n", "document"),
        (TOML, "a = 1\na = 2\n", "already"),
        (TOML, "a =", "line 1"),
    ],
)
def test_what_cannot_be_read_for_certain_does_not_fit(form: Form, text: str | bytes, said: str):
    raw = text.encode() if isinstance(text, str) else text
    good = written(form, {"z": 1})
    verdict = merge(form, good, raw, written(form, {"z": 2}))
    assert isinstance(verdict, Unfit)
    assert verdict.reason.startswith("ours is not ")
    assert said in verdict.reason
    assert meaning(form, raw) is MISSING


def test_what_cannot_be_written_back_does_not_fit():
    def wrong(tree: Any, model: str) -> str:
        return "{}"

    def broken(tree: Any, model: str) -> str:
        raise LookupError("no")

    for dump, said in ((wrong, "with the same meaning"), (broken, "written back: no")):
        verdict = merge(Form("JSON", JSON.load, dump), b"{}", b'{"a": 1}', b'{"b": 1}')
        assert isinstance(verdict, Unfit)
        assert said in verdict.reason

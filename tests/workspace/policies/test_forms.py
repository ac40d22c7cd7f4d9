"""A document comes back as it was written, or it is refused with a ValueError: no reader takes a merge down, and nothing that
nobody touched changes on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ropewalk.workspace.policies.forms import JSON, TOML, YAML, Form


def rewritten(form: Form, text: str) -> str:
    return form.dump(form.load(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "null\n",
        '"a"\n\n',
        '{"a": 1, "b": [1, 2]}',
        '{"a":1,"b":[1,2]}',
        '{\n  "a": 1,\n  "b": []\n}\n',
        '{\n  "a":1,\n  "b":{\n    "c":2\n  }\n}\n',
        '{\n\t"a": 1\n}',
        '{\r\n    "a": 1,\r\n    "b": "x\\ny"\r\n}\r\n',
        '{"é": "\u2028\u202e\x7f"}',
        '{"a": "\\u00e9"}',
        '{"a": "\\ud83d\\ude00"}',
        '{"a": "\\\\ud800"}',
        '{"n": [0.1, 1.5, 100000000000000000000, -0.0, 0.0]}',
    ],
)
def test_json_comes_back_as_it_was_written(text: str):
    assert rewritten(JSON, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 'x'\nc: \"y\"\n",
        "# head\na: 1 # of a\n\n\n# of b\nb:\n- 1\n- 2\n",
        "a:\n  - x\n  - y: 1\n    z: 2\n",
        "a:\n    b:\n        c: 1\n",
        "---\na: 1\n",
        "\ufeff---\na: 1\n",
        "# head\r\na: 1 # of a\r\nb:\r\n  - x\r\n  - |\r\n    one\r\n    two\r\n",
        "a: 1.10\nb: 012\nc: 0x1F\nd: 1_000\ne: yes\nf: 2001-01-01\n",
        "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
        f"a: {'long ' * 400}end\n",
        "a: 123456789012345678901234567890\nb: '0.12345678901234567890'\nc: 1.2.3\n",
    ],
)
def test_yaml_comes_back_as_it_was_written(text: str):
    assert rewritten(YAML, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only this\n",
        'a = 1 # of a\r\nb = "x"\r\n\r\n[c]\r\nd = 0x1F\r\n',
        "a.b = 1\n[[c]]\nd = 1979-05-27T07:32:00Z\n[[c]]\ne = '''\nx'''\n",
        "n = 0.12345678901234567890123\nm = inf\n",
    ],
)
def test_toml_comes_back_as_it_was_written(text: str):
    assert rewritten(TOML, text) == text


@pytest.mark.parametrize(
    ("form", "text", "reason"),
    [
        (JSON, '{"a": {"b": 1, "b": 1}}', "twice"),
        (JSON, '[{"a": 1, "\\u0061": 2}]', "twice"),
        (JSON, "[NaN]", "NaN is not JSON"),
        (JSON, "[-Infinity]", "-Infinity is not JSON"),
        (JSON, "\ufeff{}", "BOM"),
        (JSON, "", "Expecting"),
        (JSON, "{} {}", "Extra data"),
        (JSON, "1" * 5000, "limit"),
        (JSON, '["\\ud800"]', "half of a character"),
        (JSON, '{"é": 1, "\\uDFFF": 1}', "half of a character"),
        (YAML, 'a: "\\ud800"\n', "half of a character"),
        (YAML, '? "\\uDC00"\n: 1\n', "half of a character"),
        (YAML, "a: &x 1\n", "anchors"),
        (YAML, "a: *x\n", "anchors"),
        (YAML, "- !!python/object/apply:os.system [exit]\n", "tags"),
        (YAML, "%YAML 1.1\n---\na: yes\n", "directive"),
        (YAML, "a: 1\n'a': 2\n", "duplicate"),
        (YAML, "a: +_\n", "cannot be read"),
        (YAML, "a: 2001-99-99\n", "month"),
        (YAML, "a: \x07\n", "special characters"),
        (YAML, "a: 1\n---\nb: 1\n", "document"),
        (TOML, "[a]\n[a]\n", "already"),
        (TOML, "a.b = 1\n[a]\nb = 1\n", "exist"),
        (TOML, 'a = "\\ud800"\n', "unicode"),
        (TOML, "a = 1979-99-99\n", ""),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(form: Form, text: str, reason: str):
    with pytest.raises(ValueError) as refused:
        form.load(text)
    assert reason in str(refused.value)


EXACT = ["1.5", "0.10000000000000001", "-1234567890.1234567", "1.50000000000000000000", "1e-300", "0e-999"]
INEXACT = ["0.100000000000000001", "-1234567890123.123456789", "1.00000000000000000001", "1e400", "1e-400"]


@pytest.mark.parametrize("form", [JSON, YAML], ids=lambda form: form.name)
@pytest.mark.parametrize("number", EXACT)
def test_a_number_that_a_float_keeps_is_read(form: Form, number: str):
    assert form.load(f'{{"n": {number}}}')["n"] == float(number)


@pytest.mark.parametrize("form", [JSON, YAML], ids=lambda form: form.name)
@pytest.mark.parametrize("number", INEXACT)
def test_a_number_that_would_come_back_as_another_is_refused(form: Form, number: str):
    with pytest.raises(ValueError, match="cannot be kept as it is"):
        form.load(f'{{"n": {number}}}')


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("{}", '{"é": [1, {"b": 2}]}'),
        ("{}\n\n", '{"é": [1, {"b": 2}]}\n\n'),
        ('{"z":1}', '{"é":[1,{"b":2}]}'),
        ('{"z": "\\u00e9"}', '{"\\u00e9": [1, {"b": 2}]}'),
        ('{"é": "\\u00e9"}', '{"é": [1, {"b": 2}]}'),
        ('{\n "z": 1\n}', '{\n "é": [\n  1,\n  {\n   "b": 2\n  }\n ]\n}'),
        ('{\r\n\t"z":1\r\n}', '{\r\n\t"é":[\r\n\t\t1,\r\n\t\t{\r\n\t\t\t"b":2\r\n\t\t}\r\n\t]\r\n}'),
    ],
)
def test_json_is_written_like_its_model(model: str, text: str):
    assert JSON.dump({"é": [1, {"b": 2}]}, model) == text


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("", "a:\n  b:\n  - 1\n"),
        ("x:\n- 1\n", "a:\n  b:\n  - 1\n"),
        ("x:\n  - 1\n", "a:\n  b:\n    - 1\n"),
        ("x:\n    y: 1\n", "a:\n    b:\n    - 1\n"),
        ("---\r\nx: 1\r\n", "---\r\na:\r\n  b:\r\n  - 1\r\n"),
    ],
)
def test_yaml_is_written_like_its_model(model: str, text: str):
    assert YAML.dump({"a": {"b": [1]}}, model) == text


def test_what_is_written_is_read_as_the_same():
    tree: dict[str, Any] = {"": None, "a b": [True, False, -1, 1.5, ""], "#": {"- x": "yes\n: no"}}
    for form in (JSON, YAML):
        assert json.loads(json.dumps(form.load(form.dump(tree, "")))) == tree

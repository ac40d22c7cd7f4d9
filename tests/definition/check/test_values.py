import pytest

from ropewalk.definition.check.values import schema_faults
from ropewalk.definition.facts import fits
from tests.formats.told import told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "inputs: {a: {type: integer, default: x}}",
            "2:38: the default of `a` is not an integer; fix it, or its `type`",
        ),
        ("inputs: {a: {choices: [x, 1]}}", "2:27: the choice of `a` is not a string; fix it, or its `type`"),
        (
            "inputs: {a: {choices: [x], default: y}}",
            "2:37: the default of `a` is none of its choices; add it to `choices`",
        ),
        ("facts: {a: {default: 'yes'}}", "2:22: the default of `a` is not a boolean; fix it, or its `type`"),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_told(text, said):
    assert told(f"steps: [{{id: s, run: x}}]\n{text}") == [f"f.yaml:{said}"]


def test_types_of_inputs():
    values = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "list": [], "object": {}}
    for kind in values:
        assert [name for name, value in values.items() if fits(kind, value)] in (
            [[kind]] if kind != "number" else [["integer", "number"]]
        )
    assert all(fits("any", value) for value in values.values())


BAD_PATTERN = "`pattern` is no regular expression that can be used: the pattern cannot be read: unclosed character class"
NO_REFERENCES = "this is no regular expression that can be used: the pattern cannot be read: backreferences are not supported"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "objekt"}, [(("type",), "`objekt` is no JSON type", "object")]),
        ({"type": "list"}, [(("type",), "`list` is no JSON type", "array")]),
        ({"type": ["string", 5]}, [(("type",), "`5` is no JSON type", "")]),
        (
            {"properties": {"a": {"type": "str"}}},
            [(("properties", "a", "type"), "`str` is no JSON type", "string")],
        ),
        ({"properties": []}, [(("properties",), "`properties` takes a mapping of schemas", "")]),
        ({"anyOf": {}}, [(("anyOf",), "`anyOf` takes a list of schemas", "")]),
        ({"anyOf": [True, 5]}, [(("anyOf", 1), "a schema is a mapping", "")]),
        ({"items": {"enum": "x"}}, [(("items", "enum"), "`enum` takes a list of values", "")]),
        ({"required": "x"}, [(("required",), "`required` takes a list of names", "")]),
        ({"required": [1]}, [(("required",), "`required` takes a list of names", "")]),
        ({"pattern": "["}, [(("pattern",), BAD_PATTERN, "")]),
        ({"patternProperties": {"(a)\\1": {}}}, [(("patternProperties", "(a)\\1"), NO_REFERENCES, "")]),
        (
            {"patternProperties": {"a": {}}, "unevaluatedProperties": False},
            [
                (
                    ("unevaluatedProperties",),
                    "`unevaluatedProperties` next to `patternProperties` is not known here",
                    "additionalProperties",
                )
            ],
        ),
        (
            {"pattern": 5},
            [(("pattern",), "`pattern` is no regular expression that can be used: a pattern is a text", "")],
        ),
        ({"$ref": "http://x"}, [(("$ref",), "`$ref` may only point into the same schema", "")]),
        ({"type": "object", "properties": {"a": {"pattern": "x"}}, "required": ["a"]}, []),
    ],
)
def test_what_is_no_schema_is_told(schema, said):
    assert list(schema_faults(schema)) == said


def test_a_schema_is_bounded_in_depth():
    deep: dict = {}
    for _ in range(40):
        deep = {"items": deep}
    assert [what for _, what, _ in schema_faults(deep)] == ["the schema is nested deeper than 32 levels"]


def test_a_form_that_no_answer_fits_is_told():
    text = "steps:\n- {id: a, ask: {form: {env: {type: strin, minLength: x}, required: [enw]}}}"
    assert told(text) == [
        "f.yaml:2:36: `strin` is no JSON type; did you mean string?",
        "f.yaml:2:54: `minLength` takes a number",
        "f.yaml:2:69: `enw` is required, and no field has this name; did you mean env?",
    ]


def test_schemas_of_outputs_and_forms_are_told_at_their_place():
    text = "steps:\n- {id: a, output: {type: objekt}, ask: {form: {type: strin}}, run: x}"
    assert told(text) == [
        "f.yaml:2:26: `objekt` is no JSON type; did you mean object?",
        "f.yaml:2:54: `strin` is no JSON type; did you mean string?",
    ]

import pytest

from ropewalk.formats.imported.bmad.inputs import inputs_of


@pytest.mark.parametrize(
    "listed",
    [
        {"topic": {"description": "what about", "required": True}, "more": {"description": "else"}},
        [
            {"name": "topic", "description": "what about", "required": True},
            {"name": "more", "description": "else"},
        ],
        [{"topic": {"description": "what about", "required": True}}, {"more": "else"}],
    ],
)
def test_an_input_that_is_required_has_to_be_given(listed):
    inputs, whole = inputs_of(listed)
    assert [(name, each.required, each.description) for name, each in inputs.items()][1:] == [
        ("topic", True, "what about"), ("more", False, "else"),
    ]  # fmt: skip
    assert whole


def test_lists_of_what_is_required_and_what_is_not():
    inputs, whole = inputs_of({"required": ["topic"], "optional": ["more"]})
    assert [each.required for each in inputs.values()] == [False, True, False]
    assert whole


def test_what_nothing_acts_on_makes_the_list_more_than_its_inputs():
    assert inputs_of(None)[1] is False
    assert inputs_of({"topic": {"validation": "x"}})[1] is False
    assert inputs_of(["!!"])[1] is False
    assert list(inputs_of("brief.md")[0]) == ["idea", "brief_md"]

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow_text
from ropewalk.yaml.hints import yaml_hint

ITEM = "workflow:\n  sequence:\n    - agent: pm\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ITEM + "      notes: First: do this\n", "4:19: `: ` is not expected here"),
        (ITEM + "      notes:\n        - [ ] do it\n", "5:15: a task list of Markdown is no YAML"),
        (
            ITEM + '      notes: "quoted" and more\n',
            "4:23: text follows a value that has ended; put the whole value in quotes",
        ),
        (ITEM + "      creates: [a.md] (optional)\n", "4:23: text follows a value that has ended"),
        (ITEM + "     action: x\n", "4:6: the indentation fits nothing above; align it"),
        (ITEM + "      notes: text\n      - a\n", "5:7: a list stands under a key that has a text already"),
        (
            ITEM + "      notes: |\n        text\n     -- comment\n        more\n",
            "6:6: the line stands further left than the text",
        ),
        (ITEM + "---\nother: x: y\n", "5:9: `: ` is not expected here"),
        ("```yaml\n" + ITEM + "```\n", "1:1: a code fence of Markdown is no YAML; remove the ``` lines"),
        ("# Title\n\ntext\n\n```yaml\n" + ITEM + "```\n", "6:9: a code fence"),
        (
            "workflow:\n  sequence:\n    - agent: {{ name }}\n",
            "3:15: a list or mapping cannot be a key; put `{{ … }}`",
        ),
        (ITEM + "      duration: > 3 days\n", "4:19: text follows `|` or `>`; put the value in quotes"),
        ("# Title\n\nSome text\n\n## Section\n- a\n\nMore *text*\n", "6:1: the file is Markdown, not YAML"),
        (
            ITEM + "      command: *help\n",
            "4:16: there is no anchor &help above; name it before it is used, or put text",
        ),
    ],
)
def test_what_real_files_get_wrong_is_told_with_a_fitting_hint(text, told):
    with pytest.raises(InvalidDefinition) as caught:
        load_workflow_text(text, "w.yaml")
    assert str(caught.value.faults[0]).startswith(f"w.yaml:{told}"), str(caught.value.faults[0])


def test_several_documents_are_no_fault_where_one_is_a_workflow():
    assert load_workflow_text("note: x\n---\n" + ITEM, "w.yaml").warnings


def test_a_line_that_is_not_there_and_one_that_is_well_say_nothing():
    assert yaml_hint("a: b\n", 0) is None
    assert yaml_hint("a: b\n", 99) is None
    assert yaml_hint("a: |\n  b\n c: d\n", 3) is None
    assert yaml_hint("a:\n  b\n c\n", 3) is None
    assert yaml_hint("a:\n c\n  d\n", 3) is None

from ropewalk.definition.document import Section
from ropewalk.documents.blocks import body


def made(kind, own=None, **more):
    return body(Section(id="x", type=kind, **more), own, {"v": "V"})


def test_bullets_from_texts_mappings_and_long_entries():
    assert made("bullet-list", ["a", "b\nmore"]) == "- a\n- b\n  more"
    assert made("bullet-list", {"k": 1}) == "- k: 1"
    assert made("bullet-list", "- a\n- b") == "- a\n- b"
    assert made("bullet-list", "one") == "- one"
    assert made("bullet-list", 5) == "- 5"
    assert made("bullet-list", [{"a": 1, "b": 2}]) == "- 1: 2"
    assert made("bullet-list") == ""


def test_numbers_prefixes_and_entries_that_have_them_already():
    assert made("numbered-list", ["a", "b"]) == "1. a\n2. b"
    assert made("numbered-list", ["1: a", "- b"]) == "1. a\n- b"
    assert made("numbered-list", ["a", "**NFR2** b"], prefix="NFR") == "- NFR1: a\n- **NFR2** b"


def test_items_of_the_template_come_before_its_text():
    assert made("numbered-list", items=("CR1: {{v}} [[LLM: x]]",), template="{{no}}") == "1. CR1: V"


def test_an_item_template_takes_texts_and_mappings():
    assert made("bullet-list", ["x", {"b": "y"}], item_template="{{n}} {{b}}") == "- 1 x\n- 2 y"


def test_checklists_from_names_and_from_what_is_done():
    assert made("checklist", ["a", "[x] b"]) == "- [ ] a\n- [x] b"
    assert made("checklist", {"a": True, "b": False}) == "- [x] a\n- [ ] b"


def test_tables_from_mappings_lists_text_and_nothing():
    columns = ("Date", "The Author")
    assert made("table", [{"date": 1, "the_author": "a|b\nc"}, [2]], columns=columns) == (
        "| Date | The Author |\n| --- | --- |\n| 1 | a\\|b<br>c |\n| 2 |  |"
    )
    assert made("table", [{"A": 1}]).startswith("| A |")
    assert made("table", [[1, 2]]).startswith("| Column 1 | Column 2 |")
    assert made("table", rows=(("{{v}}",),), columns=("A",)).endswith("| V |")
    assert made("table", "| as | is |") == "| as | is |"
    assert made("table", columns=("A",)) == "| A |\n| --- |"


def test_code_is_fenced_once_and_longer_than_what_is_in_it():
    assert made("code", "x = 1\n", language="python") == "```python\nx = 1\n```"
    assert made("code", "```\nx\n```") == "```\nx\n```"
    assert made("code", "a ``` b").startswith("````\n")
    assert made("code") == ""


def test_a_diagram_names_its_kind():
    assert made("mermaid", "A --> B", mermaid_type="graph TD") == "```mermaid\ngraph TD\nA --> B\n```"
    assert made("mermaid", "graph TD\nA", mermaid_type="graph TD") == "```mermaid\ngraph TD\nA\n```"


def test_paragraphs_lists_and_mappings_as_text():
    assert made("paragraphs", ["a", "b"]) == "a\n\nb"
    assert made("text", ["a", "b"]) == "- a\n- b"
    assert made("text", {"k": True}) == "**k**: yes"


def test_choices_as_chosen():
    assert made("choice", "Draft") == "Draft"
    assert made("choice", {"repository": "Mono"}) == "- repository: Mono"


def test_a_template_offers_its_content_or_placeholder():
    assert made("text", content="c {{v}}") == "c V"
    assert made("text", placeholder="p") == "p"

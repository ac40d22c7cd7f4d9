from ropewalk.documents.outline import content, document_outline, prose


def test_headings_know_their_lines_bodies_and_ends():
    headings = document_outline("before\n# A\na\n## B ##\nb\n### C\n## D\n# E\n")
    assert [(h.level, h.title, h.line, h.body, h.end) for h in headings] == [
        (0, "", 0, "before", 6),
        (1, "A", 2, "a", 5),
        (2, "B", 4, "b", 4),
        (3, "C", 6, "", 4),
        (2, "D", 7, "", 5),
        (1, "E", 8, "", 6),
    ]


def test_a_fence_ends_only_with_its_own_marks():
    assert [h.title for h in document_outline("````\n# no\n```\n# no\n````\n# yes\n~~~\n```\n# no")] == [
        "",
        "yes",
    ]


def test_comments_and_rules_are_no_content():
    assert content("<!-- a\nb -->\n---\n ***\n\n text ") == "text"


def test_prose_leaves_out_code_and_keeps_lines():
    assert prose("a `x` b\n```\ncode\n```\nc") == "a  b\n\n\n\nc"

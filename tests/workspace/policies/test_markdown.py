"""Sections: those added on both sides survive, and a clash is in one section."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ropewalk.workspace.policies.markdown import markdown
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Picks, Unfit

BASE = b"# Plan\n\nIntro.\n\n## One\n\nfirst\n\n## Two\n\nsecond\n"

titles = st.sampled_from(["# A", "## B", "## B", "### C", "text", "", "```", "# in code"])
documents = st.lists(titles, max_size=10).map("\n".join).map(str.encode)


@given(documents, documents)
def test_a_side_that_changed_nothing_takes_the_other(base: bytes, changed: bytes):
    assert markdown(base, changed, base) == MergedContent(changed)
    assert markdown(base, base, changed) == MergedContent(changed)


@given(documents, documents, documents)
def test_sides_disagree_alike_from_both_sides(base: bytes, one: bytes, two: bytes):
    assert isinstance(markdown(base, one, two), Clash) == isinstance(markdown(base, two, one), Clash)


@given(documents, st.text("xyz ", max_size=9), st.text("xyz ", max_size=9))
def test_sections_added_on_both_sides_survive(base: bytes, mine: str, other: str):
    base = base.replace(b"```", b"")
    ours, theirs = (
        base + f"\n\n## {title}\n{body}\n".encode() for title, body in (("Mine", mine), ("Other", other))
    )
    verdict = markdown(base, ours, theirs)
    assert isinstance(verdict, MergedContent)
    assert f"## Mine\n{mine}\n".encode() in verdict.content
    assert f"## Other\n{other}\n".encode() in verdict.content


def test_changes_in_different_sections_and_places_are_joined():
    ours = BASE.replace(b"first", b"FIRST") + b"\n## Mine\n\nm\n"
    theirs = BASE.replace(b"Intro.", b"Intro!").replace(b"second", b"SECOND") + b"\n## Theirs\n\nt\n"
    expected = (
        BASE.replace(b"first", b"FIRST").replace(b"Intro.", b"Intro!").replace(b"second", b"SECOND")
        + b"\n## Mine\n\nm\n\n## Theirs\n\nt\n"
    )
    assert markdown(BASE, ours, theirs) == MergedContent(expected)


def test_headings_without_blank_lines_stay_without():
    base = b"# A\n## B\nb\n## C\nc\n"
    assert markdown(base, base.replace(b"b\n", b"b1\n"), base.replace(b"\nc\n", b"\nc1\n")) == MergedContent(
        b"# A\n## B\nb1\n## C\nc1\n"
    )


def test_a_file_without_a_line_end_gets_one_where_a_section_follows():
    assert markdown(b"# A", b"# A\n\n# B", b"# A\n\n# C") == MergedContent(b"# A\n\n# B\n\n# C")
    assert markdown(b"# A\n", b"# B\n", b"# A\n# C") == MergedContent(b"# B\n\n# C\n")


def test_a_clash_names_the_section():
    verdict = markdown(BASE, BASE.replace(b"first", b"1"), BASE.replace(b"first", b"2"))
    assert isinstance(verdict, Clash)
    [hunk] = verdict.hunks
    assert (hunk.where, hunk.base, hunk.ours, hunk.theirs) == ("Plan > One, line 3", "first", "1", "2")
    verdict = markdown(b"a\n", b"b\n", b"c\n")
    assert isinstance(verdict, Clash)
    assert verdict.hunks[0].where == "before the first heading, line 1"


def test_a_section_that_one_changed_and_the_other_took_away_is_a_clash():
    gone = BASE.replace(b"## One\n\nfirst\n\n", b"")
    verdict = markdown(BASE, gone, BASE.replace(b"first", b"1"))
    assert isinstance(verdict, Clash)
    assert (verdict.hunks[0].where, verdict.hunks[0].ours) == ("Plan > One", None)
    assert markdown(BASE, gone, BASE.replace(b"second", b"2")) == MergedContent(gone.replace(b"second", b"2"))


def test_a_heading_in_code_is_no_heading():
    code = b"# A\n\n~~~~\n# no\n~~~\n# no\n~~~~\n"
    assert markdown(code, code + b"\n# B\n", code.replace(b"# A", b"# A\n\nmore")) == MergedContent(
        code.replace(b"# A", b"# A\n\nmore") + b"\n# B\n"
    )


def test_what_is_not_a_text_does_not_fit():
    assert markdown(b"\0", b"a", b"b") == Unfit("it is not a text")


def test_a_section_that_one_side_took_out_is_a_hunk_of_its_own():
    sides = (b"# A\n1\n# B\n1\n", b"# A\n1\n", b"# A\n1\n# B\n2\n")
    clash = markdown(*sides)
    assert isinstance(clash, Clash)
    [hunk] = clash.hunks
    wanted: dict[str | bytes, bytes] = {
        "ours": b"# A\n1\n",
        "theirs": sides[2],
        b"# B\nx\n": b"# A\n1\n# B\nx\n",
        b"": b"# A\n1\n",
    }
    for pick, joined in wanted.items():
        assert markdown(*sides, Picks({hunk.id: pick})) == MergedContent(joined)


def test_a_text_that_a_person_gives_keeps_the_blank_line_before_the_next_section():
    rest = b"# B\n\n2\n"
    both_new = (b"# A\n" + rest, b"# A\n# N\n\nx\n\n" + rest, b"# A\n# N\n\ny\n\n" + rest)
    changed_and_gone = (b"# N\n\n1\n\n" + rest, b"# N\n\nx\n\n" + rest, rest)
    given = {both_new: (b"mine\n", b"# A\n# N\n\n"), changed_and_gone: (b"mine\n", b"")}
    for sides, (text, before) in given.items():
        clash = markdown(*sides)
        assert isinstance(clash, Clash)
        [hunk] = clash.hunks
        assert markdown(*sides, Picks({hunk.id: text})) == MergedContent(before + b"mine\n\n" + rest)


def test_what_is_put_into_a_file_with_crlf_ends_so_too():
    was, mine, other = (b"# N\r\n\r\n%s\r\n\r\n# B\r\n" % text for text in (b"1", b"x", b"y"))
    gone = (was, mine, b"# B\r\n")
    for versions, text in (((was, mine, other), b"mine\n"), (gone, b"# N\n\nmine\n")):
        clash = markdown(*versions)
        assert isinstance(clash, Clash)
        joined = markdown(*versions, Picks({clash.hunks[0].id: text}))
        assert joined == MergedContent(b"# N\r\n\r\nmine\r\n\r\n# B\r\n")
    met = markdown(b"# A\r\n", b"# A\r\n# B\r\n", b"# A\r\n# C\r\n")
    assert met == MergedContent(b"# A\r\n# B\r\n\r\n# C\r\n")

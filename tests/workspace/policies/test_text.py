"""Lines: what either side changed alone survives, in any arrangement."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ropewalk.workspace.policies.text import _TALLEST, chunks, ours, text, theirs, union
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Picks, Unfit, Verdict

lines = st.lists(st.sampled_from(["a", "b", "c", "", "d\r"]), max_size=8).map("\n".join).map(str.encode)
policies = (text, ours, theirs, union)


@given(lines, lines)
def test_a_side_that_changed_nothing_takes_the_other(base: bytes, changed: bytes):
    for policy in policies:
        assert policy(base, changed, base) == MergedContent(changed)
        assert policy(base, base, changed) == MergedContent(changed)
        assert policy(base, changed, changed) == MergedContent(changed)


@given(lines, lines, lines)
def test_sides_disagree_alike_from_both_sides(base: bytes, one: bytes, two: bytes):
    here, there = text(base, one, two), text(base, two, one)
    assert type(here) is type(there)
    if isinstance(here, MergedContent):
        assert here == there


@given(lines, lines, lines)
def test_taking_a_side_mirrors_taking_the_other(base: bytes, one: bytes, two: bytes):
    assert ours(base, one, two) == theirs(base, two, one)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 3))
def test_additions_in_different_places_both_survive(first: int, second: int, gap: int):
    base = [f"line {number}" for number in range(40)]
    low, high = sorted((first, second + 20 + gap))
    one, two = base.copy(), base.copy()
    one.insert(low, "from one")
    two.insert(high, "from two")
    both = base.copy()
    both.insert(high, "from two")
    both.insert(low, "from one")
    was, ours_, theirs_ = ("\n".join(side).encode() for side in (base, one, two))
    merged = text(was, ours_, theirs_)
    assert merged == MergedContent("\n".join(both).encode())


@given(lines, lines, lines)
def test_the_pieces_are_the_whole(base: bytes, one: bytes, two: bytes):
    sides = [side.split(b"\n") for side in (base, one, two)]
    pieces = chunks(*sides)
    for number, side in enumerate(sides):
        spans = [(piece.base, piece.ours, piece.theirs)[number] for piece in pieces]
        assert [line for start, end in spans for line in side[start:end]] == side
    for piece in pieces:
        if piece.stable:
            assert {sides[0][piece.base[0]]} == {sides[1][piece.ours[0]], sides[2][piece.theirs[0]]}


@given(lines, lines, lines)
def test_a_union_has_every_line_of_both_and_never_clashes(base: bytes, one: bytes, two: bytes):
    merged = union(base, one, two)
    assert isinstance(merged, MergedContent)
    kept = set(base.split(b"\n"))
    added = {line for side in (one, two) for line in side.split(b"\n")} - kept
    assert added - {b""} <= set(merged.content.split(b"\n"))


def test_a_clash_shows_the_place_and_all_three_versions():
    verdict = text(b"a\nb\nc\n", b"a\nB\nc\n", b"a\nc\n")
    assert verdict == Clash((Picks().hunk("line 2", "b", "B", None),))
    assert text(None, b"a", b"b") == Clash((Picks().hunk("line 1", "", "a", "b"),))


def test_both_appended_lines_stay_in_a_union_with_their_line_end():
    assert union(b"0\n", b"0\n1\n", b"0\n2\n") == MergedContent(b"0\n1\n2\n")
    assert union(b"0", b"0\n1", b"0\n2") == MergedContent(b"0\n1\n2")
    assert union(None, b"1\n", b"1\n2\n") == MergedContent(b"1\n2\n")


def test_what_is_not_a_text_or_too_long_does_not_fit():
    assert text(b"\0", b"a", b"b") == Unfit("it is not a text")
    assert isinstance(text(b"", b"\n" * (_TALLEST + 1), b"b"), Unfit)


THREE = (b"1\n-\n2\n-\n3\n", b"a\n-\na\n-\na\n", b"b\n-\nb\n-\nb\n")


def ids(verdict: Verdict) -> list[str]:
    assert isinstance(verdict, Clash)
    return [hunk.id for hunk in verdict.hunks]


def test_one_hunk_after_the_other_is_settled_and_the_others_keep_their_names():
    one, two, three = ids(text(*THREE))
    assert ids(text(*THREE, Picks({two: b"x\ny\n"}))) == [one, three]
    all_of_it = Picks({one: "theirs", two: b"x\ny\n", three: b""})
    assert text(*THREE, all_of_it) == MergedContent(b"b\n-\nx\ny\n-\n")


def test_hunks_that_say_the_same_are_told_apart_by_their_order():
    sides = (b"1\n-\n1\n", b"a\n-\na\n", b"b\n-\nb\n")
    one, two = ids(text(*sides))
    assert one != two
    assert text(*sides, Picks({two: "theirs", one: "ours"})) == MergedContent(b"a\n-\nb\n")
    assert ids(text(*sides, Picks({one: "theirs"}))) == [two]


def test_a_text_of_ones_own_at_the_end_of_a_file_leaves_its_last_line_end():
    sides = (b"1\n", b"a\nc\n", b"b\nd\n")
    [one] = ids(text(*sides))
    for typed in (b"x", b"x\n"):
        assert text(*sides, Picks({one: typed})) == MergedContent(b"x\n")


def test_lines_that_a_person_gives_end_as_all_lines_of_the_file_do():
    for end in (b"", b"\r\n"):
        was, mine, other = (b"a\r\n%s\r\nc" % line + end for line in (b"1", b"x", b"y"))
        [hunk] = ids(text(was, mine, other))
        for written in (b"m\nn\n", b"m\r\nn\r\n", b"m\nn"):
            assert text(was, mine, other, Picks({hunk: written})) == MergedContent(b"a\r\nm\r\nn\r\nc" + end)
        was, mine, other = (b"a\r\n%s" % line + end for line in (b"1", b"x", b"y"))
        [hunk] = ids(text(was, mine, other))
        assert text(was, mine, other, Picks({hunk: b"m\nn\n"})) == MergedContent(b"a\r\nm\r\nn" + end)
    mixed = (b"a\r\n1\n", b"a\r\nx\n", b"a\r\ny\n")
    [hunk] = ids(text(*mixed))
    assert text(*mixed, Picks({hunk: b"m\n"})) == MergedContent(b"a\r\nm\n")

"""Which policy a path takes, and that somebody else's policy cannot take a run down."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.policies import choice
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Picks, Unfit, Verdict


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.json", "a.json", True),
        ("*.json", "deep/er/a.json", True),
        ("*.json", "a.json5", False),
        ("docs/*.md", "docs/a.md", True),
        ("docs/*.md", "docs/b/a.md", False),
        ("docs/*.md", "x/docs/a.md", False),
        ("/a.txt", "a.txt", True),
        ("/a.txt", "b/a.txt", False),
        ("**/a.txt", "a.txt", True),
        ("docs/**", "docs/b/a.md", True),
        ("docs/**/a.md", "docs/a.md", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a.c", "abc", False),
        ("**", "any/thing", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool):
    assert (choice.choose(path, "content", [{pattern: "union"}])[0] == "union") is fits


def test_the_first_pattern_of_the_first_mapping_decides():
    rules = [{"b.*": "ours"}, {"a.*": "theirs", "*.json": "union", "kind:binary": "ours"}]
    assert choice.choose("a.json", "content", rules) == ("theirs", True)
    assert choice.choose("b.json", "content", rules) == ("ours", True)
    assert choice.choose("c.json", "content", rules) == ("union", True)
    assert choice.choose("c.png", "binary", rules) == ("ours", True)
    assert choice.choose("c.png", "content", rules) == ("text", False)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.json", "json"),
        ("a.YML", "yaml"),
        ("a.toml", "toml"),
        ("A.md", "markdown"),
        ("a/b", "text"),
        ("a.b/c", "text"),
        (".json", "json"),
    ],
)
def test_the_kind_of_file_suggests_a_policy(path: str, name: str):
    assert choice.choose(path, "content", []) == (name, False)


def test_unknown_policies_are_one_error_that_names_the_known():
    choice.check({"*": "union", "a": "both", "b": "ask"})
    with pytest.raises(WorkspaceError, match=r"no merge policy jsno; known are text, json"):
        choice.check({"a": "jsno"})


def test_a_side_of_a_document_is_a_side_of_each_value():
    versions = (b'{"a": 1, "b": 1}', b'{"a": 2, "b": 1}', b'{"a": 3, "b": 4}')
    verdict = choice.join("theirs", "x.json", *versions)
    assert verdict == MergedContent(b'{"a": 3, "b": 4}', {"a": 3, "b": 4})
    assert choice.join("ours", "x.json", b"a", b"b", b"c") == MergedContent(b"b")
    assert choice.join("ours", "x.txt", b"a", b"b", b"c") == MergedContent(b"b")


def test_markers_join_only_what_lines_can():
    assert isinstance(choice.join("ask", "x.txt", b"a", b"b", b"c"), Clash)
    assert isinstance(choice.join("both", "x.txt", b"a", b"b", b"c"), Clash)


def test_meaning_is_compared_not_letters():
    assert choice.on_meaning("json")
    assert not choice.on_meaning("markdown")
    assert choice.means_the_same("json", b'{"a":1}', b'{ "a": 1 }')
    assert not choice.means_the_same("json", b'{"a":1}', b"{")


def plugged(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    return MergedContent(ours + theirs)


def broken(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    raise RuntimeError("boom")


def leaving(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    raise SystemExit(3)


@pytest.fixture
def plug_ins(monkeypatch: pytest.MonkeyPatch):
    points = [
        EntryPoint("mine", f"{__name__}:plugged", choice.GROUP),
        EntryPoint("broken", f"{__name__}:broken", choice.GROUP),
        EntryPoint("leaving", f"{__name__}:leaving", choice.GROUP),
        EntryPoint("silent", "builtins:max", choice.GROUP),
        EntryPoint("absent", "no.such.module:x", choice.GROUP),
        EntryPoint("json", f"{__name__}:broken", choice.GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    choice._plugged_in.cache_clear()
    yield
    choice._plugged_in.cache_clear()


@pytest.mark.usefixtures("plug_ins")
def test_a_plug_in_is_a_policy_and_one_that_fails_leaves_the_dispute():
    assert choice.known()[-5:] == ("absent", "broken", "leaving", "mine", "silent")
    assert choice.join("mine", "x", b"a", b"b", b"c") == MergedContent(b"bc")
    assert choice.join("broken", "x", b"a", b"b", b"c") == Unfit(
        "the plug-in broken failed: RuntimeError: boom"
    )
    assert isinstance(choice.join("absent", "x", b"a", b"b", b"c"), Unfit)
    assert isinstance(choice.join("json", "x.json", b"{}", b'{"a":1}', b'{"b":1}'), MergedContent)


HUNKS = {
    "x.json": (b'{"a": 1, "b": 1}', b'{"a": 2, "b": 2}', b'{"a": 3, "b": 3}', b"7", b'{"a": 3, "b": 7}'),
    "x.yaml": (b"a: 1\nb: 1\n", b"a: 2\nb: 2\n", b"a: 3\nb: 3\n", b"some words\n", b"a: 3\nb: some words\n"),
    "x.toml": (b"a = 1\nb = 1\n", b"a = 2\nb = 2\n", b"a = 3\nb = 3\n", b"", b"a = 3\n"),
    "x.md": (b"# A\n1\n# B\n1\n", b"# A\n2\n# B\n2\n", b"# A\n3\n# B\n3\n", b"x\n", b"# A\n3\n# B\nx\n"),
    "x.txt": (b"1\n-\n1\n", b"2\n-\n2\n", b"3\n-\n3\n", b"x\n", b"3\n-\nx\n"),
}


@pytest.mark.parametrize("path", HUNKS)
def test_the_hunks_of_every_kind_of_file_can_be_settled_one_by_one(path: str):
    *sides, own, joined = HUNKS[path]
    name, _ = choice.choose(path, "content", [])
    base, ours, theirs = sides
    clash = choice.join(name, path, base, ours, theirs)
    assert isinstance(clash, Clash)
    first, second = (hunk.id for hunk in clash.hunks)
    half = choice.join(name, path, base, ours, theirs, Picks({first: "theirs"}))
    assert isinstance(half, Clash)
    assert [hunk.id for hunk in half.hunks] == [second]
    verdict = choice.join(name, path, base, ours, theirs, Picks({first: "theirs", second: own}))
    assert isinstance(verdict, MergedContent)
    assert verdict.content == joined
    kept = choice.join(name, path, base, ours, theirs, Picks({first: "ours", second: "ours"}))
    assert isinstance(kept, MergedContent)
    assert kept.content == ours

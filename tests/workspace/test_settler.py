"""Each dispute is settled by an answer or a policy, or stands in the report; nobody wins in silence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import spot
from ropewalk.workspace.port import Base, Choice, Folder, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import LINES, changed, commits, git, parts

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


Files = Mapping[str, str | bytes | None]
KINDS: dict[str, tuple[Files, Files, list[str]]] = {
    "modify/delete": ({"code.txt": changed(3, "a")}, {"code.txt": None}, ["code.txt"]),
    "binary": ({"logo.png": b"\0a"}, {"logo.png": b"\0b"}, ["logo.png"]),
    "rename/rename": (
        {"code.txt": None, "one.txt": LINES},
        {"code.txt": None, "two.txt": LINES},
        ["code.txt", "one.txt", "two.txt"],
    ),
    "rename/delete": (
        {"code.txt": None, "one.txt": LINES + "x\n"},
        {"code.txt": None},
        ["one.txt"],
    ),
    "add/add": ({"new.txt": "a\n"}, {"new.txt": "b\n"}, ["new.txt"]),
    "mode": ({"new.txt": "a"}, {"120000:new.txt": "code.txt"}, ["new.txt"]),
    "file/directory": ({"new": "a"}, {"new/b.txt": "b"}, ["new"]),
    "link": ({"120000:new": "a"}, {"120000:new": "b"}, ["new"]),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_conflict_is_named_and_can_be_settled_by_a_side(
    space: GitWorkspace, project: Path, base: Base, kind: str
):
    ours, theirs, paths = KINDS[kind]
    made = commits(project, {"a": ours, "b": theirs})
    merged = await space.merge("run-1", base, parts(made), {})
    kinds = [(c["kind"], c["steps"]) for c in merged.conflicts]
    assert kinds == [(kind, ["a", "b"])]
    named = merged.conflicts[0]["paths"]
    assert any(path in paths for path in named)
    for side in ("ours", "theirs"):
        settled = await space.resolve(
            spot("merge"), base, parts(made), {}, {merged.conflicts[0]["path"]: side}, by="ann"
        )
        tree = git(project, "ls-tree", "-r", settled.commit, "--", *named)
        chosen = git(project, "ls-tree", "-r", made["a" if side == "ours" else "b"], "--", *named)
        assert tree == chosen
        by_policy = await space.merge("run-1", base, parts(made), {f"kind:{kind}": side})
        assert by_policy.tree == settled.tree
        assert by_policy.applied == (f"{merged.conflicts[0]['path']}: {side} (b)",)


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_conflict_can_be_settled_by_content_of_ones_own_and_by_nothing(
    space: GitWorkspace, project: Path, base: Base, kind: str
):
    ours, theirs, _ = KINDS[kind]
    made = commits(project, {"a": ours, "b": theirs})
    [conflict] = (await space.merge("run-1", base, parts(made), {})).conflicts
    for content in (b"mine\n", None):
        settled = await space.resolve(
            spot("merge"), base, parts(made), {}, {conflict["path"]: content}, by="ann"
        )
        assert settled.conflicts == ()
        assert await space.read(settled.commit, conflict["path"]) == content


async def test_an_answer_that_leaves_a_later_dispute_without_object_fails_nothing(
    space: GitWorkspace, project: Path, base: Base
):
    """With *ours*, as the report was made, the third step disagrees too; with *theirs* it does not."""
    made = commits(
        project,
        {
            "a": {"code.txt": None, "one.txt": LINES},
            "b": {"code.txt": None, "two.txt": LINES},
            "c": {"code.txt": None, "two.txt": LINES},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    for side in ("ours", "theirs"):
        choices = {str(conflict["path"]): side for conflict in merged.conflicts}
        settled = await space.resolve(spot("merge"), base, parts(made), {}, choices, by="ann")
        assert (settled.conflicts, bool(settled.commit)) == ((), True)


async def test_a_file_is_settled_hunk_by_hunk_and_only_what_is_open_is_reported(
    space: GitWorkspace, project: Path, base: Base
):
    def both(name: str) -> str:
        return changed(3, name).replace("line 9\n", f"nine of {name}\n")

    made = commits(project, {"a": {"code.txt": both("a")}, "b": {"code.txt": both("b")}})
    [conflict] = (await space.merge("run-1", base, parts(made), {})).conflicts
    first, last = (hunk["id"] for hunk in conflict["hunks"])
    half = await space.resolve(spot("merge"), base, parts(made), {}, {"code.txt": {last: "theirs"}}, by="ann")
    assert [hunk["id"] for c in half.conflicts for hunk in c["hunks"]] == [first]
    choices: dict[str, Choice] = {"code.txt": {last: "theirs", first: b"of both\n"}}
    settled = await space.resolve(spot("merge"), base, parts(made), {}, choices, by="ann")
    text = (await space.read(settled.commit, "code.txt") or b"").decode()
    lines = LINES.replace("line 3\n", "of both\n").replace("line 9\n", "nine of b\n")
    assert text == lines


async def test_a_submodule_that_moves_apart_is_a_conflict(space: GitWorkspace, project: Path):
    one, two, three = ("1" * 40, "2" * 40, "3" * 40)
    git(project, "update-index", "--add", "--cacheinfo", f"160000,{one},lib")
    git(project, "commit", "-qm", "lib")
    (project / "lib").mkdir()
    base = await space.prepare("run-1", project)
    made = {}
    for step, oid in (("a", two), ("b", three)):
        tree = git(project, "ls-tree", base.commit).replace(one, oid)
        made[step] = git(
            project, "commit-tree", git(project, "mktree", stdin=tree), "-p", base.commit, "-m", step
        )
    merged = await space.merge("run-1", base, parts(made), {})
    assert [(c["kind"], c["path"]) for c in merged.conflicts] == [("submodule", "lib")]
    settled = await space.merge("run-1", base, parts(made), {"lib": "theirs"})
    assert three in git(project, "ls-tree", settled.commit)
    place = await space.dispute(spot("fix"), base, parts(made), {})
    kept = await space.keep(spot("fix"), place, succeeded=True)
    assert kept.unresolved == ("lib",)


async def test_documents_are_joined_by_meaning_where_lines_cannot_be(
    space: GitWorkspace, project: Path, base: Base
):
    def settings(key: str) -> str:
        return f'{{\n  "name": "project",\n  "deps": {{"a": "1", "{key}": "2"}}\n}}\n'

    made = commits(
        project,
        {
            "a": {
                "settings.json": settings("x"),
                "README.md": "# Project\n\nWhat it is.\n\n## Use\n\nRun it.\n\n## From a\n\na\n",
            },
            "b": {
                "settings.json": settings("y"),
                "README.md": "# Project\n\nWhat it is.\n\n## Use\n\nRun it.\n\n## From b\n\nb\n",
            },
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    assert merged.applied == ("README.md: markdown (b)", "settings.json: json (b)")
    readme = (await space.read(merged.commit, "README.md") or b"").decode()
    assert "## From a\n\na\n\n## From b\n\nb\n" in readme
    assert b'"x": "2"' in (await space.read(merged.commit, "settings.json") or b"")
    assert b'"y": "2"' in (await space.read(merged.commit, "settings.json") or b"")
    plain = await space.merge("run-1", base, parts(made), {"*.json": "text", "README.md": "ask"})
    assert [(c["path"], c["policy"]) for c in plain.conflicts] == [
        ("README.md", "ask"),
        ("settings.json", "text"),
    ]


async def test_lines_that_join_into_nonsense_are_a_conflict(space: GitWorkspace, project: Path):
    rows = "".join(f'  "k{number}": {number},\n' for number in range(20))
    git(project, "checkout", "-q", "main")
    (project / "big.json").write_text("{\n" + rows + '  "end": 0\n}\n')
    git(project, "add", "-A")
    git(project, "commit", "-qm", "big")
    base = await space.prepare("run-1", project)
    text = (project / "big.json").read_text()
    made = commits(
        project,
        {
            "a": {"big.json": text.replace('  "k1": 1,\n', '  "k1": 1,\n  "port": 80,\n')},
            "b": {"big.json": text.replace('  "k18": 18,\n', '  "port": 90,\n  "k18": 18,\n')},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    [conflict] = merged.conflicts
    assert conflict["message"] == "the lines join, but what they mean does not"
    [hunk] = conflict["hunks"]
    name = hunk.pop("id")
    assert hunk == {"where": "port", "ours": "80", "theirs": "90"}
    picked = await space.resolve(spot(), base, parts(made), {}, {"big.json": {name: "theirs"}}, by="ann")
    assert b'"port": 90' in (await space.read(picked.commit, "big.json") or b"")
    assert (
        await space.resolve(spot(), base, parts(made), {}, {"big.json": {"x": "ours"}}, by="ann")
    ).conflicts
    for answer, port in (("theirs", b"90"), (b'{"port": 1}', b"1"), ("union", b"90")):
        settled = await space.resolve(spot(), base, parts(made), {}, {"big.json": answer}, by="ann")
        assert b'"port": ' + port in (await space.read(settled.commit, "big.json") or b"")
    gone = await space.resolve(spot(), base, parts(made), {}, {"big.json": None}, by="ann")
    assert await space.read(gone.commit, "big.json") is None
    place = await space.dispute(spot("fix"), base, parts(made), {})
    assert (Path(place.path) / "big.json.ropewalk-theirs").exists()


async def test_lines_that_join_but_put_a_key_twice_are_put_right(space: GitWorkspace, project: Path):
    text = "{\n" + "".join(f'  "k{number}": {number},\n' for number in range(20)) + '  "end": 0\n}\n'
    (project / "big.json").write_text(text)
    git(project, "add", "-A")
    git(project, "commit", "-qm", "big")
    base = await space.prepare("run-1", project)
    made = commits(
        project,
        {
            "a": {"big.json": text.replace('  "k1": 1,\n', '  "k1": 1,\n  "port": 80,\n')},
            "b": {"big.json": text.replace('  "k18": 18,\n', '  "port": 80,\n  "k18": 18,\n')},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    assert (await space.read(merged.commit, "big.json") or b"").count(b'"port"') == 1
    assert merged.applied == ("big.json: json (b)",)


async def test_reports_lie_side_by_side_under_the_name_of_their_step(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(project, {"a": {"report.md": "of a\n"}, "b": {"report.md": "of b\n"}})
    merged = await space.merge("run-1", base, parts(made), {"report*": "both"})
    assert await space.read(merged.commit, "report.md") == b"of a\n"
    assert await space.read(merged.commit, "report.b.md") == b"of b\n"
    taken = commits(
        project,
        {"a": {"report.md": "of a\n", "report.b.md": "mine"}, "b": {"report.md": "of b\n"}},
    )
    merged = await space.merge("run-1", base, parts(taken), {"report*": "both"})
    assert [c["path"] for c in merged.conflicts] == ["report.md"]


async def test_a_steps_own_policy_is_asked_before_the_runs(space: GitWorkspace, project: Path, base: Base):
    made = commits(project, {"a": {"x.txt": "a\n"}, "b": {"x.txt": "b\n"}})
    both = [Part("a", made["a"]), Part("b", made["b"], {"x.txt": "theirs"})]
    merged = await space.merge("run-1", base, both, {"*.txt": "union"})
    assert await space.read(merged.commit, "x.txt") == b"b\n"
    merged = await space.merge("run-1", base, parts(made), {"*.txt": "union"})
    assert await space.read(merged.commit, "x.txt") == b"a\nb\n"


async def test_an_answer_makes_a_commit_that_holds_both_sides_from_then_on(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(
        project,
        {
            "a": {"code.txt": changed(3, "a"), "x": "a"},
            "b": {"code.txt": changed(3, "b")},
            "c": {"c.txt": "c"},
        },
    )
    settled = await space.resolve(
        spot("merge"), base, parts(made, "a", "b"), {}, {"code.txt": b"of both"}, by="ann"
    )
    assert "Ropewalk-Resolved-By: ann" in git(project, "log", "-1", "--format=%B", settled.commit)
    again = await space.merge("run-1", base, [*parts(made), Part("merge", settled.commit)], {})
    assert again.conflicts == ()
    assert await space.read(again.commit, "code.txt") == b"of both"
    assert await space.read(again.commit, "c.txt") == b"c"
    assert await space.read(again.commit, "x") == b"a"
    [origin, *_] = await space.history(again.commit, "code.txt")
    assert (origin.by, origin.step) == ("ann", "b")
    other = await space.resolve(spot(), base, parts(made, "a", "b"), {}, {"other": "ours"}, by="ann")
    assert [c["path"] for c in other.conflicts] == ["code.txt"], "what nothing disputes settles nothing"
    with pytest.raises(WorkspaceError, match="there is no merge policy"):
        await space.resolve(spot(), base, parts(made, "a", "b"), {}, {"code.txt": "mine"}, by="ann")
    still = await space.resolve(spot(), base, parts(made, "a", "b"), {}, {"code.txt": "text"}, by="ann")
    assert still.conflicts
    gone = await space.resolve(spot(), base, parts(made, "a", "b"), {}, {"code.txt": None}, by="ann")
    assert await space.read(gone.commit, "code.txt") is None


async def test_an_agent_resolves_in_a_folder_with_markers(space: GitWorkspace, project: Path, base: Base):
    made = commits(
        project,
        {
            "a": {"code.txt": changed(3, "a"), "logo.png": b"\0a"},
            "b": {"code.txt": changed(3, "b"), "logo.png": b"\0b"},
            "c": {"c.txt": "c"},
        },
    )
    place = await space.dispute(spot("fix"), base, parts(made), {})
    assert isinstance(place, Folder)
    folder = Path(place.path)
    assert "<<<<<<<" in (folder / "code.txt").read_text()
    assert (folder / "logo.png.ropewalk-theirs").read_bytes() == b"\0b"
    assert not (folder / "logo.png").exists()
    left = await space.keep(spot("fix"), place, succeeded=False)
    assert left.unresolved == ("code.txt", "logo.png")
    (folder / "code.txt").write_text("of both")
    (folder / "logo.png.ropewalk-ours").unlink()
    (folder / "logo.png.ropewalk-theirs").rename(folder / "logo.png")
    kept = await space.keep(spot("fix"), place, succeeded=True)
    assert kept.unresolved == ()
    parents = git(project, "log", "-1", "--format=%P", kept.commit).split()
    assert parents == [made["a"], made["b"], made["c"]]
    merged = await space.merge("run-1", base, [*parts(made), Part("fix", kept.commit)], {})
    assert merged.commit == kept.commit
    assert git(project, "ls-tree", "-r", "--name-only", merged.commit).split("\n") == [
        "README.md",
        "c.txt",
        "code.txt",
        "docs/plan.md",
        "logo.png",
        "settings.json",
    ]


async def test_all_conflicts_of_all_parts_are_in_one_report(space: GitWorkspace, project: Path, base: Base):
    made = commits(
        project,
        {
            "a": {"code.txt": changed(3, "a"), "x.txt": "a\n"},
            "b": {"code.txt": changed(3, "b")},
            "c": {"x.txt": "c\n", "code.txt": changed(3, "c")},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    assert [(c["path"], c["steps"]) for c in merged.conflicts] == [
        ("code.txt", ["a", "b"]),
        ("code.txt", ["a", "b", "c"]),
        ("x.txt", ["a", "c"]),
    ]
    assert merged.conflicts == (await space.merge("run-1", base, parts(made), {})).conflicts


async def test_a_file_that_is_not_what_its_name_says_is_left_to_its_lines(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(
        project,
        {
            "a": {"x.json": "{ broken\n" + LINES, "docs/plan.md": "# Plan\n\nour plan\n"},
            "b": {"x.json": "{ broken too\n" + LINES, "docs/plan.md": "# Plan\n\ntheir plan\n"},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    plan, broken = merged.conflicts
    assert plan["tried"] == ["the lines", "markdown"]
    assert plan["hunks"][0]["where"] == "Plan, line 3"
    assert broken["tried"][1].startswith("json (ours is not JSON that can be joined: ")
    [hunk] = broken["hunks"]
    assert hunk == {"where": "line 1", "ours": "{ broken", "theirs": "{ broken too", "id": hunk["id"]}
    deeper = commits(
        project,
        {
            "c": {"x.json": "{ broken\n" + changed(3, "c")},
            "d": {"x.json": "{ broken\n" + changed(30, "d")},
        },
        on=made["a"],
    )
    later = await space.merge("run-1", Base(root=str(project), commit=made["a"]), parts(deeper), {})
    assert (later.conflicts, later.applied) == ((), ())


async def test_documents_of_crossing_histories_are_left_to_gits_own_base(
    space: GitWorkspace, project: Path, base: Base
):
    text = "{\n" + "".join(f'  "k{number}": {number},\n' for number in range(20)) + '  "end": 0\n}\n'
    [start] = commits(project, {"start": {"big.json": text}}).values()
    one, two = commits(
        project,
        {"one": {"big.json": text.replace('"k2": 2', '"k2": 22')}, "two": {"two.txt": "2"}},
        on=start,
    ).values()
    tree = git(project, "merge-tree", "--write-tree", one, two)
    crossed = [
        git(project, "commit-tree", tree, "-p", a, "-p", b, "-m", "x") for a, b in ((one, two), (two, one))
    ]
    left = commits(
        project,
        {"l": {"big.json": text.replace('"k2": 2', '"k2": 22').replace('"k9": 9', '"k9": 99')}},
        on=crossed[0],
    )
    right = commits(
        project,
        {"r": {"big.json": text.replace('"k2": 2', '"k2": 22').replace('"k18": 18', '"k18": 0')}},
        on=crossed[1],
    )
    merged = await space.merge("run-1", base, [*parts(left), *parts(right)], {})
    assert merged.conflicts == ()
    content = await space.read(merged.commit, "big.json") or b""
    assert b'"k9": 99' in content
    assert b'"k18": 0,' in content

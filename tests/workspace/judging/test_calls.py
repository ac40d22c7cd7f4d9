"""What a command runs is followed to what that runs: through tasks, scripts and links, so far and no farther; what a program
is only given, or imports, is not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.calls import CalledFiles
from ropewalk.workspace.judging.tree import TreeListing, listed
from ropewalk.workspace.judging.words import named
from tests.workspace.repositories import commits, git, repository

pytestmark = pytest.mark.needs("git")

LARGEST = 262_144

BASE: dict[str, str | bytes] = {
    "Makefile": "check:\n\t./scripts/check.sh result.txt\nother:\n\t$(MAKE) -C sub x\nnew:\n\tsh fresh.sh\n",
    "scripts/check.sh": "python3 tools/deep.py\n",
    "tools/deep.py": "import helper\n",
    "tools/helper.py": "",
    "sub/Makefile": "x:\n\tsh inner.sh\n",
    "sub/inner.sh": "true\n",
    "package.json": json.dumps({"scripts": {"check": "node scripts/check.js", "odd": {"no": "sh inner.sh"}}}),
    "scripts/check.js": "1\n",
    "composer.json": json.dumps({"scripts": {"check": ["sh one.sh", ["no"], "sh two.sh"]}}),
    "one.sh": "1\n",
    "two.sh": "1\n",
    "result.txt": "1\n",
    "all.sh": "sh checks/*.sh\n",
    "checks/a.sh": "1\n",
    "checks/deep/b.sh": "1\n",
    "edge.sh": "sh called.sh\n".ljust(LARGEST, "#"),
    "big.sh": "sh called.sh\n".ljust(LARGEST + 1, "#"),
    "called.sh": "1\n",
    "120000:linked.sh": "scripts/check.sh",
    "120000:scripts/up.sh": "../linked.sh",
    "120000:out.sh": "../../outside.sh",
    "120000:loop-a.sh": "loop-b.sh",
    "120000:loop-b.sh": "loop-a.sh",
    "self.sh": "sh self.sh\nsh back.sh\n",
    "back.sh": "sh self.sh\n",
    "broken/package.json": '{"scripts": {"check": "sh called.sh"',
    "deep/package.json": "[" * 5_000,
    "odd/package.json": '{"scripts": ["sh called.sh"]}',
    **{f"chain{number}.sh": f"sh chain{number + 1}.sh\n" for number in range(6)},
    **{f"many/{number:03}.sh": f"sh last{number}.sh\n" for number in range(101)},
    "last99.sh": "1\n",
    "last100.sh": "1\n",
    "bytes.sh": b"\0\xff\xfe\nsh called.sh\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = repository(tmp_path_factory.mktemp("calls") / "p", {"README.md": "x\n"})
    git(root, "update-ref", "refs/heads/main", commits(root, {"base": BASE})["base"])
    return root


async def called(project: Path, command: str, *changed: str, commit: str = "") -> list[str]:
    """Which of these files the command calls."""
    store = Git(str(project / ".git"))
    base = await listed(store, commit or git(project, "rev-parse", "main"))
    return await CalledFiles(store, base, named(command)).among(set(changed))


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("make check", "scripts/check.sh"),
        ("make check", "tools/deep.py"),
        ("make other", "sub/inner.sh"),
        ("npm run check", "scripts/check.js"),
        ("composer check", "one.sh"),
        ("composer check", "two.sh"),
        ("sh linked.sh", "scripts/check.sh"),
        ("sh linked.sh", "tools/deep.py"),
        ("sh scripts/up.sh", "scripts/check.sh"),
        ("sh all.sh", "checks/a.sh"),
        ("sh edge.sh", "called.sh"),
        ("sh bytes.sh", "called.sh"),
        ("sh chain0.sh", "chain4.sh"),
        ("sh many/*.sh", "last99.sh"),
    ],
)
async def test_what_the_command_runs_in_turn_is_called(project: Path, command: str, path: str):
    assert await called(project, command, path, "README.md") == [path]


@pytest.mark.parametrize(
    ("command", "path"),
    [
        pytest.param("make check", "result.txt", id="given to a program"),
        pytest.param("make check", "tools/helper.py", id="imported by one"),
        pytest.param("pytest -q", "scripts/check.sh", id="not run"),
        pytest.param("npm run check", "sub/inner.sh", id="in no command of a task"),
        pytest.param("sh all.sh", "checks/deep/b.sh", id="below the folder of a pattern"),
        pytest.param("sh big.sh", "called.sh", id="in a file that is too large"),
        pytest.param("sh chain0.sh", "chain5.sh", id="five calls deep"),
        pytest.param("sh many/*.sh", "last100.sh", id="past a hundred files"),
        pytest.param("make new", "fresh.sh", id="not there at the base"),
        pytest.param("sh out.sh", "../../outside.sh", id="outside"),
        pytest.param("npm --prefix broken run check", "called.sh", id="in a broken file of tasks"),
        pytest.param("npm --prefix deep run check", "called.sh", id="in one that is nested too deep"),
        pytest.param("npm --prefix odd run check", "called.sh", id="in one of another shape"),
    ],
)
async def test_what_is_not_run_in_turn_is_not(project: Path, command: str, path: str):
    assert await called(project, command, path) == []


@pytest.mark.parametrize(
    ("command", "paths"),
    [("sh self.sh", ["back.sh", "self.sh"]), ("sh loop-a.sh", ["loop-a.sh", "loop-b.sh"])],
)
async def test_files_that_call_each_other_end(project: Path, command: str, paths: list[str]):
    assert await called(project, command, *paths) == paths


async def test_all_that_are_called_are_named_in_order(project: Path):
    paths = ["tools/deep.py", "sub/inner.sh", "scripts/check.sh", "result.txt"]
    assert await called(project, "make", *paths) == ["scripts/check.sh", "sub/inner.sh", "tools/deep.py"]


async def test_a_name_that_is_no_text_is_followed(project: Path):
    call = git(project, "hash-object", "-w", "--stdin", stdin=b"sh pr\xfcf.sh\n")
    lines = b"".join(f"100644 blob {call}\t".encode() + name + b"\0" for name in (b"check.sh", b"pr\xfcf.sh"))
    path = os.fsdecode(b"pr\xfcf.sh")
    made = git(project, "mktree", "-z", stdin=lines)
    assert await called(project, "sh check.sh", path, commit=made) == [path]


@pytest.mark.parametrize("kept", [True, False], ids=["its commit is here", "its commit is elsewhere"])
async def test_a_submodule_in_the_place_of_a_program_is_passed_over(project: Path, kept: bool):
    message = ("-m", "sh called.sh")
    commit = git(project, "commit-tree", "main^{tree}", *message) if kept else "1" * 40
    blob = git(project, "rev-parse", "main:called.sh")
    lines = f"160000 commit {commit}\ta.sh\n100644 blob {blob}\tcalled.sh\n"
    made = git(project, "mktree", stdin=lines)
    assert await called(project, "sh a.sh", "called.sh", commit=made) == []


async def test_nothing_is_read_where_nothing_changed():
    assert await CalledFiles(Git("/nonexistent"), TreeListing({}), named("make")).among(set()) == []

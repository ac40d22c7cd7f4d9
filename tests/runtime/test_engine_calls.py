"""Called runs with real workspaces: they see what their caller made, and what they make is part of its result."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.app.results import file_content, run_files
from ropewalk.core.state import State
from ropewalk.formats.loading import load_workflow

pytestmark = pytest.mark.needs("git")


def git(folder: Path, *argv: str) -> str:
    return subprocess.run(
        ["git", *argv], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "check.sh").write_text("test -f good\n")
    (tmp_path / ".gitignore").write_text(".ropewalk/\n*.yaml\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin")
    return tmp_path


async def drive(folder: Path, workspace: str = "auto", **texts: str) -> State:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(f"name: {name}\nsteps:\n{text}")
    async with open_ropewalk(folder, workspace=workspace) as ropewalk:
        run = await ropewalk.start(load_workflow(folder / "w.yaml").workflow)
        return await ropewalk.drive(run)


def tree(folder: Path, commit: str) -> set[str]:
    return set(git(folder, "ls-tree", "-r", "--name-only", commit).split()) - {"check.sh", ".gitignore"}


async def test_a_called_run_sees_what_was_made_before_and_its_files_go_on(repository: Path):
    state = await drive(
        repository,
        w="""
  - {id: p1, run: "echo 1 > p1.txt"}
  - {id: kid, needs: [p1], call: {workflow: child.yaml}}
  - {id: p2, needs: [kid], run: "ls > seen-by-p2.txt"}
""",
        child='  - {id: k1, run: "ls > seen-by-k1.txt; echo 1 > k1.txt"}\n',
    )
    assert state.status == "completed", state.reason
    assert tree(repository, state.commit) == {"p1.txt", "k1.txt", "seen-by-k1.txt", "seen-by-p2.txt"}
    assert "p1.txt" in git(repository, "show", f"{state.commit}:seen-by-k1.txt").split()
    assert "k1.txt" in git(repository, "show", f"{state.commit}:seen-by-p2.txt").split()
    called = state.steps["kid"].result
    assert called is not None
    assert [artifact.path for artifact in called.artifacts] == ["k1.txt", "seen-by-k1.txt"]
    assert git(repository, "rev-parse", f"refs/ropewalk/{state.run}/kid/1.1") == called.commit
    assert git(repository, "branch", "--list", "ropewalk/*", "--format=%(refname:short)") == state.branch


async def test_each_item_of_a_foreach_may_call_and_all_that_they_made_is_joined(repository: Path):
    state = await drive(
        repository,
        w="""
  - id: each
    foreach: {in: "['a', 'b']", as: x}
    call: {workflow: child.yaml, inputs: {x: "{{ x }}"}}
  - {id: last, needs: [each], run: "ls"}
""",
        child="""
  - {id: k1, run: "echo $ROPEWALK_INPUT_X > $ROPEWALK_INPUT_X.txt"}
  - {id: deeper, needs: [k1], call: {workflow: grandchild.yaml, inputs: {x: "{{ inputs.x }}"}}}
inputs: {x: {type: string}}
""",
        grandchild="""
  - {id: g, run: "cp $ROPEWALK_INPUT_X.txt deep-$ROPEWALK_INPUT_X.txt"}
inputs: {x: {type: string}}
""",
    )
    assert state.status == "completed", state.reason
    assert tree(repository, state.commit) == {"a.txt", "b.txt", "deep-a.txt", "deep-b.txt"}
    assert {"a.txt", "deep-b.txt"} <= set(state.outputs["last"]["stdout"].split())


async def test_a_called_run_lands_nothing_and_its_gates_are_those_of_the_beginning(repository: Path):
    git(repository, "switch", "-q", "-c", "desk")
    before = git(repository, "rev-parse", "desk")
    state = await drive(
        repository,
        w="""
  - {id: p1, run: "echo true > check.sh"}
  - {id: kid, needs: [p1], call: {workflow: child.yaml}}
""",
        child="""
  - {id: k1, run: "echo 1 > k1.txt", gate: {run: sh check.sh}}
land: merge
""",
    )
    assert state.status == "failed"
    assert "gate" in state.reason
    assert git(repository, "rev-parse", "desk") == before


async def test_what_a_failed_called_run_left_is_kept_under_its_refs(repository: Path):
    state = await drive(
        repository,
        w="  - {id: kid, call: {workflow: child.yaml}}\n",
        child='  - {id: k1, run: "echo half > half.txt; exit 1"}\n',
    )
    assert state.status == "failed"
    refs = git(repository, "for-each-ref", "--format=%(refname)", f"refs/ropewalk/{state.steps['kid'].child}")
    assert any("half.txt" in git(repository, "ls-tree", "--name-only", ref) for ref in refs.split())


async def test_needs_that_disagree_are_asked_about_before_the_call(repository: Path):
    state = await drive(
        repository,
        w="""
  - {id: a, run: "echo a > x.txt"}
  - {id: b, run: "echo b > x.txt"}
  - {id: kid, needs: [a, b], call: {workflow: child.yaml}}
""",
        child='  - {id: k1, run: "cat x.txt"}\n',
    )
    assert (state.status, state.reason) == ("paused", "asked")
    (ask,) = state.asks.values()
    async with open_ropewalk(repository) as ropewalk:
        await ropewalk.answer(state.run, ask.ask, "theirs", by="ann")
        state = await ropewalk.drive(state.run)
    assert state.status == "completed", state.reason
    assert git(repository, "show", f"{state.commit}:x.txt") == "b"


async def test_without_versions_a_called_run_works_in_the_folder_of_its_caller(repository: Path):
    state = await drive(
        repository,
        "folder",
        w="""
  - {id: p1, run: "echo 1 > p1.txt"}
  - {id: kid, needs: [p1], call: {workflow: child.yaml}}
  - {id: p2, needs: [kid], run: "cat k1.txt"}
""",
        child='  - {id: k1, run: "cp p1.txt k1.txt"}\n',
    )
    assert state.status == "completed", state.reason
    assert state.outputs["p2"]["stdout"] == "1"


async def test_the_files_of_a_run_are_read_from_what_its_steps_left_joined(repository: Path):
    (repository / "f.txt").write_text("".join(f"line {n}\n" for n in range(9)))
    git(repository, "add", "f.txt")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "f")
    text = """
  - {id: a, run: "sed -i 's/line 0/first/' f.txt; ln -s f.txt l"}
  - {id: b, run: "sed -i 's/line 8/last/' f.txt"}
  - {id: c, needs: [a, b], run: "exit 1"}
"""
    state = await drive(repository, w=text)
    assert state.status == "failed"
    async with open_ropewalk(repository) as ropewalk:
        found = await run_files(ropewalk, state)
        assert await run_files(ropewalk, state) is found
        data = await file_content(ropewalk, state, found, "f.txt") or b""
        assert data.startswith(b"first\n")
        assert data.endswith(b"last\n")
        assert await file_content(ropewalk, state, found, "l") is None
    state = await drive(repository, w=text.replace("exit 1", "true"))
    async with open_ropewalk(repository) as ropewalk:
        found = await run_files(ropewalk, state)
        assert found.commit == state.commit
        assert [(path, one.step) for path, one in found.made.items()] == [("f.txt", "b"), ("l", "a")]
        assert await file_content(ropewalk, state, found, "f.txt") == data


async def test_a_fork_past_a_foreach_keeps_what_its_items_made(repository: Path):
    state = await drive(
        repository,
        w="""
  - {id: each, foreach: ["a", "b"], run: "echo $ROPEWALK_ITEM > $ROPEWALK_ITEM.txt"}
  - {id: after, needs: [each], run: "ls"}
""",
    )
    assert state.status == "completed", state.reason
    async with open_ropewalk(repository) as ropewalk:
        forked = await ropewalk.drive(await ropewalk.fork(state.run, "after"))
        assert forked.status == "completed", forked.reason
        assert {"a.txt", "b.txt"} <= set(forked.outputs["after"]["stdout"].split())
        assert tree(repository, forked.commit) == {"a.txt", "b.txt"}
        assert (await ropewalk.cleanup(0.0, unlanded=True)).removed
    assert git(repository, "for-each-ref", "refs/ropewalk") == ""


async def test_what_a_fork_keeps_stays_when_the_run_that_it_comes_from_is_let_go(repository: Path):
    state = await drive(
        repository,
        w='  - {id: a, run: "echo a > a.txt"}\n  - {id: b, needs: [a], run: "cat a.txt"}\n',
    )
    async with open_ropewalk(repository) as ropewalk:
        fork = await ropewalk.fork(state.run, "b")
        git(repository, "branch", "-D", state.branch)
        for ref in git(
            repository, "for-each-ref", "--format=%(refname)", f"refs/ropewalk/{state.run}"
        ).split():
            git(repository, "update-ref", "-d", ref)
        git(repository, "reflog", "expire", "--expire=now", "--all")
        git(repository, "gc", "-q", "--prune=now")
        forked = await ropewalk.drive(fork)
    assert forked.status == "completed", forked.reason

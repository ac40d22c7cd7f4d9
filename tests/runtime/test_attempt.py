"""An attempt with real workspaces and kinds: evidence, gates, what is kept of failures, and conflicts."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core.state import State
from ropewalk.core.work import Options
from ropewalk.definition.workflow import Foreach, Gate, Ref, Step, Workflow
from ropewalk.errors import DirtyCheckout
from ropewalk.trees import remove_tree
from ropewalk.workspace.attempt_folders import AttemptFolders
from tests.formats.told import workflow

pytestmark = pytest.mark.needs("git")


def script(name: str, text: str, *needs: str, **how: object) -> Step:
    return Step(id=name, kind="run", args={"script": text}, needs=needs, **how)  # type: ignore[arg-type]


async def drive(folder: Path, *steps: Step, **how: object) -> tuple[Ropewalk, State]:
    ropewalk = open_ropewalk(folder)
    run = await ropewalk.start(Workflow(name="flow", steps=steps, **how))  # type: ignore[arg-type]
    return ropewalk, await ropewalk.drive(run)


def git(folder: Path, *argv: str) -> str:
    return subprocess.run(
        ["git", *argv], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def _alive(pid: str) -> bool:
    """A zombie that nobody reaps in a container is dead all the same."""
    stat = Path("/proc", pid, "stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "notes.md").write_text("# One\n\n# Two\n")
    (tmp_path / "check.sh").write_text("test -f good\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin")
    return tmp_path


async def test_what_parallel_steps_wrote_is_merged_into_one_branch(repository: Path) -> None:
    ropewalk, state = await drive(repository, script("a", "echo a > a.txt"), script("b", "echo b > b.txt"))
    assert state.status == "completed", state.reason
    assert state.branch == f"ropewalk/{state.run}"
    assert git(repository, "ls-tree", "--name-only", state.commit).split() == [
        "a.txt",
        "b.txt",
        "check.sh",
        "notes.md",
    ]
    assert git(repository, "status", "--porcelain") == ""
    await ropewalk.close()


async def test_a_step_sees_what_its_needs_left_and_not_what_others_did(repository: Path) -> None:
    steps = (
        script("a", "echo a > a.txt"),
        script("b", "echo b > b.txt"),
        script("c", "cat a.txt; test ! -e b.txt", "a"),
    )
    ropewalk, state = await drive(repository, *steps)
    assert state.status == "completed", state.reason
    assert state.outputs["c"]["stdout"] == "a"
    await ropewalk.close()


async def test_a_step_that_is_only_a_gate_judges_what_its_needs_left(repository: Path) -> None:
    gate = Gate("command", {"script": "grep -q a a.txt"})
    judge = Step(id="judge", kind="noop", needs=("a",), gates=(gate,))
    ropewalk, state = await drive(repository, script("a", "echo a > a.txt"), judge)
    assert state.status == "completed", state.reason
    await ropewalk.close()


async def test_a_step_that_is_only_gates_has_files_laid_out_for_them_and_for_nobody_else(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid: list[str] = []
    own = AttemptFolders.own

    async def counted(places: AttemptFolders, run: str, name: str, *how: Any, **more: Any) -> Path:
        laid.append(name)
        return await own(places, run, name, *how, **more)

    monkeypatch.setattr(AttemptFolders, "own", counted)
    gates = (Gate("command", {"script": "grep -q a a.txt"}), Gate("artifacts", {"artifacts": ["a.txt"]}))
    judge = Step(id="judge", kind="noop", needs=("a",), gates=gates)
    after = script("after", "cp a.txt b.txt", "judge")
    ropewalk, state = await drive(repository, script("a", "echo a > a.txt"), judge, after)
    assert state.status == "completed", state.reason
    assert [name.partition(".")[0].partition("-")[0] for name in laid] == ["a", "judge", "judge", "after"]
    assert all(name.endswith(".judge") for name in laid[1:3])
    assert git(repository, "show", f"{state.commit}:b.txt") == "a"
    await ropewalk.close()


async def test_a_step_that_is_only_a_gate_waits_where_what_it_judges_does_not_fit_together(
    repository: Path,
) -> None:
    steps = (script("a", "echo a > x.txt"), script("b", "echo b > x.txt"))
    judge = Step(
        id="judge", kind="noop", needs=("a", "b"), gates=(Gate("command", {"script": "grep -q b x.txt"}),)
    )
    ropewalk, state = await drive(repository, *steps, judge)
    (ask,) = state.asks.values()
    assert (ask.about, ask.step) == ("conflict", "judge")
    await ropewalk.answer(state.run, ask.ask, "theirs", by="ann")
    state = await ropewalk.drive(state.run)
    assert state.steps["judge"].verdicts[-1].verdict == "PASS"
    await ropewalk.close()


async def test_disagreement_is_asked_about_and_an_answer_settles_it(repository: Path) -> None:
    steps = (script("a", "echo a > x.txt"), script("b", "echo b > x.txt"))
    ropewalk, state = await drive(repository, *steps)
    assert (state.status, state.reason) == ("paused", "asked")
    (ask,) = state.asks.values()
    assert ask.about == "conflict"
    assert "x.txt" in ask.prompt
    await ropewalk.answer(state.run, ask.ask, "theirs", by="ann")
    state = await ropewalk.drive(state.run)
    assert state.status == "completed", state.reason
    assert git(repository, "show", f"{state.commit}:x.txt") == "b"
    await ropewalk.close()


async def test_disagreement_ends_the_run_when_the_policy_says_so(repository: Path) -> None:
    steps = (script("a", "echo a > x.txt"), script("b", "echo b > x.txt"))
    ropewalk, state = await drive(repository, *steps, merge={"*.txt": "fail"})
    assert state.status == "failed"
    assert "x.txt" in state.reason
    assert state.steps["a"].status == state.steps["b"].status == "succeeded"
    await ropewalk.close()


async def test_success_needs_evidence(repository: Path) -> None:
    ropewalk, state = await drive(repository, script("a", "true", creates=(Ref("never.txt"),)))
    assert state.status == "failed"
    assert "never.txt" in state.reason
    await ropewalk.close()


async def test_what_a_failed_attempt_wrote_is_kept_under_its_own_ref(repository: Path) -> None:
    ropewalk, state = await drive(repository, script("a", "echo half > half.txt; exit 1"))
    assert state.status == "failed"
    refs = git(repository, "for-each-ref", "--format=%(refname)", f"refs/ropewalk/{state.run}").split()
    assert any("half.txt" in git(repository, "ls-tree", "--name-only", ref) for ref in refs)
    await ropewalk.close()


async def test_a_run_cannot_weaken_what_judges_it(repository: Path) -> None:
    gate = Gate(kind="command", args={"argv": ["sh", "check.sh"]})
    ropewalk, state = await drive(repository, script("a", "echo true > check.sh", gates=(gate,)))
    assert state.status == "failed"
    assert "judged with check.sh as at the start of the run" in state.reason
    await ropewalk.close()


async def test_the_last_gate_judges_exactly_the_merged_commit(repository: Path) -> None:
    gate = Gate(kind="command", args={"script": "test -f a.txt -a -f b.txt"})
    steps = (script("a", "echo a > a.txt"), script("b", "echo b > b.txt"))
    ropewalk, state = await drive(repository, *steps, gates=(gate,))
    assert state.status == "completed", state.reason
    assert [v.verdict for v in state.steps["ropewalk.merge"].verdicts] == ["PASS"]
    ropewalk2, bad = await drive(repository, script("a", "echo a > a.txt"), gates=(gate,))
    assert bad.status == "failed"
    await ropewalk.close()
    await ropewalk2.close()


async def test_landing_takes_a_clean_checkout_of_the_target_along(repository: Path) -> None:
    ropewalk, state = await drive(repository, script("a", "echo a > a.txt"), land="merge")
    assert (state.status, state.landed) == ("completed", "main"), state.reason
    assert (repository / "a.txt").read_text() == "a\n"
    await ropewalk.close()


async def test_landing_does_nothing_to_what_somebody_has_not_committed(repository: Path) -> None:
    before = git(repository, "rev-parse", "main")
    (repository / "a.txt").write_text("mine\n")
    ropewalk, state = await drive(repository, script("a", "echo a > a.txt"), land="merge")
    assert state.status == "failed"
    assert "a.txt" in state.reason
    assert (repository / "a.txt").read_text() == "mine\n"
    assert git(repository, "rev-parse", "main") == before
    await ropewalk.close()


async def test_items_of_a_foreach_are_merged_in_input_order(repository: Path) -> None:
    each = script(
        "each", 'echo "$ROPEWALK_ITEM" > "$ROPEWALK_ITEM.txt"', foreach=Foreach(over='["x", "y", "z"]')
    )
    ropewalk, state = await drive(repository, each, script("list", "ls", "each"))
    assert state.status == "completed", state.reason
    assert {"x.txt", "y.txt", "z.txt"} <= set(state.outputs["list"]["stdout"].split())
    await ropewalk.close()


async def test_a_time_limit_ends_the_process_and_all_that_it_started(repository: Path) -> None:
    from ropewalk.definition.policy import Retry, Timeouts

    pid = repository / ".ropewalk" / "pid"
    text = f"trap '' TERM; (trap '' TERM; sleep 60) & echo $! > {pid}; wait"
    limits = Timeouts(attempt_seconds=0.5, grace_seconds=0.2)
    ropewalk, state = await drive(repository, script("a", text, timeout=limits, retry=Retry(attempts=1)))
    assert state.status == "failed"
    assert "took longer than 0.5 s" in state.reason
    assert not _alive(pid.read_text().strip())
    await ropewalk.close()


async def test_uncommitted_changes_are_refused_or_taken_along(repository: Path) -> None:
    (repository / "notes.md").write_text("# changed\n")
    ropewalk = open_ropewalk(repository)
    flow = Workflow(name="flow", steps=(script("a", "cat notes.md"),))
    with pytest.raises(DirtyCheckout):
        await ropewalk.start(flow)
    state = await ropewalk.drive(await ropewalk.start(flow, with_changes=True))
    assert state.outputs["a"]["stdout"] == "# changed"
    await ropewalk.close()


async def test_a_bug_in_a_plug_in_fails_its_step_and_nothing_else(repository: Path) -> None:
    ropewalk = open_ropewalk(repository)

    class Broken:
        name = "broken"
        workspace = "none"
        schema: ClassVar[dict[str, object]] = {}

        async def perform(self, brief: object, desk: object, tools: object) -> object:
            raise ZeroDivisionError("oh")

    ropewalk.kinds._loaded["broken"] = Broken()
    run = await ropewalk.start(Workflow(name="flow", steps=(Step(id="a", kind="broken"),)))
    state = await ropewalk.drive(run)
    assert state.status == "failed"
    assert "please report it: ZeroDivisionError: oh" in state.reason
    await ropewalk.close()


async def test_a_kind_that_nobody_has_fails_its_step(repository: Path) -> None:
    ropewalk, state = await drive(repository, Step(id="a", kind="nonsense"))
    assert state.status == "failed"
    assert "nonsense" in state.reason
    await asyncio.gather(ropewalk.close())


async def test_a_step_that_leaves_what_cannot_be_kept_fails_names_it_and_keeps_its_folder(
    repository: Path,
) -> None:
    step = script("a", "echo x > good.txt; mkfifo pipe; mkdir -p sub/.git; echo y > sub/.git/y")
    ropewalk, state = await drive(repository, step)
    assert state.status == "failed"
    assert "pipe: it is no file, folder or link" in state.reason
    assert "sub/.git: git keeps nothing of this name" in state.reason
    [warning] = state.steps["a"].warnings
    folder = Path(warning.rpartition(": ")[2])
    assert "so its folder stays" in warning
    assert (folder / "sub/.git/y").read_text() == "y\n"
    ref = git(repository, "rev-parse", f"refs/ropewalk/{state.run}/a/1.1")
    assert "good.txt" in git(repository, "ls-tree", "--name-only", ref)
    await ropewalk.close()


async def test_warnings_of_the_files_reach_the_record(repository: Path) -> None:
    text = "git init -q app; echo x > app/x; git -C app add x"
    ropewalk, state = await drive(repository, script("a", text))
    assert state.status == "completed", state.reason
    assert state.steps["a"].warnings == (
        "app is a repository of its own; its files are kept, its history is not",
    )
    await ropewalk.close()


async def test_what_is_declared_is_kept_also_where_the_repository_ignores_it(repository: Path) -> None:
    made = (Ref("dist/app.txt"), Ref("logs/*.log"))
    text = "printf 'dist/\n*.log\n' > .gitignore; mkdir dist logs; tee dist/app.txt logs/a.log </etc/hostname"
    ropewalk, state = await drive(repository, script("a", text, creates=made, updates=(Ref("dist/app.txt"),)))
    assert state.status == "completed", state.reason
    names = git(repository, "ls-tree", "-r", "--name-only", state.commit).split()
    assert {"dist/app.txt", "logs/a.log"} <= set(names)
    await ropewalk.close()


async def test_outputs_without_an_end_to_their_depth_fail_the_attempt_that_gave_them(
    repository: Path,
) -> None:
    ropewalk = open_ropewalk(repository)
    call = Step(id="call", kind="function", args={"name": f"{__name__}:deep", "inline": True})
    state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=(call,))))
    failure = state.steps["call"].failure
    assert failure is not None
    assert "nested deeper than 64 levels" in failure.message
    assert await ropewalk.store.verify() == []
    await ropewalk.close()


def deep() -> object:
    value: object = 1
    for _ in range(70):
        value = [value]
    return value


JUDGED = """
secrets: {S: {env: JUDGE_SECRET}}
roles:
  dev: {}
  judge: {agent: teller, secrets: {T: S}}
gate: {verdict: {role: judge, criteria: [it is good]}}
steps:
- {id: a, role: dev, prompt: Do it., gate: {verdict: {role: judge, criteria: [it is good]}}}
"""


@pytest.mark.parametrize("given", [True, False])
async def test_a_judge_is_given_its_own_secrets_for_a_step_and_for_the_whole_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    """In a rehearsal nobody needs one."""
    said = '{"verdict": "PASS", "findings": []}'
    teller = f"""test "$T" = canary-51c0ffee && printf '%s\\n' '```json' '{said}' '```'"""
    (repository / "teller").write_text(teller)
    (repository / "ropewalk.toml").write_text(
        f"[agents.teller]\nargv = ['sh', '{repository}/teller']\n[agents.dev]\nargv = ['true']\n"
    )
    if given:
        monkeypatch.setenv("JUDGE_SECRET", "canary-51c0ffee")
    async with open_ropewalk(repository) as ropewalk:
        flow = workflow(JUDGED.replace("dev: {}", "dev: {agent: dev}"))
        options = Options() if given else Options(rehearse="")
        state = await ropewalk.drive(await ropewalk.start(flow, options=options))
    assert state.status == "completed", state.reason
    for step in ("a", "ropewalk.merge"):
        assert [verdict.verdict for verdict in state.steps[step].verdicts] == ["PASS"]


@pytest.mark.parametrize("kind", ["git", "folder"])
async def test_folders_of_a_thousand_floors_are_work_like_any_other(repository: Path, kind: str) -> None:
    deep = "d/" * 1100
    steps = (
        script("a", f"mkdir -p {deep} && echo hi > {deep}x.txt"),
        script("b", f"cat {deep}x.txt; echo no > {deep}y.txt", "a", workspace="read"),
        script("c", f"mkdir -p {deep}more; exit 1", "a", on_failure="continue"),
    )
    async with open_ropewalk(repository, workspace=kind) as ropewalk:
        state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps)))
        assert [state.steps[name].status for name in "abc"] == ["succeeded", "succeeded", "failed"], (
            state.reason
        )
        assert "ropewalk itself failed" not in state.reason
    if kind == "git":
        assert list((repository / ".git/ropewalk/folders").iterdir()) == []
    remove_tree(repository / ".ropewalk")  # pytest itself would come to the end of the stack

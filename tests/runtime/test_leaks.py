"""An attempt that wrote a secret has failed, and nothing of the value is kept, however the attempt ended."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.state import State
from ropewalk.errors import SecretStays
from ropewalk.workspace.attempt_folders import note_of
from ropewalk.workspace.port import AttemptId
from ropewalk.workspace.worktree import GitWorkspace
from tests.formats.told import workflow
from tests.journeys.program import Program, until

pytestmark = pytest.mark.needs("git")

VALUE = "canary-0123456789"


@pytest.fixture(params=["git", "folder"])
def project(request, tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("MINE", VALUE)
    (tmp_path / "ropewalk.toml").write_text(f'workspace = "{request.param}"\n')
    if request.param == "git":
        for words in (
            ["init", "-q"],
            ["add", "."],
            ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


async def ended(project: Path, script: str, **more: str) -> State:
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    text = f"secrets: {{S: {{env: MINE}}}}\nsteps:\n- {{id: a, run: '{script}', secrets: S{keys}}}\n"
    ropewalk = open_ropewalk(project)
    state = await ropewalk.drive(await ropewalk.start(workflow(text)))
    await ropewalk.close()
    return state


def kept(project: Path) -> list[str]:
    """What below the project has the value."""
    found = [
        str(path) for path in project.rglob("*") if path.is_file() and VALUE.encode() in path.read_bytes()
    ]
    if (project / ".git").exists():
        out = subprocess.run(
            ["git", "cat-file", "--batch-all-objects", "--batch"],
            cwd=project,
            capture_output=True,
            check=True,
        ).stdout
        found += ["an object"] if VALUE.encode() in out else []
    return found + [str(path) for path in project.rglob("*") if VALUE in path.name]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('echo "$S" > out.txt', "it wrote the secret S into out.txt; ropewalk took it out"),
        ('mkdir d; echo x > "d/$S"', "it wrote the secret S into d/[redacted S]"),
        ('echo "$S" > out.txt; exit 3', "exit code 3; it wrote the secret S into out.txt"),
        ('for n in 1 2 3 4 5 6 7; do echo "$S" > $n; done', "S into 5 and 2 more"),
    ],
)
async def test_a_file_with_a_secret_fails_the_step_and_is_not_kept(project, script, said):
    state = await ended(project, script)
    failure = state.steps["a"].failure
    assert failure is not None
    assert said in failure.message
    assert kept(project) == []


async def test_what_a_stopped_attempt_wrote_is_looked_through_too(project):
    state = await ended(
        project, 'echo "$S" > out.txt; echo "$S" > "$ROPEWALK_OUTPUT"; sleep 60', timeout="{attempt: 2}"
    )
    assert state.steps["a"].failure is not None
    assert kept(project) == []


async def test_outputs_and_the_spool_are_clean_without_a_failure(project):
    state = await ended(project, 'echo "told=$S" >> "$ROPEWALK_OUTPUT"; echo "$S"')
    result = state.steps["a"].result
    assert result is not None
    assert result.outputs["told"] == "[redacted S]"
    assert kept(project) == []


async def test_what_a_gate_writes_counts_as_well(project):
    state = await ended(project, "true", gate='"echo \\"$S\\" > g.txt"')
    assert kept(project) == []
    assert state.ended


@pytest.mark.parametrize("project", ["git"], indirect=True)
async def test_a_folder_that_has_to_stay_was_looked_through_and_says_what_cannot_be_kept(project: Path):
    state = await ended(project, "echo half > half.txt; mkfifo pipe; exit 1")
    (place,) = (project / ".git/ropewalk/folders" / state.run).glob("a.1.1")
    assert "pipe: it is no file" in state.steps["a"].warnings[-1]
    assert not note_of(place).secret


@pytest.mark.parametrize("project", ["git"], indirect=True)
async def test_what_cannot_be_taken_out_of_an_earlier_attempt_keeps_its_folder_and_not_the_next_from_working(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    async def cut_off(space: GitWorkspace, spot: AttemptId) -> list[str]:
        return [str(project)]

    def stuck(*given: object) -> list[tuple[str, str]]:
        raise SecretStays(name="S", path="x", reason="it may not be", folder=project)

    looked: list[str] = []
    monkeypatch.setattr(GitWorkspace, "cut_off", cut_off)
    monkeypatch.setattr(GitWorkspace, "looked_through", lambda space, folder: looked.append(folder))
    monkeypatch.setattr(
        "ropewalk.runtime.leaks.Scrub.folder",
        lambda scrub, folder, *since: stuck() if folder == project else [],
    )
    assert (await ended(project, "true")).status == "completed"
    assert looked == []


SCRIPT = 'echo "$S" > leak.txt; test -e "$FLAG" && rm leak.txt || { touch "$FLAG"; exec sleep 60; }'


@pytest.mark.parametrize("project", ["git"], indirect=True)
def test_what_an_attempt_that_was_killed_with_all_of_ropewalk_wrote_is_looked_through_by_the_next(
    project: Path, tmp_path_factory: pytest.TempPathFactory
):
    flag = tmp_path_factory.mktemp("flag") / "begun"
    program = Program(project, MINE=VALUE)
    program.write("ropewalk.toml", '[environment]\npass = ["FLAG"]\n')
    program.environment["FLAG"] = str(flag)
    program.write(
        "w.yaml",
        f"name: w\nsecrets: {{S: {{env: MINE}}}}\nsteps:\n- {{id: a, secrets: S, run: '{SCRIPT}'}}\n",
    )
    words = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "pass a variable"]
    subprocess.run(["git", *words], cwd=project, check=True)
    process = program.begin("run", "w.yaml")
    until(flag.exists, "the attempt")
    assert kept(project)
    program.kill(process)
    ended = program("drive")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert kept(project) == []
    refs = subprocess.run(["git", "for-each-ref"], cwd=project, capture_output=True, text=True, check=True)
    assert "/a/1.1.left" in refs.stdout

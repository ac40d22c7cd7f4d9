"""A run that asks for a confinement which is not to be had does not begin; what nobody confined sees is known by name."""

import subprocess

import pytest

from ropewalk.app.confining import check_confinement, confinement_of
from ropewalk.app.open import open_ropewalk
from ropewalk.app.settings import Settings
from ropewalk.definition.workflow import Gate, Role, Step, Workflow
from ropewalk.errors import Unconfinable

PLAIN = Step("s", "run", {"script": "true"})
PLAYED = Step("s", "role", role="r")


def workflow(step=PLAIN, **role):
    return Workflow("w", (step,), roles={"r": Role(**role)})


@pytest.fixture
def without(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))


CONFINED = {"confine": "worktree"}
ASKING = [
    (workflow(), Settings(confine="worktree")),
    (workflow(Step("s", "run", {"script": "true"}, confine="worktree")), Settings()),
    (workflow(PLAYED, confine="worktree"), Settings()),
    (workflow(PLAYED, agents=("a",)), Settings(agents={"a": CONFINED})),
    (workflow(PLAYED), Settings(agent="a", agents={"a": CONFINED})),
]
NOT_ASKING = [
    (workflow(), Settings()),
    (workflow(confine="worktree"), Settings()),  # nobody plays the role
    (workflow(PLAYED, agents=("a", "b")), Settings(agents={"a": CONFINED})),  # there is another
    (workflow(PLAYED), Settings(agents={"a": CONFINED})),
]


@pytest.mark.parametrize(("asked", "settings"), ASKING)
def test_whoever_asks_for_it_in_vain_is_refused(without, asked, settings):
    with pytest.raises(Unconfinable, match="bwrap was not found"):
        check_confinement(asked, settings, rehearsed=False)


@pytest.mark.parametrize(("asked", "settings"), NOT_ASKING)
def test_whoever_does_not_ask_for_it_does_not_need_it(without, asked, settings):
    check_confinement(asked, settings, rehearsed=False)


def test_in_a_rehearsal_no_agent_is_started_but_commands_are(without):
    check_confinement(workflow(PLAYED, confine="worktree"), Settings(), rehearsed=True)
    with pytest.raises(Unconfinable):
        check_confinement(*ASKING[1], rehearsed=True)


async def test_the_run_is_not_put_on_record(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    (tmp_path / ".ropewalk").mkdir()
    async with open_ropewalk(tmp_path) as ropewalk:
        with pytest.raises(Unconfinable):
            await ropewalk.start(ASKING[1][0])
        assert await ropewalk.store.unfinished() == []


@pytest.mark.parametrize("url", ["/data/runs.db", "sqlite:/data/runs.db", "sqlite:///data/runs.db"])
def test_a_store_that_lies_elsewhere_is_hidden_with_what_belongs_to_it(tmp_path, url):
    found = confinement_of(Settings(store=url), tmp_path, tmp_path / ".ropewalk").hidden
    assert {str(tmp_path), str(tmp_path / ".ropewalk")} < set(found)
    if url != "sqlite:///data/runs.db":
        assert {"/data/runs.db", "/data/runs.db-wal", "/data/runs.db-shm"} < set(found)


def test_a_store_that_is_no_file_hides_none(tmp_path):
    found = confinement_of(Settings(store="memory:"), tmp_path, tmp_path / ".ropewalk").hidden
    assert found[:2] == (str(tmp_path), str(tmp_path / ".ropewalk"))
    assert not [path for path in found if "memory" in path]


def begin(project):
    (project / ".ropewalk").mkdir(parents=True)
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", *words], cwd=project, check=True)


@pytest.mark.needs("git", "bwrap")
@pytest.mark.parametrize("by", ["step", "settings of the agent", "nobody"])
async def test_the_gates_of_the_result_are_confined_where_anything_is(tmp_path, monkeypatch, by):
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    (home / ".netrc").write_text("private")
    monkeypatch.setenv("HOME", str(home))
    for name, value in {"NAME": "a", "EMAIL": "a@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    begin(project)
    agents = {
        "writer": {"argv": ["touch", "made.txt"], "confine": "worktree" if by.startswith("set") else "none"}
    }
    step = Step("s", "role", role="r", confine="worktree" if by == "step" else "")
    gates = (Gate("command", {"script": "test ! -e ~/.netrc"}),)
    made = Workflow("w", (step,), roles={"r": Role(agents=("writer",))}, gates=gates)
    async with open_ropewalk(project, agents=agents) as ropewalk:
        state = await ropewalk.drive(await ropewalk.start(made))
    assert state.status == ("failed" if by == "nobody" else "completed"), state

"""What a run will need is looked at before it is on record: all that is not there is told at once, and what is called is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.app import acting
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.app.project import open_project
from ropewalk.core import Options
from ropewalk.errors import CannotStart

TOML = """
[agents.here]
argv = ["true"]
[agents.gone]
argv = ["no-such-program-1"]
[agents.lost]
argv = ["no-such-program-2"]
"""
CHILD = "name: child\ninputs: {a: string, b: {type: integer, default: 1}}\nsteps:\n- {id: one, run: 'echo old > made.txt', creates: made.txt}\n"


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "begin")
    (tmp_path / "ropewalk.toml").write_text(TOML)
    (tmp_path / "child.yaml").write_text(CHILD)
    return tmp_path


async def started(ropewalk: Ropewalk, text: str, **how: object) -> str:
    (ropewalk.folder / "w.yaml").write_text(text)
    loaded = ropewalk.load("w.yaml")
    return await ropewalk.start(loaded.workflow, where=loaded.where, **how)  # type: ignore[arg-type]


async def refused(folder: Path, text: str) -> list[str]:
    """What is told, without the folder; and nothing is on record then."""
    async with open_ropewalk(folder) as ropewalk:
        with pytest.raises(CannotStart) as error:
            await started(ropewalk, text)
        assert (await ropewalk.store.runs()) == []
    assert error.value.code == "cannot-start"
    return [str(fault).replace(f"{folder}/", "") for fault in error.value.faults]


async def test_all_that_is_not_there_is_told_at_once_with_its_place(folder: Path):
    lines = await refused(
        folder,
        "name: w\nroles: {r: {agent: [gone, lost]}}\nsteps:\n"
        "- {id: a, role: r, prompt: x}\n"
        "- {id: b, call: nowhere.yaml}\n"
        "- {id: c, function: 'no_such_module:f'}\n"
        "- {id: d, function: 'json:dumps'}\n"
        "- {id: e, function: '__main__:f'}\n",
    )
    assert [line.split(": ")[0] for line in lines] == [
        "w.yaml:2:20",
        "w.yaml:5:17",
        "w.yaml:6:21",
        "w.yaml:7:21",
        "w.yaml:8:21",
    ]
    assert "the role `r` can be used here: gone: no-such-program-1 was not found" in lines[0]
    assert "lost: no-such-program-2 was not found" in lines[0]
    assert "There is no workflow nowhere.yaml" in lines[1]
    assert "No module named 'no_such_module'" in lines[2]
    assert "nothing is known for its parameter(s) obj" in lines[3]
    assert "put the function into a module of its own" in lines[4]


@pytest.mark.parametrize(
    "step",
    [
        "{id: a, run: x, gate: {verdict: {role: r, criteria: [y]}}}",
        "{id: a, role: r, decide: {by: role, routes: {x: b, y: b}}}\n- {id: b, run: x, needs: a}",
        "{id: a, uses: noop}\ngate: {verdict: {role: r, criteria: [y]}}",
    ],
)
async def test_whoever_judges_or_decides_is_looked_at_as_well(folder: Path, step: str):
    (line,) = await refused(folder, f"name: w\nroles: {{r: gone}}\nsteps:\n- {step}\n")
    assert "no agent for the role `r` can be used here: gone:" in line


async def test_one_usable_agent_of_a_role_is_enough_and_a_rehearsal_needs_none(folder: Path):
    async with open_ropewalk(folder) as ropewalk:
        assert await started(
            ropewalk, "roles: {r: {agent: [gone, here]}}\nsteps: [{id: a, role: r, prompt: x}]"
        )
        text = "roles: {r: gone}\nsteps: [{id: a, role: r, prompt: x}]"
        assert await started(ropewalk, text, options=Options(rehearse=""))


async def test_what_is_called_is_checked_with_its_inputs_and_its_own_file(folder: Path):
    (folder / "deep.yaml").write_text("name: deep\nroles: {r: gone}\nsteps:\n- {id: a, role: r, prompt: x}\n")
    (folder / "broken.yaml").write_text("name: broken\nsteps:\n- {id: a, run: x, needs: b}\n")
    (folder / "middle.yaml").write_text(
        "name: middle\nsteps:\n- {id: a, call: deep.yaml}\n- {id: b, call: middle.yaml}\n"
    )
    lines = await refused(
        folder,
        "name: w\nsteps:\n"
        "- {id: a, call: child.yaml}\n"
        "- {id: b, call: {workflow: child.yaml, inputs: {a: '{{ run.id }}', b: many, c: x}}}\n"
        "- {id: c, call: middle.yaml}\n"
        "- {id: d, call: broken.yaml}\n",
    )
    assert [line.split(";")[0] for line in lines] == [
        "broken.yaml:3:26: there is no step `b`",
        "deep.yaml:2:12: no agent for the role `r` can be used here: gone: no-such-program-1 was not found (install no-such-program-1, or put it on the PATH)",
        "w.yaml:3:17: the input `a` of `child`: is missing",
        "w.yaml:4:17: the input `b` of `child`: integer wanted, got 'many'",
        "w.yaml:4:17: the input `c` of `child`: the workflow has no such input",
    ]


async def test_a_change_of_a_called_file_does_not_reach_a_run_that_was_started_before(folder: Path):
    async with open_ropewalk(folder) as ropewalk:
        (folder / "middle.yaml").write_text(
            "name: middle\nsteps:\n- {id: in, call: {workflow: child.yaml, inputs: {a: x}}}\n"
        )
        text = "name: w\nsteps:\n- {id: up, call: middle.yaml}\n"
        run = await started(ropewalk, text)
        (folder / "child.yaml").unlink()
        (folder / "middle.yaml").write_text("name: middle\nsteps:\n- {id: in, run: 'exit 1'}\n")
        state = await ropewalk.drive(run)
        result = state.steps["up"].result
        assert result is not None
        assert (state.status, [artifact.path for artifact in result.artifacts]) == ("completed", ["made.txt"])
        fork = await ropewalk.fork(run, "up")
        assert (await ropewalk.drive(fork)).status == "completed"
        assert not await ropewalk.store.verify()


async def test_a_run_of_before_that_kept_no_called_workflows_takes_the_file_as_it_is(folder: Path):
    async with open_ropewalk(folder) as ropewalk:
        loaded = await started(
            ropewalk, "name: w\nsteps:\n- {id: up, call: {workflow: child.yaml, inputs: {a: x}}}\n"
        )
        state = await ropewalk.engine.fold(loaded)
        workflow, definition = await ropewalk.engine.stored(state.digest)
        run = await ropewalk.engine.create(workflow, definition, base=state.base)
        assert (await ropewalk.drive(run)).status == "completed"


async def test_every_door_refuses_in_the_same_way(folder: Path):
    (folder / "workflows").mkdir()
    (folder / "workflows/w.yaml").write_text(
        "name: w\nroles: {r: gone}\nsteps: [{id: a, role: r, prompt: x}]\n"
    )
    async with open_ropewalk(folder) as ropewalk:
        with pytest.raises(CannotStart, match=r"w\.yaml:2:12: no agent"):
            await acting.start(ropewalk, acting.StartRequest("w"), "ann")
    async with open_project(folder) as project:
        with pytest.raises(CannotStart, match=r"w\.yaml:2:12: no agent"):
            await project.start("w")


async def test_a_function_is_found_in_the_project_with_inputs_items_and_steps_as_its_parameters(folder: Path):
    (folder / "steps_of_preflight.py").write_text(
        "def f(city, item, first, *more, last=1, **rest):\n    return {}\n"
    )
    async with open_ropewalk(folder) as ropewalk:
        text = "inputs: {city: {default: x}}\nsteps:\n- {id: first, uses: noop}\n- {id: b, needs: first, function: 'steps_of_preflight:f'}\n"
        assert await started(ropewalk, text)
    sys.modules.pop("steps_of_preflight", None)


async def test_a_file_that_no_step_would_see_is_told_before_the_run(folder: Path):
    (folder / "new.md").write_text("x")
    text = (
        "name: w\nsteps:\n- {id: a, run: x, requires: [new.md, {path: old.md, external: true}]}\n"
        "- {id: b, run: x, updates: [{path: c.md, optional: true}]}\n"
    )
    lines = await refused(folder, text)
    assert [line.split(";")[0] for line in lines] == [
        "w.yaml:3:30: `new.md` is not under version control, so no step would see it",
        "w.yaml:3:38: `old.md` is not there, and no step creates it",
    ]
    (folder / "old.md").write_text("x")
    async with open_ropewalk(folder) as ropewalk:
        assert await started(ropewalk, text, with_changes=True)


async def test_what_only_a_step_lacks_that_may_be_left_out_is_a_warning_that_people_see(folder: Path):
    text = (
        "name: w\ninputs: {old: {type: boolean, default: false}}\nroles: {r: {agent: gone}}\nsteps:\n"
        "- {id: a, run: 'true'}\n"
        "- {id: b, when: inputs.old, run: x, requires: [{path: dump.sql, external: true}]}\n"
        "- {id: c, when: inputs.old, role: r, prompt: x}\n"
        "- {id: d, optional: true, run: x, requires: [{path: more.sql, external: true}]}\n"
        "- {id: e, decide: {routes: {yes: {when: inputs.old, to: f}, no: {when: '!inputs.old', end: true}}}}\n"
        "- {id: f, run: x, requires: [{path: last.sql, external: true}]}\n"
    )
    async with open_ropewalk(folder) as ropewalk:
        state = await ropewalk.drive(await started(ropewalk, text))
    assert state.status == "completed"
    told = "\n".join(state.base["warnings"])
    assert all(word in told for word in ("dump.sql", "more.sql", "last.sql", "no agent for the role `r`"))


async def test_a_role_is_wanted_when_one_of_its_steps_is_sure_to_begin(folder: Path):
    lines = await refused(
        folder,
        "name: w\nroles: {r: {agent: gone}}\nsteps:\n- {id: a, when: 'false', role: r, prompt: x}\n"
        "- {id: b, role: r, prompt: x}\n",
    )
    assert ["no agent for the role `r`" in line for line in lines] == [True]


SUB = "name: sub\nroles: {r: {agent: gone}}\nsteps:\n- {id: x, role: r, prompt: x}\n"
CALLS = (
    "name: w\ninputs: {old: {type: boolean, default: false}}\nsteps:\n- {id: a, run: 'true'}\n"
    "- {id: b, when: inputs.old, call: sub.yaml}\n"
)


async def test_what_a_workflow_lacks_that_may_never_be_called_is_a_warning(folder: Path):
    (folder / "sub.yaml").write_text(SUB)
    async with open_ropewalk(folder) as ropewalk:
        state = await ropewalk.drive(await started(ropewalk, CALLS))
    assert state.status == "completed"
    assert any("no agent for the role `r`" in warning for warning in state.base["warnings"])


async def test_what_a_workflow_lacks_that_is_sure_to_be_called_is_a_fault(folder: Path):
    (folder / "sub.yaml").write_text(SUB)
    lines = await refused(folder, CALLS + "- {id: c, call: sub.yaml}\n")
    assert ["no agent for the role `r`" in line for line in lines] == [True]


async def test_a_rehearsal_shows_the_flow_without_the_files_that_a_role_would_read(folder: Path):
    text = (
        "name: w\nroles: {r: gone}\nsteps:\n"
        "- {id: a, role: r, prompt: x, requires: [{path: old.md, external: true}], creates: b.md}\n"
        "- {id: b, role: r, prompt: x, requires: b.md}\n"
    )
    async with open_ropewalk(folder) as ropewalk:
        run = await started(ropewalk, text, options=Options(rehearse=""))
        state = await ropewalk.drive(run)
        with pytest.raises(CannotStart, match="not there"):
            await started(
                ropewalk, text.replace("role: r, prompt: x", "run: x"), options=Options(rehearse="")
            )
        with pytest.raises(CannotStart, match="not there"):
            await started(ropewalk, text.replace("r: gone", "r: here"))
    assert state.status == "completed"
    assert any("`old.md` is not there, and no step creates it" in line for line in state.base["warnings"])


async def test_a_list_that_may_be_empty_needs_its_agent_only_when_there_are_items(folder: Path):
    text = (
        "name: w\ninputs: {list: {type: list, default: []}}\nroles: {r: {agent: gone}}\nsteps:\n"
        "- {id: a, foreach: inputs.list, role: r, prompt: x}\n"
    )
    for over in ("[1]", "{in: inputs.list, quorum: 1}"):
        (line,) = await refused(folder, text.replace("foreach: inputs.list", f"foreach: {over}"))
        assert "no agent for the role `r`" in line
    async with open_ropewalk(folder) as ropewalk:
        state = await ropewalk.drive(await started(ropewalk, text))
    assert state.status == "completed"
    assert any("no agent for the role `r`" in line for line in state.base["warnings"])


async def test_a_step_that_would_not_find_its_dir_is_told_before_the_run(folder: Path):
    (folder / "kept").mkdir()
    (folder / "kept/file").write_text("x")
    git(folder, "add", "kept")
    git(folder, "commit", "-q", "-m", "kept")
    (folder / "new").mkdir()
    lines = await refused(
        folder,
        "name: w\nsteps:\n"
        "- {id: a, run: x, dir: kept}\n"
        "- {id: b, run: x, dir: kept/file}\n"
        "- {id: c, run: x, dir: new}\n"
        "- {id: d, run: x, needs: a, dir: new}\n"
        "- {id: e, run: x, optional: true, dir: new}\n",
    )
    assert [line.split(";")[0] for line in lines] == [
        "w.yaml:4:24: `kept/file` is a file, and `dir` names a folder",
        "w.yaml:5:24: `new` is not under version control, so no step would see it",
        "w.yaml:7:40: warning: `new` is not under version control, so no step would see it",
    ]

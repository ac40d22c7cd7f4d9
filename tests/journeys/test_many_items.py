"""Ten times as many items, or steps, are ten times the work: counted in calls, statements and bytes, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.cli.main import main
from ropewalk.formats.loading import load_workflow_text

FEW, MANY = 100, 800
ROOM = 1.25
"""What may come on top, for what is doubled now and then."""


class Work:
    """Counts the calls of Python functions, and of what is written in C for it, while it is looked at."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> Work:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, arg: Any) -> None:
        self.calls += event in {"call", "c_call"}


def grows_no_faster(few: float, many: float) -> bool:
    return many <= few * (MANY / FEW) * ROOM


def flow(step: str) -> str:
    return f"""\
name: w
inputs: {{n: {{type: list}}}}
limits: {{items: 100000, events: 1000000}}
steps:
  - {{id: each, foreach: inputs.n, {step}}}
  - {{id: after, needs: [each], uses: noop, when: size(outputs.each.items) > 1}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def driven(ropewalk: Ropewalk, step: str, count: int) -> tuple[int, int, str]:
    """Calls and statements of a run from its start to its end, and the run."""
    statements: list[str] = []
    ropewalk.store.file.db.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    workflow = load_workflow_text(flow(step)).workflow
    with Work() as work:
        run = await ropewalk.start(workflow, inputs={"n": list(range(count))})
        state = await ropewalk.drive(run)
    ropewalk.store.file.db.set_trace_callback(None)  # type: ignore[attr-defined]
    assert len(state.outputs["each"]["items"]) == count
    return work.calls, len(statements), run


@pytest.mark.parametrize(
    "step", ["uses: noop", "uses: noop, at_most: 4", "uses: noop, when: it != 3, as: it"]
)
async def test_a_run_over_many_items_is_as_much_work_as_it_has_items(project: Path, step: str):
    async with open_ropewalk(project) as ropewalk:
        await driven(ropewalk, step, 10)
        few, many = await driven(ropewalk, step, FEW), await driven(ropewalk, step, MANY)
        assert grows_no_faster(few[0], many[0])
        assert grows_no_faster(few[1], many[1])
        await looked_at(ropewalk, few[2], many[2])


async def looked_at(ropewalk: Ropewalk, few: str, many: str) -> None:
    async def calls(what: Callable[[str], Awaitable[object]], run: str) -> int:
        with Work() as work:
            await what(run)
        return work.calls

    for what in (ropewalk.engine.fold, ropewalk.store.row, ropewalk.store.verify):
        await calls(what, few)
        assert grows_no_faster(await calls(what, few), await calls(what, many)), what


@pytest.mark.parametrize("command", ["show", "explain", "events"])
def test_looking_at_many_items_is_as_much_work_as_there_are(
    project: Path, command: str, capsys: pytest.CaptureFixture[str]
):
    (project / "w.yaml").write_text(flow("uses: noop"))
    found = []
    for count in (10, FEW, MANY):
        assert main(["run", "w.yaml", "-i", f"n={list(range(count))}"]) == 0
        with Work() as work:
            assert main([command, "last"]) == 0
        found.append(work.calls)
    capsys.readouterr()
    assert grows_no_faster(found[1], found[2])


@pytest.mark.parametrize("needs", [False, True])
def test_a_workflow_of_many_steps_is_read_as_fast_as_it_is_long(needs: bool):
    def calls(count: int) -> int:
        rows = [
            f"  - {{id: s{n}, uses: noop" + (f", needs: [s{n - 1}]" if n and needs else "") + "}"
            for n in range(count)
        ]
        text = "name: w\nsteps:\n" + "\n".join(rows)
        with Work() as work:
            load_workflow_text(text)
        return work.calls

    calls(10)
    assert grows_no_faster(calls(FEW), calls(MANY))


def test_the_list_is_not_written_again_for_every_item(project: Path):
    (project / "w.yaml").write_text(flow("run: 'wc -c < $ROPEWALK_INPUT_N_FILE', workspace: none"))
    words = ["x" * 60] * 1500
    words = [f"{n}{word}" for n, word in enumerate(words)]
    (project / "in.json").write_text(str({"n": words}).replace("'", '"'))
    (project / "few.yaml").write_text(
        flow("run: 'wc -c < $ROPEWALK_INPUT_N_FILE', workspace: none").replace("inputs.n", "'[1,2,3,4]'")
    )
    assert main(["run", "few.yaml", "-i", "@in.json"]) == 0
    files = list((project / ".ropewalk" / "attempts").rglob("ROPEWALK_INPUT_N"))
    assert len(files) == 4
    assert len({file.stat().st_ino for file in files}) == 1


def test_too_many_items_are_refused_before_the_first_with_the_limits_to_write(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    text = flow("uses: noop").replace("limits: {items: 100000, events: 1000000}", "limits: {events: 5000}")
    (project / "w.yaml").write_text(text)
    assert main(["run", "w.yaml", "-i", f"n={list(range(3000))}"]) == 1
    told = capsys.readouterr().out
    assert "limits.items allows 1000 and limits.events allows 5000" in told
    assert "write `limits: {items: 3000, events: 12" in told
    assert "step.started" not in told

"""The gates of an attempt: each judges in a folder of its own that nobody wrote to, with what judges as it was at the base."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from ropewalk.agents import files_matching, path_inside
from ropewalk.agents.port import Desk
from ropewalk.core import Outcome, Verdict
from ropewalk.definition import Gate
from ropewalk.errors import GateError
from ropewalk.files import copy_file
from ropewalk.runtime.assignment import Assignment
from ropewalk.runtime.changes import changes_between
from ropewalk.runtime.desk import AttemptDesk, desk_at
from ropewalk.steps.port import GateKind, Tools
from ropewalk.trees import remove_tree
from ropewalk.workspace.port import Base, Folder, JudgeFolder, JudgeRules, Workspace

_LISTED = 20


class Judged(Struct, frozen=True):
    """What is judged: the outcome, and what the attempt left as a commit, or ("") as it lies in its place."""

    outcome: Outcome
    place: Folder
    commit: str
    base: Base


class Judges:
    """The gates of one assignment, in written order; all are judged."""

    def __init__(
        self,
        assignment: Assignment,
        workspace: Workspace,
        kinds: Callable[[str], GateKind],
        tools: Callable[[], Tools],
        desk: AttemptDesk,
        known: dict[tuple[str, int], Verdict] | None = None,
    ) -> None:
        """`known` are verdicts by commit and number of the gate: where the host made the judging stop, those are not asked for,
        and paid, a second time."""
        self._known = {} if known is None else known
        self._assignment = assignment
        self._workspace = workspace
        self._kinds = kinds
        self._tools = tools
        self._desk = desk

    async def judge(self, judged: Judged) -> list[Verdict]:
        """A verdict of each gate. Raises GateError when one cannot judge; its `where["verdicts"]` are those up to there, with a
        no in the name of the one that could not, and what it took."""
        verdicts: list[Verdict] = []
        for number, gate in enumerate(self._assignment.gates, 1):
            key = (judged.commit, number)
            try:
                if key not in self._known:
                    self._known[key] = await self._gate(gate, str(number), judged)
            except GateError as error:
                no = Verdict(gate.kind, "FAIL", findings=(error.message,), usage=error.where.get("usage"))
                error.where["verdicts"] = (*verdicts, _called(gate, no))
                raise
            verdicts.append(self._known[key])
        return verdicts

    async def _gate(self, gate: Gate, name: str, judged: Judged) -> Verdict:
        kind = self._kinds(gate.kind)
        steered: Any = getattr(kind, "steered", "all")
        steered = steered(gate.args) if callable(steered) else steered
        if steered == "none":
            return _called(gate, await self._ask(kind, gate, judged, cast("Desk", self._desk)))
        rules = JudgeRules(
            steered,
            command_of(gate.args, self._assignment.brief.folder),
            gate.protect,
            gate.may_change,
            self._assignment.work,
        )
        verdict, folder = await self._in_folder(kind, gate, name, judged, rules)
        if len(folder.operands) > 1:
            return _called(gate, _undecided(verdict, folder))
        if folder.uncertain and verdict.verdict != "FAIL":
            as_it_is, _ = await self._in_folder(
                kind, gate, f"{name}-as-it-is", judged, replace(rules, as_it_is=True)
            )
            if as_it_is.verdict == "FAIL":
                verdict = replace(as_it_is, findings=(_as_it_is(folder), *as_it_is.findings))
        return _called(gate, with_folder(verdict, folder))

    async def _in_folder(
        self, kind: GateKind, gate: Gate, name: str, judged: Judged, rules: JudgeRules
    ) -> tuple[Verdict, JudgeFolder]:
        spot = replace(self._assignment.spot, step=f"{self._assignment.spot.step}:gate-{name}", takes_over=0)
        folder = await self._workspace.judge(spot, judged.base, judged.place, judged.commit, rules)
        try:
            path = Path(folder.place.path)
            carried = (
                [] if rules.command else await asyncio.to_thread(_carry, gate, Path(judged.place.path), path)
            )
            spool = await asyncio.to_thread(_fresh, self._desk.spool, name)
            verdict = await self._ask(kind, gate, judged, desk_at(self._desk, folder.place, spool))
            if carried:
                evidence = {**verdict.evidence, "not_in_the_result": carried[:_LISTED]}
                verdict = replace(verdict, evidence=evidence)
            return verdict, folder
        finally:
            await self._workspace.close(spot, folder.place)

    async def _ask(self, kind: GateKind, gate: Gate, judged: Judged, desk: Desk) -> Verdict:
        tools, workspace, base = self._tools(), self._workspace, judged.base.commit
        before = await self._before(judged.place.base) if judged.place.base else ""
        if before:
            tools = replace(tools, before=lambda path: workspace.read(before, path))
        if judged.commit and base:
            changed = partial(changes_between, workspace, before, base, judged.commit)
            tools = replace(tools, changed=changed)
        brief = replace(self._assignment.brief, base=base)
        return await kind.judge(gate.args, brief, judged.outcome, desk, tools)

    async def _before(self, start: str) -> str:
        """The commit that the step found. Work that has come back starts from its own of the round before, and what was wrong with
        that would be right the second time."""
        assignment = self._assignment
        of_others = [part for part in assignment.parts if part.step != assignment.spot.step]
        if len(of_others) == len(assignment.parts):
            return start
        merged = await self._workspace.merge(
            assignment.spot.run, assignment.base, of_others, assignment.policies
        )
        return merged.commit or start


def _fresh(spool: Path, name: str) -> Path:
    """A new private folder for a judge. The attempt that is judged could write to its own: nothing there is believed."""
    gates = spool / "gates"
    if gates.is_symlink() or gates.is_file():
        gates.unlink()
    folder = gates / name
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    if folder.is_dir():
        remove_tree(folder)
    folder.mkdir(parents=True)
    return folder


def command_of(args: Mapping[str, Any], folder: str = "") -> str:
    """The text of the command among a gate's arguments, as it is from the top where it begins in a folder; "" when it has none."""
    argv = args.get("argv")
    if isinstance(args.get("script"), str):
        command = str(args["script"])
    else:
        command = shlex.join(map(str, argv)) if isinstance(argv, list | tuple) else ""
    return f"cd {shlex.quote(f'{folder}/')}\n{command}" if command and folder else command


def with_folder(verdict: Verdict, folder: JudgeFolder) -> Verdict:
    """The verdict with what of the run's files did not count; in words where there was anything."""
    laid_out = {
        "as_at_the_base": {**folder.restored, **folder.joined},
        "left_out": folder.left_out,
        "of_the_run": folder.of_the_run,
        "new_tests": list(folder.new_tests[:_LISTED]),
    }
    laid_out = {name: value for name, value in laid_out.items() if value}
    if not laid_out:
        return verdict
    evidence = {**verdict.evidence, "judged_with": {"base": folder.base, **laid_out}}
    findings = (*verdict.findings, *_findings(folder))
    if folder.uncertain and verdict.verdict == "FAIL":
        findings += (
            f"where {_list(folder.uncertain)} is the work and no judge, say so: `updates` of a step",
        )
    return replace(verdict, findings=findings, evidence=evidence)


def _findings(folder: JudgeFolder) -> Iterator[str]:
    if folder.restored or folder.joined:
        paths = [*folder.restored, *(f"the checks in {path}" for path in folder.joined)]
        yield f"judged with {_list(paths)} as at the start of the run; what the run changed there does not count"
    if folder.left_out:
        yield f"judged without {_list(list(folder.left_out))}: new, and would steer what was there before the run"
    if folder.of_the_run:
        yield f"{_list(list(folder.of_the_run))} came with the run: there was none at its start"


def _as_it_is(folder: JudgeFolder) -> str:
    return f"passes with {_list(folder.uncertain)} as at the start of the run, but not as the run left it"


def _undecided(verdict: Verdict, folder: JudgeFolder) -> Verdict:
    finding = (
        f"the run changed {_list(folder.operands)}, which the command names, so that nobody can tell which of them "
        "judges: say `updates` of what a step is to write, or `protect` of what judges"
    )
    return with_folder(replace(verdict, verdict="FAIL", findings=(finding,), reason=finding), folder)


def _list(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more"


def _called(gate: Gate, verdict: Verdict) -> Verdict:
    return replace(verdict, gate=gate.id) if gate.id else verdict


def _carry(gate: Gate, source: Path, target: Path) -> list[str]:
    """Copy files that the gate looks at and no commit keeps, such as a report that git ignores. Gives their paths."""
    carried = []
    for name in _looked_at(gate.args):
        try:
            files = files_matching(source, name)
        except ValueError:
            continue  # The gate itself says what is wrong with the name.
        for file in files:
            path = file.relative_to(source).as_posix()
            if _copied(file, target, path):
                carried.append(path)
    return carried


def _copied(file: Path, target: Path, path: str) -> bool:
    try:
        copy = path_inside(target, path)
    except ValueError:
        return False
    if copy.exists() or copy.is_symlink():
        return False
    copy.parent.mkdir(parents=True, exist_ok=True)
    if file.is_symlink():
        copy.symlink_to(file.readlink())
    else:
        copy_file(file, copy)
    return True


def _looked_at(args: Mapping[str, Any]) -> Iterator[str]:
    for key in ("report", "document"):
        if isinstance(args.get(key), str):
            yield args[key]
    for wanted in args.get("artifacts", ()) if isinstance(args.get("artifacts"), list | tuple) else ():
        name = wanted.get("path") if isinstance(wanted, dict) else wanted
        if isinstance(name, str):
            yield name

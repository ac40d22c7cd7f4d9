"""A project as a program of its own uses it: typed questions and typed deeds, the same as at every other door.

Each method is one function of the facade, so a program sees what the command line and the API show, and no more.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ropewalk.app import acting, choosing, showing
from ropewalk.app.choosing import AgentRow, WorkflowRow
from ropewalk.app.folded import Folded
from ropewalk.app.objects import ArtifactRow, AskView, RecordView, RunView, StepRow, StepView, record_of
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core import Options
from ropewalk.definition import Where, Workflow
from ropewalk.errors import Refused
from ropewalk.observe import Explanation
from ropewalk.store import follow_feed
from ropewalk.store.port import RunQuery

if TYPE_CHECKING:
    from ropewalk.app.cleaning import Cleaned


def open_project(
    folder: Path | str | None = None,
    *,
    store: str | None = None,
    slots: int | None = None,
    workspace: Literal["git", "folder"] | None = None,
    agent: str | None = None,
    actor: str | None = None,
) -> Project:
    """Open the project around a folder (the current one). What is not given stands in `ropewalk.toml`.

    `store` is a file or an address, `slots` how many attempts may be under way at once, `agent` the one for roles that name none,
    `actor` the name under which this program acts. Raises SettingsError, StoreError.
    """
    options = {"store": store, "slots": slots, "workspace": workspace, "agent": agent, "actor": actor}
    settings = {name: value for name, value in options.items() if value is not None}
    return Project(open_ropewalk(Path(folder) if folder is not None else None, **settings))


class Project:
    """An opened project. Close it; as an async context manager it closes itself."""

    def __init__(self, ropewalk: Ropewalk) -> None:
        self._ropewalk = ropewalk
        self._folded = Folded(ropewalk)

    async def __aenter__(self) -> Project:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop driving and close the store. A run that was driven is left as it is, and can be driven again."""
        await self._ropewalk.close()

    @property
    def folder(self) -> Path:
        """The top of the project."""
        return self._ropewalk.folder

    # Runs ---------------------------------------------------------------------------------------------------------

    def workflow(self, name: str) -> Workflow:
        """A workflow by name or path, checked whole. Raises NoSuchWorkflow, InvalidDefinition, VariantNeeded."""
        return self._ropewalk.load(name).workflow

    async def workflows(self) -> tuple[WorkflowRow, ...]:
        """Every workflow that can be named here, in the order in which names are looked up."""
        return await choosing.workflows(self._ropewalk)

    async def agents(self, *, probed: bool = False) -> tuple[AgentRow, ...]:
        """Every agent and what it does now. `probed`: ask each whether it can be used, which may start its program."""
        return await choosing.agents(self._ropewalk, probed=probed)

    async def start(
        self,
        workflow: Workflow | str,
        *,
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        labels: Mapping[str, str] | None = None,
        parallel: int = 0,
        sequential: bool = False,
        rehearse: bool = False,
        with_changes: bool = False,
    ) -> str:
        """Put a run on record and give its id; it goes on when it is driven. `parallel` attempts at once (0: as the workflow
        says), `with_changes` takes the uncommitted changes along.

        Raises NoSuchWorkflow, InvalidDefinition, CannotStart, InvalidInput, SecretsMissing, WorkspaceError.
        """
        where: Where | None = None
        if isinstance(workflow, str):
            loaded = self._ropewalk.load(workflow)
            workflow, where = loaded.workflow, loaded.where
        options = Options(parallel=parallel, sequential=sequential, rehearse="" if rehearse else None)
        return await self._ropewalk.start(
            workflow,
            inputs=inputs,
            facts=facts,
            labels=labels,
            options=options,
            with_changes=with_changes,
            where=where,
        )

    async def drive(self, run: str, *, until_ended: bool = False) -> RunView:
        """Drive a run until it ends or only others can move it on. Raises LeaseHeld when another process drives it."""
        run_id = await self._find(run)
        await self._ropewalk.drive(run_id, wait=until_ended)
        return await self.run(run_id)

    async def run(self, run: str, *, version: int | None = None) -> RunView:
        """One run whole, also as it was at a version. `run` is an id or its beginning. Raises NoSuchRun, InvalidRequest."""
        return await showing.run(self._folded, self._ropewalk, run, version)

    async def runs(
        self,
        *,
        status: Sequence[str] = (),
        workflow: str = "",
        text: str = "",
        limit: int = 50,
        after: str = "",
    ) -> showing.RunPage:
        """A page of the list, newest first; `after` is `next` of the page before."""
        query = RunQuery(status=tuple(status), workflow=workflow, text=text, limit=limit, after=after)
        return await showing.runs(self._ropewalk, query)

    async def explain(self, run: str) -> Explanation:
        """Why a run is where it is, in one sentence, and what can be done. Raises NoSuchRun."""
        return await showing.explain(self._folded, self._ropewalk, run)

    async def steps(self, run: str) -> tuple[StepRow, ...]:
        """Every step in written order. Raises NoSuchRun."""
        return await showing.steps(self._folded, self._ropewalk, run)

    async def step(self, run: str, step: str) -> StepView:
        """Everything about one step. Raises NoSuchRun, NoSuchStep."""
        return await showing.step(self._folded, self._ropewalk, run, step)

    async def artifacts(self, run: str) -> tuple[ArtifactRow, ...]:
        """Every file that a run made, as its result or the merge so far has it. Raises NoSuchRun."""
        return await showing.artifacts(self._folded, self._ropewalk, run)

    async def artifact(self, run: str, path: str, *, step: str = "") -> bytes:
        """One file of a run: as its result has it, or as `step` left it. Raises NoSuchRun, NoSuchFile."""
        return (await showing.artifact(self._folded, self._ropewalk, run, path, step))[0]

    async def output(self, run: str, attempt: str) -> bytes:
        """What one attempt (`step/round.n`) said, all of it. Raises NoSuchRun."""
        size = {row.attempt: row.size for row in await showing.outputs(self._ropewalk, run)}.get(attempt, 0)
        return (await showing.output(self._ropewalk, run, attempt, limit=max(size, 1))).data

    async def events(
        self, *, after: int = 0, kinds: Sequence[str] = (), run: str = "", follow: bool = False
    ) -> AsyncGenerator[RecordView, None]:
        """Records of the feed after a position, of all runs or of one; `kinds` are patterns such as `step.*`. `follow`: for ever,
        each as soon as it is on record.
        """
        store = self._ropewalk.store
        run_id = await store.find(run) if run else ""
        async for page in follow_feed(store, after=after, patterns=kinds, run=run_id, live=follow):
            for record in page:
                yield record_of(record)

    # People -------------------------------------------------------------------------------------------------------

    async def asks(self, run: str = "") -> list[AskView]:
        """What people are asked, in one run or in all, oldest first."""
        return await showing.asks(self._ropewalk, run)

    async def answer(
        self,
        run: str,
        ask: str,
        verdict: str,
        *,
        reason: str = "",
        value: Any = None,
        content: Mapping[str, bytes] | None = None,
        digest: str = "",
        path: str = "",
        hunk: int | None = None,
        by: str = "",
    ) -> RunView:
        """Answer an ask, once; `content` (path to bytes) replaces artifacts when amending, `digest` binds the answer to what was
        shown; `path` and `hunk` (from 1) say of which part of a conflict it is. Raises NoSuchRun, NoSuchAsk, Refused.
        """
        run_id = await self._find(run)
        await self._ropewalk.answer(
            run_id,
            ask,
            verdict,
            reason=reason,
            value=value,
            content=content,
            by=by,
            digest=digest,
            path=path,
            hunk=hunk,
        )
        return await self.run(run_id)

    async def give_secrets(self, run: str, values: Mapping[str, str]) -> RunView:
        """Values of secret inputs, held by this process alone. Raises NoSuchRun, InvalidInput, Refused."""
        await acting.give(self._ropewalk, run, values, self._ropewalk.actor)
        return await self.run(run)

    # Verbs --------------------------------------------------------------------------------------------------------

    async def pause(self, run: str, *, reason: str = "") -> RunView:
        """Start nothing new; what runs finishes. Every verb raises NoSuchRun, Refused; then nothing has changed."""
        return await self._tell(run, "pause", reason=reason)

    async def resume(self, run: str) -> RunView:
        """Go on after a pause by request or a block."""
        return await self._tell(run, "resume")

    async def abort(self, run: str, *, reason: str = "") -> RunView:
        """End a run now, with its processes; only its final steps still run."""
        return await self._tell(run, "abort", reason=reason)

    async def retry(self, run: str, *, step: str = "", reason: str = "") -> RunView:
        """Try a failed step again, or all failed ones."""
        return await self._tell(run, "retry", step=step, reason=reason)

    async def skip(self, run: str, step: str, *, reason: str = "") -> RunView:
        """Leave a step out."""
        return await self._tell(run, "skip", step=step, reason=reason)

    async def execute(self, run: str, step: str) -> RunView:
        """Run exactly one step of a paused run."""
        return await self._tell(run, "exec", step=step)

    async def set_fact(self, run: str, name: str, value: Any) -> RunView:
        """Make something known to a run."""
        return await self._tell(run, "fact", name=name, value=value)

    async def raise_budget(
        self,
        run: str,
        *,
        cost_usd: float | None = None,
        tokens: int | None = None,
        attempts: int | None = None,
        seconds: float | None = None,
    ) -> RunView:
        """Allow a run to use more than it may now."""
        more = {"cost_usd": cost_usd, "tokens": tokens, "attempts": attempts, "seconds": seconds}
        return await self._tell(run, "budget", **more)

    async def publish(self, run: str, name: str, data: Mapping[str, Any] | None = None) -> RunView:
        """Put an event of one's own on record."""
        return await self._tell(run, "publish", events=[{"name": name, "data": dict(data or {})}])

    async def fork(
        self,
        run: str,
        step: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> str:
        """A new run that does `step` again and what comes after it. Gives its id. Raises NoSuchRun, NoSuchStep, InvalidInput."""
        return await acting.fork(
            self._ropewalk, run, step, {"inputs": inputs, "facts": facts}, self._ropewalk.actor
        )

    async def land(self, run: str, *, to: str = "", squash: bool | str = False) -> str:
        """Bring a run's result to a branch (the one that it began from), with `squash` as one commit, of which a text is the message;
        gives the branch. Raises NotLanded, and Refused, also while a person is
        asked how what disagrees is to be settled: it goes on when that is answered and the run is driven."""
        from ropewalk.app.landing import land

        state = await land(self._ropewalk, await self._find(run), to, squash=squash)
        if state.landing is not None:
            raise Refused(verb="land", reason=f"it waits for an answer to {', '.join(state.asks)}")
        return state.landed

    async def delete(self, run: str, *, unlanded: bool = False) -> None:
        """Remove a run that has ended, with all that is left of it. Raises NoSuchRun, Refused."""
        await acting.delete(self._ropewalk, run, unlanded)

    async def cleanup(self, *, days: float | None = None) -> Cleaned:
        """Remove what ended more than so many days ago (`keep_days` of the settings)."""
        return await self._ropewalk.cleanup(days)

    async def _find(self, run: str) -> str:
        return await self._ropewalk.store.find(run)

    async def _tell(self, run: str, verb: str, **values: Any) -> RunView:
        run_id = await self._find(run)
        await acting.act(self._ropewalk, run_id, verb, values, self._ropewalk.actor)
        return await self.run(run_id)

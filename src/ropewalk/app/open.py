"""The one place where everything is put together: settings, store, workspaces, kinds, agents, engine."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app.confining import asks, check_confinement, confinement_of
from ropewalk.app.known import load_known
from ropewalk.app.landing import landing_warnings
from ropewalk.app.merging import with_merge, with_protected
from ropewalk.app.people import People
from ropewalk.app.preflight import FoundCall, Starting, look_ahead
from ropewalk.app.secrets import refuse_missing
from ropewalk.app.settings import Settings, load_settings
from ropewalk.core import Options
from ropewalk.definition import Where, Workflow, decode_workflow, encode_workflow
from ropewalk.errors import RopewalkError, StateFolderUnusable
from ropewalk.formats import Loaded, find_workflow, project_folder
from ropewalk.runtime import (
    Attempts,
    CachedDispatch,
    Engine,
    Secrets,
    SystemClock,
    Vault,
    checked_facts,
    checked_inputs,
    new_run_id,
    slots_that_fit,
)
from ropewalk.store import open_store
from ropewalk.transient import passing_trouble
from ropewalk.workspace.port import Base, Workspace

if TYPE_CHECKING:
    from ropewalk.app.cleaning import Cleaned
    from ropewalk.core import State
    from ropewalk.runtime import EventListener
    from ropewalk.steps import Gates, Kinds
    from ropewalk.steps.port import GateKind, Kind, Tools
    from ropewalk.workspace import Caps, Owning

STATE = ".ropewalk"
IGNORED = "*\n" + "".join(f"!{name}/\n!{name}/**\n" for name in ("workflows", "templates", "personas"))


class Ropewalk(People):
    """A project opened: its store and the verbs on it. Close it; as an async context manager it closes itself."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self._tools: Tools | None = None
        self.actor = settings.actor or _login()
        self.store = open_store(settings.store or str(self.home / "ropewalk.db"))
        self._workspaces: dict[str, Workspace] = {}
        clock = SystemClock()
        spool = folder / STATE / "attempts"
        vault = Vault()
        secrets = Secrets(vault, folder)
        attempts = Attempts(self.kind, self.gate, self.tools, self.workspace, spool, clock, secrets)
        self.engine = Engine(
            self.store,
            CachedDispatch(attempts, self.store),
            self.definition,
            versioned=self._called,
            decode=decode_workflow,
            clock=clock,
            slots=slots_that_fit(settings.slots),
            actor=self.actor,
            vault=vault,
            drivers=self.store.folder / "drivers" if self.store.folder else None,
        )

    @cached_property
    def home(self) -> Path:
        """ropewalk's own folder in the project, made when it is first needed."""
        return state_folder(self.folder)

    async def __aenter__(self) -> Ropewalk:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop driving and close the store."""
        await self.engine.close()

    # What runs use ------------------------------------------------------------------------------------------------

    def kind(self, name: str) -> Kind:
        """A step kind by name. Raises PluginError."""
        return self.kinds.kind(name)

    def gate(self, name: str) -> GateKind:
        """A gate by name. Raises PluginError."""
        return self.gates.gate(name)

    @cached_property
    def kinds(self) -> Kinds:
        from ropewalk.steps import Kinds

        return Kinds()

    @cached_property
    def gates(self) -> Gates:
        from ropewalk.steps import Gates

        return Gates()

    def tools(self) -> Tools:
        """What kinds may use: the agents, the breakers, the agent for roles that name none."""
        if self._tools is None:
            from ropewalk.app.agents import tools_of

            confinement = confinement_of(self.settings, self.folder, self.folder / STATE)
            self._tools = tools_of(self.settings, confinement, self.store)
            if str(self.folder) not in sys.path:
                sys.path.append(str(self.folder))
        return self._tools

    def load(self, name: str, caller: str = "", **how: Any) -> Loaded:
        """A workflow by name or path, checked whole; `how` as `formats.loading.load` takes it.

        Raises NoSuchWorkflow, InvalidDefinition, VariantNeeded.
        """
        path = find_workflow(name, self.folder, self._moved(Path(caller)).parent if caller else None)
        return load_known(path, self.folder, self.settings, **how)

    def _moved(self, source: Path) -> Path:
        """Where a file of the project is that was at `source` when the run began: the project may have been moved."""
        if source.is_absolute() and not source.exists():
            for begin in range(1, len(source.parts)):
                path = self.folder.joinpath(*source.parts[begin:])
                if path.is_file():
                    return path
        return source

    def definition(self, name: str, caller: str = "") -> tuple[Workflow, bytes]:
        """The same, with the bytes that the store keeps."""
        return self._as_called(self.load(name, caller).workflow, versioned=False)

    def _called(self, name: str, caller: str = "") -> tuple[Workflow, bytes]:
        """The same for a run in a repository."""
        return self._as_called(self.load(name, caller).workflow, versioned=True)

    def _as_called(self, workflow: Workflow, *, versioned: bool) -> tuple[Workflow, bytes]:
        """A called workflow as the store keeps it; `versioned`: what its steps leave is joined at its end."""
        workflow = with_protected(workflow, self.settings.protect)
        if versioned:
            workflow = with_merge(workflow, "", called=True, confined=asks(workflow, self.settings))
        return workflow, encode_workflow(workflow)

    @cached_property
    def _owning(self) -> Owning:
        from ropewalk.workspace import Owning

        return Owning(self.engine.owner, self.engine.leases.judge)

    def workspace(self, run: str, base: Base, policies: Mapping[str, str]) -> Workspace:
        """The workspace of a run that began from this base; made once."""
        if run not in self._workspaces:
            if base.commit:
                from ropewalk.workspace import GitWorkspace

                self._workspaces[run] = GitWorkspace(
                    self.home, self.folder, policies, self._caps(), base, self._owning
                )
            else:
                from ropewalk.workspace import FolderWorkspace

                self._workspaces[run] = FolderWorkspace(self.home, run, base.within, self._owning)
        return self._workspaces[run]

    def _caps(self) -> Caps:
        from ropewalk.workspace import Caps

        return Caps(file_bytes=self.settings.file_mib << 20)

    # Beginning ----------------------------------------------------------------------------------------------------

    async def start(
        self,
        workflow: Workflow,
        *,
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        options: Options = Options(),
        labels: Mapping[str, str] | None = None,
        with_changes: bool = False,
        run: str = "",
        actor: str = "",
        where: Where | None = None,
    ) -> str:
        """Put a run of a checked workflow on record and give its id; `where` tells where its parts stand in its file.

        What it calls is kept with it: a change of those files does not reach the run. Raises InvalidInput, SecretsMissing,
        CannotStart with all that is not there, WorkspaceError, Unconfinable.
        """
        values, known = checked_inputs(workflow, inputs or {}), checked_facts(workflow, facts or {})
        check_confinement(workflow, self.settings, rehearsed=options.rehearse is not None)
        if workflow.secrets:
            await asyncio.to_thread(refuse_missing, workflow, options, self.folder)
        project = Starting(self.folder, with_changes, versioned=self.settings.workspace != "folder")
        rehearsed = options.rehearse is not None
        called, lacks = await look_ahead(
            workflow, where, self.load, self.tools(), project, rehearsed=rehearsed
        )
        workflow = with_protected(workflow, self.settings.protect)
        now = self.engine.clock.now()
        run = run or new_run_id(now)
        base = await self._prepare(workflow, run, now, with_changes)
        if base:
            base["warnings"] = [*base.get("warnings", ()), *map(str, lacks)]
        if base.get("commit") and not base.get("private"):
            base["warnings"] += await landing_warnings(workflow, self.folder)
        if base.get("commit"):
            target = str(base.get("target", ""))
            workflow = with_merge(workflow, target, confined=asks(workflow, self.settings))
        return await self.engine.create(
            workflow,
            encode_workflow(workflow),
            called=await self._kept(called, versioned=bool(base.get("commit"))),
            run=run,
            inputs=values,
            facts=known,
            options=options,
            base=base,
            labels=labels,
            actor=actor or self.actor,
        )

    async def _kept(self, called: tuple[FoundCall, ...], *, versioned: bool) -> dict[str, dict[str, str]]:
        """Put what a run calls into the store; gives the digests by caller and name."""
        digests: dict[str, dict[str, str]] = {}
        for found_call in called:
            _, definition = self._as_called(found_call.loaded.workflow, versioned=versioned)
            digest = await self.store.put_blob(definition)
            digests.setdefault(found_call.caller, {})[found_call.name] = digest
        return digests

    async def _prepare(self, workflow: Workflow, run: str, now: float, with_changes: bool) -> dict[str, Any]:
        """What the run starts from; nothing where no step has a folder."""
        if all(step.kind in _PLACELESS for step in workflow.steps):
            return {}
        workspace: Workspace
        if self.settings.workspace == "folder":
            from ropewalk.workspace import FolderWorkspace

            workspace = FolderWorkspace(self.home, run)
        else:
            from ropewalk.workspace import GitWorkspace

            workspace = GitWorkspace(self.home, self.folder, workflow.merge, self._caps())
        options: dict[str, Any] = msgspec.to_builtins(
            await workspace.prepare(run, self.folder, with_changes, at=now)
        )
        return options

    async def drive_all(self, listener: EventListener | None = None) -> dict[str, State | RopewalkError]:
        """As `People.drive_all`; before it, what a kill left of the folders of ended runs is taken away."""
        from ropewalk.app.cleaning import tidy

        if (self.folder / STATE).exists():  # who only looks whether there is something to do leaves no trace
            await tidy(self)
        return await super().drive_all(listener)

    async def cleanup(self, days: float | None = None, **how: Any) -> Cleaned:
        """Remove what ended more than so many days ago (`keep_days` of the settings); see `ropewalk.app.cleaning.cleanup`."""
        from ropewalk.app.cleaning import cleanup

        return await cleanup(self, self.settings.keep_days if days is None else days, **how)


_PLACELESS = frozenset({"noop", "ask", "decide", "sleep"})


def open_ropewalk(folder: Path | None = None, **settings: Any) -> Ropewalk:
    """Open the project around a folder (the current one). `settings` are settings. Raises SettingsError, StoreError."""
    top = project_folder(folder or Path.cwd())
    return Ropewalk(top, load_settings(top, settings))


def state_folder(folder: Path) -> Path:
    """ropewalk's own folder in the project; git does not see what is in it, but for the workflows."""
    home = folder / STATE
    try:
        home.mkdir(exist_ok=True)
        ignore = home / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        raise _unusable(home, error) from error
    return home


def _unusable(home: Path, error: OSError) -> StateFolderUnusable:
    if home.exists() and not home.is_dir():
        return StateFolderUnusable(
            place=home,
            reason="it is a file, not a folder",
            hint=f"move it out of the way: mv {home} {home}.old",
        )
    if passing_trouble(error):
        return StateFolderUnusable(place=home, reason=passing_trouble(error), hint="make room, and try again")
    reason = (error.strerror or str(error)).lower()
    hint = f"let this user write in {home.parent}, or work in a copy of the project that may be written"
    return StateFolderUnusable(place=home, reason=reason, hint=hint)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}"

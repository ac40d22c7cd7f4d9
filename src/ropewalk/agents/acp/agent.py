"""An agent that speaks the protocol, as ropewalk's port wants it: a process for each attempt, and nothing of it left afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ropewalk.agents import bubblewrap, environment
from ropewalk.agents.acp.greeting import greet
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.acp.surroundings import (
    Surroundings,
    credential_of,
    home_of,
    reaching,
    surround,
    with_care,
)
from ropewalk.agents.confine import NOT_CONFINED, Confinement, Reach, Wrap, near
from ropewalk.agents.port import Desk, Probe
from ropewalk.agents.redaction import Redactor
from ropewalk.agents.scrub import Scrub
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.errors import Unconfinable
from ropewalk.transient import passing_trouble


class AcpAgent:
    """`name` is what roles refer to; `settings` say how to start it and what it may do."""

    rehearses = False
    confines = True
    asks = True
    takes_options = True

    def __init__(self, name: str, settings: AcpSettings, confinement: Confinement = NOT_CONFINED) -> None:
        self.name = name
        self.confine = settings.confine
        self._settings = settings
        self._confinement = confinement
        self._probed: dict[bool, Probe] = {}

    async def probe(self, *, confined: bool = False) -> Probe:
        """Installed, speaking the protocol, logged in; looked at anew each time while it is not usable."""
        confined = confined or self._confinement.wanted(self._settings.confine)
        if confined not in self._probed or not self._probed[confined].usable:
            self._probed[confined] = await self._look(confined=confined)
        return self._probed[confined]

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        began = time.time_ns() - _LENIENCE_NS
        try:
            around = surround(self._settings, brief, desk, self._confinement)
        except (Unconfinable, OSError) as fault:
            if passing_trouble(fault):
                raise
            return self._failed(Failure(kind="permanent", message=str(fault), report={"class": "config"}))
        redactor = Redactor({**around.secrets, **desk.redactor.values})
        try:
            outcome: Outcome = redactor.data(await self._attempt(brief, desk, around, redactor))
        finally:
            leaked = await asyncio.shield(asyncio.to_thread(self._scrubbed, desk, around, began))
        if leaked:
            complaint = f"it wrote a credential into {', '.join(leaked[:5])}; ropewalk took it out"
            failure = Failure(kind="refused", message=complaint, report={"class": "secret"})
            return msgspec.structs.replace(outcome, failure=failure)
        return outcome

    def _scrubbed(self, desk: Desk, around: Surroundings, began_ns: int) -> list[str]:
        """The files of the working folder in which its credential stood. What an attempt was given is its own look."""
        if self._settings.home:
            Scrub(desk.redactor).folder(around.home, began_ns)
        return [path for path, _ in Scrub(Redactor(around.secrets)).folder(desk.folder, began_ns)]

    async def _attempt(self, brief: Brief, desk: Desk, around: Surroundings, redactor: Redactor) -> Outcome:
        from ropewalk.agents.acp.conversation import Conversation

        settings = with_care(self._settings, brief.role.permissions)
        try:
            talk = Conversation(self.name, settings, self._argv(brief), brief, desk, around, redactor)
            await talk.begin()
        except (OSError, ValueError) as fault:
            if passing_trouble(fault):
                raise
            return self._failed(
                Failure(kind="permanent", message=f"{self.name} could not be started: {fault}")
            )
        return await talk.hold()

    def _argv(self, brief: Brief) -> list[str]:
        argv: list[str] = []
        for element in self._settings.argv:
            if element == "{model}" and not brief.role.model:
                argv = argv[:-1]
            else:
                argv.append(brief.role.model if element == "{model}" else element)
        return argv

    def _failed(self, failure: Failure) -> Outcome:
        return Outcome(failure=failure, agent=self.name)

    # Probing ------------------------------------------------------------------------------------------------------

    async def _look(self, *, confined: bool) -> Probe:
        settings, program = self._settings, self._settings.argv[0]
        if shutil.which(program) is None:
            hint = settings.hint or f"install {program}, or put it on the PATH"
            return self._not(f"{program} was not found", hint, installed=False)
        if confined and (fault := bubblewrap.fault()):
            return self._not(fault.reason, fault.hint)
        if not self._logged_in():
            names = " or ".join(settings.credentials)
            hint = " or ".join(part for part in (settings.login, f"set {names}" if names else "") if part)
            return self._not("it is not logged in", hint)
        with tempfile.TemporaryDirectory(prefix="ropewalk-") as folder:
            wrap: Wrap = list
            if confined:
                reach = reaching(
                    settings,
                    Reach(Path(folder), readable=near(settings.argv)),
                    environment.clean_environment(settings.env, settings.passed),
                )
                wrap = self._confinement.wrap(reach, network=settings.network)
            version, reason = await greet(settings, self._argv(_NO_BRIEF), wrap)
        if reason:
            return self._not(reason, settings.hint, version=version)
        return Probe(self.name, installed=True, usable=True, version=version)

    def _logged_in(self) -> bool:
        """By a credential that is set or a login that lies in its home; an agent that names neither is believed."""
        settings = self._settings
        if not (settings.credentials or settings.logins) or credential_of(settings):
            return True
        variables = {**os.environ, **settings.env}
        if any(variables.get(name) for name in settings.signs):
            return True
        return any(_place(name, home_of(settings), variables).exists() for name in settings.logins)

    def _not(self, reason: str, hint: str, *, installed: bool = True, version: str = "") -> Probe:
        return Probe(self.name, installed=installed, usable=False, version=version, reason=reason, hint=hint)


def _place(name: str, home: Path, variables: Mapping[str, str]) -> Path:
    if not name.startswith("$"):
        return home / name
    variable, _, rest = name[1:].partition("/")
    return Path(variables.get(variable) or "/nonexistent") / rest


_LENIENCE_NS = 1_000_000_000
_NO_BRIEF = Brief(run="", step="", item=None, round=1, attempt=1, key="", kind="role")

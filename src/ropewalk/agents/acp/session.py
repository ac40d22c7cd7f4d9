"""One session with an agent: begun or taken up again, prompted until its answer can be used, read into an Outcome."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from acp.connection import Connection
from acp.exceptions import RequestError
from acp.meta import PROTOCOL_VERSION

from ropewalk.agents import exchange
from ropewalk.agents.acp import faults
from ropewalk.agents.acp.client import capabilities
from ropewalk.agents.acp.permissions import Permissions
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.acp.surroundings import wary
from ropewalk.agents.acp.updates import Updates
from ropewalk.agents.acp.usage import UsageMeter
from ropewalk.agents.acp.wire import mapping, mappings
from ropewalk.agents.answer import handoff_of, last_object, outcome_of
from ropewalk.agents.inside import files_matching
from ropewalk.agents.port import Desk
from ropewalk.agents.prompt import compose
from ropewalk.agents.schema import schema_faults
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.definition import RESERVED_OPTIONS, Ref
from ropewalk.rendering import as_text

SESSION = "session"
"""The note by which a later attempt finds the session: `id`, `agent`, `attempt`."""

_SUMMARY_CHARS = 2_000
_FENCE = re.compile(r"(?<!\n)```json")
"""Some agents put a notice of their own right before the model's first word."""

_RESERVED = "its option `{}` chooses the mode or the model, which is no option of a role: say `permissions` or `model` of the role"
_CLIENT = {"name": "ropewalk", "title": "ropewalk", "version": "1"}


class Session:
    """`name` is the agent's. `updates`, `meter` and `permissions` hear what the connection's handler hears."""

    def __init__(
        self,
        name: str,
        settings: AcpSettings,
        brief: Brief,
        desk: Desk,
        connection: Connection,
        updates: Updates,
        meter: UsageMeter,
        permissions: Permissions,
    ) -> None:
        self._name = name
        self._settings = settings
        self._brief = brief
        self._desk = desk
        self._connection = connection
        self._updates = updates
        self._meter = meter
        self._permissions = permissions
        self._can: dict[str, Any] = {}
        self._version = ""
        self.id = ""
        self.stopped_for = ""
        """Why ropewalk itself stopped the turn, as a sentence."""

    async def run(self) -> Outcome:
        """Raises RequestError for what the agent refuses, ConnectionError when it is gone, TimeoutError for a slow start."""
        async with asyncio.timeout(self._settings.start_seconds):
            await self._initialise()
            opened, resumed = await self._open()
            await self._configure(opened)
        await self._desk.note({SESSION: self._note()})
        failure = await self._prompt(self._again() if resumed else compose(self._brief))
        if failure is not None:
            return Outcome(failure=failure, agent=self._name)
        return await self._repaired()

    async def cancel(self, why: str = "") -> None:
        """Tell the agent to stop its turn."""
        self.stopped_for = self.stopped_for or why
        if self.id:
            await self._connection.send_notification("session/cancel", {"sessionId": self.id})

    # Beginning ----------------------------------------------------------------------------------------------------

    async def _initialise(self) -> None:
        greeting = {
            "protocolVersion": PROTOCOL_VERSION,
            "clientCapabilities": capabilities(self._settings.offers),
            "clientInfo": _CLIENT,
        }
        reply = mapping(await self._connection.send_request("initialize", greeting))
        if reply.get("protocolVersion") != PROTOCOL_VERSION:
            raise RequestError(
                -32602, f"it speaks version {reply.get('protocolVersion')} of the protocol, not 1"
            )
        self._can = mapping(reply.get("agentCapabilities"))
        self._version = str(mapping(reply.get("agentInfo")).get("version", ""))

    async def _open(self) -> tuple[dict[str, Any], bool]:
        """The session that an interrupted attempt left, else a new one."""
        left = self._brief.resume.get(SESSION) or {}
        if left.get("agent") == self._name and left.get("id") and self._settings.resumes:
            opened = await self._load(str(left["id"]))
            if opened is not None:
                return opened, True
        opened = await self._begun()
        self.id = str(opened.get("sessionId", ""))
        if not self.id:
            raise RequestError(-32603, "it gave no session id")
        return opened, False

    async def _begun(self) -> dict[str, Any]:
        asked = {"cwd": str(self._desk.folder / self._brief.folder), "mcpServers": []}
        try:
            return mapping(await self._connection.send_request("session/new", asked))
        except RequestError as error:
            if error.code != faults.AUTH_REQUIRED or not self._settings.auth_method:
                raise
        method = {"methodId": self._settings.auth_method}
        await self._connection.send_request("authenticate", method)
        return mapping(await self._connection.send_request("session/new", asked))

    async def _load(self, session: str) -> dict[str, Any] | None:
        """None, with a notice, when the agent cannot take it up."""
        asked = {"sessionId": session, "cwd": str(self._desk.folder / self._brief.folder), "mcpServers": []}
        methods = ["session/load"] if self._can.get("loadSession") else []
        if "resume" in mapping(self._can.get("sessionCapabilities")):
            methods.insert(0, "session/resume")
        why = "it cannot take up sessions"
        self._updates.muted = True
        try:
            for method in methods:
                try:
                    opened = mapping(await self._connection.send_request(method, asked))
                except RequestError as error:
                    why = str(error)
                else:
                    self.id = session
                    self._desk.say("[ropewalk: the interrupted session goes on]\n")
                    return opened
        finally:
            self._updates.muted = False
        self._desk.say(f"[ropewalk: the interrupted session cannot go on, a new one begins: {why}]\n")
        await self._desk.note({"session_refused": {"id": session, "why": why[:300]}})
        return None

    async def _configure(self, opened: dict[str, Any]) -> None:
        """The session's model, options and mode: the mode last, as an option may bring another. Raises RequestError for one
        that is not there, and for an option by which the role would choose mode or model around its own keys.
        """
        offered = mappings(opened.get("configOptions"))
        options = {str(option.get("category") or option.get("id")): option for option in offered}
        models = mapping(opened.get("models"))
        current = options.get("model", {}).get("currentValue") or models.get("currentModelId") or ""
        wanted = self._brief.role.model or self._settings.model
        self._meter.model = wanted or str(current)
        if wanted and "model" in options:
            await self._set_option(str(options["model"].get("id", "model")), wanted)
        elif wanted and models:
            await self._ask("session/set_model", modelId=wanted)
        elif wanted and "{model}" not in self._settings.argv:
            self._desk.say(
                f"[ropewalk: {self._name} does not let its model be chosen; {wanted} was asked for]\n"
            )
        reserved = {str(option.get("id")) for option in offered if option.get("category") in RESERVED_OPTIONS}
        for name, value in self._brief.role.options.items():
            if name in reserved or name in RESERVED_OPTIONS:
                raise RequestError(-32602, _RESERVED.format(name), {"errorKind": "invalid_request"})
            await self._set_option(name, as_text(value))
        await self._into_mode(opened, options.get("mode"))

    async def _into_mode(self, opened: dict[str, Any], option: dict[str, Any] | None) -> None:
        """Always said: what it begins in, or was in when it was interrupted, may be one in which ropewalk is never asked.

        Raises RequestError where it takes none of the wanted ones, unless it knows of no modes and is not to be careful.
        """
        settings = self._settings
        wanted = (settings.mode,) if isinstance(settings.mode, str) else settings.mode
        if not any(wanted):
            return
        if opened.get("modes"):
            offered = mappings(mapping(opened["modes"]).get("availableModes"))
            names = [choice.get("id") for choice in offered]
            with _saying(wanted, names):
                await self._set_mode(_first(wanted, names))
        elif option is not None:
            offered = mappings(option.get("options"))
            names = [choice.get("value") for choice in offered]
            with _saying(wanted, names):
                await self._set_option(str(option.get("id", "mode")), _first(wanted, names))
        else:
            await self._tried(wanted)

    async def _tried(self, wanted: Sequence[str]) -> None:
        """It offers nothing to choose from, as one may whose session goes on."""
        for number, mode in enumerate(wanted, 1):
            try:
                await self._set_mode(mode)
            except RequestError:
                if number == len(wanted) and wary(self._settings):
                    raise
            else:
                return
        self._desk.say(f"[ropewalk: {self._name} has no modes; {' or '.join(wanted)} was asked for]\n")

    async def _set_mode(self, mode: str) -> None:
        await self._ask("session/set_mode", modeId=mode)

    async def _set_option(self, option: str, value: str) -> None:
        await self._ask("session/set_config_option", configId=option, value=value)

    async def _ask(self, method: str, **params: Any) -> None:
        await self._connection.send_request(method, {"sessionId": self.id, **params})

    def _note(self) -> dict[str, Any]:
        note = {"id": self.id, "agent": self._name, "attempt": self._brief.attempt, "version": self._version}
        return {name: value for name, value in note.items() if value}

    def _again(self) -> str:
        return (
            "You were interrupted in the middle of this work; whatever you had started has been stopped. Look at what is "
            "already done in your working folder, then finish what you were asked for. For reference, once more:\n\n"
            f"{compose(self._brief)}"
        )

    # Prompting ----------------------------------------------------------------------------------------------------

    async def _prompt(self, text: str) -> Failure | None:
        self._updates.begin()
        asked = {"sessionId": self.id, "prompt": [{"type": "text", "text": text}]}
        reply = mapping(await self._connection.send_request("session/prompt", asked))
        await asyncio.sleep(0)  # what was told before the answer is heard before it is judged
        self._updates.flush()
        self._meter.prompted(reply)
        if self.stopped_for:
            return Failure(kind="permanent", message=self.stopped_for, report={"class": "budget"})
        reason = str(reply.get("stopReason", ""))
        return faults.stopped(reason, self._permissions.denied, self._updates.words)

    async def _repaired(self) -> Outcome:
        """The answer; where it cannot be used the agent hears why, so many times."""
        outcome, wrong = self._answer()
        for _ in range(self._settings.repairs):
            if not wrong:
                break
            self._desk.say(f"[ropewalk: the answer cannot be used yet: {'; '.join(wrong[:5])}]\n")
            exchange.cleared(self._desk.spool)
            failure = await self._prompt(_mend(wrong))
            if failure is not None:
                return Outcome(failure=failure, agent=self._name)
            outcome, wrong = self._answer()
        return outcome

    def _answer(self) -> tuple[Outcome, list[str]]:
        """The outcome by what the agent said, and what is wrong with it."""
        brief, words = self._brief, _FENCE.sub("\n```json", self._updates.words)
        wanted = bool(brief.output_schema or brief.wants_facts or brief.wants_route)
        try:
            answer = exchange.read_output(self._desk.spool / exchange.OUTPUT_FILE)
            if answer is None:
                answer = last_object(words) if wanted or words.rstrip().endswith("```") else {}
            outcome = outcome_of(answer, brief, self._name)
        except ValueError as fault:
            failure = Failure(kind="invalid_output", message=f"{self._name}: {fault}")
            if not wanted:
                return Outcome(agent=self._name, handoff=handoff_of(words[-_SUMMARY_CHARS:], brief)), []
            return Outcome(failure=failure, agent=self._name), [str(fault)]
        if outcome.handoff is None and words.strip():
            outcome = msgspec.structs.replace(
                outcome, handoff=handoff_of(words.strip()[-_SUMMARY_CHARS:], brief)
            )
        return outcome, _lacks(outcome, brief, self._desk.folder)


def _lacks(outcome: Outcome, brief: Brief, folder: Path) -> list[str]:
    faults = [
        f"the file `{ref.name}` is not there"
        for ref in (*brief.creates, *brief.updates)
        if not (ref.label or ref.soft or _is_there(ref, folder))
    ]
    if brief.output_schema:
        faults += schema_faults(outcome.outputs, brief.output_schema, "outputs")
    faults += [f'"facts" lacks "{name}"' for name in brief.wants_facts if name not in outcome.facts]
    if brief.wants_route and outcome.route not in brief.wants_route:
        faults.append(f'"route" must be one of {", ".join(brief.wants_route)}, not "{outcome.route}"')
    return faults


def _is_there(ref: Ref, folder: Path) -> bool:
    try:
        return any(files_matching(folder, name) for name in (ref.name, *ref.any_of) if name)
    except ValueError:
        return False


def _mend(wrong: list[str]) -> str:
    rows = "\n".join(f"- {fault}" for fault in wrong[:10])
    return (
        f"That cannot be used yet:\n\n{rows}\n\nMend just that. Then give the whole answer again, in the form that was "
        "asked for, as one ```json block at the end of your message."
    )


@contextlib.contextmanager
def _saying(wanted: Sequence[str], offered: Sequence[Any]) -> Iterator[None]:
    """Names the modes that there are when it refuses one that it does not offer: it says no more than that its words are invalid."""
    try:
        yield
    except RequestError as error:
        if not offered or set(wanted) & set(offered):
            raise
        modes = f"it has no mode {' or '.join(wanted)}; its modes are {', '.join(map(str, offered))}"
        raise RequestError(error.code, f"{error} ({modes})", error.data) from error


def _first(wanted: Sequence[str], offered: Sequence[Any]) -> str:
    """The first that is offered; the first of all where none is, so that the agent refuses it."""
    return next((mode for mode in wanted if mode in offered), wanted[0])

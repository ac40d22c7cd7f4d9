"""Attempts of real agents on tape: what one said, changed and answered, played back offline bit for bit to the same brief.

A brief that is not on the tape is a miss, told with what differs from the nearest one; nothing is guessed.
"""

from __future__ import annotations

import asyncio
import difflib
import hashlib
import re
from pathlib import Path
from typing import Any, cast

import msgspec

from ropewalk.agents.port import Agent, Confining, Desk, Permission, Probe
from ropewalk.agents.redaction import Redactor, Stream
from ropewalk.agents.scrub import Scrub
from ropewalk.agents.tape import TapedFile, apply, changes, look
from ropewalk.core import Brief, Failure, Outcome, Usage
from ropewalk.files import read_bytes
from ropewalk.nesting import read_json

_LASTING = (
    frozenset(Brief.__struct_fields__)
    - {
        *(
            "run",
            "attempt",
            "key",
            "base",
            "resume",
            "rehearse",
            "assume",
            "timeout",
            "budget_usd",
            "budget_tokens",
            "output_bytes",
        ),
        *(
            "outputs",
            "known",
            "changes",
            "run_fields",
        ),  # all that is known by then, by chance also of steps next to it; the prompt has what it uses, `artifacts` what was changed
    }
)
_PLACE = re.compile(r"[^\s\"'`(]*/folders/[^/\s]+/[^/\s\"'`)]+")
_TIME = re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds?)\b")
_MOST_DIFFERENCES = 40


class Cassette(msgspec.Struct, frozen=True):
    """One attempt: the brief without what changes from run to run, what was said, what was changed, what came of it."""

    agent: str
    step: str
    round: int
    attempt: int
    digest: str
    brief: dict[str, Any]
    output: list[tuple[str, str]]
    files: dict[str, TapedFile]
    outcome: Outcome
    format: int = 1


class TapeRecorder:
    """An agent that does what another does, and puts each attempt on tape in `folder`."""

    def __init__(self, agent: Agent, folder: Path) -> None:
        self.name = agent.name
        self.rehearses = agent.rehearses
        self.confine: str = getattr(agent, "confine", "")
        self.confines: bool = getattr(agent, "confines", False)
        self.asks: bool = getattr(agent, "asks", False)
        self.takes_options: bool = getattr(agent, "takes_options", False)
        self._agent = agent
        self._folder = folder

    async def probe(self, *, confined: bool = False) -> Probe:
        if not confined:
            return await self._agent.probe()
        return await cast("Confining", self._agent).probe(confined=True)

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        before = await asyncio.to_thread(look, desk.folder)
        heard = _RecordingDesk(desk)
        outcome = await self._agent.perform(brief, heard)
        files = await asyncio.to_thread(_without, desk.redactor, desk.folder, before)
        known, digest = lasting(brief)
        tape = Cassette(
            self.name,
            brief.step,
            brief.round,
            brief.attempt,
            digest,
            known,
            heard.all(),
            files,
            desk.redactor.data(outcome),
        )
        await asyncio.to_thread(_write, self._folder, tape)
        return outcome


class Player:
    """Stands in for the agent `name`: plays what `folder` has of it. What it gives is marked as rehearsed, and costs nothing."""

    rehearses = True

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._tapes: list[Cassette] | None = None

    async def probe(self) -> Probe:
        """Usable when there is a tape of this agent."""
        try:
            count = len(await asyncio.to_thread(self._of_mine))
        except ValueError as fault:
            return Probe(self.name, installed=True, usable=False, reason=str(fault), hint="record it anew")
        if not count:
            return Probe(
                self.name,
                installed=False,
                usable=False,
                reason=f"nothing of {self.name} is recorded in {self._folder}",
                hint="run once with `record` set to that folder",
            )
        return Probe(self.name, installed=True, usable=True, version=f"{count} recorded")

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        known, digest = lasting(brief)
        try:
            mine = await asyncio.to_thread(self._of_mine)
        except ValueError as fault:
            return self._missed(str(fault))
        fitting = sorted((tape for tape in mine if tape.digest == digest), key=lambda tape: tape.attempt)
        if not fitting:
            return self._missed(_miss(known, brief, mine))
        tape = next((cassette for cassette in fitting if cassette.attempt >= brief.attempt), fitting[-1])
        for channel, text in tape.output:
            desk.say(text, channel)
        try:
            await asyncio.to_thread(apply, desk.folder, tape.files)
        except (ValueError, OSError) as fault:
            return self._missed(f"what was recorded cannot be made here: {fault}")
        return msgspec.structs.replace(tape.outcome, rehearsed=True, usage=Usage(), agent=self.name)

    def _of_mine(self) -> list[Cassette]:
        """Raises ValueError for a file that is no tape."""
        if self._tapes is None:
            self._tapes = [_read(path) for path in sorted(self._folder.glob("*.json"))]
        return [tape for tape in self._tapes if tape.agent == self.name]

    def _missed(self, message: str) -> Outcome:
        return Outcome(
            failure=Failure(kind="permanent", message=message, report={"class": "miss"}), agent=self.name
        )


def lasting(brief: Brief) -> tuple[dict[str, Any], str]:
    """The brief without what changes from run to run (ids, commits, folders, times), and the sha256 of that."""
    known = {name: value for name, value in msgspec.to_builtins(brief).items() if name in _LASTING}
    for artifact in known.get("artifacts", ()):
        artifact.pop("commit", None)
    text = msgspec.json.encode(known, order="sorted").decode().replace(brief.run, "RUN")
    text = _TIME.sub("TIME", _PLACE.sub("FOLDER", text))
    plain = msgspec.json.decode(text)
    return plain, _digest(plain)


def _digest(known: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(known, order="sorted")).hexdigest()


def _without(redactor: Redactor, folder: Path, before: dict[str, str]) -> dict[str, TapedFile]:
    """What was changed; a file with a secret is not put on tape."""
    made = changes(folder, before)
    if not redactor:
        return made
    leaking = Scrub(redactor)
    return {
        name: change
        for name, change in made.items()
        if redactor.text(name) == name and not leaking.finds(change.content())
    }


class _RecordingDesk:
    """A desk that remembers what was said at it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.folder = desk.folder
        self.spool = desk.spool
        self.reads: tuple[str, ...] = getattr(desk, "reads", ())
        self.hides: tuple[str, ...] = getattr(desk, "hides", ())
        self.alive = desk.alive
        self.note = desk.note
        self.publish = desk.publish
        self.now = desk.now
        self.sleep = desk.sleep
        self.secrets = desk.secrets
        self.redactor = desk.redactor
        self._streams: dict[str, Stream] = {}
        self.chunks: list[tuple[str, str]] = []

    def say(self, text: str, channel: str = "out") -> None:
        shown = self._streams.setdefault(channel, Stream(self.redactor)).take(text)
        if shown:
            self.chunks.append((channel, shown))
        self._desk.say(text, channel)

    def all(self) -> list[tuple[str, str]]:
        """What was said, and what was held back of it."""
        rest = [(channel, stream.close()) for channel, stream in self._streams.items()]
        return [*self.chunks, *(chunk for chunk in rest if chunk[1])]

    async def ask(self, permission: Permission) -> str:
        return await self._desk.ask(permission)


def _write(folder: Path, tape: Cassette) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^\w.\[\]-]", "-", tape.step)[:80]
    path = folder / f"{safe}.{tape.round}.{tape.attempt}.{tape.digest[:8]}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(tape), indent=1) + b"\n")


def _read(path: Path) -> Cassette:
    try:
        tape: Cassette = read_json(read_bytes(path), Cassette)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path} is no recorded attempt: {fault}") from fault
    if tape.format != 1:
        raise ValueError(f"{path} is of format {tape.format}; this ropewalk plays format 1")
    # An earlier version put more of the brief on tape, and into the digest, than what lasts.
    known = {name: value for name, value in tape.brief.items() if name in _LASTING}
    return msgspec.structs.replace(tape, brief=known, digest=_digest(known))


def _miss(known: dict[str, Any], brief: Brief, tapes: list[Cassette]) -> str:
    where = f"step {brief.step}, round {brief.round}"
    near = [tape for tape in tapes if (tape.step, tape.round) == (brief.step, brief.round)]
    if not near:
        return f"nothing is recorded for {where}"
    lines = difflib.unified_diff(
        _lines(near[-1].brief), _lines(known), "recorded", "asked for now", lineterm="", n=1
    )
    differences = "\n".join(list(lines)[:_MOST_DIFFERENCES])
    return f"the brief of {where} is not the one that was recorded; record it anew, or see what changed:\n{differences}"


def _lines(known: dict[str, Any]) -> list[str]:
    return msgspec.json.format(msgspec.json.encode(known, order="sorted"), indent=1).decode().splitlines()

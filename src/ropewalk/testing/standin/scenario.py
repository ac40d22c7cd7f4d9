"""What the stand-in does, read from a file: scripts found by a text of the prompt, each a list of acts in order.

Where a conversation stands is read off the conversation itself, so that a resumed session goes on where it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """A rate limit: `reset_seconds` from now it is over."""

    reset_seconds: float = 5.0
    message: str = "rate limit reached, the usage limit of this key is used up"


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of the model; one field is set.

    `write` (path to text), `run` (a shell command) and `call` (`name`, `arguments`) are tool calls, `say` and `refuse`
    are words that end the turn. The others are faults, met `times` times before the script goes on: `limit`, `status`
    (an HTTP status), `drop` (the connection ends in mid-answer), `garbage`, `hang` (says nothing until it is closed).
    `seconds` is how long `say` takes, in pieces.
    """

    write: dict[str, str] = {}
    run: str = ""
    call: dict[str, Any] = {}
    say: str = ""
    refuse: str = ""
    limit: Limit | None = None
    status: int = 0
    drop: bool = False
    garbage: bool = False
    hang: bool = False
    times: int = 1
    seconds: float = 0.0

    @property
    def fault(self) -> bool:
        """Whether it stands outside of the conversation."""
        return bool(self.limit or self.status or self.drop or self.garbage or self.hang)

    @property
    def spoken(self) -> str:
        return self.say or self.refuse


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """For conversations in which a person's text has `when`; tokens are told with each answer."""

    acts: tuple[Act, ...] = ()
    when: str = ""
    tokens_in: int = 1_000
    tokens_out: int = 100


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """The first script that fits is played; `otherwise` is said where none does, or when one is at its end.

    Requests without tools are `side_matters` (a title, a router) and answered in passing; a program that only talks
    has none.
    """

    scripts: tuple[Script, ...] = ()
    otherwise: str = "All done."
    side_matters: bool = True


class Turn(Struct, frozen=True):
    """One piece of a conversation: a person's text, the model's text, or a tool call of the model."""

    kind: Literal["user", "said", "call"]
    text: str = ""


class Talk(Struct, frozen=True):
    """What a program asks of its model, whatever the dialect; a request that offers no tool is a side matter."""

    turns: tuple[Turn, ...] = ()
    tools: tuple[str, ...] = ()
    folder: str = ""
    model: str = ""
    stream: bool = True
    wants_json: bool = False


class Reply(Struct, frozen=True):
    """What it is answered: words, or one call of a tool."""

    text: str = ""
    tool: str = ""
    arguments: dict[str, Any] = {}
    tokens_in: int = 1_000
    tokens_out: int = 100
    model: str = "stand-in"
    seconds: float = 0.0
    refused: bool = False


def load(path: Path) -> Scenario:
    """A scenario from a JSON file. Raises ValueError naming the place in it."""
    return read(path.read_text(encoding="utf-8"))


def read(text: str) -> Scenario:
    """A scenario from JSON text; a `write` of several files becomes as many acts. Raises ValueError."""
    return spread(msgspec.json.decode(text, type=Scenario))


def spread(scenario: Scenario) -> Scenario:
    """One tool call an act."""
    scripts = tuple(
        msgspec.structs.replace(script, acts=tuple(single for act in script.acts for single in _single(act)))
        for script in scenario.scripts
    )
    return msgspec.structs.replace(scenario, scripts=scripts)


class Play:
    """A scenario under way: how often each fault was met is all that it remembers."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = spread(scenario)
        self._met: dict[tuple[int, int], int] = {}

    def next(self, talk: Talk) -> Act:
        """What comes now in this conversation."""
        for number, script in enumerate(self._scenario.scripts):
            if _fits(script, talk):
                return self._act(number, script, talk)
        return Act(say=self._scenario.otherwise)

    def script(self, talk: Talk) -> Script:
        """The script of this conversation; an empty one where none fits."""
        return next((script for script in self._scenario.scripts if _fits(script, talk)), Script())

    def _act(self, number: int, script: Script, talk: Talk) -> Act:
        left = _done(script, talk)
        for index, act in enumerate(script.acts):
            if act.fault:
                met = self._met.get((number, index), 0)
                if left == 0 and met < act.times:
                    self._met[number, index] = met + 1
                    return act
            elif left == 0:
                return act
            else:
                left -= 1
        return Act(say=self._scenario.otherwise)


def _fits(script: Script, talk: Talk) -> bool:
    return any(turn.kind == "user" and script.when in turn.text for turn in talk.turns)


def _done(script: Script, talk: Talk) -> int:
    """How many acts the conversation has behind it; words that are none of the script's do not count."""
    spoken = [act.spoken for act in script.acts if act.spoken]
    first = next(i for i, turn in enumerate(talk.turns) if turn.kind == "user" and script.when in turn.text)
    return sum(
        turn.kind == "call" or (turn.kind == "said" and any(text in turn.text for text in spoken))
        for turn in talk.turns[first:]
    )


def _single(act: Act) -> list[Act]:
    if len(act.write) < 2:
        return [act]
    return [msgspec.structs.replace(act, write={path: text}) for path, text in act.write.items()]

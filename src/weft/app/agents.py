"""Which agents there are here: the rehearsal, the commands of the settings, and plug-ins; made when a step wants one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from weft.agents.breaker import Breakers
from weft.agents.command import Command
from weft.agents.command import Settings as CommandSettings
from weft.agents.port import Agent
from weft.agents.rehearsal import Rehearsal
from weft.app.settings import Settings
from weft.errors import SettingsError
from weft.steps.port import Tools
from weft.steps.registry import agents as plugged


def tools_of(settings: Settings) -> Tools:
    """What kinds may use, by the settings. Raises SettingsError."""
    breakers = Breakers(settings.breaker_failures, settings.breaker_rest_seconds)
    return Tools(agents=agents_of(settings), settings={"agent": settings.agent, "breakers": breakers})


def agents_of(settings: Settings) -> Mapping[str, Agent]:
    """Every agent by name. Raises SettingsError naming the table that is not usable."""
    made: dict[str, Agent] = {"rehearsal": Rehearsal()}
    for name, table in settings.agents.items():
        try:
            made[name] = Command(name, msgspec.convert(table, CommandSettings))
        except msgspec.ValidationError as error:
            raise SettingsError(name=f"agents.{name}", reason=str(error)) from error
    return _WithPlugins(made)


class _WithPlugins(Mapping[str, Agent]):
    """Own agents first; a plug-in is imported when it is asked for by name."""

    def __init__(self, own: Mapping[str, Agent]) -> None:
        self._own = own
        self._plugged = plugged()

    def __getitem__(self, name: str) -> Agent:
        if name in self._own:
            return self._own[name]
        if name not in self._plugged.names():
            raise KeyError(name)
        found: Agent = self._plugged.get(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in self._plugged.names() if name not in self._own)

    def __len__(self) -> int:
        return sum(1 for _ in self)

"""Which agents there are here: the rehearsal, the presets, those of the settings, and plug-ins; made when a step wants one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.agents import NOT_CONFINED, Breakers, Confinement
from ropewalk.agents.port import Agent, Probe
from ropewalk.app.settings import Settings
from ropewalk.errors import SettingsError
from ropewalk.processes import ProcessLimits
from ropewalk.steps.port import Tools
from ropewalk.store.port import Store

_PRESET = "preset"
_PROTOCOL = "protocol"


def tools_of(
    settings: Settings, confinement: Confinement = NOT_CONFINED, store: Store | None = None
) -> Tools:
    """What kinds may use, by the settings; agents are made when one is wanted, most steps want none. The `store` keeps breakers."""
    breakers = Breakers(settings.breaker_failures, settings.breaker_rest_seconds, store)
    known = {
        "agent": settings.agent,
        "breakers": breakers,
        "confinement": confinement,
        "environment": settings.environment.passed,
        "limits": settings.limits,
    }
    return Tools(agents=_WhenWanted(settings, confinement), settings=known)


def agents_of(settings: Settings, confinement: Confinement = NOT_CONFINED) -> Mapping[str, Agent]:
    """Every agent by name, those of the settings first. Raises SettingsError naming the table that is not usable."""
    from ropewalk.agents import PRESETS, Rehearsal

    made: dict[str, Agent] = {"rehearsal": Rehearsal()}
    for name, table in settings.agents.items():
        try:
            made[name] = _made(name, table, confinement, settings.limits)
        except (msgspec.ValidationError, ValueError) as error:
            raise SettingsError(name=f"agents.{name}", reason=str(error)) from error
    for name in PRESETS:
        if name not in made:
            made[name] = _made(name, {}, confinement, settings.limits)
    return _WithPlugins(_taped(made, settings))


def _taped(made: dict[str, Agent], settings: Settings) -> dict[str, Agent]:
    """Real agents recorded, or played back, where the settings say so; what rehearses stays as it is."""
    if not (settings.record or settings.replay):
        return made
    from ropewalk.agents import Player, TapeRecorder

    if settings.record and settings.replay:
        raise SettingsError(
            name="replay", reason="an attempt is recorded or replayed, not both; unset one of them"
        )
    if settings.replay:
        folder = Path(settings.replay)
        return {name: agent if agent.rehearses else Player(name, folder) for name, agent in made.items()}
    folder = Path(settings.record)
    return {name: agent if agent.rehearses else TapeRecorder(agent, folder) for name, agent in made.items()}


async def probe_all(settings: Settings) -> list[Probe]:
    """What `ropewalk agents` shows: each agent, installed or not, usable or why not. Raises SettingsError."""
    agents = agents_of(settings, Confinement(settings.confine, settings.network, settings.readable))
    return list(await asyncio.gather(*(agents[name].probe() for name in agents)))


def _made(
    name: str, table: Mapping[str, Any], confinement: Confinement, limits: ProcessLimits | None
) -> Agent:
    """A table is a preset's (by its name, or `preset`), an agent of the protocol (`protocol = "acp"`), a model behind an
    API (`protocol = "model"`), or any other command (`protocol = "command"` under the name of a preset).
    """
    from ropewalk.agents import PRESETS

    options = {key: value for key, value in table.items() if key not in (_PRESET, _PROTOCOL)}
    protocol = table.get(_PROTOCOL, "acp" if table.get(_PRESET) or name in PRESETS else "")
    if protocol != "model" and limits is not None:
        options.setdefault("limits", msgspec.to_builtins(limits))
    if protocol == "acp":
        return _speaking(name, table.get(_PRESET) or (name if name in PRESETS else ""), options, confinement)
    if protocol == "model":
        from ropewalk.agents import Model, ModelSettings

        return Model(name, msgspec.convert(options, ModelSettings))
    if protocol not in ("", "command"):
        raise ValueError(f'protocol is "acp", "model" or "command", not {protocol!r}')
    from ropewalk.agents import CommandAgent, CommandSettings

    return CommandAgent(name, msgspec.convert(options, CommandSettings), confinement)


def _speaking(name: str, preset: str, options: Mapping[str, Any], confinement: Confinement) -> Agent:
    from ropewalk.agents import AcpAgent, AcpSettings
    from ropewalk.agents import agent_preset as known

    settings = known(preset, options) if preset else msgspec.convert(options, AcpSettings)
    return AcpAgent(name, settings, confinement)


class _WhenWanted(Mapping[str, Agent]):
    """The agents of the settings. Every look at them may raise SettingsError."""

    def __init__(self, settings: Settings, confinement: Confinement) -> None:
        self._settings = settings
        self._confinement = confinement

    @cached_property
    def _made(self) -> Mapping[str, Agent]:
        return agents_of(self._settings, self._confinement)

    def __getitem__(self, name: str) -> Agent:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class _WithPlugins(Mapping[str, Agent]):
    """Own agents first; a plug-in is imported when it is asked for by name."""

    def __init__(self, own: Mapping[str, Agent]) -> None:
        from ropewalk.steps import plugin_agents

        self._own = own
        self._plugged = plugin_agents()

    def __getitem__(self, name: str) -> Agent:
        if name in self._own:
            return self._own[name]
        if name not in self._plugged.names():
            raise KeyError(name)
        agent: Agent = self._plugged.get(name)
        return agent

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        yield from (name for name in self._plugged.names() if name not in self._own)

    def __len__(self) -> int:
        return sum(1 for _ in self)

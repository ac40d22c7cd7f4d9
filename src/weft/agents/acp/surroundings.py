"""Where an agent's process lives: its environment, its home, its confinement. One credential, and none that can push."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from weft.agents import environment, exchange
from weft.agents.acp.settings import Answer, Settings
from weft.agents.confine import Wrap, confined
from weft.agents.port import Desk
from weft.core.work import Brief

NO_PUSH = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "credential.helper",
    "GIT_CONFIG_VALUE_0": "",
    "GIT_SSH_COMMAND": "false",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
}
"""git without the means to log in anywhere."""

_STRICTER: tuple[Answer, ...] = ("allow", "ask", "deny")


class Surroundings(Struct, frozen=True):
    """`env` is the agent's; `bare` is the same without its credential; `secrets` are the values to keep quiet about."""

    env: dict[str, str]
    bare: dict[str, str]
    secrets: dict[str, str]
    home: Path
    wrap: Wrap


def surround(settings: Settings, brief: Brief, desk: Desk) -> Surroundings:
    """Raises AgentError for a confinement that is not to be had, OSError for a home that cannot be made."""
    home = home_of(settings)
    home.mkdir(parents=True, exist_ok=True)
    credential = credential_of(settings)
    given = {**NO_PUSH, **settings.env, **brief.env, **exchange.variables(brief, desk)}
    if settings.home:
        given["HOME"] = str(home)
    bare = environment.clean(given, settings.passed)
    for name in settings.credentials:
        if name not in settings.passed:
            bare.pop(name, None)
    secrets = {**credential, **{name: value for name, value in bare.items() if _secret(name)}}
    wrap: Wrap = list
    if "worktree" in (settings.confine, brief.role.confine):
        keeps = [home] if settings.home else [home / name for name in settings.keeps]
        wrap = confined(desk.folder, [desk.spool, *keeps], home, network=settings.network)
    return Surroundings({**bare, **credential}, bare, secrets, home, wrap)


def credential_of(settings: Settings, of: Mapping[str, str] | None = None) -> dict[str, str]:
    """The first of its credentials that is set."""
    ours = os.environ if of is None else of
    given = {**ours, **settings.env}
    return next(({name: given[name]} for name in settings.credentials if given.get(name)), {})


def home_of(settings: Settings) -> Path:
    """Its own home, or ours."""
    return Path(settings.home).expanduser().absolute() if settings.home else Path.home()


def stricter(first: Answer, second: str) -> Answer:
    """A workflow's role may ask for more care than the settings, never for less."""
    return max(first, second, key=_STRICTER.index) if second in _STRICTER else first


def _secret(name: str) -> bool:
    return not name.startswith("WEFT_") and name.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD"))

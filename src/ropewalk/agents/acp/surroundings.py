"""Where an agent's process lives: its environment, its home, its confinement. One credential, and none that can push."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, structs

from ropewalk.agents import environment, exchange
from ropewalk.agents.acp.settings import AcpSettings, Answer
from ropewalk.agents.confine import Confinement, Reach, Wrap, named_files, reach_of
from ropewalk.agents.port import Desk
from ropewalk.core import Brief

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


def surround(settings: AcpSettings, brief: Brief, desk: Desk, confinement: Confinement) -> Surroundings:
    """Raises Unconfinable for a confinement that is not to be had, OSError for a home that cannot be made."""
    home = home_of(settings)
    if settings.home:  # ours may be one that nobody can make, as a service's is
        home.mkdir(parents=True, exist_ok=True)
    credential = credential_of(settings)
    variables = {**NO_PUSH, **settings.env, **brief.env, **exchange.brief_variables(brief, desk)}
    if settings.home:
        variables["HOME"] = str(home)
    bare = environment.clean_environment(variables, settings.passed)
    for name in settings.credentials:
        if name not in settings.passed:
            bare.pop(name, None)
    own = {name: value for name, value in bare.items() if _secret(name) and name not in desk.secrets}
    secrets = {**credential, **own}
    wrap: Wrap = list
    if confinement.wanted(settings.confine, brief.role.confine, brief.confine):
        wrap = confinement.wrap(reaching(settings, reach_of(desk), bare), network=settings.network)
    return Surroundings({**bare, **credential}, bare, secrets, home, wrap)


def reaching(settings: AcpSettings, reach: Reach, env: Mapping[str, str]) -> Reach:
    """What an agent reaches next to what every attempt does: what it keeps, and what its settings and variables name."""
    return structs.replace(
        reach,
        writable=(*reach.writable, *_keeps(settings, env, home_of(settings))),
        readable=(*reach.readable, *_reads(settings, env)),
    )


def _keeps(settings: AcpSettings, env: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """What of its home it writes: all of one of its own, else what the settings name, and a folder that a variable names."""
    if settings.home:
        return (home,)
    folders = {name[1:].partition("/")[0] for name in settings.logins if name.startswith("$")}
    return (
        *(home / name for name in settings.keeps),
        *(Path(env[name]) for name in sorted(folders) if os.path.isabs(env.get(name, ""))),
    )


def _reads(settings: AcpSettings, env: Mapping[str, str]) -> tuple[str, ...]:
    words = tuple(word for word in settings.argv if os.path.isabs(word))
    return (*settings.readable, *words, *named_files(env, (*settings.passed, *settings.env)))


def credential_of(settings: AcpSettings, of: Mapping[str, str] | None = None) -> dict[str, str]:
    """The first of its credentials that is set."""
    ours = os.environ if of is None else of
    variables = {**ours, **settings.env}
    return next(({name: variables[name]} for name in settings.credentials if variables.get(name)), {})


def home_of(settings: AcpSettings) -> Path:
    """Its own home, or ours."""
    return Path(settings.home).expanduser().absolute() if settings.home else Path.home()


def stricter(first: Answer, second: str) -> Answer:
    """A workflow's role may ask for more care than the settings, never for less."""
    return max(first, second, key=_STRICTER.index) if second in _STRICTER else first


def with_care(settings: AcpSettings, role: str) -> AcpSettings:
    """The settings with what the role asks for; where something may be refused its session is in the mode in which it asks."""
    settings = structs.replace(settings, permissions=stricter(settings.permissions, role))
    return structs.replace(settings, mode=settings.careful) if wary(settings) else settings


def wary(settings: AcpSettings) -> bool:
    """Whether ropewalk may refuse something, and it is known in which mode it is asked."""
    answers = (settings.permissions, *(rule.answer for rule in settings.rules))
    return bool(settings.careful) and any(answer != "allow" for answer in answers)


def _secret(name: str) -> bool:
    return not name.startswith("ROPEWALK_") and name.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD"))

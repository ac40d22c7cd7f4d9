"""The settings: defaults, then `ropewalk.toml` of the project, then `ROPEWALK_*` of the environment, then what the caller says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from ropewalk.definition import Confine, Permissions
from ropewalk.errors import SettingsError
from ropewalk.files import read_bytes
from ropewalk.nesting import read_toml
from ropewalk.processes import ProcessLimits
from ropewalk.workspace import leads_out

FILE = "ropewalk.toml"
PREFIX = "ROPEWALK_"
TABLES = ("agents", "environment", "limits")
"""Keys that no variable of the environment can say."""
LISTS = ("readable", "protect")
"""Keys that hold several texts; a variable of the environment has colons between them."""


class Environment(Struct, frozen=True, forbid_unknown_fields=True, rename={"passed": "pass"}):
    """What commands of steps and gates see of ropewalk's own environment beyond the few names that any program needs."""

    passed: tuple[str, ...] = ()
    """Names, or patterns such as `CARGO_*`."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Every key of `ropewalk.toml`, at its top level; each that is no table is also an environment variable (`store` is ROPEWALK_STORE)."""

    store: str = ""
    """Where the log is: a path or a URL; by default `.ropewalk/ropewalk.db` in the project."""
    slots: int = 32
    """How many attempts may be under way on this host at once, all runs together."""
    actor: str = ""
    """Who acts, on record with every command; by default the user's login name."""
    agent: str = ""
    """The agent for roles that name none."""
    workspace: str = "auto"
    """`git` (a worktree for each writing attempt), `folder` (one private folder a run), or `auto`: git in a repository."""
    breaker_failures: int = 5
    """After so many failures in a row an agent rests."""
    breaker_rest_seconds: float = 300.0
    """How long it rests before one attempt is tried."""
    file_mib: int = 2048
    """The largest file that a step may leave, in MiB: over it the step fails and names the file."""
    keep_days: float = 30.0
    """How long `ropewalk cleanup` keeps what has ended."""
    hosts: str = ""
    """Names by which people reach `ropewalk serve`, next to its own address, with commas between: a proxy's, the machine's."""
    webhooks_private: bool = False
    """Whether webhooks may go to addresses of this host and its networks."""
    confine: Confine = "none"
    """`worktree`: agents, commands of steps and of gates can write in their working folder only, whatever a workflow says."""
    network: bool = True
    """Whether confined commands of steps and gates reach the network; an agent's own table says it for the agent."""
    readable: tuple[str, ...] = ()
    """What is confined sees no home and no checkout; of those, files and folders that it may read all the same."""
    protect: tuple[str, ...] = ()
    """Files and patterns that judge: for every gate of every run they count as they were when the run began."""
    record: str = ""
    """A folder in which each attempt of a real agent is recorded."""
    replay: str = ""
    """A folder of such recordings: they are played back instead of asking the agents."""
    environment: Environment = Environment()
    """The table `[environment]`: `pass = ["CARGO_*"]` are variables of ropewalk's own that commands of steps and gates may see."""
    limits: ProcessLimits | None = None
    """Limits of the system on all that an attempt starts: a table, `[limits]`. An agent with `limits` of its own has those."""
    agents: dict[str, dict[str, Any]] = {}
    """Agents of your own: a table each, `[agents.NAME]`, with `argv` and what else `docs/reference/agents.md` lists."""


def load_settings(project: Path, overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings for a project folder. Raises SettingsError naming the key, where it stood, and the nearest one."""
    values = _file(project / FILE)
    for name in Settings.__struct_fields__:
        text = os.environ.get(PREFIX + name.upper())
        if text is not None and name not in TABLES:
            values[name] = text.split(os.pathsep) if name in LISTS else text
    values.update({k: v for k, v in (overrides or {}).items() if v is not None})
    _check_words(values, project / FILE)
    for name in values.keys() - set(Settings.__struct_fields__):
        near = get_close_matches(name, Settings.__struct_fields__, n=1)
        hint = f"there is no such key; did you mean {near[0]}?" if near else "there is no such key"
        raise SettingsError(name=name, reason=hint)
    _check_patterns(values.get("protect"), project / FILE)
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).partition("`$.")[2].partition("`")[0] or FILE
        raise SettingsError(name=name, reason=str(error).partition(" - at")[0]) from error
    _check_limits(settings)
    return settings


def _check_limits(settings: Settings) -> None:
    """Those of an agent: before money is spent on the steps that come before its own. Raises SettingsError."""
    for agent, table in settings.agents.items():
        try:
            msgspec.convert(table.get("limits"), ProcessLimits | None)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `$")
            name = f"agents.{agent}.limits{place.rstrip('`')}"
            raise SettingsError(name=name, reason=reason) from error


WORDS: Final = {"confine": get_args(Confine), "permissions": get_args(Permissions)}
"""Keys that take one of a few words, at the top and in an agent's table; a wrong one would look as if it did something."""


def _check_words(values: Mapping[str, Any], path: Path) -> None:
    """Raises SettingsError with the place in the file and the nearest right word."""
    agents = values.get("agents")
    tables = agents.items() if isinstance(agents, dict) else ()
    places = [("", values), *((name, table) for name, table in tables if isinstance(table, dict))]
    for agent, table in places:
        for key, words in WORDS.items():
            word = table.get(key, words[0])
            if word in words or (not agent and key not in Settings.__struct_fields__):
                continue
            near = get_close_matches(str(word).lower(), words, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it is {', '.join(words[:-1])} or {words[-1]}"
            name = f"agents.{agent}.{key}" if agent else key
            raise SettingsError(name=name, reason=f"{_place(path, agent, key)}it cannot be {word!r}; {hint}")


def _check_patterns(patterns: Any, path: Path) -> None:
    """Raises SettingsError where a pattern would protect nothing."""
    some = patterns if isinstance(patterns, list) else [patterns] if isinstance(patterns, str) else []
    for pattern in some:
        if isinstance(pattern, str) and leads_out(pattern):
            reason = (
                f"{pattern!r} is no file or pattern inside the project; name such below its top: tests/**"
            )
            raise SettingsError(name="protect", reason=f"{_place(path, '', 'protect')}{reason}")
    if isinstance(patterns, str):
        reason = f'it is a list: protect = ["{patterns}"]'
        raise SettingsError(name="protect", reason=f"{_place(path, '', 'protect')}{reason}")


def _place(path: Path, agent: str, key: str) -> str:
    """`ropewalk.toml:3:1: ` of a key of an agent's table ("": at the top); "" where it is not written so."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    table = ""
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("["):
            table = re.sub(r"[\[\]\s\"']|#.*", "", line)
        elif table == (f"agents.{agent}" if agent else "") and (match := re.match(rf"\s*({key})\s*=", line)):
            return f"{path.name}:{number}:{match.start(1) + 1}: "
    return ""


_LARGEST = 1_048_576


def _file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return read_toml(read_bytes(path, _LARGEST).decode())
    except ValueError as error:
        raise SettingsError(name=str(path), reason=str(error)) from error
    except OSError as error:
        raise SettingsError(name=str(path), reason=f"it cannot be read: {error.strerror}") from error

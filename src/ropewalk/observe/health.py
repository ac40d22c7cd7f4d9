"""Is everything in order here: git, the store, the disk, agents, plug-ins, Python. Each check says how to fix what it found."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ropewalk.agents.port import Agent, Probe
from ropewalk.errors import PluginError, RopewalkError, StoreError
from ropewalk.store.port import Store

Grade = Literal["good", "warning", "bad"]

LOW_BYTES = 1 << 30
FULL_BYTES = 100 << 20
PYTHON = (3, 11)
PARTS = ("msgspec", "ruamel.yaml", "jinja2", "typer", "rich", "structlog", "jsonschema")


class HealthCheck(Struct, frozen=True):
    """One thing that was looked at; `hint` is empty when it is good. `bad` means that runs cannot go well."""

    name: str
    grade: Grade
    detail: str
    hint: str = ""


def python_check() -> HealthCheck:
    """The interpreter."""
    detail = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < PYTHON:
        return HealthCheck("python", "bad", detail, "ropewalk needs Python 3.11 or newer")
    return HealthCheck("python", "good", detail)


def parts_check(parts: Iterable[str] = PARTS) -> HealthCheck:
    """What ropewalk itself is made of."""
    versions, missing = [], []
    for name in ("ropewalk", *parts):
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return HealthCheck("parts", "bad", f"not installed: {', '.join(missing)}", "install ropewalk again")
    return HealthCheck("parts", "good", ", ".join(versions))


async def git_check() -> HealthCheck:
    """The git program; without it only plain folders can be worked in."""
    from ropewalk.workspace import OLDEST_GIT, git_version

    oldest = ".".join(map(str, OLDEST_GIT))
    try:
        present = await git_version()
    except RopewalkError as error:
        return HealthCheck("git", "bad", str(error), f"install git {oldest} or newer")
    detail = f"git {'.'.join(map(str, present))}"
    if present < OLDEST_GIT:
        return HealthCheck("git", "bad", detail, f"ropewalk needs git {oldest} or newer")
    return HealthCheck("git", "good", detail)


async def shell_check() -> HealthCheck:
    """What reads the scripts of `run` steps and gates."""
    from ropewalk.steps import notices_pipes

    try:
        if await notices_pipes():
            return HealthCheck("shell", "good", "a script stops at a failure within a pipe")
    except OSError as error:
        return HealthCheck("shell", "bad", str(error), "install bash")
    detail = "there is no bash, and this sh knows no pipefail: a script goes on after a failure within a pipe"
    return HealthCheck("shell", "warning", detail, "install bash")


async def store_check(store: Store) -> HealthCheck:
    """Whether it can be written and is whole."""
    try:
        await store.remember("health", {"pid": os.getpid()})
        faults = await store.verify()
        position = await store.position()
    except StoreError as error:
        return HealthCheck("store", "bad", str(error), "see `ropewalk verify`; a backup has what was there")
    if faults:
        detail = f"{store.name}: {len(faults)} fault(s), the first: {faults[0]}"
        return HealthCheck(
            "store", "bad", detail, "`ropewalk verify` lists them all; a backup has what was there"
        )
    return HealthCheck(
        "store", "good", f"{store.name}: writable, {position} records, all as they were written"
    )


def disk_check(folder: Path) -> HealthCheck:
    """Room where the store and the workspaces are."""
    free = shutil.disk_usage(folder).free
    detail = f"{free / (1 << 30):.1f} GiB free at {folder}"
    if free < FULL_BYTES:
        return HealthCheck("disk", "bad", detail, "make room: nothing can be recorded on a full disk")
    if free < LOW_BYTES:
        return HealthCheck("disk", "warning", detail, "make room, or run `ropewalk cleanup`")
    return HealthCheck("disk", "good", detail)


def state_check(folder: Path, store: str) -> HealthCheck:
    """Whether the record of runs is in a checkout, where `git clean` may delete it."""
    inside = next((top for top in (folder, *folder.parents) if (top / ".git").exists()), None)
    file = Path(store.removeprefix("sqlite:///")) if store.startswith("sqlite:///") else None
    if inside is None or file is None or not file.resolve().is_relative_to(inside.resolve()):
        return HealthCheck("state", "good", f"{folder}; the record of runs is not in the way of `git clean`")
    detail = f"{file} lies in a checkout, where `git clean -fdx` takes every run on record; leave it out (`-e .ropewalk`), or set `store`"
    return HealthCheck("state", "good", detail)


async def agents_check(agents: Mapping[str, Agent]) -> list[HealthCheck]:
    """One line an agent; one that cannot be used harms only the roles that want it."""
    return [_agent_check(await probe_agent(name, agents)) for name in agents]


def _agent_check(probe: Probe) -> HealthCheck:
    name = f"agent {probe.agent}"
    if probe.usable:
        return HealthCheck(name, "good", probe.version or probe.reason or "usable")
    return HealthCheck(name, "warning", probe.reason or "not usable", probe.hint)


async def probe_agent(name: str, agents: Mapping[str, Agent]) -> Probe:
    """What the agent's own probe reports, or why the agent cannot be loaded."""
    try:
        return await agents[name].probe()
    except RopewalkError as error:
        return Probe(agent=name, installed=False, usable=False, reason=error.message, hint=error.how)


def plugins_check(faults: Iterable[PluginError], names: Iterable[str]) -> HealthCheck:
    """`faults` of all that were tried, `names` of all there are."""
    broken = list(faults)
    known = sorted(names)
    if broken:
        detail = "; ".join(fault.message for fault in broken)
        return HealthCheck("plug-ins", "warning", detail, "update or remove the package that brings it")
    return HealthCheck("plug-ins", "good", ", ".join(known) if known else "none installed")

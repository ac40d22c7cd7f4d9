"""Starts the acting agent as ropewalk does: its act in a file, and whatever settings a test is about."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings

PROGRAM = Path(__file__).with_name("acting.py")


def acting(
    home: Path, *turns: dict[str, Any], settings: dict[str, Any] | None = None, **act: Any
) -> AcpAgent:
    """An agent that does one of the turns at each prompt."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"act-{len(list(home.glob('act-*')))}.json"
    path.write_text(json.dumps({"turns": list(turns), **act}))
    given = settings or {}
    env = {"ACT": str(path), **given.get("env", {})}
    made = {"argv": (sys.executable, "-I", str(PROGRAM)), **given, "env": env}
    return AcpAgent("acting", msgspec.convert(made, AcpSettings))


def answered(answer: dict[str, Any]) -> str:
    """A last message that ends with this answer."""
    return f"Done.\n```json\n{json.dumps(answer)}\n```\n"

"""The real agent programs in a project, with a stand-in for their models: homes of their own, no key, no network."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ropewalk.testing.standin import Act, Scenario, Script, StandIn
from tests.agent_programs import AGENT_PROGRAMS
from tests.journeys.program import Program

KEYS = {"claude": "ANTHROPIC_API_KEY", "codex": "CODEX_API_KEY", "gemini": "GEMINI_API_KEY"}
CANARY = "canary-7f3a91c2"
"""Begins every credential that a test gives away; where it turns up, something leaked."""

GIT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


BEGUN: list[Program] = []
"""Those of the test under way; `tests/journeys/conftest.py` closes them after it."""


def project(folder: Path, **environment: str) -> Program:
    """A repository with one commit, and the program in it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = f"{AGENT_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    program = Program(folder, PATH=path, **GIT, **environment)
    BEGUN.append(program)
    program.write("README.md", "# The project\n")
    program.write(".gitignore", "/ropewalk.toml\n/*.yaml\n")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        git(program, *words)
    return program


def git(program: Program, *words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=program.folder,
        env=program.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@contextmanager
def model(*scripts: Script, **more: Any) -> Iterator[StandIn]:
    """A stand-in that plays these scripts."""
    with StandIn(Scenario(scripts, **more)) as standin:
        yield standin


def script(when: str, *acts: Act, **tokens: int) -> Script:
    return Script(acts=acts, when=when, **tokens)


def settle(
    program: Program, url: str, names: Sequence[str], more: dict[str, dict[str, Any]] | None = None
) -> None:
    """Write `ropewalk.toml` so that these agents ask the stand-in."""
    homes = program.folder.parent / "homes"
    tables = []
    for name in names:
        home = homes / name
        home.mkdir(parents=True, exist_ok=True)
        table = {"home": str(home), **_table(name, home, url)}
        for key, value in (more or {}).get(name, {}).items():
            table[key] = {**table[key], **value} if isinstance(value, dict) and key in table else value
        tables.append(_toml(name, table))
    program.write("ropewalk.toml", "\n".join(tables))


def _table(name: str, home: Path, url: str) -> dict[str, Any]:
    key = f"{CANARY}-{name}"
    if name == "claude":
        return {"env": {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": key}}
    if name == "codex":
        (home / ".codex").mkdir(exist_ok=True)
        (home / ".codex" / "config.toml").write_text(
            'model_provider = "standin"\nmodel = "gpt-5"\n[model_providers.standin]\nname = "standin"\n'
            f'base_url = "{url}/v1"\nwire_api = "responses"\nenv_key = "CODEX_API_KEY"\n'
            "request_max_retries = 0\nstream_max_retries = 0\n"
        )
        return {"mode": ["full-access", "agent-full-access"], "env": {"CODEX_API_KEY": key}}
    if name == "opencode":
        options = {"baseURL": f"{url}/v1", "apiKey": key}
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "name": "s",
            "options": options,
            "models": {"m": {"name": "m"}},
        }
        config = {
            "autoupdate": False,
            "share": "disabled",
            "model": "s/m",
            "small_model": "s/m",
            "provider": {"s": provider},
        }
        (home / "opencode.json").write_text(json.dumps(config))
        return {"env": {"OPENCODE_CONFIG": str(home / "opencode.json"), "OPENCODE_DISABLE_MODELS_FETCH": "1"}}
    return {"env": {"GEMINI_API_KEY": key, "GOOGLE_GEMINI_BASE_URL": url}}


def _toml(name: str, table: dict[str, Any]) -> str:
    rows = [
        f"[agents.{name}]",
        *(f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)),
    ]
    for key, value in table.items():
        if isinstance(value, dict):
            rows += [
                f"[agents.{name}.{key}]",
                *(f"{inner} = {json.dumps(text)}" for inner, text in value.items()),
            ]
    return "\n".join(rows) + "\n"


def steps(run: Any) -> dict[str, Any]:
    """The steps of a shown run by their names."""
    return {step.get("step") or step.get("id"): step for step in run["steps"]}


def agents_left(program: Program) -> list[str]:
    """Processes that still work in the project's folder: their command lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = os.readlink(entry / "cwd")
                said = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if said and Path(place).is_relative_to(program.folder):
                found.append(said)
    return found

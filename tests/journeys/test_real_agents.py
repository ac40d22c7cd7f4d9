"""The real agent programs do the work: files by their own tools, merged and gated, with transcripts, tokens and cost."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ropewalk.testing.standin import Act, Script
from tests.journeys.at_work import CANARY, agents_left, git, model, project, script, settle
from tests.journeys.program import Program
from tests.soak import SOAK

pytestmark = [pytest.mark.needs("git"), pytest.mark.needs("agents")]

LIBRARY = Path(__file__).parents[2] / "src" / "ropewalk" / "library" / "workflows"
WHO = {"architect": "codex", "designer": "opencode"}
SMALL = """
name: small
description: Three write side by side, a fourth puts it together.
inputs: {name: {}}

roles:
  architect:
    persona: You design.
  designer:
    persona: You draw.
  developer:
    persona: You write.

facts:
  ready: {type: boolean, default: false}

steps:
  - {id: architecture, role: architect, prompt: "The parts of {{ inputs.name }}.", creates: docs/architecture.md}
  - {id: front-end, role: designer, prompt: "The screens of {{ inputs.name }}.", creates: docs/front-end.md}
  - {id: code, role: developer, needs: [architecture, front-end], prompt: "Write {{ inputs.name }}.", creates: src/todo.py}
"""
"""What the gate plays: each start of one of these programs costs seconds. `make soak` plays all of the library's `sdlc`."""


def cast(text: str) -> str:
    """The workflow with an agent for each of its roles; claude plays the one who is not named."""
    before, roles, after = text.partition("\nroles:\n")
    named, facts, rest = after.partition("\nfacts:\n")
    played_by = re.sub(r"(?m)^  (\w+):$", lambda m: f"{m[0]}\n    agent: {WHO.get(m[1], 'claude')}", named)
    return before + roles + played_by + facts + rest


def played(events: list[dict[str, Any]], demo: Program) -> list[Script]:
    """The scenario in which models do at each step and round what the demo's rehearsal did there."""
    facts: dict[str, dict[str, Any]] = defaultdict(dict)
    known: dict[str, Any] = {}
    scripts = []
    for record in events:
        event = record["event"]
        kind, step, result = event["kind"], event.get("step", ""), event.get("result") or {}
        if kind == "fact.set" and event.get("by"):
            facts[event["by"]][event["name"]] = event["value"]
        elif kind in ("step.succeeded", "step.produced") and result.get("agent"):
            files = {
                made["path"]: git(demo, "show", f"{made['commit']}:{made['path']}")
                for made in result.get("artifacts", [])
                if made.get("commit") and made.get("change") != "deleted"
            }
            answer = {"outputs": result.get("outputs", {}), "facts": facts[step]}
            said = f"Done.\n```json\n{json.dumps(answer)}\n```"
            acts = [*([Act(write=files)] if files else []), Act(say=said)]
            known[f"step {step}, round {event.get('round', 1)}, "] = acts
        elif kind == "gate.judged" and event["verdict"].get("by", "") != "":
            judged = event["verdict"]
            answer = {"outputs": {"verdict": judged["verdict"], "findings": judged.get("findings", [])}}
            known[f"step {step}, round {event.get('round', 1)}, "] = [
                Act(say=f"```json\n{json.dumps(answer)}\n```")
            ]
    for when, acts in known.items():
        scripts.append(script(when, *acts))
    return scripts


def _rehearsed(tmp_path: Path) -> Program:
    """A project in which the rehearsal agent has played the workflow that the real agents get."""
    demo = project(tmp_path / "elsewhere")
    if SOAK:
        shown = demo("demo", "--into", str(tmp_path / "demo"))
        assert shown.returncode == 0, shown.stdout + shown.stderr
        demo.folder = tmp_path / "demo"
        return demo
    demo.write("small.yaml", SMALL)
    shown = demo("run", "small.yaml", "--rehearse", "--input", "name=todo")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    return demo


@pytest.mark.soak
def test_three_real_agents_make_the_tree_of_their_rehearsal_and_it_is_replayed_offline(
    tmp_path: Path,
) -> None:
    demo = _rehearsed(tmp_path)
    rehearsed = demo.last()
    events = demo.events(rehearsed["run"])
    created = events[0]["event"]
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "-q", str(demo.folder), str(work)], check=True, capture_output=True)
    program = Program(work, **{key: value for key, value in demo.environment.items() if key != "HOME"})
    git(program, "reset", "-q", "--hard", created["base"]["commit"])
    program.write("real.yaml", cast((LIBRARY / "sdlc.yaml").read_text() if SOAK else SMALL))
    with model(*played(events, demo)) as standin:
        settle(program, standin.url, ("claude", "codex", "opencode"))
        inputs = [
            word for name, value in created["inputs"].items() for word in ("--input", f"{name}={value}")
        ]
        running = program.begin(
            "run", "real.yaml", *inputs, "--approve-all", "--record", str(tmp_path / "tapes")
        )
        told, _ = running.communicate(timeout=400)
        assert running.returncode == 0, told[-3000:]
        asked = {one.credential for one in standin.asked}
    assert {f"{CANARY}-claude", f"{CANARY}-codex", f"{CANARY}-opencode"} <= asked
    run = program.last()
    assert run["status"] == "completed"
    assert run["tree"] == rehearsed["tree"]
    assert run["cost_usd"] is None or run["cost_usd"] > 0
    assert "[execute]" in program("logs", run["run"], "architecture").stdout
    assert "[edit] docs/front-end.md completed" in program("logs", run["run"], "front-end").stdout
    assert agents_left(program) == []
    assert _replayed(program, tmp_path, inputs, created["base"]["commit"])["tree"] == rehearsed["tree"]


def _replayed(recorded: Program, tmp_path: Path, inputs: list[str], commit: str) -> Any:
    """The same run in a new clone, by the tapes: no model is there to be asked any more."""
    folder = tmp_path / "again"
    subprocess.run(["git", "clone", "-q", str(recorded.folder), str(folder)], check=True, capture_output=True)
    program = Program(folder, **{name: text for name, text in recorded.environment.items() if name != "HOME"})
    git(program, "reset", "-q", "--hard", commit)
    for name in ("real.yaml", "ropewalk.toml"):
        program.write(name, (recorded.folder / name).read_text())
    replaying = program.begin(
        "run", "real.yaml", *inputs, "--approve-all", "--replay", str(tmp_path / "tapes")
    )
    told, _ = replaying.communicate(timeout=100)
    assert replaying.returncode == 0, told[-5000:]
    return program.last()

"""Every example runs to its end, with no key, no network and nobody there to answer.

Those that a page gives word for word, with its answers and secrets, are run by following that page (`test_pages`)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.page import examples

ROOT = Path(__file__).parents[2]
ON_A_PAGE = examples([*(ROOT / "docs").rglob("*.md")])
EXAMPLES = [path for path in sorted((ROOT / "examples").glob("*.yaml")) if path.name not in ON_A_PAGE]
GIVES = {
    "back-to": ("publish", "hello, world"),
    "call": ("loud", "HELLO ROPEWALK!"),
    "decide": ("release", "released"),
    "foreach": ("index", "built index.html, built about.html, built contact.html"),
    "function": ("say", "the sum is 7"),
    "hello": ("greet", "hello world"),
    "quorum": ("report", "left out: broken"),
    "retry": ("flaky", "through at attempt 3"),
}
"""What the named step of an example says."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_runs_to_its_end(path, tmp_path):
    shutil.copytree(path.parent, tmp_path / "examples")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ropewalk",
            "run",
            f"examples/{path.name}",
            "--approve-all",
            "--rehearse",
            "--json",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["status"] == "completed"
    outputs = {step["id"]: step.get("outputs") or {} for step in told["steps"]}
    if path.stem in GIVES:
        step, said = GIVES[path.stem]
        assert outputs[step]["stdout"] == said

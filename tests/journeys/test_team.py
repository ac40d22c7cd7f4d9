"""A team: all are told what was found, somebody else sees what all did, and the result is on the branch that was checked out."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("git")
EXAMPLE = Path(__file__).parents[2] / "examples" / "team.yaml"
WRITER = """
cat > prompt
round=$(sed -n 's/.*, round \\([0-9]*\\), attempt.*/\\1/p' prompt)
file=$(sed -n 's/^- create `\\(.*\\)`$/\\1/p' prompt)
name=$(sed -n 's/^(step \\([a-z]*\\),.*/\\1/p' prompt)
mv prompt "$1/$name-$round"
mkdir -p "$(dirname "$file")"
if [ "$round" -lt 3 ]; then echo "TODO in $name" > "$file"; else echo "$name is done" > "$file"; fi
echo '{"handoff": {"summary": "'"$name"' says so"}}' > "$2"
"""
JUDGE = """
cat > "$1/review"
echo '{"outputs": {"verdict": "PASS", "findings": []}}' > "$2"
"""


def git(folder, *words):
    return subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def prompts(ropewalk, tmp_path):
    """The folder in which the agents of the example put what they were told."""
    folder = tmp_path / "prompts"
    folder.mkdir()
    agents = ""
    for name, script in (("writer", WRITER), ("judge", JUDGE)):
        program = ropewalk.write(f"../{name}.sh", script)
        agents += f'[agents.{name}]\nargv = ["sh", "{program}", "{folder}", "{{result_file}}"]\n'
    text = EXAMPLE.read_text(encoding="utf-8")
    for role, agent in (("developer", "writer"), ("tester", "writer"), ("reviewer", "judge")):
        text = re.sub(rf"({role}: {{agent: )\[[^]]*\]", rf"\1{agent}", text)
    ropewalk.write("team.yaml", text)
    ropewalk.write("ropewalk.toml", agents)
    git(ropewalk.folder, "init", "-q", "-b", "main")
    git(ropewalk.folder, "add", "-A")
    git(ropewalk.folder, "commit", "-qm", "begin")
    return folder


def test_a_gate_that_fails_twice_sends_all_three_back_and_their_work_lands_reviewed(ropewalk, prompts):
    done = ropewalk("run", "team.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("backend", "frontend", "tests"):
        told = [(prompts / f"{name}-{number}").read_text() for number in (1, 2, 3)]
        assert "came back" not in told[0]
        for again in told[1:]:
            for finding in ("TODO in backend", "TODO in frontend", "TODO in tests"):
                assert finding in again
    review = (prompts / "review").read_text()
    for shown in ("+backend is done", "+frontend is done", "+tests is done", "summary: tests says so"):
        assert shown in review
    start = git(ropewalk.folder, "rev-list", "--max-parents=0", "HEAD").strip()
    assert f"The run began with the commit `{start}`" in review
    assert (ropewalk.folder / "server/sign-up.py").read_text() == "backend is done\n"
    assert git(ropewalk.folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert ropewalk.last()["landed"] == "main"

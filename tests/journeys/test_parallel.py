"""Branches run side by side within their limit, nobody waits for the slowest, and one after the other gives the same."""

import pytest

BRANCHES = """
name: branches
steps:
%s
  - {id: join, needs: [slow, after, middle, more], run: 'echo all'}
"""
STEP = """  - id: %s
    needs: [%s]
    env: {LEDGER: %s}
    run: |
      echo "$ROPEWALK_STEP begin $(date +%%s%%N)" >> "$LEDGER"
      sleep %s
      echo "$ROPEWALK_STEP end $(date +%%s%%N)" >> "$LEDGER"
      echo "said by $ROPEWALK_STEP"
"""


@pytest.fixture
def branches(ropewalk, tmp_path):
    ledger = tmp_path / "ledger"
    steps = [
        ("slow", "", 3),
        ("fast", "", 0.1),
        ("after", "fast", 0.1),
        ("middle", "", 0.4),
        ("more", "", 0.4),
    ]
    ropewalk.write(
        "b.yaml", BRANCHES % "".join(STEP % (name, needs, ledger, pause) for name, needs, pause in steps)
    )
    return ropewalk, ledger


def _times(ledger):
    found: dict[str, dict[str, int]] = {}
    for line in ledger.read_text().splitlines():
        step, what, at = line.split()
        found.setdefault(step, {})[what] = int(at)
    return found


def _most_at_once(times):
    moments = [(span["begin"], 1) for span in times.values()] + [(span["end"], -1) for span in times.values()]
    most = now = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def test_branches_overlap_within_the_limit_and_a_successor_does_not_wait_for_a_slow_sibling(branches):
    ropewalk, ledger = branches
    run = ropewalk.json("run", "b.yaml", "--parallel", "3")
    assert run["status"] == "completed"
    times = _times(ledger)
    assert 2 <= _most_at_once(times) <= 3
    assert times["after"]["begin"] < times["slow"]["end"]
    starts = [e["event"]["step"] for e in ropewalk.events(run["run"], "step.started", "step.succeeded")]
    assert starts.index("after") < len(starts)


def test_one_step_after_the_other_gives_the_same_outputs(branches):
    ropewalk, ledger = branches
    together = ropewalk.json("run", "b.yaml")
    ledger.unlink()
    alone = ropewalk.json("run", "b.yaml", "--sequential")
    times = _times(ledger)
    assert _most_at_once(times) == 1
    assert sorted(times, key=lambda step: times[step]["begin"]) == ["slow", "fast", "after", "middle", "more"]
    assert [(s["id"], s["outputs"]) for s in together["steps"]] == [
        (s["id"], s["outputs"]) for s in alone["steps"]
    ]

"""An ask outlives the process that opened it: anybody answers it from anywhere, once, and the run goes on with that."""

from tests.journeys.program import until

NOTES = """
name: notes
steps:
  - id: write
    creates: [NOTES.md]
    run: |
      echo "# Notes" > NOTES.md
      cat "$ROPEWALK_FEEDBACK" >> NOTES.md
    approve: {prompt: Are they good?, show: NOTES.md}
  - id: publish
    requires: [NOTES.md]
    run: cat NOTES.md
"""


def _asked(ropewalk):
    """The ask is open, and the one who opened it is dead."""
    ropewalk.write("notes.yaml", NOTES)
    process = ropewalk.begin("run", "notes.yaml", "--wait")
    (ask,) = until(lambda: ropewalk.json("inbox")["asks"], "the ask")
    ropewalk.kill(process)
    return ask


def test_an_ask_is_answered_after_its_process_was_killed_and_only_once(ropewalk):
    ask = _asked(ropewalk)
    assert ropewalk("approve", ask["run"], ask["ask"]).returncode == 0
    again = ropewalk("reject", ask["run"], ask["ask"])
    assert again.returncode == 2
    assert f"{ask['ask']} was already answered (approve by" in again.stderr
    assert ropewalk("drive", ask["run"]).returncode == 0
    assert ropewalk.last()["status"] == "completed"


def test_an_answer_reaches_the_process_that_waits_for_it(ropewalk):
    ropewalk.write("notes.yaml", NOTES)
    process = ropewalk.begin("run", "notes.yaml", "--wait")
    (ask,) = until(lambda: ropewalk.json("inbox")["asks"], "the ask")
    assert ropewalk("approve", "last").returncode == 0
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert ropewalk.json("inbox") == {"asks": []}
    assert ask["show"][0]["path"] == "NOTES.md"


def test_reject_does_the_step_again_with_the_reason_in_its_brief(ropewalk):
    ask = _asked(ropewalk)
    assert ropewalk("reject", ask["run"], "--reason", "say who wrote them").returncode == 0
    assert ropewalk("drive", ask["run"]).returncode == 3
    assert ropewalk("approve", "last").returncode == 0
    assert ropewalk("drive").returncode == 0
    run = ropewalk.last()
    assert "say who wrote them" in _said(run, "publish")
    assert {s["id"]: s["round"] for s in run["steps"]}["write"] == 2


def test_amend_replaces_the_artifact(ropewalk):
    ask = _asked(ropewalk)
    ropewalk.write("better.md", "# Better notes\n")
    assert ropewalk("amend", ask["run"], "--file", "better.md").returncode == 0
    assert ropewalk("drive", ask["run"]).returncode == 0
    run = ropewalk.last()
    assert _said(run, "publish") == "# Better notes"
    assert ropewalk("artifacts", "last", "NOTES.md").stdout == "# Better notes\n"


def test_an_expired_ask_takes_its_default(ropewalk):
    ropewalk.write(
        "expire.yaml",
        "name: expire\nsteps:\n"
        "  - {id: go, ask: {prompt: Go on?, expires: 600ms, default: approve}}\n"
        "  - {id: stop, needs: [go], ask: {prompt: Really?, expires: 300ms, default: reject}, on_failure: continue}\n",
    )
    ended = ropewalk("run", "expire.yaml", "--json")
    run = ropewalk.last()
    assert ended.returncode == 1
    assert {s["id"]: s["status"] for s in run["steps"]} == {"go": "succeeded", "stop": "failed"}
    answered = ropewalk.events(run["run"], "ask.answered")
    assert [(r["event"]["by"], r["event"]["expired"]) for r in answered] == [("expiry", True)] * 2


def _said(run, step):
    return {s["id"]: s["outputs"] for s in run["steps"]}[step]["stdout"]

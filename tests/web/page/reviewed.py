"""A run with a step that a person approves, one that asks and one with items, for what pages show of it."""

from __future__ import annotations

from ropewalk.core import commands as c
from ropewalk.core.work import Artifact, Handoff, Outcome, Usage, Verdict
from ropewalk.testing.given import given
from tests.observe.written import written

FLOW = """{id: a, run: echo, approve: Good?}
{id: b, needs: [a], when: inputs.x == "tea", role: dev, prompt: "# Do\\n<b>it</b>", ask: First?}
{id: c, needs: [b], foreach: '["k", "l"]', run: [echo, hi]}"""
HEAD = "inputs: {x: {default: tea}, key: {required: false, secret: true}}\nroles: {dev: {}}"
MADE = Outcome(
    outputs={"n": 1},
    artifacts=(Artifact("a.md", "d" * 64, 10, "abc"), Artifact("old.md", "", change="deleted")),
    handoff=Handoff(
        sender="dev", receiver="all", summary="**Done**", decisions=("yes",), questions=("why?",)
    ),
    verdicts=(Verdict("tests", "PASS"), Verdict("look", "CONCERNS", ("dusty",), by="ada", reason="fine")),
    usage=Usage(5, 7, 0.5),
    agent="claude",
    commit="abc123",
    rehearsed=True,
)


def started():
    """Step `a` is under way."""
    return given(written(FLOW, HEAD), inputs={"x": "tea", "key": "s3"}).after(c.Advance(), now=1)


def asked():
    """Step `a` has made its files and waits for approval."""
    return started().after(report(MADE), c.Advance(), now=3)


def report(outcome):
    """The attempt of step `a` that is under way ends so."""
    return lambda state: c.Report(
        step="a", round=state.steps["a"].round, attempt=state.steps["a"].attempt, outcome=outcome
    )

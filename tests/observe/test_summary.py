"""What a run comes to, read off its state, and as the object that every door gives."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.app.objects import run_of
from ropewalk.core import commands as c
from ropewalk.core.state import State
from ropewalk.core.work import Artifact, Failure, Outcome, Usage
from ropewalk.observe.summary import MadeFile, artifacts_of, errors_of, files_made_in
from ropewalk.testing.given import broken, done, given
from tests.observe.written import written

FILE = Artifact("a.md", "d1", 3)


def summary(state: State, now: float) -> dict[str, Any]:
    """As `ropewalk run --json` prints it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(run_of(state, now)))
    return found


def test_a_completed_run_as_one_object():
    run = given(written("{id: a, run: echo}\n{id: b, needs: [a], run: echo}"))
    run.after(c.Advance(), now=10).after(done("a", Outcome(outputs={"x": 1}, artifacts=(FILE,))), now=11)
    run.after(c.Advance(), done("b"), c.Advance(), now=12.5)
    expected = {
        "run": "r",
        "workflow": "w",
        "status": "completed",
        "reason": "",
        "steps": [
            {"id": "a", "status": "succeeded", "round": 1, "attempts": 1, "outputs": {"x": 1}},
            {"id": "b", "status": "succeeded", "round": 1, "attempts": 1, "outputs": {}},
        ],
        "artifacts": [
            {
                "path": "a.md",
                "step": "a",
                "digest": "d1",
                "size": 3,
                "commit": "",
                "sources": [],
                "amended_by": "",
            }
        ],
        "errors": [],
        "warnings": [],
        "cost_usd": 0.0,
        "cost_unknown": False,
        "seconds": 2.5,
    }
    found = summary(run.state, now=99)
    assert {name: found[name] for name in expected} == expected


def test_errors_stand_in_written_order_whatever_failed_first():
    run = given(written("{id: a, run: echo, on_failure: continue}\n{id: b, run: echo, on_failure: continue}"))
    run.after(c.Advance(), broken("b", message="second"), broken("a", "refused", "first"), c.Advance())
    assert errors_of(run.state) == [
        {"step": "a", "class": "refused", "message": "first"},
        {"step": "b", "class": "permanent", "message": "second"},
    ]


def test_what_ended_the_run_as_a_whole_names_no_step():
    run = given(written("{id: a, run: echo}", "limits: {timeout: 5s}"))
    run.after(c.Advance(), now=0).after(c.Advance(), now=6)
    (found,) = errors_of(run.state)
    assert (found["step"], found["class"]) == ("", "timeout")
    assert "took longer than 5 s" in found["message"]


def test_items_stand_after_their_foreach_and_internal_steps_nowhere():
    run = given(written('{id: each, foreach: \'["x", "y"]\', run: echo}\n{id: b, run: echo}'))
    run.after(c.Advance(), done("each[y]"), done("each[x]"), done("b"), c.Advance())
    assert [one["id"] for one in summary(run.state, 0)["steps"]] == ["each", "each[x]", "each[y]", "b"]


def test_a_file_belongs_to_the_step_that_wrote_it_last_and_a_deleted_one_to_nobody():
    run = given(written("{id: a, run: echo}\n{id: b, needs: [a], run: echo}\n{id: c, needs: [b], run: echo}"))
    gone = Artifact("gone.md", "d3", change="deleted")
    made = Artifact("gone.md", "d2")
    for step, files in (("a", (FILE, made)), ("b", (Artifact("a.md", "d4"),)), ("c", (gone,))):
        run.after(c.Advance(), done(step, Outcome(artifacts=files)))
    assert artifacts_of(run.state) == [MadeFile(Artifact("a.md", "d4"), "b")]


def test_a_file_has_as_sources_what_its_step_requires_and_keeps_who_amended_it_in_the_result():
    steps = "{id: a, run: echo, creates: [x.md]}\n{id: b, run: echo, requires: [x.md], creates: [y.md]}"
    run = given(written(steps)).after(c.Advance())
    run.after(done("a", Outcome(artifacts=(Artifact("x.md", "d1", amended_by="ann"),))), c.Advance())
    run.after(done("b", Outcome(artifacts=(Artifact("y.md", "d2"),))))
    assert [(file.artifact.path, file.sources) for file in artifacts_of(run.state)] == [
        ("x.md", ()),
        ("y.md", ("x.md",)),
    ]
    result = files_made_in(run.state, "c9", (Artifact("x.md", "d1"), Artifact("z.md", "d3")))
    assert [(file.artifact.commit, file.artifact.amended_by, file.step) for file in result] == [
        ("c9", "ann", "a"),
        ("c9", "", ""),
    ]


def test_a_source_is_named_as_it_was_filled_in():
    steps = "{id: b, run: echo, requires: [{path: '{{ run.id }}.md', external: true}], creates: [y.md]}"
    run = given(written(steps)).after(c.Advance())
    run.step("b").texts["{{ run.id }}.md"] = "r1.md"
    run.after(done("b", Outcome(artifacts=(Artifact("y.md", "d2"),))))
    (made,) = artifacts_of(run.state)
    assert made.sources == ("r1.md",)


def test_an_unknown_cost_is_unknown_and_not_zero():
    run = given(written("{id: a, run: echo}"))
    run.after(c.Advance(), done("a", Outcome(agent="claude", usage=Usage(tokens_in=5))))
    assert summary(run.state, 0)["cost_usd"] is None


def test_a_cost_of_which_only_a_part_is_known_is_told_as_that():
    run = given(written("{id: a, run: echo}\n{id: b, needs: [a], run: echo}")).after(c.Advance())
    run.after(done("a", Outcome(agent="claude", usage=Usage(tokens_in=5, cost_usd=1.5))), c.Advance())
    before = summary(run.state, 0)
    assert (before["cost_usd"], before["cost_unknown"]) == (1.5, False)
    run.after(done("b", Outcome(agent="claude", usage=Usage(tokens_in=5))))
    after = summary(run.state, 0)
    assert (after["cost_usd"], after["cost_unknown"]) == (1.5, True)


def test_a_run_in_git_says_where_it_began_and_what_does_not_fit_together():
    conflict = {"path": "a.md"}
    run = given(written("{id: a, run: echo}"), base={"commit": "c0", "root": "/"})
    failure = Failure("conflict", "they disagree", report={"conflicts": [conflict]})
    run.after(c.Advance(), done("a", Outcome(failure=failure)))
    found = summary(run.state, 0)
    assert (found["base"], found["branch"], found["commit"], found["tree"]) == ("c0", "", "", "")


def test_a_run_that_was_not_started_took_no_time():
    assert summary(given(written("{id: a, run: echo}")).state, now=50)["seconds"] == 0.0

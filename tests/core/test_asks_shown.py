"""What an ask shows that comes before any work of its own: the named files as the steps before it left them."""

from __future__ import annotations

import msgspec

from ropewalk.core import events as e
from ropewalk.core.asks import HANDLERS
from ropewalk.core.work import Artifact, Feedback, Outcome
from ropewalk.definition.workflow import Approval, Choice, Gate, Step
from ropewalk.testing.given import Given, done
from tests.core.flows import GO, answer, flow, noop, started

SPEC = Artifact("spec.md", "d1", 10, "c1")
OTHER = Artifact("other.md", "d2", 10, "c1")
LATER = Artifact("spec.md", "d3", 11, "c2")


def asked(*show: str, second: Artifact = LATER) -> Given:
    sign = Step("sign", "ask", needs=("b",), ask=Approval(show=show))
    run = started(flow(noop("a"), noop("b", "a"), noop("apart"), sign))
    run.after(done("a", Outcome(artifacts=(SPEC, OTHER), commit="c1")), GO)
    return run.after(done("b", Outcome(artifacts=(second,), commit="c2")), GO)


def test_a_question_shows_the_named_files_as_they_were_left_last():
    run = asked("spec.md", "other.md")
    assert run.state.asks["a1"].show == (LATER, OTHER)
    assert run.state.asks["a1"].digest != asked("spec.md").state.asks["a1"].digest
    assert asked("spec.md", second=SPEC).state.asks["a1"].digest != asked("spec.md").state.asks["a1"].digest


def side_by_side(*spec: Artifact, names: tuple[str, ...] = ("spec.md",)) -> Given:
    """Steps a, b, … that need nothing of each other, and a question about what they left."""
    keys = "abc"[: len(spec)]
    sign = Step("sign", "ask", needs=tuple(keys), ask=Approval(show=names))
    run = started(flow(*map(noop, keys), sign))
    for key, artifact in zip(keys, spec, strict=True):
        run.after(done(key, Outcome(artifacts=(artifact,), commit=artifact.commit)), GO)
    return run


def test_what_several_steps_wrote_side_by_side_is_shown_as_their_merge():
    opened = side_by_side(SPEC, LATER).state.asks["a1"]
    assert opened.show == (Artifact("spec.md", "", merged_from=("c1", "c2")),)
    again = side_by_side(SPEC, msgspec.structs.replace(LATER, commit="c3")).state.asks["a1"]
    assert opened.digest != again.digest
    gone = Artifact("spec.md", "", change="deleted", commit="c2")
    assert side_by_side(SPEC, gone).state.asks["a1"].show == (
        Artifact("spec.md", "", merged_from=("c1", "c2")),
    )
    assert side_by_side(msgspec.structs.replace(gone, commit="c1"), gone).state.asks["a1"].show == ()
    assert side_by_side(SPEC, msgspec.structs.replace(LATER, commit="")).state.asks["a1"].show != opened.show


def test_an_approval_shows_what_its_step_did_not_write_as_the_step_left_it():
    work = noop("b", "a", approve=Approval(show=("spec.md", "other.md")))
    run = started(flow(noop("a"), work)).after(done("a", Outcome(artifacts=(SPEC,), commit="c1")), GO)
    run.after(done("b", Outcome(artifacts=(LATER,), commit="c2")), GO)
    assert run.state.asks["a1"].show == (LATER, Artifact("other.md", "", commit="c2"))


def test_an_approval_of_a_step_that_left_no_commit_shows_what_it_started_from():
    work = noop("b", "a", approve=Approval(show=("spec.md",)))
    run = started(flow(noop("a"), work)).after(done("a", Outcome(artifacts=(SPEC,), commit="c1")), GO)
    run.after(done("b", Outcome()), GO)
    assert run.state.asks["a1"].show == (SPEC,)


def test_without_names_nothing_is_shown():
    assert asked().state.asks["a1"].show == ()


def test_what_no_step_before_wrote_is_shown_as_the_run_found_it():
    run = asked("README.md")
    assert run.state.asks["a1"].show == (
        Artifact("README.md", "", commit=str(run.state.base.get("commit", ""))),
    )


def test_a_file_that_was_deleted_is_not_shown():
    gone = Artifact("spec.md", "", change="deleted", commit="c2")
    assert asked("spec.md", "other.md", second=gone).state.asks["a1"].show == (OTHER,)


def test_an_ask_before_the_work_shows_files_too_and_its_choice_reaches_the_work():
    before = Approval(prompt="Which?", show=("spec.md",), choices=(Choice("fast"), Choice("slow")))
    run = started(flow(noop("a"), noop("b", "a", ask=before)))
    run.after(done("a", Outcome(artifacts=(SPEC,), commit="c1")), GO)
    assert run.state.asks["a1"].show == (SPEC,)
    run.after(answer("a1", "slow", value={"n": 1}, reason="it is late"), GO)
    assert run.step("b").feedback == [Feedback("ann", 'Which? slow; {"n":1}; it is late', beforehand=True)]


def test_a_plain_yes_before_the_work_tells_it_nothing():
    run = started(flow(noop("a", ask=Approval()))).after(answer("a1"), GO)
    assert (run.step("a").status, run.step("a").feedback) == ("running", [])


def test_the_names_of_the_files_are_filled_in():
    sign = Step("sign", "ask", needs=("a",), ask=Approval(show=("{{ outputs.a.name }}.md",)))
    run = started(flow(noop("a"), sign))
    run.after(done("a", Outcome(outputs={"name": "spec"}, artifacts=(SPEC, OTHER), commit="c1")), GO)
    assert run.state.asks["a1"].show == (SPEC,)
    work = noop("a", approve=Approval(show=("{{ outputs.name }}.md",)))
    run = started(flow(work)).after(done("a", Outcome(outputs={"name": "spec"}, artifacts=(SPEC, OTHER))))
    assert run.state.asks["a1"].show == (SPEC,)


def test_a_file_that_cannot_be_named_fails_its_step():
    for name in ("{{ outputs.lacking }}", "{{ '../x' }}"):
        run = started(flow(noop("a", ask=Approval(show=(name,)))))
        assert run.step("a").status == "failed"
        run = started(flow(noop("a", approve=Approval(show=(name,))))).after(done("a", Outcome()))
        assert run.step("a").status == "failed"


def test_an_answer_before_the_work_takes_the_place_of_the_one_before_it():
    before = Approval(prompt="Which?", choices=(Choice("fast"), Choice("slow")))
    run = started(flow(noop("a", ask=before, gates=(Gate("condition", {"expression": "false"}),))))
    run.after(answer("a1", "slow"), GO)
    run.state.steps["a"].feedback.append(Feedback("gate", "no"))
    opened = run.state.answers["a1"]
    assert [remark.beforehand for remark in run.step("a").feedback] == [True, False]
    again = e.AskOpened(
        step="a", round=1, ask="a2", about="before", prompt="Which?", choices=("fast", "slow")
    )
    run.state.asks["a2"] = again
    HANDLERS[e.AskAnswered](run.state, msgspec.structs.replace(opened, ask="a2", verdict="fast"), 1.0)
    assert [remark.text for remark in run.step("a").feedback] == ["no", "Which? fast"]


def test_that_nobody_answered_in_time_tells_the_work_nothing():
    before = Approval(expires_seconds=5, default="approve")
    run = started(flow(noop("a", ask=before))).after(GO, now=10.0)
    assert (run.step("a").status, run.step("a").feedback) == ("running", [])

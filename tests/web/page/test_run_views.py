from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Artifact, Feedback, Handoff, Outcome, Usage, Verdict
from ropewalk.observe.explain import explain_state
from ropewalk.observe.progress import progress_of
from ropewalk.observe.timeline import Bar
from ropewalk.testing.given import broken, done, given
from ropewalk.web.page import about, panel, shelves
from ropewalk.web.page.markup import text
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
    return given(written(FLOW, HEAD), inputs={"x": "tea", "key": "s3"}).after(c.Advance(), now=1)


def asked():
    return started().after(_report(MADE), c.Advance(), now=3)


def _report(outcome):
    return lambda state: c.Report(
        step="a", round=state.steps["a"].round, attempt=state.steps["a"].attempt, outcome=outcome
    )


def head_of(state, now=9.0):
    return str(text(about.head(state, explain_state(state, now, driven=True), progress_of(state, now), now)))


def test_the_head_says_what_is_asked_and_leads_to_the_answer_and_keeps_secrets():
    made = head_of(asked().state)
    assert "a asks: " in made
    assert 'href="/inbox?ask=r/a1"' in made
    assert "s3" not in made
    assert "tea" in made
    assert 'data-open="abort"' in made


def test_a_failed_run_names_the_first_failing_step_on_top_and_can_be_retried():
    run = given(written("{id: a, run: echo}\n{id: b, run: echo}")).after(c.Advance())
    run.after(broken("a", "permanent", "no <way>"), broken("b", "permanent", "nor this"), c.Advance(), now=2)
    made = head_of(run.state)
    assert made.startswith('<div class="banner bad"')
    assert "a failed first. " in made
    assert "no &lt;way&gt;" in made
    assert "1 other step failed too" in made
    assert 'data-do="retry"' in made
    assert 'data-do="abort"' not in made


def test_what_can_be_told_depends_on_what_the_run_does():
    run = started()
    assert 'data-do="pause"' in text(about.verbs(run.state))
    run.after(c.Pause(by="ada"))
    run.after(_report(Outcome()), c.Advance())
    run.after(c.Answer("a1", "approve", "ada"), c.Advance())
    assert 'data-do="resume"' in text(about.verbs(run.state))
    run.after(c.Abort(reason="no"), c.Advance())
    assert 'data-do="retry"' in text(about.verbs(run.state))
    assert 'data-do="abort"' in about.abort()


def test_the_step_that_most_people_look_at_first_is_chosen():
    run = started()
    assert panel.first(run.state) == "a"
    assert panel.first(asked().state) == "a"
    assert panel.first(given(written(FLOW, HEAD)).state) == ""


def test_the_panel_of_a_step_shows_its_summary_and_what_it_left():
    run = asked()
    st = run.step("a")
    made = str(panel.summary(run.state, st, 9.0))
    for said in (
        "Answer what it asks",
        "a.md",
        "$0.50",
        "claude",
        "PASS",
        "dusty",
        "by ada: fine",
    ):
        assert said in made
    whole = str(panel.panel(run.state, "a", "summary", panel.summary(run.state, st, 9.0), 9.0))
    assert "rehearsed" in whole
    assert 'data-do="skip"' in whole
    assert 'data-do="fork"' in whole
    assert "&#34;n&#34;: 1" in panel.data(st)
    assert "no outputs" in panel.data(run.step("b"))


def test_a_step_that_was_sent_back_says_why():
    run = asked().after(c.Answer("a1", "reject", "ada", "more milk"), c.Advance(), now=5)
    made = panel.summary(run.state, run.step("a"), 9.0)
    assert "more milk" in made
    st = run.step("a")
    st.feedback = [Feedback("gate", "twice", ("one", "two"))]
    assert "<li>one</li>" in str(panel.sent_back(st))


def test_prompts_are_shown_as_they_were_written_and_harmless():
    run = started()
    flow = run.state
    made = str(panel.prompt(flow.step("b"), run.step("b")))
    assert "For dev" in made
    assert "<h1>Do</h1>" in made
    assert "<b>it</b>" not in made
    assert "First?" in made
    assert "inputs.x ==" in made
    assert "Command" in panel.prompt(flow.step("a"), run.step("a"))
    assert "told nothing" in panel.prompt(
        given(written("{id: n, uses: noop}")).state.step("n"), run.step("b")
    )


def test_items_lead_to_their_own_panel_and_back():
    run = asked().after(c.Answer("a1", "approve", "ada"), c.Advance(), now=5)
    run.after(c.Answer("a2", "approve", "ada"), c.Advance(), done("b"), c.Advance(), now=6)
    assert "2 items" in panel.summary(run.state, run.step("c"), 9.0)
    made = str(
        panel.panel(run.state, "c[k]", "prompt", panel.prompt(run.state.step("c[k]"), run.step("c[k]")), 9.0)
    )
    assert "← c" in made
    assert "&#34;k&#34;" in made
    assert "echo hi" in made
    listed = str(panel.block(run.state, "All", ["a", "b"], 9.0))
    assert listed.count("data-key=") == 2


def test_attempts_and_waits_are_listed_and_what_an_attempt_says_is_shown_from_its_end():
    run = started()
    bars = [
        Bar("a", "failed", 0, 1, 1, 1, "busy"), Bar("a", "retry", 1, 2, 1, 1, "transient"), Bar("a", "lost", 2, 3, 1, 2),
        Bar("a", "waiting", 3, 4, 1, 0, "a person"), Bar("a", "attempt", 4, None, 1, 3),
    ]  # fmt: skip
    made = str(panel.attempts(bars, run.step("a"), 9.0))
    for said in (
        "attempt 1.1",
        "busy",
        "before the next try (transient)",
        "waited for a person",
        "is-running",
    ):
        assert said in made
    assert "Nothing has been tried" in panel.attempts([], run.step("a"), 9.0)
    said = str(panel.output("a/1.2", ["a/1.1", "a/1.2"], "<i>tail", 99, live=True))
    assert "&lt;i&gt;tail" in said
    assert "live" in said
    assert "the last 7 of 99 bytes" in said
    assert "It has said nothing" in panel.output("", [], "", 0, live=False)


def test_files_handoffs_and_merge_of_a_run():
    run = asked()
    files = str(shelves.files(run.state, "a.md", shelves.file("a.md", "", "rendered", text(["body"]))))
    assert 'id="file-a.md"' in files
    assert "old.md" not in files
    assert "as it was merged" in files
    assert "No file" in shelves.files(started().state, "", None)
    assert "<strong>Done</strong>" in shelves.handoffs(run.state)
    assert "passed on yet" in shelves.handoffs(started().state)
    assert "Nothing is merged" in shelves.merge(run.state, [])


def test_conflicts_name_both_steps_and_show_their_sides():
    run = asked()
    run.state.base = {"commit": "f" * 40}
    report = {
        "conflicts": [
            {"path": "x.md", "kind": "content", "steps": ["a", "b"], "hunks": [{"ours": "1", "theirs": "2"}]}
        ]
    }
    made = str(shelves.merge(run.state, [e.ConflictFound("c", report=report)]))
    assert "1 conflict" in made
    assert "a and b disagree; found when c was merged." in made
    assert "<h4>theirs</h4>" in made
    assert "clean" in str(shelves.merge(run.state, []))
    assert "left a commit" in str(shelves.merge(_based(started().state), []))


def _based(state):
    state.base = {"commit": "f" * 40}
    return state

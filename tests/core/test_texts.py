"""Texts that are filled in when something is put on record: what people are asked, titles, and the files of a step."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.texts import squash_message
from ropewalk.core.work import Outcome
from ropewalk.definition.workflow import (
    Approval,
    Choice,
    Decision,
    Foreach,
    Input,
    Ref,
    Route,
    Step,
    Workflow,
)
from ropewalk.errors import TemplateError
from ropewalk.testing.given import Given, When, done, given, like

GO = c.Advance(9)


def run(*steps: Step) -> Given:
    return given(Workflow("w", steps, inputs={"v": Input()}), inputs={"v": "1.0"})


def asked(made: When) -> e.AskOpened:
    (opened,) = [event for event in made.events if isinstance(event, e.AskOpened)]
    return opened


def test_people_read_prompts_and_titles_with_the_values_in_them():
    approval = Approval(
        prompt="Ship {{ inputs.v }}?", choices=(Choice("yes", "Ship {{ inputs.v }}"), Choice("no"))
    )
    before = Step("before", "noop", title="Build {{ inputs.v }}", ask=Approval())
    way = Decision(
        (Route("left", title="To {{ inputs.v }}"), Route("right")),
        by="person",
        prompt="Where to, {{ inputs.v }}?",
    )
    made = run(Step("q", "ask", ask=approval), before, Step("d", "decide", decision=way)).when(GO)
    asked, first, route = [event for event in made.events if isinstance(event, e.AskOpened)]
    assert (asked.prompt, asked.titles) == ("Ship 1.0?", ("Ship 1.0", ""))
    assert first.prompt == "Begin Build 1.0?"
    assert (route.prompt, route.titles) == ("Where to, 1.0?", ("To 1.0", ""))


def test_who_approves_reads_what_the_work_gave():
    approval = Approval(prompt="Coverage {{ outputs.coverage }} and {{ outputs.a.ok }}: good?")
    made = run(Step("a", "noop", approve=approval)).after(GO).when(done("a", coverage=80, ok=True))
    assert asked(made).prompt == "Coverage 80 and true: good?"


def test_work_whose_approval_cannot_be_asked_for_is_kept_and_its_step_fails():
    made = run(Step("a", "noop", approve=Approval(prompt="{{ outputs.lacking }}"))).after(GO).when(done("a"))
    made.then(e.StepProduced, like(e.StepFailed, step="a"))


def test_each_item_of_a_list_has_title_and_files_of_its_own_on_record():
    step = Step(
        "each",
        "run",
        title="Build {{ p }}",
        foreach=Foreach('["a", "b"]', name="p"),
        requires=(Ref("in/{{ p }}.txt"),),
        creates=(Ref("out/{{ p }}.txt"), Ref("log.txt"), Ref("{{ p }}", label=True)),
        updates=(Ref("x", any_of=("one/{{ p }}", "two/{{ inputs.v }}")),),
    )
    made = run(step).after(GO)
    assert [made.step(f"each[{key}]").texts for key in "ab"] == [
        {
            "Build {{ p }}": f"Build {key}",
            "in/{{ p }}.txt": f"in/{key}.txt",
            "out/{{ p }}.txt": f"out/{key}.txt",
            "one/{{ p }}": f"one/{key}",
            "two/{{ inputs.v }}": "two/1.0",
        }
        for key in "ab"
    ]


def test_a_title_is_shown_as_it_was_filled_in_once_its_step_has_begun():
    made = run(Step("a", "run", title="Build {{ inputs.v }}"), Step("b", "run", needs=("a",), title="Ship"))
    assert (made.state.title_of("a"), made.state.title_of("b")) == ("Build {{ inputs.v }}", "Ship")
    assert made.after(GO).state.title_of("a") == "Build 1.0"


def test_a_title_on_record_is_one_short_line_whatever_was_filled_in():
    long = given(
        Workflow("w", (Step("a", "run", title="Build {{ inputs.v }}"),), inputs={"v": Input()}),
        inputs={"v": "1\n" + "x" * 300},
    )
    assert long.after(GO).state.title_of("a") == f"Build 1 {'x' * 192}"


def test_a_step_without_templates_puts_no_texts_on_record():
    run(Step("a", "run", title="Build", creates=(Ref("a.txt"),))).when(GO).then(
        ..., like(e.StepStarted, step="a", texts={})
    )


def test_a_step_whose_file_cannot_be_named_fails_before_it_is_tried():
    for over in ('["../../etc"]', '["*"]'):
        step = Step("each", "run", foreach=Foreach(over), creates=(Ref("out/{{ item }}"),))
        made = run(step).when(GO)
        failed = next(event for event in made.events if isinstance(event, e.StepFailed))
        assert "out/{{ item }}" in failed.failure.message
        assert not any(isinstance(event, e.StepStarted) for event in made.events)


def test_a_question_that_cannot_be_filled_in_fails_its_step():
    asks = (
        Step("q", "ask", ask=Approval(prompt="{{ outputs.lacking }}")),
        Step("d", "decide", decision=Decision((Route("a"),), by="person", prompt="{{ outputs.lacking }}")),
        Step("c", "call", title="{{ outputs.lacking }}", args={"workflow": "w"}),
    )
    for step in asks:
        events = run(step).when(GO).events
        assert any(isinstance(event, e.StepFailed) for event in events), step.id


def test_what_a_person_is_shown_of_an_item_is_named_by_its_own_file():
    from ropewalk.core.work import Artifact

    step = Step(
        "each",
        "run",
        foreach=Foreach('["a"]'),
        creates=(Ref("{{ item }}.md"),),
        approve=Approval(show=("{{ item }}.md",)),
    )
    files = (Artifact("a.md", "1"), Artifact("b.md", "2"))
    made = run(step).after(GO).when(done("each[a]", Outcome(artifacts=files)))
    assert [artifact.path for artifact in asked(made).show] == ["a.md"]


def test_a_run_has_a_title_of_its_inputs_on_record():
    workflow = Workflow(
        "w",
        (),
        inputs={"v": Input(), "key": Input(secret=True)},
        title="Ship {{ inputs.v }}\nas {{ run.workflow }}",
    )
    made = given(workflow, inputs={"v": "1.0", "key": "s3cret"})
    assert made.state.title == "Ship 1.0 as w"
    assert given(Workflow("w", ())).state.title == ""
    long = given(Workflow("w", (), inputs={"v": Input()}, title="{{ inputs.v }}"), inputs={"v": "x" * 999})
    assert len(long.state.title) == 200


@pytest.mark.parametrize(
    ("title", "squash", "message"),
    [
        ("", "", ""),
        ("Ship it", "", ""),
        ("Ship {{ inputs.v }}", "{{ run.title }}", "Ship 1.0"),
        ("", "{{ run.title }}", "w"),
        ("", "feat: {{ inputs.v }} of {{ run.workflow }}\n\n{{ inputs.key }}", "feat: 1.0 of w\n\n[secret]"),
        ("", "as { it } is", "as { it } is"),
    ],
)
def test_the_message_of_the_one_commit_that_lands_is_a_template_of_inputs_and_run(
    title: str, squash: str, message: str
):
    inputs = {"v": Input(), "key": Input(secret=True)}
    workflow = Workflow("w", (), inputs=inputs, title=title, squash=squash)
    made = squash_message(given(workflow, inputs={"v": "1.0", "key": "s3cret"}).state)
    assert made == message


def test_a_run_whose_title_cannot_be_made_does_not_begin():
    workflow = Workflow("w", (), title="{{ inputs.lacking }}")
    with pytest.raises(TemplateError):
        given(workflow)


def test_a_title_is_cut_and_a_question_that_is_too_long_fails_its_step():
    flow = Workflow("w", (Step("a", "ask", title="{{ inputs.v }}"),), inputs={"v": Input()})
    made = given(flow, inputs={"v": "x " * 500}).when(GO)
    assert len(asked(made).prompt) <= 201
    flow = Workflow("w", (Step("a", "ask", ask=Approval("{{ inputs.v }}")),), inputs={"v": Input()})
    made = given(flow, inputs={"v": "x" * 100_001}).when(GO)
    (failed,) = [event for event in made.events if isinstance(event, e.StepFailed)]
    assert "show a file instead" in failed.failure.message

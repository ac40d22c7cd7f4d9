"""Braces of other systems mean nothing here: what people and agents read is what the file says."""

from __future__ import annotations

from ropewalk.definition import Fact, Input, Phase
from ropewalk.definition.workflow import Approval, Choice, Decision, Role, Route, Step, Workflow
from ropewalk.formats import load_workflow_text, workflow_yaml
from ropewalk.formats.literal_texts import with_literal_texts
from ropewalk.rendering import render_template

ODD = "Epic {{epic_num}} {% of %} many"


def test_every_text_of_another_system_gives_itself():
    approval = Approval(prompt=ODD, choices=(Choice("a", ODD),))
    way = Decision((Route("x", title=ODD),), prompt=ODD)
    step = Step("a", "role", title=ODD, notes=(ODD,), ask=approval, approve=approval, decision=way)
    made = with_literal_texts(
        Workflow("w", (step, Step("b", "noop")), roles={"r": Role(persona=ODD, title=ODD)})
    )
    first, role = made.steps[0], made.roles["r"]
    assert first.decision is not None
    texts = [
        first.title,
        *first.notes,
        role.persona,
        role.title,
        first.decision.prompt,
        first.decision.routes[0].title,
    ]
    for asked in (first.ask, first.approve):
        assert asked is not None
        texts += [asked.prompt, asked.choices[0].title]
    assert [render_template(text, {}) for text in texts] == [ODD] * 10
    assert made.steps[1] == Step("b", "noop")


def test_what_is_shown_as_it_is_written_can_stand_in_a_file_of_our_own():
    made = with_literal_texts(
        Workflow(
            "w",
            (Step("a", "noop"),),
            description=ODD,
            inputs={"i": Input(description=ODD)},
            facts={"f": Fact(question=ODD)},
            phases=(Phase("p", title=ODD, description=ODD),),
        )
    )
    [phase] = made.phases
    texts = {made.description, made.inputs["i"].description, made.facts["f"].question, phase.title}
    assert texts | {phase.description} == {"Epic { {epic_num}} {% of %} many"}
    load_workflow_text(workflow_yaml(made), "w.yaml")

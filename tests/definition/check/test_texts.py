"""The one list of texts that are templates."""

from __future__ import annotations

from ropewalk.definition.check.texts import plain_texts, role_texts, scripts_of, templates_of, texts_of
from ropewalk.definition.workflow import (
    Approval,
    Choice,
    Decision,
    Fact,
    Gate,
    Input,
    Phase,
    Ref,
    Role,
    Route,
    Step,
    Workflow,
)

STEP = Step(
    "a",
    "run",
    args={"argv": ["t1"]},
    title="t2",
    prompt="t3",
    handoff="t4",
    folder="t19",
    notes=("t5",),
    env={"E": "t6"},
    requires=(Ref("t7"),),
    creates=(Ref("t8", any_of=("t9",)), Ref("label", label=True)),
    updates=(Ref("t10"),),
    decision=Decision((Route("r", title="t11"),), prompt="t12"),
    ask=Approval(prompt="t13", choices=(Choice("c", "t14"),), show=("t20",)),
    approve=Approval(prompt="t15"),
    gates=(
        Gate("command", {"argv": ["t16"]}),
        Gate("verdict", {"criteria": ["t17"]}),
        Gate("condition", {"condition": "true", "message": "t18"}),
        Gate("command", {"script": "s1"}),
    ),
)


def test_every_text_that_a_person_or_an_agent_reads_is_a_template():
    found = {text for _, text in templates_of(STEP)}
    assert found == {f"t{number}" for number in range(1, 21)}
    assert {text for _, text in texts_of(STEP)} == found - {"t1", "t16", "t17", "t18"}
    assert [text for _, text in role_texts(Role(persona="p", title="t"))] == ["p", "t"]


def test_scripts_are_none():
    assert list(scripts_of(STEP)) == [(("gates", 3, "script"), "s1")]
    assert list(scripts_of(Step("a", "run", args={"script": "s"}))) == [(("args", "script"), "s")]


def test_what_describes_the_workflow_is_shown_as_it_is_written():
    form = {"properties": {"x": {"title": "f"}}}
    workflow = Workflow(
        "w",
        (Step("a", "ask", ask=Approval(form=form)),),
        description="d",
        inputs={"i": Input(description="i")},
        facts={"q": Fact(question="q")},
        phases=(Phase("p", "p1", "p2"),),
    )
    assert {text for _, text in plain_texts(workflow)} == {"d", "i", "q", "p1", "p2", "f"}

"""What an attempt is told: complete in itself, with all that the workflow only names."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.events import AttemptFailed, Event
from ropewalk.core.state import State
from ropewalk.core.work import Artifact, Handoff, Options, Outcome
from ropewalk.definition.policy import Join
from ropewalk.definition.workflow import (
    Approval,
    BackTo,
    Decision,
    Fact,
    Foreach,
    Gate,
    Ref,
    Role,
    Route,
    Step,
    Workflow,
)
from ropewalk.testing.clock import settle
from tests.runtime.conftest import Bench, noop

TEMPLATE = "template: {id: t}\nsections:\n- {id: goals, title: Goals}\n"


def role(name: str, *needs: str, **how: Any) -> Step:
    return Step(name, "role", role="writer", needs=needs, **how)


async def test_templates_judges_and_facts_come_with_the_brief(bench: Bench) -> None:
    gates = (
        Gate("verdict", {"role": "judge", "criteria": ["Good."]}),
        Gate("verdict", {"criteria": ["Good."]}),
        Gate("document", {"document": "a.md", "template": "t"}),
        Gate("command", {"script": "true"}),
    )
    step = role("a", template="t", facts=("fine",), gates=gates)
    run = await bench.begin(
        step,
        documents={"t": TEMPLATE},
        roles={"writer": Role(), "judge": Role(title="Judge", agents=("claude",))},
        facts={"fine": Fact(default=True)},
    )
    await bench.drive(run)
    given = bench.work.briefs[0]
    assert given.brief.template == TEMPLATE
    assert given.brief.wants_facts["fine"]["default"] is True
    assert [gate.args.get("who") for gate in given.gates] == [
        {"agents": ("claude",), "title": "Judge"},
        None,
        None,
        None,
    ]
    assert given.gates[2].args["text"] == TEMPLATE
    assert given.gates[3] is gates[3]


async def test_a_role_that_decides_is_told_the_question_and_what_each_route_means(bench: Bench) -> None:
    routes = (Route("left", to=("a",), title="The short way"), Route("right", to=("b",)))
    decision = Decision(routes, by="role", prompt="Which is best?")
    step = Step("d", "decide", role="writer", prompt="Look around.", decision=decision)
    run = await bench.begin(step, noop("a"), noop("b", title="Do it well"), roles={"writer": Role()})
    await bench.drive(run)
    brief = bench.work.briefs[0].brief
    assert brief.prompt == "Look around.\n\nWhich is best?"
    assert brief.wants_route == ("left", "right")
    assert brief.route_titles == ("The short way", "Do it well")


async def test_a_template_that_the_run_did_not_keep_stays_a_name(bench: Bench) -> None:
    run = await bench.begin(role("a", template="t"), roles={"writer": Role()})
    await bench.drive(run)
    assert bench.work.briefs[0].brief.template == "t"


async def test_the_handoff_names_the_next_roles_and_what_they_are_to_make(bench: Bench) -> None:
    steps = (
        role("a", creates=(Ref("a.md"),), handoff="Keep it short."),
        noop("between", "a"),
        Step("b", "role", role="reader", needs=("between",), creates=(Ref("b.md"), Ref("idea", label=True))),
        Step("c", "role", role="reader", needs=("b",), creates=(Ref("c.md"),)),
    )
    run = await bench.begin(*steps, roles={"writer": Role(), "reader": Role(title="The reader")})
    await bench.drive(run)
    next_handoff = {given.spot.step: given.brief.next_handoff for given in bench.work.briefs}
    assert next_handoff["between"] is None
    first = next_handoff["a"]
    assert first is not None
    assert (first.sender, first.receiver, first.expected) == ("writer", "The reader", ("b.md",))
    assert first.instructions == "Keep it short."


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("# Nothing\n")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


async def drive(folder: Path, *steps: Step, answers: tuple[str, ...] = ()) -> State:
    async with open_ropewalk(folder) as ropewalk:
        run = await ropewalk.start(Workflow(name="flow", steps=steps))
        state = await ropewalk.drive(run)
        for verdict in answers:
            await ropewalk.answer(run, next(iter(state.asks)), verdict, reason="more")
            state = await ropewalk.drive(run)
        return state


def script(name: str, text: str, *needs: str, **how: Any) -> Step:
    return Step(name, "run", {"script": text}, needs=needs, **how)


@pytest.mark.needs("git")
async def test_work_that_comes_back_is_mended_and_not_begun_anew(repository: Path) -> None:
    write = script(
        "write", 'echo "$ROPEWALK_ROUND" >> rounds.txt; rm -f other1.txt; echo x > "other$ROPEWALK_ROUND.txt"'
    )
    judge = script(
        "judge", "cat rounds.txt", "write", gates=(Gate("command", {"script": "test -f other3.txt"}),)
    )
    looked = script("looked", "cat rounds.txt; ls", "judge")
    state = await drive(repository, write, Step(**_fields(judge), back_to=BackTo("write")), looked)
    assert state.status == "completed", state.reason
    assert state.outputs["looked"]["stdout"].split() == [
        *("1", "2", "3"),
        *("README.md", "other2.txt", "other3.txt", "rounds.txt"),
    ]
    result = state.steps["write"].result
    assert result is not None
    assert [(one.path, one.change) for one in result.artifacts] == [
        ("other2.txt", "created"),
        ("other3.txt", "created"),
        ("rounds.txt", "created"),
    ]


@pytest.mark.needs("git")
async def test_a_later_step_of_the_round_begins_anew(repository: Path) -> None:
    write = script("write", 'echo "$ROPEWALK_ROUND" > round.txt')
    copy = script("copy", "cat round.txt >> copies.txt", "write")
    judge = script(
        "judge", "cat copies.txt", "copy", gates=(Gate("command", {"script": "grep 2 copies.txt"}),)
    )
    state = await drive(repository, write, copy, Step(**_fields(judge), back_to=BackTo("write")))
    assert state.outputs["judge"]["stdout"] == "2"


@pytest.mark.needs("git")
async def test_what_a_person_sends_back_is_still_there(repository: Path) -> None:
    write = script(
        "write",
        'cat "$ROPEWALK_FEEDBACK" >> text.md; echo "round $ROPEWALK_ROUND" >> text.md',
        creates=(Ref("text.md"),),
    )
    state = await drive(
        repository,
        Step(**_fields(write), approve=Approval()),
        script("read", "grep round text.md", "write"),
        answers=("reject", "approve"),
    )
    assert state.outputs["read"]["stdout"] == "round 1\nround 2"


def _fields(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("id", "kind", "args", "needs", "gates", "creates")}


async def test_a_gate_that_has_a_name_is_called_by_it(tmp_path: Path) -> None:
    step = Step(
        "a", "noop", gates=(Gate("command", {"script": "true"}, "unit"), Gate("command", {"script": "true"}))
    )
    state = await drive(tmp_path, step)
    assert [verdict.gate for verdict in state.steps["a"].verdicts] == ["unit", "true"]


async def test_a_judge_that_could_not_judge_fails_as_it_failed_itself(tmp_path: Path) -> None:
    async with open_ropewalk(tmp_path, agents={"judge": {"argv": ["sh", "-c", "exit 75"]}}) as ropewalk:
        gate = Gate("verdict", {"role": "r", "criteria": ["Good."]})
        step = Step("a", "noop", gates=(gate,))
        run = await ropewalk.start(Workflow("flow", (step,), roles={"r": Role(agents=("judge",))}))
        told: list[AttemptFailed] = []

        def hear(state: State, events: list[Event]) -> None:
            told.extend(event for event in events if isinstance(event, AttemptFailed))

        await ropewalk.engine.drive(run, lambda state: bool(told), hear)
        assert told[0].failure.kind == "transient"


async def test_a_handoff_is_found_behind_steps_that_hand_on_nothing(bench: Bench) -> None:
    told = Handoff(sender="writer", summary="It is done.")
    bench.work.does = {"a": Outcome(handoff=told), "f": Outcome(handoff=Handoff(sender="f"))}
    steps = (
        role("a"),
        role("b", "a", when="false"),
        noop("c", "b"),
        Step("d", "ask", needs=("c",), ask=Approval(prompt="Go on?")),
        Step("e", "run", {"argv": ["true"]}, needs=("d", "c")),
        role("f", "e"),
        role("g", "f", "c"),
    )
    run = await bench.begin(*steps, roles={"writer": Role()}, options=Options(answer_all="me"))
    await bench.drive(run)
    handed = {given.spot.step: [one.sender for one in given.brief.handoffs] for given in bench.work.briefs}
    assert handed["f"] == ["writer"]
    assert handed["g"] == ["writer", "f"]


async def test_a_step_that_is_not_ended_yet_has_handed_on_nothing(bench: Bench) -> None:
    bench.work.does = {"a": Outcome(handoff=Handoff(sender="a")), "slow": "hold"}
    slow = role("slow", "a")
    quick = role("quick", "a")
    after = role("after", "slow", "quick", join=Join("any"))
    bench.work.does["quick"] = Outcome(handoff=Handoff(sender="quick"))
    run = await bench.begin(role("a"), slow, quick, after, roles={"writer": Role()})
    driving = bench.drive(run)
    await settle()
    bench.work.release("slow")
    await driving
    handed = {given.spot.step: [one.sender for one in given.brief.handoffs] for given in bench.work.briefs}
    assert handed["after"] == ["quick"]


async def test_the_items_of_a_step_hand_on_in_its_place(bench: Bench) -> None:
    async def item(assignment: Any, link: Any) -> Outcome:
        return Outcome(handoff=Handoff(sender=assignment.spot.step))

    bench.work.does = {"a": Outcome(handoff=Handoff(sender="a")), "each": item}
    steps = (role("a"), role("each", "a", foreach=Foreach(over='["x", "y"]')), role("after", "each"))
    run = await bench.begin(*steps, roles={"writer": Role()})
    await bench.drive(run)
    handed = {given.spot.step: [one.sender for one in given.brief.handoffs] for given in bench.work.briefs}
    assert handed["after"] == ["each[x]", "each[y]"]


@pytest.mark.needs("git")
async def test_the_work_of_an_item_that_was_turned_down_goes_no_further(repository: Path) -> None:
    each = script(
        "each",
        'echo x > "$ROPEWALK_ITEM.txt"',
        foreach=Foreach('["good", "other"]', at_most=1, quorum=1),
        approve=Approval(on_reject="fail"),
    )
    state = await drive(repository, each, script("look", "ls", "each"), answers=("reject", "approve"))
    assert state.status == "completed", state.reason
    assert state.outputs["look"]["stdout"].split("\n").count("good.txt") == 0
    assert "other.txt" in state.outputs["look"]["stdout"]
    assert state.outputs["each"]["failed"] == ["good"]


async def test_a_required_pattern_brings_what_was_made_of_it_also_past_other_steps(bench: Bench) -> None:
    story = Artifact("docs/1.1.story.md", "0" * 40)
    bench.work.does = {"a": Outcome(artifacts=(story,))}
    pattern = (Ref("docs/*.*.story.md"),)
    steps = (role("a", creates=pattern), role("b", "a"), role("c", "b", requires=pattern))
    run = await bench.begin(*steps, roles={"writer": Role()})
    await bench.drive(run)
    assert [[each.path for each in given.brief.artifacts] for given in bench.work.briefs] == [
        [], [story.path], [story.path],
    ]  # fmt: skip


async def test_an_item_is_given_its_own_title_and_files_and_its_follower_what_they_may_be(
    bench: Bench,
) -> None:
    each = Step(
        "each",
        "role",
        role="writer",
        title="Page {{ page }}",
        foreach=Foreach('["a", "b"]', name="page"),
        creates=(Ref("out/{{ page }}.md", any_of=("out/{{ page }}.md", "x")),),
    )
    before = role("before", gates=(Gate("verdict", {"criteria": ["Good."]}),))
    run = await bench.begin(
        before,
        msgspec.structs.replace(each, needs=("before",)),
        roles={"writer": Role(title="Writer of {{ run.workflow }}")},
    )
    await bench.drive(run)
    first, *items = [given.brief for given in bench.work.briefs]
    assert first.next_handoff is not None
    assert (first.next_handoff.receiver, first.next_handoff.expected) == ("Writer of flow", ("out/*.md",))
    told = {(one.title, one.creates[0].name, one.creates[0].any_of) for one in items}
    assert told == {(f"Page {key}", f"out/{key}.md", (f"out/{key}.md", "x")) for key in "ab"}
    assert bench.work.briefs[0].work == ("out/*.md", "x")

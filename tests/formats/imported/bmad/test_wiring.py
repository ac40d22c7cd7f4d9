"""The order of the list is the order of the steps, except where the file says more; every way back is bounded and leads back."""

from typing import Any

import pytest

from ropewalk.definition.workflow import Decision, Step
from ropewalk.formats.imported.bmad.wiring import Wiring
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Jump, Way
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.reading import ReadOptions


def draft(name: str, *ids: str, kind: Any = "task", data: Any = None, **fields: Any) -> ItemSteps:
    """An item of one step that is called as it, or of these steps in a row."""
    steps = [Step(step_id, "role", **fields.pop("step", {})) for step_id in ids or (name,)]
    item = Item("", (), 1, kind, name, data or {"step": name})
    return ItemSteps(item, **{"steps": steps, "entry": (steps[0].id,), "exits": (steps[-1].id,), **fields})


def decision(name: str, *ways: Way, inline: tuple[str, ...] = (), by: Any = "person") -> ItemSteps:
    """An item that decides between ways, with the steps that only some of them take."""
    steps = [Step(name, "decide", decision=Decision(by=by)), *(Step(step_id, "role") for step_id in inline)]
    return draft(name, steps=steps, ways=ways)


class Wired:
    """The steps of these items hung together."""

    def __init__(self, *drafts: ItemSteps, phases: dict[str, tuple[str, str]] | None = None) -> None:
        making = ImportContext(ReadOptions(), Pack(), {})
        making.phases = phases or {}
        for number, item in enumerate(drafts, 1):
            item.item = Item(str(number), (), number, item.item.kind, item.item.name, item.item.data)
        making.drafts = list(drafts)
        for item in drafts:
            for step in item.steps:
                making.id(step.id)
        self.order = Wiring(making).wired()
        self.steps: Any = {step.id: step for step in self.order}
        self.needs = {step.id: step.needs for step in self.order}
        self.warnings = making.warnings

    def routes(self, name: str) -> dict[str, tuple[tuple[str, ...], bool]]:
        return {route.name: (route.to, route.end) for route in self.steps[name].decision.routes}


def back(step: str, to: str, cap: int = 10, **more: Any) -> Jump:
    return Jump(step, to, cap, "its `next`", **more)


def test_each_item_waits_for_the_one_before_and_each_step_in_it_too():
    wired = Wired(draft("a"), draft("b", "b1", "b2"), draft("c"))
    assert wired.needs == {"a": (), "b1": ("a",), "b2": ("b1",), "c": ("b2",)}
    assert Wired().order == []


def test_what_an_item_waits_for_by_name_is_added_or_replaces_the_order():
    wired = Wired(
        draft("a"), draft("b", alone=True), draft("c", after=("A", "b")), draft("d", after=("a",), alone=True)
    )
    assert wired.needs == {"a": (), "b": (), "c": ("b", "a"), "d": ("a",)}


def test_a_wait_for_what_is_not_above_is_told_and_a_step_inside_an_item_means_the_whole_item():
    wired = Wired(draft("a", "a1", "a2"), draft("b", after=("a1", "c", "b", "zzz")), draft("c"))
    assert wired.needs["b"] == ("a2",)
    assert wired.warnings == [
        f"line 2: it waits for `{name}`, which is not above it" for name in ("c", "b", "zzz")
    ]


def test_an_item_that_waits_for_its_own_name_means_the_step_of_that_name_before_it():
    wired = Wired(draft("a", "a1", "a2"), draft("b"), draft("a1", "x", after=("a1",)))
    assert wired.needs["x"] == ("b", "a1")
    assert wired.warnings == []


def test_neighbours_that_run_together_wait_for_the_same_and_are_all_waited_for():
    wired = Wired(
        draft("a"), draft("b", together="x"), draft("c", together="x"), draft("d", together="y"), draft("e")
    )
    assert wired.needs == {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ("d",)}


def test_an_item_next_to_another_waits_for_what_that_waits_for():
    wired = Wired(draft("a"), draft("b"), draft("c", runs_with="b"), draft("d"))
    assert (wired.needs["c"], wired.needs["d"]) == (("a",), ("b", "c"))
    assert "`d`, next to which it should run, is not above it" in Wired(draft("c", runs_with="d")).warnings[0]


def test_branches_of_one_item_run_together_and_its_last_step_joins_them():
    fan = draft("fan", "x", "y", "fan", parallel=True, entry=("x", "y"), exits=("fan",))
    wired = Wired(draft("a"), fan, draft("b"))
    assert wired.needs == {"a": (), "x": ("a",), "y": ("a",), "fan": ("x", "y"), "b": ("fan",)}


def test_an_end_waits_for_all_that_nobody_waits_for_but_for_ways_that_end():
    fork = decision("d", Way("stop", first=("s",), ends=True), Way("go"), inline=("s",))
    wired = Wired(draft("a"), draft("b", alone=True), fork, draft("end", kind="end"))
    assert set(wired.needs["end"]) == {"d", "a"}


def test_final_steps_stand_last_and_wait_only_for_each_other():
    tidy = draft("tidy", step={"final": True}, after=("a",))
    report = draft("report", step={"final": True}, jumps=[back("report", "a")])
    wired = Wired(tidy, draft("a"), report, draft("b", after=("tidy",)))
    assert [step.id for step in wired.order] == ["a", "b", "tidy", "report"]
    assert wired.needs == {"a": (), "b": ("a",), "tidy": (), "report": ("tidy",)}
    assert wired.steps["report"].back_to is None
    assert wired.warnings == ["line 4: it waits for `tidy`, which is not above it"]


def test_a_way_leads_to_its_item_and_all_behind_it_and_skips_what_lies_between():
    fork = decision(
        "d", Way("short", to="c"), Way("long"), Way("stop", first=("s",), ends=True), inline=("s",)
    )
    wired = Wired(draft("a"), fork, draft("b"), draft("c"))
    assert wired.routes("d") == {
        "short": (("c",), False),
        "long": (("b", "c"), False),
        "stop": (("s",), True),
    }
    assert wired.needs["s"] == ("d",)


def test_the_work_of_a_way_that_goes_on_is_waited_for():
    fork = decision("d", Way("x", first=("x1", "x2")), Way("y"), inline=("x1", "x2"))
    wired = Wired(fork, draft("b"))
    assert wired.needs == {"d": (), "x1": ("d",), "x2": ("x1",), "b": ("d", "x2")}
    assert wired.routes("d")["x"] == (("x1", "x2", "b"), False)


def test_where_every_way_has_a_condition_it_goes_on_when_none_holds():
    ways = (Way("x", when="facts.x"), Way("y", when="facts.y", ends=True))
    assert Wired(decision("d", *ways, by="condition"), draft("b")).routes("d")["otherwise"] == (("b",), False)
    assert Wired(decision("d", *ways, by="condition")).routes("d")["otherwise"] == ((), False)
    assert "otherwise" not in Wired(decision("d", *ways), draft("b")).routes("d")
    assert "otherwise" not in Wired(decision("d", ways[0], Way("z"), by="condition")).routes("d")


@pytest.mark.parametrize(("cap", "at_most"), [(0, 10), (2, 2), (100, 100), (100_000, 100)])
def test_a_way_back_is_a_step_of_its_own_with_a_cap_that_no_number_lifts(cap, at_most):
    wired = Wired(draft("a"), decision("d", Way("again", to="a", cap=cap), Way("go")), draft("b"))
    again = wired.steps["d-again-again"]
    assert (again.kind, again.needs, again.back_to.to, again.back_to.at_most) == (
        "noop",
        ("d",),
        "a",
        at_most,
    )
    assert wired.routes("d") == {"again": (("d-again-again", "b"), False), "go": (("b",), False)}
    assert wired.needs["b"] == ("d", "d-again-again")


def test_a_way_to_what_is_not_there_or_not_before_goes_on_and_is_told():
    side = draft("side", together="x")
    fork = decision("d", Way("x", to="nowhere"), Way("y", to="side"))
    fork.together = "x"
    wired = Wired(side, fork, draft("b"))
    assert wired.routes("d") == {"x": (("b",), False), "y": (("b",), False)}
    assert [warning.split(": ", 1)[1].split(",")[0] for warning in wired.warnings] == [
        "the way `x` leads to `nowhere`",
        "the way `y` leads to `side`",
    ]


def test_a_jump_back_is_a_loop_and_one_to_the_next_item_is_the_order():
    wired = Wired(
        draft("a"), draft("b", jumps=[back("b", "c"), back("b", "a", 4, when="facts.x")]), draft("c")
    )
    loop = wired.steps["b"].back_to
    assert (loop.to, loop.when, loop.at_most) == ("a", "facts.x", 4)
    assert wired.warnings == []


def test_a_jump_that_leads_over_something_or_nowhere_changes_nothing_and_is_told():
    wired = Wired(draft("a", jumps=[back("a", "d"), back("a", "zzz")]), draft("b"), draft("c"), draft("d"))
    assert wired.needs == {"a": (), "b": ("a",), "c": ("b",), "d": ("c",)}
    assert wired.steps["a"].back_to is None
    assert [warning.split("`next` ")[1] for warning in wired.warnings] == [
        "leads over 2 items between: they are done in the order of the list",
        "leads to `zzz`, which is not in this workflow: it goes on",
    ]


def test_an_item_may_jump_to_itself_and_not_to_its_neighbour():
    wired = Wired(draft("a", together="x"), draft("b", together="x", jumps=[back("b", "a"), back("b", "b")]))
    assert wired.steps["b"].back_to.to == "b"
    assert "leads to `a`, which is not before it" in wired.warnings[0]


def test_a_second_jump_of_a_step_gets_a_step_behind_it_that_the_next_waits_for():
    jumps = [back("b", "a", 2), back("b", "b", 3, when="facts.y")]
    wired = Wired(draft("a"), draft("b", jumps=jumps), draft("c"))
    second = wired.steps["b-again"]
    assert wired.steps["b"].back_to.at_most == 2
    assert (second.when, second.back_to.to, second.back_to.when, second.back_to.at_most) == (
        "facts.y",
        "b",
        "true",
        3,
    )
    assert [step.id for step in wired.order] == ["a", "b", "b-again", "c"]
    assert set(wired.needs["c"]) == {"b", "b-again"}


@pytest.mark.parametrize(
    ("to", "policy", "warnings"),
    [("a", "back_to", 0), ("zzz", "fail", 1), ("c", "fail", 0), ("d", "fail", 0)],
)
def test_a_failure_sends_back_or_fails_where_there_is_no_way_back(to, policy, warnings):
    failing = draft("b", step={"on_failure": "back_to"}, jumps=[back("b", to, failed=True)])
    wired = Wired(draft("a"), failing, draft("c"), draft("d"))
    step = wired.steps["b"]
    assert (step.on_failure, len(wired.warnings)) == (policy, warnings)
    assert (step.back_to.when if step.back_to else None) == ("" if policy == "back_to" else None)


def test_a_way_back_to_branches_leads_to_one_step_in_front_of_them():
    fan = draft("fan", "x", "y", "fan", parallel=True, entry=("x", "y"), exits=("fan",))
    wired = Wired(draft("a"), fan, draft("b", jumps=[back("b", "fan")]), draft("c", jumps=[back("c", "fan")]))
    assert wired.steps["b"].back_to.to == wired.steps["c"].back_to.to == "fan-start"
    assert [wired.needs[name] for name in ("fan-start", "x", "y", "fan")] == [
        ("a",), ("fan-start",), ("fan-start",), ("x", "y"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("#1", "spec_writing"),
        ("SPEC_WRITING", "spec_writing"),
        ("spec", "spec_writing"),
        ("spec-writing", "spec_writing"),
        ("7", "plan"),
        ("plan", "plan-2"),
        ("make_it", "plan"),
        ("Design Time", "plan"),
        ("phase_2_design", "plan"),
        ("phase_2", "plan"),
        ("it", None),
        ("pec", None),
        ("wri", None),
        ("#99", None),
        ("", None),
        (".*", None),
        ("검토", "plan-4"),
        ("검토하기", None),
        ("설계 단계", "spec_writing"),
        ("設計", None),
    ],
)
def test_a_target_is_a_number_a_name_a_part_of_one_or_a_phase_and_the_nearest_above_counts(name, target):
    first = draft("spec_writing", step={"phase": "1"})
    second = draft("plan", data={"step": 7, "action": "make_it"}, step={"phase": "2"})
    third = draft("plan", "plan-2", data={"step": "plan"}, step={"phase": "2"})
    fourth = draft("검토", "plan-4", step={"phase": "…"})
    last = draft("last", data={"id": "last"}, jumps=[back("last", name)])
    phases = {"1": ("설계-단계", ""), "2": ("Design time", "")}
    loop = (
        Wired(first, second, third, fourth, last, draft("plan", "plan-3"), phases=phases)
        .steps["last"]
        .back_to
    )
    assert (loop.to if loop else None) == target

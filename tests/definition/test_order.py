from ropewalk.definition.order import may_be_left_out, members_of, needs_of
from ropewalk.definition.workflow import Decision, Foreach, Ref, Route, Step, Workflow


def flow(*steps: Step) -> Workflow:
    return Workflow(name="w", steps=steps)


def step(name: str, **keys) -> Step:
    for key in ("requires", "creates", "updates"):
        keys[key] = tuple(Ref(n) if isinstance(n, str) else n for n in keys.get(key, ()))
    return Step(id=name, kind="noop", **keys)


def test_a_step_without_needs_waits_for_nobody():
    assert needs_of(flow(step("a"), step("b"))) == {"a": (), "b": ()}


def test_needs_come_in_the_order_of_the_file_and_each_once():
    needs = needs_of(flow(step("a"), step("b"), step("c", needs=("b", "a", "b"))))
    assert needs["c"] == ("a", "b")


def test_an_explicit_need_may_point_forward():
    assert needs_of(flow(step("a", needs=("b",)), step("b")))["a"] == ("b",)


def test_a_group_stands_for_its_members_and_those_of_groups_inside_it():
    workflow = flow(
        step("a", group="out"), step("b", group="out/in"), step("c", needs=("out",)), step("d", needs=("in",))
    )
    assert needs_of(workflow)["c"] == ("a", "b")
    assert needs_of(workflow)["d"] == ("b",)
    assert members_of(workflow)["out"] == ("a", "b")


def test_a_reader_waits_for_every_earlier_writer_and_for_no_later_one():
    workflow = flow(
        step("make", creates=["prd.md"]),
        step("hint", updates=["prd.md"]),
        step("read", requires=["prd.md"]),
        step("late", updates=["prd.md"]),
    )
    assert needs_of(workflow) == {
        "make": (),
        "hint": ("make",),
        "read": ("make", "hint"),
        "late": ("make",),
    }


def test_what_is_required_and_created_by_the_same_step_is_no_need_of_itself():
    assert needs_of(flow(step("a", creates=["x"], requires=["x"])))["a"] == ()


def test_a_folder_and_what_lies_in_it_belong_together():
    workflow = flow(
        step("docs", creates=["./docs/"]),
        step("page", creates=["docs/api/a.md"]),
        step("one", requires=["docs/prd.md"]),
        step("all", requires=["docs"]),
        step("api", requires=["docs/api/"]),
    )
    needs = needs_of(workflow)
    assert needs["one"] == ("docs",)
    assert needs["all"] == ("docs", "page")
    assert needs["api"] == ("docs", "page")


def test_alternatives_are_waited_for_and_labels_are_not():
    workflow = flow(
        step("a", creates=["a.md"]),
        step("b", creates=["b.md"]),
        step("c", requires=[Ref("a or b", any_of=("a.md", "b.md"))]),
        step("d", requires=[Ref("a.md", label=True)]),
    )
    assert needs_of(workflow)["c"] == ("a", "b")
    assert needs_of(workflow)["d"] == ()


def test_a_target_of_a_route_waits_for_the_decision():
    decision = Decision(routes=(Route(name="x", to=("go", "team")), Route(name="y", end=True)))
    workflow = flow(step("go"), Step(id="pick", kind="decide", decision=decision), step("m", group="team"))
    assert needs_of(workflow) == {"go": ("pick",), "pick": (), "m": ("pick",)}


def test_a_foreach_waits_for_the_step_whose_outputs_it_goes_over():
    workflow = flow(
        step("plan"),
        step("re-plan"),
        step("a", foreach=Foreach(over="outputs.plan.stories + outputs['re-plan'].stories")),
        step("b", foreach=Foreach(over="outputs.nobody.stories")),
    )
    assert needs_of(workflow)["a"] == ("plan", "re-plan")
    assert needs_of(workflow)["b"] == ()


def test_a_final_step_infers_no_need_of_an_ordinary_one():
    workflow = flow(
        step("a", creates=["x"]),
        step("clean", final=True, requires=["x"], creates=["log"], foreach=Foreach(over="outputs.a.items")),
        step("send", final=True, requires=["log"]),
        step("b", requires=["log"]),
    )
    assert needs_of(workflow) == {"a": (), "clean": (), "send": ("clean",), "b": ()}


def test_names_that_nobody_has_are_left_out():
    assert needs_of(flow(step("a", needs=("ghost",), requires=["ghost.md"])))["a"] == ()


def test_a_name_that_is_filled_in_stands_for_all_that_it_may_become():
    workflow = flow(
        step("make", creates=["out/{{ item }}.txt"]),
        step("one", requires=["out/a.txt"]),
        step("each", requires=["out/{{ page }}.txt"]),
        step("folder", requires=["out/"]),
        step("other", requires=["out/a.md"]),
    )
    assert needs_of(workflow) == {
        "make": (),
        "one": ("make",),
        "each": ("make",),
        "folder": ("make",),
        "other": (),
    }


def test_a_run_may_do_without_what_is_conditional_optional_or_on_a_route():
    workflow = Workflow(
        "w",
        (
            Step("a", "noop"),
            Step("b", "noop", when="false"),
            Step("c", "noop", optional=True),
            Step(
                "d", "decide", decision=Decision((Route("x", "true", ("e",)), Route("y", "false", end=True)))
            ),
            Step("e", "noop"),
            Step("f", "noop", needs=("e",)),
            Step("g", "noop", needs=("b",)),
            Step("h", "noop", foreach=Foreach("inputs.list")),
            Step("i", "noop", foreach=Foreach("[1]")),
        ),
    )
    assert may_be_left_out(workflow) == {"b", "c", "e", "f", "h"}

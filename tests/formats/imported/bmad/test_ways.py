from tests.formats.imported.bmad.flow import flow, step

STOCK = """\
- {step: classification, agent: analyst, action: classify}
- step: routing_decision
  condition: based_on_classification
  routes:
    single_story: {agent: pm, uses: brownfield-create-story, notes: "Exit after it."}
    major: {continue: to_next_step, notes: "Go on"}
- {step: check, agent: analyst, condition: major_path}
- {step: workflow_end}
"""


def routes(made, name):
    return {route.name: (route.to, route.end) for route in step(made, name).decision.routes}


def test_the_stock_routing_asks_the_step_before_it_and_ends_without_continue():
    made = flow(STOCK)
    decision = step(made, "routing_decision").decision
    assert (decision.by, decision.fact) == ("fact", "routing_decision_way")
    assert step(made, "classification").facts == ("routing_decision_way",)
    assert made.facts["routing_decision_way"].choices == ("major", "single_story")
    assert routes(made, "routing_decision") == {
        "single_story": (("single_story",), True),
        "major": (("check",), False),
    }
    assert step(made, "check").when == 'facts.routing_decision_way == "major"'
    assert step(made, "workflow_end").needs == ("check",)


def test_a_route_without_anybody_before_it_is_chosen_by_a_person():
    made = flow("- {step: choose, routes: {a: {continue: true}, b: {action: end}}}\n- {agent: x}\n")
    assert step(made, "choose").decision.by == "person"
    assert routes(made, "choose") == {"a": (("x-work",), False), "b": ((), True)}


def test_a_branch_goes_on_after_its_work():
    made = flow(
        """\
        - {step: look, agent: qa}
        - branch: {general: {agent: dev, action: do it}, other: {agent: pm}}
        - {agent: dev, step: more, when: general}
        """
    )
    assert routes(made, "branch") == {
        "general": (("general", "more"), False),
        "other": (("other", "more"), False),
    }
    assert step(made, "more").needs == ("branch", "general", "other")
    assert step(made, "more").when == 'facts.branch_way == "general"'


def test_a_way_may_lead_over_items_and_what_lies_between_is_skipped():
    made = flow(
        """\
        - {step: look, agent: qa}
        - {step: decide, routes: {short: {goto: last}, long: {continue: true}}}
        - {step: middle, agent: dev}
        - {step: last, agent: dev}
        """
    )
    assert routes(made, "decide") == {"short": (("last",), False), "long": (("middle", "last"), False)}


def test_verdicts_send_back_with_a_cap_go_on_or_ask():
    made = flow(
        """\
        - {step: spec, agent: pm, creates: spec.md}
        - step: critique
          agent: qa
          task: judge
          on_verdict:
            APPROVED: {next: build}
            NEEDS_REVISION: {action: return_to_spec, max_iterations: 2}
            BLOCKED: {action: halt, escalate_to: human}
        - {step: build, agent: dev}
        """
    )
    again = step(made, "critique-decision-NEEDS_REVISION-again")
    assert (again.back_to.to, again.back_to.when, again.back_to.at_most) == ("spec", "true", 2)
    assert step(made, "critique").facts == ("critique_decision_way",)
    assert step(made, "critique-BLOCKED-asked").kind == "ask"
    assert set(step(made, "build").needs) == {"critique-decision", again.id, "critique-BLOCKED-asked"}


def test_conditions_are_tried_in_order_and_otherwise_it_goes_on():
    made = flow(
        """\
        - {step: review, agent: qa}
        - step: check_verdict
          agent: system
          condition_check:
            - {condition: 'verdict == "APPROVE"', action: complete}
            - {condition: 'verdict == "BLOCKED"', action: escalate, reason: stuck}
            - {condition: 'verdict == "REJECT"', action: continue, next: fix}
        - {step: fix, agent: dev}
        """
    )
    decision = step(made, "check_verdict").decision
    assert decision.by == "condition"
    assert [(route.name, route.when) for route in decision.routes] == [
        ("complete", 'facts.verdict == "APPROVE"'),
        ("escalate", 'facts.verdict == "BLOCKED"'),
        ("continue", 'facts.verdict == "REJECT"'),
        ("otherwise", ""),
    ]
    assert made.facts["verdict"].choices == ("APPROVE", "BLOCKED", "REJECT")
    assert step(made, "review").facts == ("verdict",)


def test_counting_rounds_is_the_cap_of_the_way_back():
    made = flow(
        """\
        - {step: review, agent: qa}
        - step: count
          condition_check:
            - {condition: currentIteration >= maxIterations, action: escalate}
            - {condition: currentIteration < maxIterations, action: continue, next: review}
        """,
        head="config: {maxIterations: 5}",
    )
    assert [route.name for route in step(made, "count").decision.routes] == ["continue"]
    assert step(made, "count-continue-again").back_to.at_most == 5
    assert "loop's cap" in step(made, "count").extra["inferred"][0]


def test_only_one_way_can_be_the_one_for_everything_else():
    made = flow(
        """\
        - step: d
          condition_check:
            - {action: continue, name: first}
            - {condition: x == 'a', action: end}
            - {action: continue, name: never}
        - {agent: b}
        """
    )
    assert [route.name for route in step(made, "d").decision.routes] == ["end", "first"]
    assert "never taken" in step(made, "d").extra["inferred"][0]


def test_a_decision_whose_ways_are_all_about_the_cap_is_only_told():
    made = flow(
        "- {agent: a}\n- {step: d, condition_check: [{condition: attempts >= 3, action: escalate}]}\n"
    )
    assert step(made, "d").kind == "noop"


def test_a_way_to_somewhere_that_is_not_there_goes_on():
    made = flow(
        "- {agent: a}\n- {step: d, routes: {x: {goto: nowhere}, y: {goto: d2}}}\n- {step: d2, agent: b}\n"
    )
    assert routes(made, "d")["x"] == (("d2",), False)
    assert "leads to `nowhere`" in made.warnings[0]


def test_a_pause_asks_whether_to_go_on():
    made = flow(
        "- {step: go, human_checkpoint: true, on_complete: {GO: next_step, PAUSE: workflow_paused, ABORT: workflow_aborted}}\n- {agent: a}\n"
    )
    assert routes(made, "go") == {
        "GO": (("a-work",), False),
        "PAUSE": (("go-PAUSE-asked", "a-work"), False),
        "ABORT": ((), True),
    }


def test_a_target_may_be_a_phase_or_a_part_of_a_name():
    made = flow(
        """\
        - {phase: 1, name: Plan}
        - {step: spec_writing, agent: pm}
        - {phase: 2, name: Build}
        - {step: d, routes: {a: {action: return_to_phase_1}, b: {action: return_to_spec}, c: {goto: phase_1_plan}}}
        """
    )
    targets = {one.id: one.back_to.to for one in made.steps if one.back_to}
    assert targets == {"d-a-again": "Plan", "d-b-again": "spec_writing", "d-c-again": "Plan"}


def test_ways_that_go_on_are_named_before_those_that_end():
    made = flow(
        "- {agent: analyst, action: classify}\n"
        "- {step: routing, routes: {small: {agent: pm}, large: {continue: to_next_step}}}\n- {agent: dev}\n"
    )
    assert made.facts["routing_way"].choices == ("large", "small")
    decision = next(one.decision for one in made.steps if one.decision)
    assert [route.name for route in decision.routes] == ["small", "large"]


def test_ways_in_on_complete_of_an_item_with_an_agent_are_told_by_its_work():
    made = flow(
        """\
        - {step: draft, agent: pm, creates: prd.md, on_complete: {GO: validation, ABORT: workflow_aborted}}
        - {step: extra, agent: pm, creates: extra.md}
        - {step: validation, agent: po, validates: prd.md}
        """
    )
    assert routes(made, "draft-decision") == {"GO": (("validation",), False), "ABORT": ((), True)}
    assert step(made, "draft").facts == ("draft_decision_way",)
    assert [ref.name for ref in step(made, "draft").creates] == ["docs/prd.md"]
    single = flow("- {step: a, agent: pm, on_complete: {next: b, notes: x}}\n- {step: b, agent: po}\n")
    assert [one.kind for one in single.steps] == ["role", "role"]

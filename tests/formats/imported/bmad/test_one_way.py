from tests.formats.imported.bmad.flow import flow, step

ROUTES = """\
- {step: classify, agent: analyst, action: classify}
- step: routing
  routes:
    full: {agent: pm, creates: full.md, continue: to_next_step}
    quick: {agent: pm, creates: quick.md, continue: to_next_step}
    none: {agent: pm, creates: none.md}
"""
FULL = 'facts.routing_way == "full"'
QUICK = 'facts.routing_way == "quick"'


def whens(made):
    return {one.id: one.when for one in made.steps if one.when}


def softs(made, name):
    return {ref.name: ref.soft for ref in step(made, name).requires}


def test_what_needs_the_document_of_one_way_is_done_on_that_way_alone():
    made = flow(
        ROUTES
        + """\
- {agent: architect, requires: full.md, creates: arch.md}
- {agent: sm, requires: arch.md, creates: plan.md}
- {agent: dev, requires: quick.md, creates: code.md}
- {agent: pm, action: finish}
"""
    )
    assert whens(made) == {"architect-arch": FULL, "sm-plan": FULL, "dev-code": QUICK}
    assert softs(made, "architect-arch") == {"docs/full.md": False}
    assert step(made, "sm-plan").extra["inferred"] == [
        "done on the way `full` alone, as only that makes `docs/arch.md`"
    ]


def test_what_needs_documents_of_several_ways_is_done_in_any_case():
    made = flow(
        ROUTES
        + """\
- {agent: architect, requires: full.md, creates: arch.md}
- {agent: dev, requires: quick.md, creates: code.md}
- {agent: qa, requires: [arch.md, code.md]}
"""
    )
    assert "qa-work" not in whens(made)
    assert softs(made, "qa-work") == {"docs/arch.md": True, "docs/code.md": True}


def test_where_only_one_way_makes_what_is_needed_it_may_be_there_already():
    made = flow(
        ROUTES
        + "- {agent: architect, requires: full.md, creates: arch.md}\n- {agent: dev, requires: arch.md}\n"
    )
    assert whens(made) == {}
    assert softs(made, "architect-arch") == {"docs/full.md": True}
    assert softs(made, "dev-work") == {"docs/arch.md": False}


def test_items_that_name_their_way_make_documents_of_that_way():
    made = flow(
        """\
- {step: routing, branch: {general: {agent: lead, action: a}, special: {agent: lead, action: b}}}
- {agent: pm, creates: g.md, when: general}
- {agent: pm, creates: s.md, when: special}
- {agent: dev, requires: g.md, creates: code.md}
- {agent: qa, requires: s.md, creates: look.md, condition: user_wants_it}
- {agent: po, requires: g.md (if needed)}
"""
    )
    assert step(made, "dev-code").when == 'facts.routing_way == "general"'
    assert step(made, "qa-look").when == 'facts.user_wants_it && facts.routing_way == "special"'
    assert step(made, "po-work").when == ""


def test_what_both_ways_make_belongs_to_none():
    made = flow(
        """\
- {step: routing, routes: {a: {agent: pm, creates: prd.md, continue: x}, b: {agent: po, creates: prd.md, continue: x}}}
- {agent: dev, requires: prd.md}
"""
    )
    assert whens(made) == {}
    assert softs(made, "dev-work") == {"docs/prd.md": False}


def test_the_end_in_any_case_is_never_left_out():
    made = flow(
        ROUTES
        + """\
- {agent: architect, requires: full.md, creates: arch.md}
- {agent: dev, requires: quick.md, creates: code.md}
- {agent: ops, requires: full.md, always_execute: true}
"""
    )
    assert step(made, "ops-work").when == ""
    assert softs(made, "ops-work") == {"docs/full.md": True}

"""Random files from the constructs of real ones: each loads, or is refused with places; it never hangs or raises else."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.definition.order import needs_of
from ropewalk.errors import InvalidDefinition, VariantNeeded
from ropewalk.formats.account import account
from ropewalk.formats.loading import load_workflow_text
from ropewalk.formats.reading import ReadOptions
from ropewalk.formats.write import workflow_yaml
from ropewalk.preview.graph import dot, mermaid
from ropewalk.preview.lines import plan_as_lines
from ropewalk.preview.plan import plan_workflow
from ropewalk.yaml.reading import yaml_documents
from tests.formats.rehearsed import in_loops, rehearse
from tests.soak import trials

NAMES = st.sampled_from(
    ["prd.md", "story.md", "sharded_docs", "src/", "a b c", "x_or_y", "A.md OR B.md", "a.md, b.md", "x.md (optional)",
     "all_artifacts", "any_flagged_documents", "existing_docs", "docs/s-{epic}.md", "{{x}}.md", "done-passed", "评审.md", "t[]", "", "../x", "/x.md"]
)  # fmt: skip
AGENTS = st.sampled_from(
    [
        "pm",
        "analyst/pm",
        "po|sm",
        "A OR B",
        "various",
        "any",
        "user",
        "system",
        "orchestrator",
        "${x.y}",
        "{{X}}-chief",
        "개발자",
        "a, b",
        "qa",
    ]
)
CONDITIONS = st.sampled_from(
    ["po_issues", "user_wants_x", "after_prd", "based_on_classification", "a === 'B' OR c.d == true", "${config.n} > 3", "round >= max_rounds",
     "big_path", "epic_complete", "true", "optional", "a sentence (odd) { it", "조건", "x ==", "always_false", "not_empty:k", "", "facts.x && y"]
)  # fmt: skip
STEPS = st.sampled_from(
    [
        "one",
        "two",
        "three",
        "review_it",
        "create_story",
        "repeat_cycle",
        "guidance",
        "workflow_end",
        "phase_1",
    ]
)
TARGETS = st.sampled_from(
    [
        "one",
        "two",
        "next",
        "end",
        "return_to_one",
        "nowhere",
        "phase_1",
        "escalate",
        "workflow_paused",
        "to_next_step",
        "",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(0, 9, allow_nan=False),
    st.sampled_from(["x", "notes {{a}} {% if", "HITL REQUIRED", "1h"]),
)
LOOSE = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["a", "action", "next"]), inner, max_size=2),
    ),
    max_leaves=4,
)
BODIES = st.one_of(
    TARGETS,
    st.fixed_dictionaries(
        {},
        optional={
            "agent": AGENTS,
            "uses": NAMES,
            "continue": st.one_of(TARGETS, st.booleans()),
            "next": TARGETS,
            "goto": TARGETS,
            "action": TARGETS,
            "condition": CONDITIONS,
            "max_iterations": st.integers(0, 200),
            "escalate_to": AGENTS,
        },
    ),
)
WAYS = st.one_of(
    st.dictionaries(st.sampled_from(["big", "APPROVED", "GO", "it's"]), BODIES, max_size=3),
    st.lists(BODIES, max_size=3),
)
REFS = st.one_of(
    NAMES,
    st.lists(NAMES, max_size=3),
    st.lists(st.fixed_dictionaries({"path": NAMES, "optional": st.booleans()}), max_size=2),
)
USUAL = {
    "agent": AGENTS, "step": st.one_of(STEPS, st.integers(1, 4), st.floats(1, 5, allow_nan=False)), "id": STEPS, "name": STEPS,
    "action": st.sampled_from(["create_story", "review_it", "human_checkpoint", "do some thing", "finalize"]),
    "creates": REFS, "requires": REFS, "updates": REFS, "validates": NAMES, "reviews": NAMES, "uses": NAMES, "condition": CONDITIONS,
    "skip_if": CONDITIONS, "when": CONDITIONS, "optional": st.booleans(), "repeats": st.sampled_from(["for_each_epic", "until_done", "until_ok", "as_needed", "each_day", ""]),
    "notes": st.sampled_from(["text", "requires human approval", "Return to QA", "{{x}}", "OPTIONAL: x"]), "phase": st.one_of(st.integers(0, 3), st.floats(0, 9, allow_nan=False), st.sampled_from(["Build", "1-3", "설계"])),
    "routes": WAYS, "branch": WAYS, "on_verdict": WAYS, "condition_check": WAYS, "decisions": WAYS, "on_complete": WAYS, "options": LOOSE,
    "next": TARGETS, "loop_to": TARGETS, "on_failure": BODIES, "on_success": BODIES, "quality_gate": WAYS, "depends_on": st.one_of(STEPS, st.lists(st.one_of(STEPS, st.integers(1, 4)), max_size=2)),
    "wait_for": st.lists(STEPS, max_size=2), "runs_parallel_with": STEPS, "parallel": st.one_of(st.booleans(), st.lists(st.fixed_dictionaries({"agent": AGENTS}), max_size=2)),
    "agents": st.lists(st.one_of(AGENTS, st.fixed_dictionaries({"agent": AGENTS, "creates": NAMES})), max_size=3), "execution_mode": st.sampled_from(["parallel", "sequential"]),
    "target_steps": st.lists(STEPS, max_size=2), "meta": st.sampled_from(["end", "repeat", "guidance", "routing"]), "import": NAMES, "elicit": st.booleans(),
    "human_checkpoint": st.booleans(), "max_attempts": st.one_of(st.integers(0, 500), st.just("{config.n}")), "timeout": st.one_of(st.integers(0, 99999), st.just("30 minutes")),
    "always_execute": st.booleans(), "max_iterations": st.integers(0, 5),
    "workflow_end": LOOSE, "repeat_development_cycle": LOOSE, "manual_halt_1": LOOSE, "odd": LOOSE, "outputs": LOOSE, "inputs": LOOSE, "exit_criteria": LOOSE,
}  # fmt: skip
LEAF = st.lists(st.sampled_from(sorted(USUAL)), min_size=1, max_size=5, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: USUAL[key] for key in keys})
)
ITEMS = st.one_of(
    LEAF,
    st.builds(lambda item, inner: {**item, "sequence": inner}, LEAF, st.lists(LEAF, min_size=1, max_size=2)),
)
SEQUENCES = st.lists(ITEMS, min_size=1, max_size=7)
FILES = st.builds(
    lambda items, head, key: {"workflow": {**head, key: items}},
    SEQUENCES,
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["x", "이름"]),
            "version": st.floats(0, 3, allow_nan=False),
            "type": st.sampled_from(["fan-out", "greenfield"]),
            "config": st.just({"n": 3}),
            "handoff_prompts": st.dictionaries(
                st.sampled_from(["pm_to_qa", "complete", "po_issues", "x"]), LOOSE, max_size=3
            ),
            "phases": LOOSE,
            "inputs": LOOSE,
            "workflow_end": LOOSE,
            "extends": st.just("y"),
        },
    ),
    st.sampled_from(["sequence", "full_sequence"]),
)


def _loaded(text, infer):
    try:
        return load_workflow_text(text, "w.yaml", options=ReadOptions(infer_parallel=infer)).workflow, []
    except VariantNeeded:
        return None, []
    except InvalidDefinition as error:
        return None, error.faults


@pytest.mark.soak
@settings(max_examples=trials(20, 240), deadline=None)
@given(FILES, st.booleans(), st.booleans())
def test_any_file_of_the_constructs_loads_or_is_refused_with_places(data, infer, assume):
    text = json.dumps(data, ensure_ascii=False)
    workflow, faults = _loaded(text, infer)
    assert all(fault.line for fault in faults)
    if workflow is None:
        return
    assert len({step.id.casefold() for step in workflow.steps}) == len(workflow.steps)
    assert all(step.back_to is None or 0 < step.back_to.at_most <= 100 for step in workflow.steps)
    needs_of(workflow)
    told = plan_workflow(workflow)
    assert plan_as_lines(told, notes=True)
    assert mermaid(told)
    assert dot(told)
    assert plan_workflow(load_workflow_text(workflow_yaml(workflow), "native.yaml").workflow) == told
    kept = account(yaml_documents(text)[0], "w.yaml", msgspec.structs.replace(workflow, format="bmad"))
    assert kept is not None
    assert kept.lost == ()
    run = rehearse(workflow, assume)
    assert run.state.status == "completed"
    loops = in_loops(workflow)
    for step in workflow.steps:
        st = run.state.steps[step.id]
        if not step.when and step.id not in loops and st.cause not in ("route", "end"):
            assert st.status == "succeeded", f"{step.id} is {st.status}: {st.detail}"
            assert run.started.count(step.id) <= 1

"""A project with a `.bmad-core/` of its own: its workflow runs unchanged, from an idea to the last story, and tells why."""

from __future__ import annotations

import pytest

from ropewalk.documents.check import check_document
from ropewalk.documents.read import read_template
from tests.journeys.program import Program

pytestmark = pytest.mark.needs("git")

WORKFLOW = """\
# a pack of our own, with the constructs of the stock files
workflow:
  id: small-greenfield
  name: Small program from nothing
  type: greenfield
  sequence:
    - agent: analyst
      creates: project-brief.md
      optional_steps: [brainstorming_session]
      notes: "SAVE OUTPUT: Copy final project-brief.md to your project's docs/ folder."
    - agent: pm
      creates: prd.md
      requires: project-brief.md
      notes: Written with prd-tmpl.
    - agent: ux-expert
      creates: v0_prompt (optional)
      condition: user_wants_ai_generation
    - agent: architect
      creates: architecture.md
      requires: prd.md
    - agent: po
      validates: all_artifacts
      uses: po-master-checklist
    - agent: various
      updates: any_flagged_documents
      condition: po_checklist_issues
    - agent: po
      action: shard_documents
      creates: sharded_docs
      requires: all_artifacts_in_project
    - agent: sm
      action: create_story
      creates: story.md
      requires: sharded_docs
      repeats: for_each_epic
    - agent: dev
      action: implement_story
      creates: implementation_files
      requires: story.md
    - agent: qa
      action: review_implementation
      updates: implementation_files
      optional: true
    - agent: dev
      action: address_qa_feedback
      updates: implementation_files
      condition: qa_left_unchecked_items
    - repeat_development_cycle:
      action: continue_for_all_stories
    - workflow_end:
      action: project_complete
  handoff_prompts:
    analyst_to_pm: "The brief is complete. Write the requirements for {{idea}}."
    pm_to_architect: The requirements are ready in docs/prd.md.
    po_issues: "There were findings in [document]. {{if po_checklist_issues}}: fix them."
    complete: Everything is done.
"""
TEMPLATE = """\
template: {id: prd, name: Requirements, version: 2.0, output: {format: markdown, filename: docs/prd.md, title: "{{project_name}} requirements"}}
sections:
  - {id: goals, title: Goals, type: bullet-list, instruction: One line each.}
  - id: requirements
    title: Requirements
    sections:
      - {id: functional, title: Functional, type: numbered-list, prefix: FR}
  - {id: log, title: Change Log, type: table, columns: [Date, Author]}
"""
SCRIPT = """\
steps:
  po-validate:
    - {round: 1, facts: {po_checklist_issues: true, pm_documents_flagged: true}, outputs: {verdict: FAIL, findings: [no scope in prd.md]}}
  sm-create_story:
    - {round: 1, facts: {stories_remaining: true}}
"""
FILES = {
    ".bmad-core/workflows/small.yaml": WORKFLOW,
    ".bmad-core/templates/prd-tmpl.yaml": TEMPLATE,
    ".bmad-core/checklists/po-master-checklist.md": "- [ ] every document names its scope\n",
    ".bmad-core/tasks/shard-doc.md": "Split the document by its headings.\n",
    ".bmad-core/core-config.yaml": "devStoryLocation: docs/stories\n",
    ".bmad-core/agents/pm.md": "```yaml\nagent: {id: pm, name: Ann, title: Product Lead}\npersona: {role: Listener}\n```\n",
    "script.yaml": SCRIPT,
}


def project(ropewalk: Program) -> None:
    for name, text in FILES.items():
        ropewalk.write(name, text)


def test_it_goes_from_an_idea_over_a_finding_and_two_stories_to_its_end(ropewalk):
    project(ropewalk)
    ended = ropewalk(
        "run",
        "small",
        "--rehearse=script.yaml",
        "--approve-all",
        "--assume",
        "false",
        "--input",
        "idea=a to-do list",
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    run = ropewalk.last()
    started = [record["event"]["step"] for record in ropewalk.events(run["run"], "step.started")]
    assert started.count("po-validate") == 2
    assert started.count("various-any_flagged_documents-pm") == 1
    assert started.count("various-any_flagged_documents-architect") == 0
    assert [
        started.count(name) for name in ("sm-create_story", "dev-implement_story", "qa-review_implementation")
    ] == [2, 2, 2]
    assert started[-1] == "workflow_end" or started[-1].startswith("ropewalk.")
    assert "ux-expert-v0_prompt" not in started

    stories = [name for name in ropewalk("artifacts", "last").stdout.split() if name.endswith(".story.md")]
    assert stories == ["docs/stories/1.1.story.md", "docs/stories/1.2.story.md"]

    prd = ropewalk("artifacts", "last", "docs/prd.md").stdout
    assert check_document(read_template(TEMPLATE), prd) == []


def test_the_plan_of_it_says_who_knows_what_and_accounts_for_every_key(ropewalk):
    project(ropewalk)
    told = ropewalk("plan", "small").stdout
    for part in (
        "Planning",
        "Development",
        "tells: po_checklist_issues, analyst_documents_flagged, pm_documents_flagged, ux_expert_documents_flagged",
        "only if: facts.stories_remaining",
        "loop: back to sm-create_story, at most 10 times, then a person decides",
        "user_wants_ai_generation: a person is asked",
        "no agent file for analyst",
    ):
        assert part in told
    account = ropewalk.json("plan", "small")["account"]
    assert account["lost"] == []
    assert len(account["items"]) == 13


def test_it_stands_in_the_list_of_workflows_and_draws(ropewalk):
    project(ropewalk)
    assert "small" in ropewalk("workflows").stdout
    assert ropewalk("graph", "small").stdout.startswith("flowchart TD")
    assert ropewalk("graph", "small", "--form", "svg").stdout.startswith("<svg")


TAPPS = """\
workflow:
  id: build-it
  settings: {loopback: {max_attempts: 3}}
  steps:
    - {id: implementation, agent: implementer, action: write_code, creates: [src/], requires: [], next: review}
    - id: review
      agent: reviewer
      action: review_code
      requires: [src/]
      scoring: {enabled: true, thresholds: {overall_min: 70, security_min: 7.0}}
      gate: {condition: scoring.passed == true, on_pass: complete, on_fail: implementation}
      next: complete
    - {id: complete, agent: orchestrator, action: finalize}
"""
FAILS_TWICE = """\
steps:
  review:
    - {round: 1, outputs: {overall: 50, security: 9}}
    - {round: 2, outputs: {overall: 90, security: 5.5}}
"""
ROOTS = """\
workflow:
  id: three
  steps:
    - {id: one, agent: improver, action: refactor, requires: [], creates: [one/]}
    - {id: two, agent: improver, action: refactor, requires: [], creates: [two/]}
    - {id: three, agent: improver, action: refactor, requires: [], creates: [three/]}
    - {id: sum, agent: orchestrator, action: aggregate, requires: [one/, two/, three/], creates: [sum.json]}
"""


def test_a_gate_that_fails_twice_sends_the_work_back_twice(ropewalk):
    ropewalk.write("t.yaml", TAPPS)
    ropewalk.write("script.yaml", FAILS_TWICE)
    ended = ropewalk("run", "t.yaml", "--rehearse=script.yaml", "--approve-all")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    run = ropewalk.last()["run"]
    started = [record["event"]["step"] for record in ropewalk.events(run, "step.started")]
    assert [started.count(name) for name in ("implementation", "review", "complete")] == [3, 3, 1]
    judged = [record["event"]["verdict"] for record in ropewalk.events(run, "gate.judged")]
    assert [one["verdict"] for one in judged].count("FAIL") == 2


def test_three_roots_are_under_way_at_the_same_time(ropewalk):
    ropewalk.write("r.yaml", ROOTS)
    assert ropewalk("run", "r.yaml", "--rehearse").returncode == 0
    kinds = [
        (record["event"]["kind"], record["event"]["step"])
        for record in ropewalk.events(ropewalk.last()["run"], "step.*")
    ]
    first_end = next(index for index, (kind, _) in enumerate(kinds) if kind == "step.succeeded")
    assert {step for kind, step in kinds[:first_end] if kind == "step.started"} == {"one", "two", "three"}

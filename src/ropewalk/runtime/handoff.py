"""The handoff of a step that succeeded: what its agent said of it, and what the workflow and the run know besides.

Who it is for and what is expected of them is read off the workflow; the agent's own words always come first.
"""

from __future__ import annotations

from collections.abc import Sequence

from ropewalk.core import Artifact, Brief, Graph, Handoff, Outcome
from ropewalk.definition import Step, Workflow

_MOST = 50


def expected_of(workflow: Workflow, graph: Graph, index: int) -> Handoff | None:
    """What is known of a step's handoff before it begins; `instructions` is still a template. None: it gives none."""
    step = graph.steps[index]
    if not (step.role or step.handoff):
        return None
    receivers = list(_receivers(graph, index))
    titles = [workflow.roles[one.role].title or one.role for one in receivers if one.role in workflow.roles]
    files = [ref.name for one in receivers for ref in one.creates if not ref.label]
    return Handoff(
        sender=step.role or step.id,
        receiver=", ".join(dict.fromkeys(titles)),
        phase=step.phase,
        instructions=step.handoff,
        expected=tuple(dict.fromkeys(files))[:_MOST],
    )


def handed(brief: Brief, outcome: Outcome, changed: Sequence[Artifact]) -> Handoff | None:
    """The whole handoff. Raises TemplateError."""
    known = brief.hands_on
    if known is None:
        return outcome.handoff
    own = outcome.handoff or Handoff()
    told = known.instructions
    if told:
        from ropewalk.steps import render_template, template_scope

        told = render_template(told, template_scope(brief, outcome)).strip()
    return Handoff(
        sender=own.sender or known.sender,
        receiver=own.receiver or known.receiver,
        phase=own.phase or known.phase,
        summary=own.summary or brief.title,
        instructions="\n\n".join(part for part in (own.instructions, told) if part),
        artifacts=own.artifacts or tuple(a.path for a in changed if a.change != "deleted")[:_MOST],
        expected=own.expected or known.expected,
        priority=own.priority,
        decisions=own.decisions,
        questions=own.questions,
    )


def _receivers(graph: Graph, index: int) -> list[Step]:
    """The nearest steps after this one that a role does, in written order; whatever stands between is looked through."""
    seen: set[int] = set()
    found: set[int] = set()
    todo = list(graph.followers[index])
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        if graph.steps[one].role and not graph.steps[one].internal:
            found.add(one)
        else:
            todo += graph.followers[one]
    return [graph.steps[one] for one in sorted(found)]

"""The handoff of a step that succeeded: what its agent said of it, and what the workflow and the run know besides.

Who it is for and what is expected of them is read off the workflow; the agent's own words always come first.
"""

from __future__ import annotations

from collections.abc import Sequence

from ropewalk.core import Artifact, Brief, Graph, Handoff, Outcome, State, as_title, scope_of
from ropewalk.definition import Step
from ropewalk.rendering import path_pattern, render_template

_MOST = 50


def expected_of(state: State, index: int) -> Handoff | None:
    """What is known of a step's handoff before it begins; `instructions` is still a template. None: it gives none.

    Raises TemplateError.
    """
    workflow, graph = state.workflow, state.graph
    step = graph.steps[index]
    if not (step.role or step.handoff):
        return None
    receivers = list(_receivers(graph, index))
    names = scope_of(state)
    titles = [
        as_title(render_template(workflow.roles[receiver.role].title, names)) or receiver.role
        for receiver in receivers
        if receiver.role in workflow.roles
    ]
    files = [path_pattern(ref.name) for receiver in receivers for ref in receiver.creates if not ref.label]
    return Handoff(
        sender=step.role or step.id,
        receiver=", ".join(dict.fromkeys(titles)),
        phase=step.phase,
        instructions=step.handoff,
        expected=tuple(dict.fromkeys(files))[:_MOST],
    )


def handed(brief: Brief, outcome: Outcome, changed: Sequence[Artifact]) -> Handoff | None:
    """The whole handoff. Raises TemplateError."""
    known = brief.next_handoff
    if known is None:
        return outcome.handoff
    own = outcome.handoff or Handoff()
    instructions = known.instructions
    if instructions:
        from ropewalk.steps import template_scope

        instructions = render_template(instructions, template_scope(brief, outcome)).strip()
    return Handoff(
        sender=own.sender or known.sender,
        receiver=own.receiver or known.receiver,
        phase=own.phase or known.phase,
        summary=own.summary or brief.title,
        instructions="\n\n".join(part for part in (own.instructions, instructions) if part),
        artifacts=own.artifacts or tuple(a.path for a in changed if a.change != "deleted")[:_MOST],
        expected=own.expected or known.expected,
        priority=own.priority,
        decisions=own.decisions,
        questions=own.questions,
    )


def _receivers(graph: Graph, index: int) -> list[Step]:
    """The nearest steps after this one that a role does, in written order; whatever stands between is looked through."""
    seen: set[int] = set()
    receivers: set[int] = set()
    todo = list(graph.followers[index])
    while todo:
        number = todo.pop()
        if number in seen:
            continue
        seen.add(number)
        if graph.steps[number].role and not graph.steps[number].internal:
            receivers.add(number)
        else:
            todo += graph.followers[number]
    return [graph.steps[number] for number in sorted(receivers)]

"""Texts with `{{ … }}` that stand on record: filled in when the fact is decided, so that all who look later find the same."""

from __future__ import annotations

from typing import Any, Final

from ropewalk.core.recorder import Recorder, scope_of, written
from ropewalk.core.state import Graph, State, StepState
from ropewalk.definition import Approval, Decision, Route, secret_marks
from ropewalk.errors import TemplateError
from ropewalk.rendering import is_template, render_path, render_template

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 100_000
"""Characters that people are asked in; what is longer belongs into a file that the ask shows."""


def filled(state: State, st: StepState, text: str, own: dict[str, Any] | None = None) -> str:
    """A text of a step as people read it; with `own`, the step's outputs are there too, as in its gates. Raises TemplateError."""
    if not is_template(text):
        return text
    shown = render_template(text, _scope(state, st, own))
    if len(shown) > LONGEST_TEXT:
        reason = f"it is {len(shown):,} characters long, and a text has at most {LONGEST_TEXT:,}; show a file instead"
        raise TemplateError(template=text[:80], reason=reason)
    return shown


def _scope(state: State, st: StepState, own: dict[str, Any] | None) -> dict[str, Any]:
    scope = scope_of(state, st)
    if own is not None:
        scope["outputs"] = {**state.outputs, written(state, st).id: own, **own}
    return scope


def shown_names(
    state: State, st: StepState, approval: Approval, own: dict[str, Any] | None = None
) -> tuple[str, ...]:
    """The files that a question shows: a name that its step already has on record is that one. Raises TemplateError."""
    return tuple(
        st.texts.get(name) or (render_path(name, _scope(state, st, own)) if is_template(name) else name)
        for name in approval.show
    )


def run_title(state: State, inputs: dict[str, Any]) -> str:
    """What people see of a run, short and on one line; "" where the workflow gives it no title. Raises TemplateError."""
    title = state.workflow.title
    if is_template(title):
        run = {"id": state.run, "workflow": state.workflow.name}
        shown = {**inputs, **secret_marks(state.workflow, inputs)}
        title = render_template(title, {"inputs": shown, "run": run})
    return as_title(title)


def squash_message(state: State) -> str:
    """The message of the one commit that lands, "" where the commits of the steps do. Raises TemplateError."""
    if state.landing is not None and state.landing.squash:
        return state.landing.squash
    template = state.workflow.squash
    if not template:
        return ""
    run = {"id": state.run, "workflow": state.workflow.name, "title": state.title}
    shown = {**state.inputs, **secret_marks(state.workflow, state.inputs)}
    message = render_template(template, {"inputs": shown, "run": run}) if is_template(template) else template
    return message.strip() or state.title or state.workflow.name


def texts_at_start(state: State, st: StepState) -> dict[str, str]:
    """Title and files of a step that begins, by what was written; only what is filled in. Raises TemplateError."""
    step = written(state, st)
    texts = {step.title: as_title(filled(state, st, step.title))} if is_template(step.title) else {}
    scope: dict[str, Any] = {}
    for ref in (*step.requires, *step.creates, *step.updates):
        for name in (ref.name, *ref.any_of):
            if not ref.label and is_template(name):
                scope = scope or scope_of(state, st)
                texts[name] = render_path(name, scope)
    return texts


def route_titles(state: State, st: StepState, decision: Decision) -> tuple[str, ...]:
    """What the one who decides is told of each route: its title, else where it leads. Raises TemplateError."""
    return tuple(
        as_title(filled(state, st, route.title)) or _leads(state.graph, route) for route in decision.routes
    )


def _leads(graph: Graph, route: Route) -> str:
    """The titles of its steps; one that is filled in later is not known yet."""
    steps = [graph.steps[graph.index[key]] for name in route.to for key in graph.named.get(name, ())]
    known = (step.id if is_template(step.title) else step.title for step in steps)
    titles = ", ".join(dict.fromkeys(title for title in known if title))
    return titles or ("the run ends" if route.end and not steps else "")


def as_title(text: str) -> str:
    """A title is one short line, whatever was filled in."""
    return " ".join(text.split())[:LONGEST_TITLE]


def prompt_of(
    recorder: Recorder,
    st: StepState,
    approval: Approval,
    otherwise: str,
    own: dict[str, Any] | None = None,
) -> str:
    """The text of an ask: what was written, or a sentence that names the step. Raises TemplateError."""
    state = recorder.state
    if approval.prompt:
        return filled(state, st, approval.prompt, own)
    title = as_title(filled(state, st, written(state, st).title))
    return otherwise.format(step=title or st.key)

"""Fills in the `{{ … }}` of argv, environment, prompts and criteria: Jinja2, sandboxed, strict about what is not there.

Done once, here, when an attempt begins: a value that was filled in is data and is never read as a template again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ropewalk.agents import as_text
from ropewalk.core import Brief, Outcome
from ropewalk.errors import TemplateError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_MARKS = ("{{", "{%", "{#")
_FAULTS = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, MemoryError, RuntimeError)
"""What a filter or a method raises about a value that it cannot take."""


def template_scope(brief: Brief, outcome: Outcome | None = None) -> dict[str, Any]:
    """The names that conditions and templates of a step may use; with its outcome, `outputs` has the step's own too."""
    outputs = dict(brief.outputs)
    if outcome is not None:
        outputs = {**outputs, brief.step: outcome.outputs, **outcome.outputs}
    names: dict[str, Any] = {
        "inputs": brief.inputs,
        "outputs": outputs,
        "facts": {**brief.known, **(outcome.facts if outcome else {})},
        "run": {"id": brief.run, "workflow": brief.workflow, "round": brief.round},
    }
    if brief.item_name:
        names[brief.item_name] = brief.item
    return names


def render_template(
    template: str, names: Mapping[str, Any], finalize: Callable[[Any], Any] | None = None
) -> str:
    """The template with its names filled in, each value by way of `finalize`, else as programs write it. Raises TemplateError.

    A text without marks is given back as it is.
    """
    if not any(mark in template for mark in _MARKS):
        return template
    import jinja2

    from ropewalk.steps import bounds

    try:
        environment = _environment().overlay(finalize=finalize or as_written)
        made = environment.from_string(bounds.metered(environment.parse(template)))
        meter = bounds.RenderLimits()
        under_way = bounds.METERING.set(meter)
        try:
            return bounds.collected(made.generate(names), meter)
        finally:
            bounds.METERING.reset(under_way)
    except RecursionError as fault:
        raise TemplateError(template=_shown(template), reason="it is nested too deep") from fault
    except (*_FAULTS, jinja2.TemplateError) as fault:
        raise TemplateError(template=_shown(template), reason=str(fault).rstrip(".")) from fault


def as_written(value: Any) -> Any:
    """Lists, mappings and truth values as JSON, nothing as an empty text: as in the variables of a step."""
    return as_text(value) if value is None or isinstance(value, bool | list | tuple | Mapping) else value


def _shown(template: str) -> str:
    return template if len(template) <= 80 else f"{template[:77]}..."


def render_within(value: Any, names: Mapping[str, Any]) -> Any:
    """The same value with each text inside its lists and mappings rendered."""
    if isinstance(value, str):
        return render_template(value, names)
    if isinstance(value, Mapping):
        return {key: render_within(part, names) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [render_within(part, names) for part in value]
    return value


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from ropewalk.steps import bounds

    class KeysFirst(ImmutableSandboxedEnvironment):
        """`outputs.build.items` is the key `items`, not the method of a dict."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping):
                return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
            return super().getattr(obj, attribute)

        intercepted_binops = frozenset({"+", "*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            bounds.operate(operator, left, right)
            return super().call_binop(context, operator, left, right)

        def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
            """What the sandbox puts in the place of `text.format`."""
            wrapped = super().wrap_str_format(value)
            if wrapped is None:
                return None

            def bounded(*args: Any, **named: Any) -> str:
                bounds.formats(value.__self__, (*args, *named.values()))
                return wrapped(*args, **named)

            return bounded

        def call(self, context: Any, obj: Any, /, *args: Any, **named: Any) -> Any:
            meter = bounds.METERING.get()
            meter.turn()
            bounds.call(obj, args, named)
            made = super().call(context, obj, *args, **named)
            meter.turn(bounds.weight(made, light=True))
            return made

    made = KeysFirst(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    made.filters = bounds.bounded_filters(made.filters)
    return made

"""Fills in the `{{ … }}` of texts: Jinja2, sandboxed, strict about what is not there.

A pure function of the template and its names. What was filled in is data and is never read as a template again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ropewalk.errors import TemplateError
from ropewalk.rendering.values import as_written

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

MARKS: Final = ("{{", "{%", "{#")
"""What begins something that is filled in."""
_SIGNS: Final = re.compile(r"[{}%#]*(?:\{[{%#]|[}%#]\})[{}%#]*")
"""A sign with all that could be read as part of it: `{}}` is one."""
_FAULTS = (TypeError, ValueError, AttributeError, ArithmeticError, LookupError, MemoryError, RuntimeError)
"""What a filter or a method raises about a value that it cannot take."""


def is_template(text: str) -> bool:
    """Whether there is something to fill in."""
    return "{" in text and any(mark in text for mark in MARKS)


def literal(text: str) -> str:
    """A text as a template that gives just this text, whatever braces are in it."""
    if not is_template(text):
        return text
    return _SIGNS.sub(lambda signs: f"{{{{ '{signs[0]}' }}}}", text)


def render_template(
    template: str, names: Mapping[str, Any], finalize: Callable[[Any], Any] | None = None
) -> str:
    """The template with its names filled in, each value by way of `finalize`, else as programs write it. Raises TemplateError.

    A text without marks is given back as it is.
    """
    if not is_template(template):
        return template
    import jinja2

    from ropewalk.rendering import bounds

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

    from ropewalk.rendering import bounds

    class KeysFirst(ImmutableSandboxedEnvironment):
        """`outputs.build.items` is the key `items`, not the method of a dict."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping):
                return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
            return super().getattr(obj, attribute)

        intercepted_binops = frozenset({"+", "*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            bounds.operate(operator, left, right)
            made = super().call_binop(context, operator, left, right)
            bounds.METERING.get().turn(1 + bounds.weight(made, light=True))
            return made

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
            meter.turn(bounds.CALL)
            bounds.call(obj, args, named)
            made = super().call(context, obj, *args, **named)
            meter.turn(bounds.weight(made, light=True))
            return made

    made = KeysFirst(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    made.filters = bounds.bounded_filters(made.filters)
    return made

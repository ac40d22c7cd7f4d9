"""Reads an agent's answer, one JSON object, into an Outcome. Only what the brief asked for is taken as fact or route."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from ropewalk.agents.exchange import read_object
from ropewalk.core import Brief, Handoff, Outcome, Usage
from ropewalk.rendering import as_text

_BLOCK = re.compile(r"^```(?:json)?[ \t]*\n(.*?)\n?^```[ \t]*$", re.DOTALL | re.MULTILINE)
_KNOWN = ("outputs", "facts", "route", "handoff", "usage")


_Tokens = Annotated[int, msgspec.Meta(ge=0)]
_Money = Annotated[float, msgspec.Meta(ge=0)]


class Reported(msgspec.Struct, frozen=True):
    """Shape of `usage` in an answer; `cost_usd` left out is unknown. Nothing gives money back to a budget."""

    tokens_in: _Tokens = 0
    tokens_out: _Tokens = 0
    cost_usd: _Money | None = None


def last_object(text: str) -> dict[str, Any]:
    """The JSON object that ends a message: its last fenced block, or the whole text. Raises ValueError."""
    blocks = _BLOCK.findall(text)
    return read_object(blocks[-1] if blocks else text.strip() or "null", "the answer")


def outcome_of(answer: Mapping[str, Any], brief: Brief, agent: str) -> Outcome:
    """The answer as an Outcome; keys next to the known ones count as outputs. Raises ValueError: what has the wrong shape."""
    outputs = {name: value for name, value in answer.items() if name not in _KNOWN}
    facts = _object(answer, "facts")
    usage = _convert(answer.get("usage") or {}, Reported, "usage")
    return Outcome(
        outputs={**outputs, **_object(answer, "outputs")},
        facts={name: facts[name] for name in brief.wants_facts if name in facts},
        route=as_text(answer.get("route")) if brief.wants_route else "",
        handoff=handoff_of(answer.get("handoff"), brief),
        usage=Usage(tokens_in=usage.tokens_in, tokens_out=usage.tokens_out, cost_usd=usage.cost_usd),
        agent=agent,
    )


def handoff_of(written: Any, brief: Brief) -> Handoff | None:
    """A handoff from a text or an object, sent by the brief's role. Raises ValueError."""
    if not written:
        return None
    fields = {"summary": written} if isinstance(written, str) else written
    handoff: Handoff = _convert(fields, Handoff, "handoff")
    sender = brief.role_name or brief.step
    paths = tuple(ref.name for ref in (*brief.creates, *brief.updates) if not ref.label)
    return msgspec.structs.replace(
        handoff, sender=sender, phase=brief.phase, artifacts=handoff.artifacts or paths
    )


def _object(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = answer.get(name) or {}
    if not isinstance(value, dict):
        raise ValueError(f'"{name}" of the answer must be an object, not {type(value).__name__}')
    return value


def _convert(value: Any, kind: Any, name: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        raise ValueError(f'"{name}" of the answer: {fault}') from fault

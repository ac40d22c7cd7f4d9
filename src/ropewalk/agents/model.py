"""A model behind an API as an agent: documents, decisions and structured answers, for work that needs no tools.

It cannot look around: the files that a brief names are read to it, and the files it is asked for come in its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import msgspec

from ropewalk.agents.answer import handoff_of, outcome_of
from ropewalk.agents.exchange import SCHEMA_TYPES, wanted_fact
from ropewalk.agents.failures import free_again
from ropewalk.agents.inside import files_matching, write_inside
from ropewalk.agents.placeholder import concrete
from ropewalk.agents.port import Desk, Probe
from ropewalk.agents.prices import estimate, price_note
from ropewalk.agents.prompt import compose, fence
from ropewalk.agents.schema import schema_faults
from ropewalk.core import Brief, Failure, Outcome, Usage
from ropewalk.definition import ErrorClass
from ropewalk.files import read_text
from ropewalk.installation import install
from ropewalk.transient import passing_trouble

MOST_READ_CHARS = 400_000
_SUMMARY_CHARS = 2_000


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`model` as pydantic-ai names it (`anthropic:...`, `openai:...`, `test` for its offline one); a role's model goes
    before it. `options` are its model settings (`temperature`, `max_tokens`, ...). `retries` answers that do not fit
    their schema are asked for again.
    """

    model: str = "test"
    options: dict[str, Any] = {}
    retries: int = 2


class Model:
    """`model` stands in for the named model, for tests."""

    rehearses = False
    confines = True
    takes_options = True
    """It starts nothing: what it answers is written by ropewalk, inside the working folder only."""

    def __init__(self, name: str, settings: ModelSettings, model: Any = None) -> None:
        self.name = name
        self._settings = settings
        self._model = model

    async def probe(self, *, confined: bool = False) -> Probe:
        if find_spec("pydantic_ai") is None:
            return Probe(
                self.name,
                installed=False,
                usable=False,
                reason="pydantic-ai is not installed",
                hint=install("models"),
            )
        from pydantic_ai.exceptions import UserError
        from pydantic_ai.models import infer_model

        try:
            infer_model(self._model or self._settings.model)
        except (UserError, ValueError, ImportError) as fault:
            return Probe(self.name, installed=True, usable=False, reason=str(fault), hint="set its API key")
        return Probe(self.name, installed=True, usable=True, version=_version())

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        from pydantic_ai.exceptions import AgentRunError, UserError

        model = brief.role.model or self._settings.model
        try:
            return await self._ask(brief, desk, model)
        except AgentRunError as error:
            return Outcome(failure=_failure(error, desk.now()), agent=self.name)
        except (UserError, ImportError) as error:
            failure = Failure(kind="permanent", message=str(error), report={"class": "config"})
            return Outcome(failure=failure, agent=self.name)
        except (ValueError, OSError) as error:
            if passing_trouble(error):
                raise
            return Outcome(failure=Failure(kind="invalid_output", message=str(error)), agent=self.name)

    async def _ask(self, brief: Brief, desk: Desk, model: str) -> Outcome:
        from pydantic_ai import Agent, ModelRetry, StructuredDict, UsageLimits

        wanted = answer_schema(brief)
        output: Any = StructuredDict(wanted, name="answer") if wanted else str
        agent: Any = Agent(_patient(self._model or model), output_type=output, retries=self._settings.retries)

        def fits(reply: Any) -> Any:
            if wrong := wanted and schema_faults(reply, wanted, "answer"):
                raise ModelRetry("\n".join(wrong[:10]))
            return reply

        agent.output_validator(fits)
        result = await agent.run(
            _prompt(brief, desk, structured=bool(wanted)),
            model_settings={**self._settings.options, **brief.role.options} or None,
            usage_limits=UsageLimits(total_tokens_limit=brief.budget_tokens),
        )
        reply = result.output
        desk.say(f"{reply if isinstance(reply, str) else msgspec.json.encode(reply).decode()}\n")
        answer: dict[str, Any] = {} if isinstance(reply, str) else dict(reply)
        for name, text in (answer.pop("files", None) or {}).items():
            await asyncio.to_thread(write_inside, desk.folder, name, str(text).encode())
        outcome = outcome_of(answer, brief, self.name)
        handoff = outcome.handoff or handoff_of(
            reply[-_SUMMARY_CHARS:] if isinstance(reply, str) else "", brief
        )
        spent = _usage(result.usage, model)
        if note := price_note(model.rpartition(":")[2], spent):
            desk.say(note)
        return msgspec.structs.replace(outcome, handoff=handoff, usage=spent)


def _patient(model: Any) -> Any:
    """The model, without the waiting of its own client: ropewalk waits, and holds no place meanwhile."""
    from pydantic_ai.models import infer_model

    made: Any = infer_model(model)
    client: Any = getattr(made, "client", None)
    if hasattr(client, "max_retries"):
        client.max_retries = 0
    return made


def answer_schema(brief: Brief) -> dict[str, Any]:
    """The JSON Schema of the whole answer that a brief asks for; {} where plain words will do."""
    parts: dict[str, Any] = {}
    if brief.output_schema:
        parts["outputs"] = brief.output_schema
    if brief.wants_facts:
        parts["facts"] = _object({name: _fact(asked) for name, asked in brief.wants_facts.items()})
    if brief.wants_route:
        parts["route"] = {"type": "string", "enum": list(brief.wants_route)}
    names = [concrete(ref, brief) for ref in (*brief.creates, *brief.updates) if not (ref.label or ref.soft)]
    if names:
        parts["files"] = _object(
            {name: {"type": "string", "description": "the whole file"} for name in names}
        )
    return _object(parts) if parts else {}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def _fact(asked: Any) -> dict[str, Any]:
    declared = wanted_fact(asked)
    kind = SCHEMA_TYPES.get(str(declared.get("type", "boolean")), declared.get("type", "boolean"))
    schema: dict[str, Any] = {"type": kind} if kind else {}
    if declared.get("choices"):
        schema["enum"] = list(declared["choices"])
    return {**schema, "description": str(declared.get("question", ""))}


def _prompt(brief: Brief, desk: Desk, *, structured: bool) -> str:
    """The usual prompt, the files it speaks of, and how the answer is given."""
    parts = [compose(brief)]
    left = MOST_READ_CHARS
    names = [
        *(artifact.path for artifact in brief.artifacts),
        *(ref.name for ref in brief.requires if ref.name),
    ]
    for name in dict.fromkeys(names):
        for path in files_matching(desk.folder, name):
            text = read_text(path, errors="replace")[:left]
            left -= len(text)
            if text:
                parts.append(f"## The file `{name}`\n\n{fence(text, name, brief)}")
    if structured:
        parts.append("You have no tools: give the answer by its schema, each file whole under `files`.")
    return "\n\n".join(parts)


def _usage(spent: Any, model: str) -> Usage:
    cost = estimate(
        model.rpartition(":")[2], spent.input_tokens, spent.output_tokens, spent.cache_read_tokens
    )
    return Usage(spent.input_tokens, spent.output_tokens, cost, estimated=cost is not None)


def _failure(error: Any, now: float) -> Failure:
    """By status where there is one; an answer that never fitted is no fault of the connection."""
    from pydantic_ai.exceptions import UnexpectedModelBehavior, UsageLimitExceeded

    text = str(error)
    status = int(getattr(error, "status_code", 0) or 0)
    kind: ErrorClass = "permanent"
    fine = "auth" if status in (401, 403) else ""
    if isinstance(error, UsageLimitExceeded):
        fine = "budget"
    elif type(error).__name__ == "ContentFilterError":
        kind = "refused"
    elif isinstance(error, UnexpectedModelBehavior):
        kind = "invalid_output"
    elif status == 429:
        kind = "quota"
    elif not status or status == 408 or status >= 500:
        kind = "transient"
    retry_at = None
    if kind in ("quota", "transient"):
        after = getattr(error, "retry_after", None)
        retry_at = now + float(after) if isinstance(after, int | float) else free_again(text, now)
    return Failure(kind=kind, message=text[:500], retry_at=retry_at, report={"class": fine or kind})


def _version() -> str:
    from importlib.metadata import version

    return version("pydantic-ai-slim")

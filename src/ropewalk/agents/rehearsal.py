"""The agent that needs no key and no network: it does what its script says, and otherwise just what the brief asks for.

Deterministic: the same brief and script leave the same files. Everything it gives says that it was rehearsed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ropewalk.agents.answer import handoff_of
from ropewalk.agents.document import document_in, sampled, template_in
from ropewalk.agents.example import example
from ropewalk.agents.exchange import SCHEMA_TYPES, wanted_fact
from ropewalk.agents.inside import files_matching, name_covers, path_inside, write_inside
from ropewalk.agents.placeholder import addition, concrete, placeholder
from ropewalk.agents.port import Desk, Permission, Probe
from ropewalk.agents.script import ScriptedAct, ScriptedVerdict, read_script
from ropewalk.core import Brief, Failure, Outcome, Usage
from ropewalk.definition import Ref
from ropewalk.errors import InvalidDefinition
from ropewalk.files import read_text
from ropewalk.rendering import as_text

VERDICT = "verdict"
"""The kind of a brief that asks for a gate's verdict; nothing is written for one."""

Render = Callable[[str, Brief], str]
"""The document of a template (`Brief.template`) for a brief."""


class Rehearsal:
    """`Brief.rehearse` is the text of the script. `render` makes a document from a template; without it a sample
    of the template is written. A boolean fact that neither script nor default decides is `Brief.assume`, else false.
    """

    name = "rehearsal"
    rehearses = True

    def __init__(self, render: Render | None = None) -> None:
        self._render = render

    async def probe(self) -> Probe:
        return Probe(agent=self.name, installed=True, usable=True, reason="it is part of ropewalk")

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        """Says, notes, publishes, asks, waits, writes, then fails or answers, in this order."""
        try:
            act = read_script(brief.rehearse or "").act(
                brief.step, brief.round, brief.attempt, as_text(brief.item)
            )
        except InvalidDefinition as fault:
            return self._ended(Outcome(failure=Failure(kind="permanent", message=str(fault))), ScriptedAct())
        try:
            failure = await _talk(act, brief, desk) or _failure(act, desk)
            self._write(act, brief, desk, declared=failure is None and not act.nothing)
            return self._ended(Outcome(failure=failure) if failure else self._answer(act, brief), act)
        except (ValueError, OSError) as fault:
            return self._ended(
                Outcome(failure=Failure(kind="permanent", message=f"the rehearsal: {fault}")), act
            )

    def _ended(self, outcome: Outcome, act: ScriptedAct) -> Outcome:
        usage = Usage(tokens_in=act.tokens_in, tokens_out=act.tokens_out, cost_usd=act.cost_usd)
        return msgspec.structs.replace(outcome, agent=self.name, rehearsed=True, usage=usage)

    def _write(self, act: ScriptedAct, brief: Brief, desk: Desk, *, declared: bool) -> None:
        texts = dict(act.write)
        for name, text in act.append.items():
            path = path_inside(desk.folder, name)
            texts[name] = (texts.get(name) or (read_text(path) if path.is_file() else "")) + text
        if declared and brief.kind != VERDICT:
            for ref in (*brief.creates, *brief.updates):
                if not (ref.label or ref.soft or _covered(ref, texts)):
                    name = _existing(ref, brief, desk) or concrete(ref, brief)
                    texts[name] = self._document(name, ref, brief, desk)
        for name, text in texts.items():
            write_inside(desk.folder, name, text.encode())
            desk.say(f"wrote {name} ({len(text.encode())} bytes)\n")
        for name in act.delete:
            path_inside(desk.folder, name).unlink(missing_ok=True)
            desk.say(f"deleted {name}\n")

    def _document(self, name: str, ref: Ref, brief: Brief, desk: Desk) -> str:
        path = path_inside(desk.folder, name)
        before = read_text(path, errors="replace") if path.is_file() else ""
        if before or ref in brief.updates:
            return addition(name, brief, before)
        if not brief.template or ref != document_in(brief):
            return placeholder(name, brief)
        if self._render is not None:
            return self._render(brief.template, brief)
        template = template_in(brief)
        return sampled(template, brief) if template else placeholder(name, brief)

    def _answer(self, act: ScriptedAct, brief: Brief) -> Outcome:
        if brief.kind == VERDICT:
            judged = (
                ScriptedVerdict(act.verdict)
                if isinstance(act.verdict, str)
                else act.verdict or ScriptedVerdict("PASS")
            )
            return Outcome(
                outputs={"verdict": judged.verdict, "findings": list(judged.findings), **act.outputs}
            )
        outputs = example(brief.output_schema, brief.step) if brief.output_schema else {}
        facts = {name: _fact_of(name, asked, brief) for name, asked in brief.wants_facts.items()}
        route = act.route or (brief.wants_route[0] if brief.wants_route else "")
        asked = act.handoff or f"{brief.title or brief.step} was rehearsed; nothing in it was thought about."
        return Outcome(
            outputs={**outputs, **act.outputs},
            facts={**facts, **act.facts},
            route=route,
            handoff=handoff_of(asked, brief),
        )


def _existing(ref: Ref, brief: Brief, desk: Desk) -> str:
    """The newest by name of the files that a pattern means, where they are to be updated; empty where there is none."""
    if ref not in brief.updates or "*" not in ref.name:
        return ""
    files = files_matching(desk.folder, ref.name)
    return files[-1].relative_to(desk.folder).as_posix() if files else ""


def _fact_of(name: str, asked: Any, brief: Brief) -> Any:
    fact = wanted_fact(asked)
    if fact.get("default") is not None:
        return fact["default"]
    if fact.get("choices"):
        return fact["choices"][0]
    kind = fact.get("type", "boolean")
    return (
        brief.assume is True if kind == "boolean" else example({"type": SCHEMA_TYPES.get(kind, kind)}, name)
    )


async def _talk(act: ScriptedAct, brief: Brief, desk: Desk) -> Failure | None:
    """What happens before anything is written; a permission that is denied ends the work."""
    text = act.say if isinstance(act.say, str) else "\n".join(act.say)
    if text:
        cut = len(text) - brief.output_bytes
        desk.say(
            f"{text}\n" if cut <= 0 else f"{text[: brief.output_bytes]}\n[left out {cut:,} characters]\n"
        )
    if act.note:
        await desk.note(act.note)
    if act.publish:
        await desk.publish(act.publish.name, act.publish.data)
    if act.ask:
        wanted = Permission(act.ask.title, act.ask.kind, act.ask.paths, act.ask.choices)
        choice = await desk.ask(wanted)
        desk.say(f"asked for {act.ask.title!r}: {choice}\n")
        if choice.startswith(("deny", "reject")):
            return Failure(kind="refused", message=f"a person said {choice} to: {act.ask.title}")
    if act.run_for:
        await desk.sleep(act.run_for)
    return None


def _failure(act: ScriptedAct, desk: Desk) -> Failure | None:
    if act.quota:
        return Failure(
            kind="quota", message="the script's quota is used up", retry_at=desk.now() + act.quota.resets_in
        )
    if act.fail is None:
        return None
    at = act.fail.retry_at if act.fail.retry_in is None else desk.now() + act.fail.retry_in
    return Failure(kind=act.fail.kind, message=act.fail.message, retry_at=at)


def _covered(ref: Ref, texts: dict[str, str]) -> bool:
    """Whether the script itself writes what is declared."""
    return any(name_covers(name, path) for path in texts for name in (ref.name, *ref.any_of) if name)

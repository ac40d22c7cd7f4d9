"""A plan as lines of text for people: phase by phase, each step with what a reader would ask about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ropewalk.counting import counted, times
from ropewalk.preview.graph import short
from ropewalk.preview.plan import FactRow, LoopRow, Plan, Row

MOST_NAMES: Final = 8
MOST_LETTERS: Final = 120
LITERAL: Final = re.compile(r"\{\{ '([{}%#]+)' \}\}")
"""A brace of the file as a template has to write it; people are shown the brace."""
CHOSEN: Final = re.compile(r'\{% if facts\.(\w+) is not defined or facts\.\w+(?: == "([^"]*)")? %\}\s*')
"""Of the conditions the one that a handoff's `{{if x}}:` became; it is shown, as the text behind it is not said always."""
CONDITION: Final = re.compile(r"\{% .*? %\}")


def plan_as_lines(plan: Plan, *, notes: bool = False) -> list[str]:
    """The plan in lines without any marks of colour; `notes` adds the prose of the steps. No text of the workflow can begin
    a line of its own.
    """
    version = f" {plan.version}" if plan.version else ""
    lines = [f"{plan.name}{version}: {plan.title or plan.description.split(chr(10))[0]}".rstrip(": ")]
    lines += [f"  input {name} ({text})" for name, text in plan.inputs.items()]
    for stretch in plan.stretches:
        about = f": {stretch.description}" if stretch.description else ""
        lines += ["", f"{stretch.title}{about}"] if stretch.title else [""]
        for row in stretch.rows:
            lines += _row(row, notes)
    lines += _section("Facts", (line for fact in plan.facts for line in _fact(fact)))
    lines += _section("Loops", (_loop(loop) for loop in plan.loops))
    lines += _section("At the same time", (_some(group) for group in plan.parallel))
    lines += _section("People are asked", (f"{step}: {text}" for step, text in plan.asks))
    lines += _section("Worth knowing", iter(plan.remarks))
    lines += _section("Kept, not acted on", iter([", ".join(plan.kept)] if plan.kept else []))
    return [" ".join(line.splitlines()) for line in lines]


def _some(names: Sequence[str]) -> str:
    """Names in a row, of very many the first ones and how many more there are."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: MOST_NAMES - 2])} and {len(names) - MOST_NAMES + 2} more"


def _shown(template: str) -> str:
    """A template as people read it: with its conditions in words, with the braces that it shall give."""
    in_words = CHOSEN.sub(lambda match: f"if {match[2] or match[1]}: ", template)
    return LITERAL.sub(r"\1", CONDITION.sub("", in_words))


def _section(title: str, entries: Iterator[str]) -> list[str]:
    lines = [f"  {entry}" for entry in entries]
    return ["", title, *lines] if lines else []


def _row(row: Row, notes: bool) -> Iterator[str]:
    doer = f" [{row.role}]" if row.role else "" if row.kind == "role" else f" [{row.kind}]"
    marks = [
        word for word, is_so in (("optional", row.optional), ("at the end in any case", row.final)) if is_so
    ]
    title = f"  {row.title}" if row.title and row.title != row.id else ""
    marked = f" ({', '.join(marks)})" if marks else ""
    yield f"  {row.wave:>3}  {row.id}{doer}{title}{marked}"
    fields = {
        "after": _some(row.after),
        "parallel with": _some(row.parallel_with),
        "only if": row.when,
        "for each": row.each,
        "requires": ", ".join(row.requires),
        "creates": ", ".join(row.creates),
        "updates": ", ".join(row.updates),
        "template": row.template,
        **row.materials,
        "tells": ", ".join(row.tells),
        "gate": "; ".join(row.gates),
        "loop": row.back,
        "asks": "; ".join(row.asks),
        "handoff": short(_shown(row.handoff), MOST_LETTERS),
    }
    for name, text in fields.items():
        if text:
            yield f"       {name}: {text}"
    yield from (f"       way {route}" for route in row.routes)
    yield from (f"       · {reason}" for reason in row.inferred)
    if row.kept:
        yield f"       kept: {', '.join(row.kept)}"
    for note in row.notes if notes else ():
        yield from (f"       | {line}" for line in note.split("\n"))


def _fact(fact: FactRow) -> Iterator[str]:
    by = (
        f"told by {', '.join(fact.told_by)}"
        if fact.told_by
        else "a person is asked"
        if fact.asked
        else "by default"
    )
    choices = f" ({', '.join(fact.choices)})" if fact.choices else ""
    read = f"; read by {', '.join(fact.read_by)}" if fact.read_by else ""
    yield f"{fact.name}{choices}: {by}{read}"


def _loop(loop: LoopRow) -> str:
    when = f" while {loop.when}" if loop.when not in ("", "true") else ""
    return f"{loop.step} → {loop.to}{when}, at most {times(loop.at_most)} ({counted(len(loop.body), 'step')})"

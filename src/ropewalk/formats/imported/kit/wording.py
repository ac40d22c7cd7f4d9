"""The sentences that ropewalk itself writes into steps: what to do, in plain words, with other people's texts kept whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ropewalk.definition import Fact, Ref
from ropewalk.documents import as_list, as_text, value_in_words
from ropewalk.formats.imported.kit.making import Keys
from ropewalk.formats.imported.kit.people import Crew
from ropewalk.formats.imported.kit.places import STORY
from ropewalk.rendering import literal


def prompt(
    keys: Keys,
    creates: tuple[Ref, ...],
    updates: tuple[Ref, ...],
    looks_at: str,
    acted: list[str],
    crew: Crew,
) -> str:
    """What the role is asked to do, from the item's action, artifacts, tasks and materials."""
    lines = []
    action = keys.text("action", "prompt")
    if action:
        lines.append(sentence(action))
    lines += [f"Create {named(ref)}." for ref in creates]
    lines += [f"{verb.removesuffix('s').capitalize()} {as_text(keys.data.get(verb))}." for verb in acted]
    lines += [f"Update {named(ref)}." for ref in updates if not ref.soft or ref.aggregate]
    if looks_at:
        lines.append(
            f"Validate {sentence(looks_at, end='')}: say what is wrong, each finding with its document."
        )
    render = keys.data.get("render")
    if isinstance(render, Mapping) and render.get("to"):
        lines.append(f"Render {as_text(render.get('from'))} as {as_text(render['to'])}.")
    for key, heading in (
        ("task", "Task"),
        ("uses_task", "Task"),
        ("using_task", "Task"),
        ("uses", "Use"),
        ("template", "Template"),
    ):
        for value in as_list(keys.take(key, "prompt")):
            lines.append(f"{heading}: {as_text(value)}")
    for value in as_list(keys.take("command", "prompt")) + as_list(keys.take("commands", "prompt")):
        lines.append(f"Command: {as_text(value)}")
    steps = [as_text(step) for step in as_list(keys.take("optional_steps", "prompt"))]
    if steps:
        lines.append(
            f"May be done first, where it helps: {', '.join(step.replace('_', ' ') for step in steps)}. Say which were done."
        )
    if len(crew.names) > 1:
        lines.append(f"(Meant for {' or '.join(crew.names)}.)")
    if crew.others:
        lines.append(f"Work with or pass on to: {', '.join(crew.others)}.")
    return literal("\n".join(lines) or "Do what the notes say.")


def named(ref: Ref) -> str:
    """A reference as it stands in a sentence."""
    if ref.any_of:
        return " or ".join(ref.any_of)
    if ref.name.endswith(STORY):
        return f"{ref.name.removesuffix(STORY)}{{epic}}.{{story}}.story.md (one file for each story)"
    return ref.name.replace("_", " ") if ref.label else ref.name


def sentence(words: str, end: str = ".") -> str:
    """A verb name or a phrase as a sentence."""
    text = words.replace("_", " ").strip() if " " not in words.strip() else words.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ":")) else end)


def title(words: tuple[str, ...], action: str) -> str:
    """A short title for a step that has no name of its own."""
    role, subject = words[0], words[-1]
    doing = action or subject.replace("_", " ").replace("-", " ")
    return f"{role}: {doing.replace('_', ' ') if ' ' not in doing else doing}"


def headed(headline: str, action: str) -> str:
    """The name that an item has for people, with its action, unless the name says the same."""
    if not headline or not action:
        return headline
    words = {word for word in re.split(r"\W+|_", action.casefold()) if len(word) > 3}
    same = words & {word for word in re.split(r"\W+|_", headline.casefold()) if len(word) > 3}
    return headline if same or not words else f"{headline}: {action.replace('_', ' ')}"


def both(first: str, second: str) -> str:
    """Two conditions that must both hold."""
    if not first or not second:
        return first or second
    return " && ".join(f"({part})" if "||" in part or "?" in part else part for part in (first, second))


def leftover(rest: Mapping[str, Any]) -> str:
    """Keys that ropewalk does not act on, told to the one who does the work."""
    lines = [
        f"- {key}: {_value_text(value)}" for key, value in rest.items() if value not in (None, "", [], {})
    ]
    return "The workflow's file also says:\n" + "\n".join(lines) if lines else ""


def _value_text(value: Any) -> str:
    text = value_in_words(value) if not isinstance(value, bool) else str(value).lower()
    return text if "\n" not in text else "\n  " + text.replace("\n", "\n  ")


def fix(names: list[str]) -> str:
    """What an owner is asked after a validation flagged documents."""
    return literal(f"Fix what the validation found in {', '.join(names)}.")


def flagged(fact: str, role: str, listed: str) -> Fact:
    """The fact that tells whether a role's documents need fixing."""
    return Fact(question=f"Must {role} fix something in {listed}?")

"""Stage 8, handoffs: `handoff_prompts` given to the steps that they speak of. Their keys use nicknames, so a key is
matched by its words; one that fits nowhere stays in the workflow's own notes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from ropewalk.definition import Fact, Step
from ropewalk.documents import OPEN_IF, TAG, as_text
from ropewalk.rendering import literal

PASS: Final = re.compile(r"^(.+?)_to_(.+)$")
FINAL: Final = re.compile(r"(?:^|_)(?:complete|completed|done|finished|end)$")
KIN: Final = {
    "ux": "ux-expert", "designer": "ux-expert game-designer", "developer": "dev game-developer", "scrum": "sm", "tester": "qa",
    "product": "pm po", "analysis": "analyst", "design": "designer ux-expert", "technical": "architect developer",
    "implementation": "dev developer", "stories": "sm", "planning": "pm", "validation": "po qa", "updated": "pm", "ide": "end",
    "concept": "designer", "prototype": "dev", "evaluation": "end", "document": "architect", "classification": "analyst",
}  # fmt: skip
LAST: Final = re.compile(r"end|complet")
WEIGHTS: Final = {"role": 3, "id": 2, "artifact": 2, "title": 1}


def give(
    steps: list[Step],
    prompts: Mapping[str, Any],
    facts: Mapping[str, Fact],
    variant: str = "",
    others: Iterable[str] = (),
) -> tuple[list[Step], dict[str, Any]]:
    """The steps with their handoffs, and the prompts that fit no step. Each is given once, each step takes several. What is
    called after the `variant` belongs to it, and what is called after one of the `others` to none of its steps.
    """
    own, foreign = _words(variant), {word for other in others for word in _words(other)}
    foreign -= own.union(*(_words(f"{step.id} {step.role}") for step in steps))
    texts: dict[str, list[str]] = {}
    left: dict[str, Any] = {}
    for key, value in prompts.items():
        target = _target(str(key), steps)
        first = str(key).lower().replace("-", "_").split("_")[0]
        if first in foreign:
            target = None
        elif target is None and first in own:
            target = _target("complete", steps)
        if target is None or not as_text(value):
            left[str(key)] = value
        else:
            texts.setdefault(target, []).append(as_template(as_text(value), facts))
    done = [
        msgspec.structs.replace(step, handoff="\n\n".join([step.handoff, *texts[step.id]]).strip())
        if step.id in texts
        else step
        for step in steps
    ]
    return done, left


def _target(key: str, steps: list[Step]) -> str | None:
    working = [step for step in steps if step.kind == "role"]
    plain = key.lower().replace("-", "_")
    passed = PASS.match(plain)
    if passed is not None:
        return _between(
            passed[1], passed[2], [step for step in steps if step.kind == "role" or LAST.search(step.id)]
        )
    if FINAL.search(plain):
        subject = FINAL.sub("", plain)
        about = (_last(subject, working) or _best(subject, working, least=WEIGHTS["id"])) if subject else None
        if about is not None:
            return about
        ends = [step for step in steps if step.kind == "noop" and LAST.search(step.id)]
        best = _best(plain, ends) if len(ends) > 1 else None
        return best or (ends[-1].id if ends else working[-1].id if working else None)
    return _best(plain, working)


def _between(sender: str, receiver: str, working: list[Step]) -> str | None:
    """The step of the sender that is followed by one of the receiver; nearer followers count more."""
    best, best_id = 0.0, None
    for index, step in enumerate(working):
        from_ = _score(sender, step)
        if not from_:
            continue
        ahead = [
            _score(receiver, other) / (distance + 1)
            for distance, other in enumerate(working[index + 1 :][:8])
        ]
        nearest = max(ahead, default=0.0)
        score = from_ + nearest if nearest else 0.0
        if score > best:
            best, best_id = score, step.id
    return best_id


def _best(key: str, steps: Iterable[Step], least: float = 0.5) -> str | None:
    best, best_id = least - 0.5, None
    for step in steps:
        score = _score(key, step)
        if score > best:
            best, best_id = score, step.id
    return best_id


def _last(subject: str, steps: list[Step]) -> str | None:
    """The last step called after a subject, which is done when that is complete; not one that may be passed over."""
    called = [step.id for step in steps if set(subject.split("_")) & _words(step.id) and not step.when]
    return called[-1] if called else None


def _score(key: str, step: Step) -> float:
    """How many words of a nickname a step shares, the role's name before all."""
    words = set(key.split("_")) | {kin for word in key.split("_") for kin in KIN.get(word, "").split()}
    have = {
        "role": _words(step.role) | {step.role},
        "id": _words(step.id),
        "artifact": {word for ref in (*step.creates, *step.updates) for word in _words(ref.name)},
        "title": _words(step.title),
    }
    return float(sum(weight for kind, weight in WEIGHTS.items() if words & have[kind]))


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 1}


def as_template(text: str, facts: Mapping[str, Fact]) -> str:
    """The prompt as a template that cannot fail: placeholders of declared facts are filled when they are known, a line behind
    `{{if x}}:` stands where the fact or the way `x` does not say otherwise, everything else is kept as it is written.
    """
    ways = {way: name for name, fact in facts.items() if name.endswith("_way") for way in fact.choices}
    return "\n".join(_line(line, facts, ways) for line in text.split("\n"))


def _line(line: str, facts: Mapping[str, Fact], ways: Mapping[str, str]) -> str:
    match = OPEN_IF.match(line)
    if match is not None:
        name = match[2].strip()
        rest = _blanks(match[1] + match[3], facts)
        if name in ways:
            fact = ways[name]
            return f"{{% if facts.{fact} is not defined or facts.{fact} == {json.dumps(name, ensure_ascii=False)} %}}{rest}{{% endif %}}"
        if name in facts:
            return f"{{% if facts.{name} is not defined or facts.{name} %}}{rest}{{% endif %}}"
    return _blanks(line, facts)


def _blanks(text: str, facts: Mapping[str, Fact]) -> str:
    pieces, at = [], 0
    for tag in TAG.finditer(text):
        name = (tag["curly"] or "").strip()
        if name in facts:
            pieces += [literal(text[at : tag.start()]), f"{{{{ facts.{name} | default('{name}') }}}}"]
            at = tag.end()
    return "".join([*pieces, literal(text[at:])])

"""Stage 7a, loops: stories made one after the other, work that is fixed and looked at again. Every loop has a cap."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from ropewalk.definition import Fact, Step
from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.conditions import fact_name
from ropewalk.formats.imported.kit.looking import judges
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Jump
from ropewalk.formats.imported.kit.settling import teller_of
from ropewalk.formats.imported.kit.values import number

REPEATING: Final = ("repeats", "repeat", "for_each")
CAPS: Final = ("max_iterations", "max_attempts", "max_repeats", "at_most")
ROUNDS: Final = re.compile(
    r"\(?\s*(?:up to|at most|max(?:imum)?\.?)?\s*(?:\d+\s*(?:-|–|to)\s*)?(\d+)\s*(?:rounds?|times|iterations?|passes|cycles)\s*\)?"
)
"""What a `repeats` says of its cap: `until_converged (2-4 rounds)`."""
STORIES: Final = re.compile(r"epic|stor(?:y|ies)|enhancement")
CONTROL: Final = frozenset({"guide", "header", "import"})


class Loop(NamedTuple):
    """Where a loop begins, and what leads back there."""

    head: ItemSteps
    closing: ItemSteps


class Span(NamedTuple):
    """The same as places in the list of items."""

    first: int
    last: int


def repeats_of(draft: ItemSteps) -> str:
    """What an item says it is repeated for, empty where it is not."""
    return next(
        (as_text(draft.item.data[key]) for key in REPEATING if isinstance(draft.item.data.get(key), str)), ""
    )


def close_loops(making: ImportContext) -> None:
    """Give each loop its end: the marker of the file, the list inside an item, or a step of ropewalk's own after the body."""
    open_heads: list[ItemSteps] = []
    unclosed: list[ItemSteps] = []
    loops: list[Loop] = []
    drafts = making.drafts
    for draft in list(drafts):
        if draft.item.kind == "repeat":
            head = _head(draft, open_heads, drafts)
            if head is None:
                making.warn(
                    draft.item, f"`{draft.item.name}` closes no loop that can be found: it is only a message"
                )
            else:
                _close(draft, head, making)
                loops.append(Loop(head, draft))
                unclosed += [other for other in open_heads if other is not head]
                open_heads.clear()
        elif draft.item.inner and repeats_of(draft):
            head = _inner_head(draft, drafts)
            _close(draft, head, making)
            loops.append(Loop(head, draft))
        elif repeats_of(draft) and draft.item.kind != "import":
            open_heads.append(draft)
    for head in [*unclosed, *open_heads]:
        _close_open(head, loops, making)


def _close_open(head: ItemSteps, loops: list[Loop], making: ImportContext) -> None:
    """The end of a loop that the file does not close. What says the same inside of another loop is that loop."""
    at = making.drafts.index(head)
    spans = [Span(making.drafts.index(loop.head), making.drafts.index(loop.closing)) for loop in loops]
    around = [loop for loop, span in zip(loops, spans, strict=True) if span.first <= at < span.last]
    when, *_ = loop_fact(repeats_of(head), head)
    for loop in around:
        if repeats_of(loop.head) == repeats_of(head) or loop.closing.steps[-1].when == when:
            _claim(head)
            making.why(
                head.steps[-1].id, f"`{repeats_of(head)}`: part of the loop from `{loop.head.steps[0].id}`"
            )
            return
    closing = _closing(head, spans, making)
    _close(closing, head, making)
    loops.append(Loop(head, closing))


def _head(marker: ItemSteps, open_heads: list[ItemSteps], drafts: list[ItemSteps]) -> ItemSteps | None:
    """Where a loop begins that a marker closes: its `target_steps`, the open `repeats`, else where a story is made."""
    before = drafts[: drafts.index(marker)]
    named = {as_text(target).casefold() for target in as_list(marker.item.data.get("target_steps"))}
    for draft in before:
        if named & {name.casefold() for name in names_of(draft)}:
            return draft
    if open_heads:
        return open_heads[0]
    for draft in before:
        if draft.item.kind == "task" and STORIES.search(
            f"{as_text(draft.item.data.get('creates'))} {as_text(draft.item.data.get('action'))}"
        ):
            return draft
    return None


def _inner_head(closing: ItemSteps, drafts: list[ItemSteps]) -> ItemSteps:
    return next(draft for draft in drafts if draft.item.number == closing.names[0])


def names_of(draft: ItemSteps) -> set[str]:
    """All names under which an item can be meant."""
    data = draft.item.data
    named = {draft.item.name, *(as_text(data.get(key)) for key in ("id", "step", "step_name", "name"))}
    return {name for name in named if name} | {step.id for step in draft.steps}


def _last_of_body(head: ItemSteps, spans: list[Span], drafts: list[ItemSteps]) -> int:
    """The index of the last item that works with what the loop makes. Loops lie inside or next to each other and never across."""
    start = drafts.index(head)
    made = {ref.name for step in head.steps for ref in (*step.creates, *step.updates)}
    end = min((span.last for span in spans if span.first <= start < span.last), default=len(drafts))
    last = start
    for index in range(start + 1, end):
        draft = drafts[index]
        if draft.item.kind == "end" or re.search(
            "retrospective", f"{draft.item.name} {as_text(draft.item.data.get('action'))}"
        ):
            break
        if draft.steps and draft.steps[0].phase != head.steps[0].phase:
            break
        used = {
            name
            for step in draft.steps
            for ref in (*step.requires, *step.updates)
            for name in (ref.name, *ref.any_of)
        }
        if used & made:
            last = index
            made |= {ref.name for step in draft.steps for ref in (*step.creates, *step.updates)}
        elif repeats_of(draft) not in ("", repeats_of(head)):
            break
    return max([last, *(span.last for span in spans if start < span.first <= last)])


def _closing(head: ItemSteps, spans: list[Span], making: ImportContext) -> ItemSteps:
    """A step of ropewalk's own after the last item that works with what the loop makes."""
    drafts = making.drafts
    last = _last_of_body(head, spans, drafts)
    step_id = making.id(f"repeat-{head.steps[0].id}")
    extra = {"item": {"number": head.item.number, "keys": {}}}
    step = Step(
        step_id,
        "noop",
        title=f"Again from {head.steps[0].id}",
        phase=drafts[last].steps[-1].phase,
        extra=extra,
        line=head.item.line,
    )
    item = msgspec.structs.replace(head.item, kind="repeat", name="", data={})
    closing = ItemSteps(item, [step], (step_id,), (step_id,))
    drafts.insert(last + 1, closing)
    making.why(
        step_id,
        f"the file repeats from `{head.steps[0].id}` and does not say where the loop ends: after the last step that works with what it makes",
    )
    return closing


def _close(closing: ItemSteps, head: ItemSteps, making: ImportContext) -> None:
    repeats = repeats_of(head) or repeats_of(closing)
    step = closing.steps[-1]
    if not step.when:
        when, fact, question = loop_fact(repeats, closing)
        making.declare({fact: Fact(question=question)})
        closing.steps[-1] = msgspec.structs.replace(step, when=when)
    else:
        when = step.when
    for name in re.findall(r"\bfacts\.(\w+)", when):
        teller = _teller(head, making, name)
        if teller:
            making.tell(teller, name)
    cap = _cap(closing, head, making)
    for draft in (closing, head):
        _claim(draft)
    closing.jumps.append(
        Jump(step.id, f"#{head.item.number}", cap, f"`{repeats or closing.item.name}`: while `{when}`,")
    )


def _claim(draft: ItemSteps) -> None:
    """In the account of the item, what says that it is repeated has become a loop."""
    used = {name: "back_to" for name in (*REPEATING, "target_steps", *CAPS) if name in draft.item.data}
    for index, step in enumerate(draft.steps):
        about = step.extra.get("item")
        if used and about and about["keys"]:
            kept = {key: value for key, value in step.extra.items() if key not in used}
            account = {**about, "keys": {**about["keys"], **used}}
            draft.steps[index] = msgspec.structs.replace(step, extra={**kept, "item": account})


def _teller(head: ItemSteps, making: ImportContext, name: str) -> str:
    roles = [step.id for step in head.steps if step.kind == "role"]
    if roles:
        return roles[0]
    at = making.drafts.index(head)
    return teller_of(name, "progress", making.drafts[at : at + 1] or making.drafts[:at])


def _cap(closing: ItemSteps, head: ItemSteps, making: ImportContext) -> int:
    for data in (closing.item.data, head.item.data):
        for key in CAPS:
            if cap := number(data.get(key), making.constants):
                return min(cap, policy.MOST_CAP)
    rounds = ROUNDS.search((repeats_of(head) or repeats_of(closing)).lower())
    return closing.condition.cap or (min(int(rounds[1][:9]), policy.MOST_CAP) if rounds else policy.LOOP_CAP)


def loop_fact(repeats: str, closing: ItemSteps) -> tuple[str, str, str]:
    """When a loop goes round again, as CEL, with the fact that it reads and the question for it."""
    plain = re.sub(r"[^a-z0-9]+", "_", ROUNDS.sub("", repeats.lower())).strip("_")
    until = re.fullmatch(r"until_(\w+)", plain)
    if until and not re.search(r"complet|done|finish|end$", until[1]):
        fact = fact_name(until[1])
        return f"!facts.{fact}", fact, f"Does this hold now: {until[1].replace('_', ' ')}?"
    subject = re.sub(
        r"^as_needed$|^(?:for_)?(?:each|every|all|first|the_first)_|^for_first_|^as_|_complete[ds]?$|^until_\w+$",
        "",
        plain,
    )
    if STORIES.search(subject) or (
        not subject and STORIES.search(f"{closing.item.name} {as_text(closing.item.data.get('action'))}")
    ):
        return "facts.stories_remaining", "stories_remaining", "Are there more stories to do after this one?"
    if not subject:
        return "facts.work_remaining", "work_remaining", "Is there more to do, so that this goes round again?"
    noun = subject.replace("_", " ")
    many_ = subject if subject.endswith("s") else f"{subject}s"
    fact = fact_name(f"{many_}_remaining")
    return f"facts.{fact}", fact, f"Is there another {noun} to do after this one?"


def close_fixes(making: ImportContext) -> None:
    """An item that fixes what the item before it found wrong goes back there, so that it is looked at again."""
    for index, draft in enumerate(making.drafts):
        if not draft.fixes or draft.jumps or not draft.steps:
            continue
        looks = _looked(index, draft, making)
        if looks is None:
            continue
        last = draft.steps[-1]
        draft.jumps.append(
            Jump(
                last.id,
                f"#{looks.item.number}",
                policy.FIX_CAP,
                "work that is fixed is looked at again",
            )
        )


def _looked(index: int, draft: ItemSteps, making: ImportContext) -> ItemSteps | None:
    """Where work that was fixed is looked at again: at the beginning of the checks right before it; else, where its
    notes or its condition speak of a check further up, there.
    """
    before = [
        other
        for other in reversed(making.drafts[:index])
        if other.item.kind not in CONTROL and not other.fixes
    ]
    first: ItemSteps | None = None
    for other in before:
        if not other.looks or (first is not None and not _one_check(other, first)):
            break
        first = other
    if first is not None:
        return first
    checks = [other for other in before if other.looks]
    if any(policy.FIX_HINTS.search(note) for step in draft.steps for note in step.notes):
        return next(iter(checks), None)
    facts, changed = set(draft.condition.facts), {ref.name for step in draft.steps for ref in step.updates}
    for other in before:
        if other.looks and any(facts & set(making.tells.get(step.id, ())) for step in other.steps):
            return other
        if changed & {ref.name for step in other.steps for ref in step.creates}:
            break
    return None


def _one_check(other: ItemSteps, later: ItemSteps) -> bool:
    """Whether two neighbours that look are one check: of one role, or the later one only says what it comes to."""
    if repeats_of(later):
        return False
    return judges(later.item) or other.steps[-1].role == later.steps[-1].role


def own_loops(making: ImportContext) -> None:
    """What a condition on the number of rounds says (`currentIteration < max`) is the cap of the way back next to it."""
    for index, draft in enumerate(making.drafts):
        if draft.condition.cap is not None and not any(
            other.jumps or other.ways for other in making.drafts[index:]
        ):
            making.warn(
                draft.item, "its condition counts the rounds of a loop, and there is none: it is always done"
            )
        if draft.condition.cap and draft.jumps:
            cap = min(draft.condition.cap, policy.MOST_CAP)
            draft.jumps = [msgspec.structs.replace(jump, cap=cap) for jump in draft.jumps]

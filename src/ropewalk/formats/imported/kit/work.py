"""Stage 6a, work: an item that somebody does, as one step (or one for each owner, where `various` are meant)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ropewalk.definition import Approval, Fact, Ref, Step
from ropewalk.documents import as_list, as_text, as_texts
from ropewalk.formats.imported.kit import policy, wording
from ropewalk.formats.imported.kit.conditions import fact_name
from ropewalk.formats.imported.kit.items import LOOKING_VERBS, Item, verbs
from ropewalk.formats.imported.kit.looking import fixes_work, judges, looks_at_work
from ropewalk.formats.imported.kit.making import ImportContext, ItemSteps, Keys
from ropewalk.formats.imported.kit.people import Crew, crew
from ropewalk.formats.imported.kit.references import Maker, is_file
from ropewalk.formats.imported.kit.refs import needs_of, written, written_path
from ropewalk.formats.imported.kit.settling import settle, teller_of
from ropewalk.formats.imported.kit.tasks import followed_task
from ropewalk.formats.imported.kit.values import failure_policy, materials

VERDICT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "verdict": {"enum": ["PASS", "CONCERNS", "FAIL"]},
        "findings": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["verdict"],
}
"""What a check by a checklist gives back."""

PERSON: Final = re.compile(r"(?:dr|prof|mr|mrs|ms|sir|dame)\b\.?\s", re.IGNORECASE)
"""A `name` that is a person's: it says who, and nothing of the work."""
TEMPLATE: Final = re.compile(r"\b([\w-]+-tmpl)(?:\.ya?ml|\.md)?\b")


def work(item: Item, making: ImportContext) -> ItemSteps:
    """The steps of a task. Keys that are not understood are told to the one who does it, and kept."""
    keys = Keys(item.data)
    draft = ItemSteps(item)
    doers = crew(
        {name: keys.take(name, "role") for name in _ROLE_KEYS if name in item.data}, making.pack.agents
    )
    notes = _notes(keys)
    creates = written(keys.take("creates", "creates"), making, notes, soft=False)
    creates += written(_rendered(item.data), making, notes, soft=False)
    creates += written(
        _paths(keys.take("outputs", "creates")) + _paths(keys.take("output", "creates")),
        making,
        notes,
        soft=True,
    )
    updates = written(keys.take("updates", "updates"), making, notes, soft=False, changed=True)
    acted = verbs(item.data)
    needs = needs_of(keys, item, making, notes, [verb for verb in acted if verb in LOOKING_VERBS])
    for verb in acted:
        if verb in LOOKING_VERBS:
            continue
        updates += written(keys.take(verb, "updates"), making, notes, soft=True, changed=True)
    step = _identity(
        item, keys, making, doers, creates or updates or needs.refs[-1:] if acted else creates or updates
    )
    draft.condition = settle(keys, step.id, item, making)
    draft.looks = bool(item.data.get("validates")) or looks_at_work(item, acted) or judges(item)
    draft.fixes = draft.condition.sort == "issues" and (bool(updates) or fixes_work(item))
    draft.after = needs.steps
    step = msgspec.structs.replace(
        step,
        role=_role(doers, making, item),
        prompt=wording.prompt(keys, creates, updates, needs.looks_at, acted, doers),
        requires=needs.refs,
        creates=creates,
        updates=updates,
        when=draft.condition.when,
        optional=item.data.get("optional") is True
        or draft.condition.sort == "optional"
        or _says_optional(notes),
        template=_template(keys, notes, making, item),
        output=VERDICT if item.data.get("validates") else {},
        ask=_elicit(keys, step, making),
        approve=_approval(step, notes, making, creates),
        notes=(
            *notes,
            *materials(keys, making, item),
            *followed_task(step.id, item, doers.names if doers.sort == "role" else (), making),
        ),
    )
    step = failure_policy(keys, _with_answer(step), draft, making)
    keys.take("optional", "optional")
    _register(step, draft, making, creates, updates)
    draft.steps = [finished(step, item, keys)]
    draft.entry = draft.exits = (step.id,)
    if doers.sort == "owners":
        _by_owners(draft, making)
    for fact in needs.facts:
        _hold_first(fact, draft, making)
    return draft


def _with_answer(step: Step) -> Step:
    if step.ask is None:
        return step
    answer = f"facts.{step.ask.fact}"
    answered = f"{{{{ 'A person was asked first and said: ' ~ {answer} if {answer} else '' }}}}"
    return msgspec.structs.replace(step, prompt=f"{step.prompt}\n{answered}")


_ROLE_KEYS: Final = ("agent", "orchestrator", "agents", "role", "alternative_agent", "delegates_to")


def finished(step: Step, item: Item, keys: Keys, number: str = "") -> Step:
    """The step with the account of its item: what each key became, and every other key as it was written."""
    shown = {
        title: text
        for key, title in MATERIALS.items()
        if key in keys.used and (text := _names(keys.data[key]))
    }
    about = {
        "number": number or item.number,
        "keys": dict(keys.used),
        **({"materials": shown} if shown else {}),
    }
    return msgspec.structs.replace(step, extra={**keys.rest(), "item": about}, line=item.line)


MATERIALS: Final = {
    "task": "task",
    "uses_task": "task",
    "using_task": "task",
    "uses": "uses",
    "optional_steps": "may be done first",
}
"""Keys of an item that its role is told by name, and what `plan` calls them."""


def _names(value: Any) -> str:
    return ", ".join(as_text(entry) for entry in as_list(value) if not isinstance(entry, Mapping))


def with_leftover(step: Step) -> Step:
    """The step with what nothing acts on told to the one who does it; called when all that acts on keys has run."""
    rest = {key: value for key, value in step.extra.items() if key not in ("item", "inferred")}
    leftover = wording.leftover(rest)
    return msgspec.structs.replace(step, notes=(*step.notes, leftover)) if leftover else step


def _notes(keys: Keys) -> tuple[str, ...]:
    """The prose of an item, as it stands; it is for the one who does the work and steers nothing."""
    notes: list[str] = []
    for name in ("description", "notes", "instructions", "prompt", "message"):
        value = keys.take(name, "notes")
        if isinstance(value, list | Mapping):
            notes += as_texts(value if isinstance(value, list) else [as_text(value)])
        elif as_text(value).strip():
            notes.append(as_text(value).strip())
    return tuple(notes)


def _identity(item: Item, keys: Keys, making: ImportContext, doers: Crew, refs: tuple[Ref, ...]) -> Step:
    """Id, title and phase. The id is the item's own, else its step's name, else agent and action or main artifact."""
    own = keys.text("id", "id")
    named = item.name if item.name and item.name != own and not PERSON.match(item.name) else ""
    for name in ("step", "step_name", "meta", "name", "title"):
        keys.take(name, "title")
    action = keys.text("action", "prompt")
    main = re.sub(r"\.\w+$", "", refs[0].name.rstrip("/").rsplit("/", 1)[-1]) if refs else ""
    validates = as_text(item.data.get("validates"))
    plain = action if action and " " not in action else ""
    words_ = (
        doers.names[0] if doers.names else "orchestrator",
        plain or main or ("validate" if validates else "work"),
    )
    step_id = making.id(own) if own else making.id(named) if named else making.id(*words_)
    headline = as_text(item.data.get("title") or item.data.get("name"))
    title = wording.headed(headline, action) or named.replace("_", " ") or wording.title(words_, action)
    return Step(step_id, "role", title=title.strip()[:200], phase=making.phase)


def _role(doers: Crew, making: ImportContext, item: Item) -> str:
    """The role's id: the first name that the pack knows, else the first; the others are its fallback."""
    if doers.sort == "engine":
        return making.role("orchestrator", doers.others)
    if doers.sort == "owners":
        return making.role(doers.others[0] if doers.others else "team")
    known = [name for name in doers.names if making.pack.persona(name) is not None]
    first = (known or list(doers.names))[0]
    if making.pack.agents and not known and doers.sort == "role":
        making.warn(item, f"no agent file for {' or '.join(doers.names)}: a persona is made from the name")
    elif doers.unclear:
        making.warn(
            item, f"the agent `{as_text(item.data.get('agent'))}` is not filled in: it is called `{first}`"
        )
    return making.role(first, tuple(name for name in doers.names if name != first) + doers.others)


def _says_optional(notes: tuple[str, ...]) -> bool:
    return any(note.lstrip("*_ ").upper().startswith("OPTIONAL") for note in notes)


def _paths(value: Any) -> list[Any]:
    """Of a list of outputs those that are files; what is only a result's name is told by `materials`."""
    from ropewalk.formats.imported.kit.references import tokens

    return [
        entry
        for entry in as_list(value)
        if not isinstance(entry, Mapping)
        for token in tokens(entry)
        if not token.label
    ]


def _rendered(data: Mapping[str, Any]) -> Any:
    """The document that `render: {from: …, to: …}` makes."""
    render = data.get("render")
    return render.get("to") if isinstance(render, Mapping) else None


def _template(keys: Keys, notes: tuple[str, ...], making: ImportContext, item: Item) -> str:
    """The file of the template that `uses`, `template` or a note names, else of the one that is called as the document
    is (`story-tmpl` for `story.md`), where the pack has it.
    """
    named = [
        as_text(entry) for key in ("template", "uses", "templates") for entry in as_list(item.data.get(key))
    ]
    inferred = (
        [match[1] for note in notes for match in TEMPLATE.finditer(note)] if item.data.get("creates") else []
    )
    for name in [*named, *inferred, *_called_alike(item)]:
        for part in re.split(r"\s+(?:OR|or)\s+|,\s*", name):
            match = making.pack.find(part, "templates")
            if match is not None and match[1].suffix in (".yaml", ".yml"):
                place_ = making.pack.place(match[1])
                making.documents.setdefault(place_, making.pack.text(match[1]))
                return place_
    return ""


def _called_alike(item: Item) -> list[str]:
    """The template's name for the one document that an item makes."""
    from ropewalk.formats.imported.kit.references import tokens

    made = tokens(item.data.get("creates"))
    match = re.fullmatch(r"(?:.*/)?([\w-]+)\.(?:md|ya?ml)", made[0].name) if len(made) == 1 else None
    return [f"{match[1]}-tmpl"] if match else []


def _elicit(keys: Keys, step: Step, making: ImportContext) -> Approval | None:
    """`elicit: true`: a person is asked first, and what they say is given to the role."""
    asked = [keys.take(name, "ask") for name in ("elicit", "interactive")]
    if not any(flag is True for flag in asked):
        return None
    making.why(step.id, "a person is asked first (`elicit`)")
    fact = fact_name(f"{step.id}_answer")
    making.declare({fact: Fact("any", f"What was said before {step.id}?", default="")})
    return Approval(
        prompt=f"What should be known before “{step.title}” begins?",
        on_reject="fail",
        fact=fact,
    )


def _approval(
    step: Step, notes: tuple[str, ...], making: ImportContext, creates: tuple[Ref, ...]
) -> Approval | None:
    if not making.options.approvals:
        return None
    approval_note = next((match for note in notes if (match := policy.APPROVAL_WORDS.search(note))), None)
    if approval_note is None:
        return None
    making.why(step.id, f"a person approves it: its notes say “{approval_note[0]}”")
    return Approval(
        prompt=f"Approve “{step.title}”?", show=tuple(ref.name for ref in creates if not ref.label)
    )


def _register(
    step: Step, draft: ItemSteps, making: ImportContext, creates: tuple[Ref, ...], updates: tuple[Ref, ...]
) -> None:
    from ropewalk.formats.imported.kit.references import tokens

    lacks = bool(step.when) or step.optional
    data = draft.item.data
    for token in tokens(data.get("creates")) + tokens(_rendered(data)) + tokens(_paths(data.get("outputs"))):
        for name in token.alternatives or (token.name,):
            at = name if token.label else written_path(name, making, "\n".join(step.notes))
            made = Maker(
                name, step.id, step.role, at, lacks or token.soft or bool(token.alternatives), token.label
            )
            making.makers.note(made, prose=token.prose)
    for token in tokens(draft.item.data.get("updates")):
        if not token.everything and making.makers.of(token.name) is None:
            making.makers.note(
                Maker(token.name, step.id, step.role, written_path(token.name, making), True, token.label)
            )


def _any_of(made: list[Maker]) -> tuple[Ref, ...]:
    """One of several documents has to change; those that are no files are labels."""
    files = tuple(dict.fromkeys(each.path for each in made if not each.label and is_file(each.path)))
    labels = tuple(
        Ref(each.path or each.name, label=True) for each in made if each.label or not is_file(each.path)
    )
    return (*((Ref(files[0], any_of=files if len(files) > 1 else ()),) if files else ()), *labels)


def _hold_first(fact: str, draft: ItemSteps, making: ImportContext) -> None:
    """What has to hold before an item, and is no work of the file: nothing is skipped where it does not; a person is asked."""
    work_step = draft.steps[-1]
    name = fact.replace("_", " ")
    step = Step(
        making.id(work_step.id, fact),
        "ask",
        title=f"{name}?",
        phase=work_step.phase,
        when=wording.both(work_step.when, f"!facts.{fact}"),
        ask=Approval(
            prompt=f"“{work_step.title}” requires “{name}”, which nothing here makes: go on?",
            on_reject="fail",
            fact=fact,
        ),
        extra={"item": {"number": draft.item.number, "keys": {}}},
        line=draft.item.line,
    )
    making.why(step.id, f"asked unless `--fact {fact}=true` or a step before says it")
    teller = teller_of(fact, "issues", making.drafts)
    is_asked = any(each.ask and each.ask.fact == fact for other in making.drafts for each in other.steps)
    if teller and not is_asked:
        making.tell(teller, fact)
    draft.steps.insert(0, step)
    draft.entry = (step.id,)


def _by_owners(draft: ItemSteps, making: ImportContext) -> None:
    """`various`: a step for each role that made something before, each done only if its documents were flagged."""
    [only] = draft.steps
    owners: dict[str, list[Maker]] = {}
    for made in making.makers.all():
        if made.role and made.step != only.id and not (made.label and made.name == "sharded_docs"):
            owners.setdefault(made.role, []).append(made)
    if not owners or not draft.condition.when:
        return
    only = with_leftover(only)
    making.why(only.id, f"`{only.title}` means those who made what is flagged: {', '.join(owners)}")
    steps = []
    for role, own in owners.items():
        names = [made.path or made.name for made in own]
        fact = f"{role.replace('-', '_').replace('.', '_')}_documents_flagged"
        listed = ", ".join(names)
        making.declare({fact: wording.flagged(fact, role, listed)})
        refs = _any_of(own)
        steps.append(
            msgspec.structs.replace(
                only,
                id=making.id(only.id, role),
                title=f"{role}: fix what was flagged",
                role=role,
                prompt=wording.fix(names),
                when=wording.both(only.when, f"facts.{fact}"),
                updates=refs,
            )
        )
        teller = teller_of(next(iter(draft.condition.facts), fact), "issues", making.drafts)
        if teller:
            making.tell(teller, fact)
    closing = Step(
        only.id,
        "noop",
        title=f"{only.title}: look again",
        phase=only.phase,
        when=only.when,
        extra=only.extra,
        line=only.line,
    )
    steps = [msgspec.structs.replace(step, extra={"item": only.extra["item"]}) for step in steps]
    draft.steps = [*steps, closing]
    draft.entry, draft.exits = (steps[0].id,), (only.id,)

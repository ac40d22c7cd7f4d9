"""What is known while the items of one file become steps: ids, facts, roles, makers, and every guess with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from ropewalk.definition import Fact, Role, Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.kit.conditions import ConditionReading
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.people import role_id
from ropewalk.formats.imported.kit.references import Makers
from ropewalk.formats.reading import ReadOptions

KNOWN_PEOPLE: Final = {
    "analyst": "Business analyst", "pm": "Product manager", "po": "Product owner", "sm": "Scrum master", "dev": "Developer",
    "qa": "Quality engineer", "architect": "Architect", "ux-expert": "User experience designer", "orchestrator": "Orchestrator",
    "deployer": "Deployment engineer", "team": "Team", "bmad-master": "Generalist",
}  # fmt: skip


class Keys:
    """The keys of one item as they are taken up: `used` says what each became; what is left is carried as it is."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.used: dict[str, str] = {}

    def take(self, name: str, into: str) -> Any:
        """The value of a key, None where it is not there; it is on record what it became."""
        if name in self.data:
            self.used[name] = into
        return self.data.get(name)

    def text(self, name: str, into: str) -> str:
        """The same as text."""
        return as_text(self.take(name, into)).strip()

    def rest(self) -> dict[str, Any]:
        """What nobody took."""
        return {str(key): value for key, value in self.data.items() if key not in self.used}


class Way(Struct, frozen=True):
    """One way on from a decision. `first`: the inline steps of this way alone. `to`: the name of an item, empty for the
    next one; `ends`: the run ends after `first`. `asks`: a person is asked before it goes on.
    """

    name: str
    when: str = ""
    first: tuple[str, ...] = ()
    to: str = ""
    ends: bool = False
    cap: int = 0
    title: str = ""


class Jump(Struct, frozen=True):
    """From a step back to an item: whenever the step has run (and `when` holds, where it says something), or if it
    failed. `to` is a name; an item's number stands behind `#`.
    """

    step: str
    to: str
    cap: int
    why: str
    when: str = ""
    failed: bool = False


class ItemSteps(Struct):
    """The steps that one item became, in order, and how they hang together with the others.

    `entry`: those that wait for the item before; `exits`: those that the next item waits for. `after`: names that the
    item waits for besides; `alone`: for these only. `runs_with`: it waits for what that item waits for. `parallel`: its own
    entries run at the same time; `together`: neighbours of the same name do.
    """

    item: Item
    steps: list[Step] = field(default_factory=list)
    entry: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    jumps: list[Jump] = field(default_factory=list)
    after: tuple[str, ...] = ()
    alone: bool = False
    runs_with: str = ""
    names: tuple[str, ...] = ()
    condition: ConditionReading = ConditionReading("none")
    looks: bool = False
    fixes: bool = False
    parallel: bool = False
    together: str = ""


class ImportContext:
    """Grows while the items are gone through in order; nothing of it outlives the reading of one `file` (None: a text)."""

    def __init__(
        self, options: ReadOptions, pack: Pack, constants: Mapping[str, Any], file: Path | None = None
    ) -> None:
        self.options = options
        self.file = file
        self.pack = pack
        self.constants = constants
        self.makers = Makers()
        self.drafts: list[ItemSteps] = []
        self.facts: dict[str, Fact] = {}
        self.tells: dict[str, list[str]] = {}
        self.roles: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.phases: dict[str, tuple[str, str]] = {}
        self.warnings: list[str] = []
        self.inferred: dict[str, list[str]] = {}
        self.phase = ""
        self.titles: dict[str, str] = {}
        self.chosen: dict[str, Item] = {}
        self.documents: dict[str, str] = {}
        self._ids: set[str] = set()
        self._names: dict[str, str] = {}

    def id(self, *words: str) -> str:
        """A step's id from words, none used twice in the file; the same file gives the same ids."""
        parts = [re.sub(r"[^A-Za-z0-9_]+", "-", word).strip("-") for word in words]
        plain = "-".join(part for part in parts if part)[:80].strip("-") or "step"
        plain = plain if re.match(r"[A-Za-z0-9_]", plain) else f"s{plain}"
        made, count = plain, 1
        while made.casefold() in self._ids:
            count += 1
            made = f"{plain}-{count}"
        self._ids.add(made.casefold())
        return made

    def role(self, name: str, others: tuple[str, ...] = ()) -> str:
        """The id of a role that somebody has; the file's own spelling is its title."""
        if name not in self._names:
            plain = role_id(name, len(self._names) + 1)
            self._names[name] = plain
            self.roles.setdefault(plain, (name, others))
        return self._names[name]

    def why(self, step: str, reason: str) -> None:
        """Put on record what was inferred for a step, and why."""
        self.inferred.setdefault(step, []).append(reason)

    def warn(self, item: Item, message: str) -> None:
        """Tell something that does no harm, with its place."""
        warning = f"line {item.line}: {message}" if item.line else message
        if warning not in self.warnings:
            self.warnings.append(warning)

    def declare(self, facts: Mapping[str, Fact]) -> None:
        """Take facts in; a fact that is compared somewhere keeps the type that this shows, and all that it may be."""
        for name, fact in facts.items():
            known = self.facts.get(name)
            if known is None or (known.type == "boolean" and fact.type != "boolean"):
                self.facts[name] = fact
            elif known.choices and fact.choices:
                seen = dict.fromkeys(
                    choice for choice in (*known.choices, *fact.choices) if choice != "other"
                )
                choices = tuple(seen) if len(seen) > 1 else (*seen, "other")
                self.facts[name] = msgspec.structs.replace(known, choices=choices)

    def tell(self, step: str, fact: str) -> None:
        """A step's result shall say a fact."""
        facts = self.tells.setdefault(step, [])
        if fact not in facts:
            facts.append(fact)


def persona(name: str, title: str, making: ImportContext) -> Role:
    """The role of the pack, else one in a sentence from the name."""
    known = making.pack.persona(title) or making.pack.persona(name)
    if known is not None:
        return known.role
    called = KNOWN_PEOPLE.get(name, re.sub(r"[-_]+", " ", title))
    article = "an" if called[:1].lower() in "aeiou" else "a"
    return Role(
        title=called[:1].upper() + called[1:],
        persona=f"You work as {article} {called[:1].lower() + called[1:]} in a team.",
    )

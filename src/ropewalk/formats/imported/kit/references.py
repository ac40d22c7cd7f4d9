"""Stage 3, references: what an item requires, creates or updates, from words that may mean a file, a folder, several,
one of several, or nothing that can be found on a disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy

NAME: Final = re.compile(r"[^\s,;()]+$")
FILE: Final = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,9}|/)$")
REMARK: Final = re.compile(r"\s*\(([^()]*)\)\s*$")
EITHER: Final = re.compile(r"\s+(?:OR|or|\|\|?)\s+|\s*\|\s*")
BLANK: Final = re.compile(r"\{\{[^{}]*\}\}|\$?\{[^{}]*\}|<[\w .-]+>|\bX\.X\b|\bN\.N\b")
WITHIN: Final = re.compile(r"(\S+\.[A-Za-z]\w{0,9})\s+(?:in|inside|under)\s+(?:the\s+)?(?=\S*/)(\S*\w)/?$")
OUTSIDE: Final = re.compile(r"^(?:[/~\\]|[A-Za-z]:[\\/])|(?:^|/)\.\.(?:/|$)|^\w+://")


class Reference(Struct, frozen=True):
    """One thing that was named. `name` is its identity: no remark, no `./`. `alternatives` are enough one by one.

    `soft`: may be absent. `everything`: all artifacts so far, or (`flagged`) those that were found wanting. `status`:
    what is said of its state. A `label` is no path; a `prose` one is a whole phrase that only its maker understands.
    """

    raw: str
    name: str
    alternatives: tuple[str, ...] = ()
    soft: bool = False
    everything: bool = False
    flagged: bool = False
    status: str = ""
    label: bool = False
    prose: bool = False


def tokens(value: Any) -> list[Reference]:
    """What a text, a list or a mapping of a file's `requires`, `creates` or `updates` names, in order."""
    references: list[Reference] = []
    for entry in as_list(value):
        if isinstance(entry, Mapping):
            entry = _from_mapping(entry)
        references += [token(part) for part in _conjunction(as_text(entry)) if part]
    return references


def _from_mapping(entry: Mapping[str, Any]) -> str:
    """`{path: x, optional: true}` in any of its spellings; `{name: what it is}` is the name alone."""
    for key in ("path", "file", "artifact", "name", "document", "id"):
        if entry.get(key):
            soft = entry.get("optional") is True or entry.get("required") is False
            return as_text(entry[key]) + (" (optional)" if soft else "")
    return as_text(next(iter(entry), ""))


def _conjunction(text: str) -> list[str]:
    """A text split at its commas, if what results are all names; commas inside brackets do not count."""
    text = text.strip()
    parts = [part.strip() for part in re.split(r",(?![^(]*\))(?![^{]*\})|\n|;(?!\S)", text) if part.strip()]
    if len(parts) > 1 and all(NAME.match(REMARK.sub("", part)) or EITHER.search(part) for part in parts):
        return parts
    parts = [part.strip() for part in re.split(r"\s+(?:and|AND|&|\+)\s+", text)]
    if len(parts) > 1 and all(
        FILE.search(REMARK.sub("", part)) and NAME.match(REMARK.sub("", part)) for part in parts
    ):
        return parts
    return [text] if text else []


def token(text: str) -> Reference:
    """One reference."""
    bare, remark = text.strip(), ""
    while (match := REMARK.search(bare)) is not None and match.start() > 0:
        bare, remark = bare[: match.start()], f"{match[1]} {remark}".strip()
    bare = bare.strip("`\"'")
    soft = bool(policy.SOFT_WORDS.search(remark)) or bare.endswith("?")
    bare = bare.rstrip("?")
    either = [part.strip("`\"' ") for part in EITHER.split(bare)]
    if len(either) > 1 and all(NAME.match(part) for part in either):
        names = tuple(identity(part) for part in either)
        label = not all(is_file(name) for name in names)
        return Reference(text, names[0], names, soft, label=label)
    name = identity(bare)
    plain = re.sub(r"[\s-]+", "_", name.lower())
    if policy.EVERYTHING.match(plain) or (policy.FLAGGED.search(plain) and not FILE.search(name)):
        return Reference(
            text, name, everything=True, flagged=bool(policy.FLAGGED.search(plain)), soft=True, label=True
        )
    path = is_file(name) and " in " not in name
    prose = not path and NAME.match(name) is None
    return Reference(text, name, (), soft, status="" if soft else remark, label=not path, prose=prose)


def is_file(name: str) -> bool:
    """Whether a name is a path, and one that stays in the project."""
    return FILE.search(name) is not None and OUTSIDE.search(name) is None


def identity(name: str) -> str:
    """The name under which its maker and its readers meet; `story.md in docs/stories/` is a file in that folder."""
    plain = name.strip().removeprefix("./").removesuffix("[]").strip()
    within = WITHIN.fullmatch(plain)
    return f"{within[2]}/{within[1]}".removeprefix("./") if within else plain


def pattern(name: str) -> str:
    """A path with placeholders (`{epic}`, `X.X`) as a pattern that finds what was made of it."""
    placeholder = BLANK.sub("*", name).replace("…", "").replace("...", "")
    return re.sub(r"\*(?:[.-]?\*)+", "*", placeholder)


def has_blank(name: str) -> bool:
    """Whether parts of a name are to be filled by the one who makes it."""
    return BLANK.search(name) is not None


def pieces(name: str) -> list[str]:
    """The alternatives in a name such as `sharded_docs_or_brownfield_docs`; one piece where it has none."""
    return [part for part in name.split("_or_") if part]


class Maker(Struct):
    """Who made something: the step, its role, and whether it may be skipped."""

    name: str
    step: str
    role: str
    path: str = ""
    may_lack: bool = False
    label: bool = False


class Makers:
    """What has been made so far, as the items are gone through in order."""

    def __init__(self) -> None:
        self._made: dict[str, Maker] = {}
        self.prose: list[Maker] = []

    def note(self, made: Maker, prose: bool = False) -> None:
        """Take in that a step makes something; the first maker stays its owner."""
        if prose:
            self.prose.append(made)
        self._made.setdefault(key_of(made.name), made)

    def of(self, name: str) -> Maker | None:
        """Who made what goes by this name; a path is also known by its last part, and a file without its ending."""
        key = key_of(name)
        if key in self._made:
            return self._made[key]
        for known, made in self._made.items():
            if known.rsplit("/", 1)[-1] == key or key.rsplit("/", 1)[-1] == known or _stem(known) == key:
                return made
        return None

    def all(self) -> Iterator[Maker]:
        """Everything, in the order in which it was made."""
        yield from self._made.values()


def key_of(name: str) -> str:
    """A name for comparing: case, the last slash, and the sign between words do not matter."""
    return re.sub(r"[\s_]+", "-", name.rstrip("/").casefold())


def _stem(name: str) -> str:
    return re.sub(r"\.\w+$", "", name)

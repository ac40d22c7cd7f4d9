"""Fill the placeholders in other people's texts: `{{var}}`, `{var}`, Handlebars and Jinja blocks, `{{if x}}:` with no end.

It never raises and never runs anything: a placeholder that nobody can fill stays as it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Values = Mapping[str, Any]

TAG: Final = re.compile(
    r"\{\{\{?~?\s*(?P<curly>[^{}\n]+?)\s*~?\}?\}\}|\{%-?\s*(?P<percent>[^{}%\n]+?)\s*-?%\}"
)
SINGLE: Final = re.compile(r"(?<![{$\w])\$?\{([A-Za-z_][\w.]*)\}(?!\})")
NAME: Final = re.compile(r"[@\w][\w.@\[\]-]*|\.\./[\w.]+\Z")
OPENS: Final = re.compile(r"#?(each|if|unless|with|for)\b\s*(.*)", re.DOTALL)
CLOSES: Final = re.compile(r"(?:/|end)(each|if|unless|with|for)\Z")
OPEN_IF: Final = re.compile(r"^(\s*(?:[-*]\s+)?)\{\{\s*if\s+([^{}]+?)\s*\}\}\s*:?[ \t]*(.*)$")
DIRECTION: Final = re.compile(r"[ \t]*\[\[LLM:.*?\]\]", re.DOTALL)
MOST_OUTPUT: Final = 1_000_000
MOST_DEEP: Final = 24
MOST_ROUNDS: Final = 100_000

Scope = tuple[Values, ...]


def fill(text: str, values: Values, *, single: bool = False) -> str:
    """The text with every placeholder filled that `values` knows; `single` also takes `{var}` and `${var}`.

    A dotted name walks into mappings and lists. Blocks that are not closed are text, except `{{if x}}:`, which
    keeps or drops the rest of its line when `x` is known. The result is cut at a million characters.
    """
    parts = _parts(_open_ifs(text, values))
    out = _Output()
    _write(_tree(parts, _blocks(parts), 0, len(parts)), (values,), out)
    filled = "".join(out.pieces)
    return SINGLE.sub(lambda match: _single(match, values), filled) if single else filled


def placeholders(text: str) -> list[str]:
    """The names of the plain placeholders in a text, in order, each once; blocks and pick-one placeholders are not among them."""
    names = [m["curly"].split("|")[0].strip() for m in TAG.finditer(text) if m["curly"]]
    plain = [name for name in names if NAME.fullmatch(name) and not OPENS.match(name) and name != "else"]
    return list(dict.fromkeys(plain))


def without_directions(text: str) -> str:
    """The text without `[[LLM: …]]` notes, which are for who writes and never for who reads."""
    return DIRECTION.sub("", text)


def look_up(name: str, scope: Scope) -> tuple[bool, Any]:
    """Whether a dotted name is known in the innermost scope that has its first part, and its value."""
    while name.startswith("../"):
        name, scope = name[3:], scope[:-1] or scope
    name = name.removeprefix("this.") if name.startswith("this.") else name
    for values in reversed(scope):
        for spelled in (name, name.replace("-", "_"), name.replace("_", "-")):
            if spelled in values:
                return True, values[spelled]
        first, *rest = re.split(r"[.\[]", name.replace("]", ""))
        if first in values:
            return _walk(values[first], rest)
    return False, None


def value_in_words(value: object) -> str:
    """A value as a reader would want it in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(value_in_words(part) for part in value)
    return str(value)


class _Output:
    """What was written so far, up to the limits on characters and on rounds of blocks."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.room = MOST_OUTPUT
        self.rounds = MOST_ROUNDS

    def add(self, text: str) -> None:
        self.pieces.append(text[: self.room])
        self.room = max(0, self.room - len(text))

    def another_round(self) -> bool:
        self.rounds -= 1
        return self.rounds >= 0 and self.room > 0


class _Block:
    """A block with what stands in it, and after its `else`; `raw` is its first tag as written."""

    def __init__(self, kind: str, subject: str, raw: str) -> None:
        self.kind = kind
        self.subject = subject
        self.raw = raw
        self.closed = 0
        self.middle = 0
        self.body: list[_Part] = []
        self.other: list[_Part] = []


_Part = str | re.Match[str] | _Block


def _parts(text: str) -> list[str | re.Match[str]]:
    parts: list[str | re.Match[str]] = []
    at = 0
    for tag in TAG.finditer(text):
        parts += [text[at : tag.start()], tag]
        at = tag.end()
    return [*parts, text[at:]]


def _blocks(parts: list[str | re.Match[str]]) -> dict[int, _Block]:
    """Per index of a tag that opens a block the block, with where it is closed; one pass, unclosed ones left out."""
    open_now: list[tuple[int, _Block]] = []
    closed: dict[int, _Block] = {}
    for at, part in enumerate(parts):
        if isinstance(part, str):
            continue
        tag_text = (part["curly"] or part["percent"]).strip()
        if (block := _opened(part, tag_text)) is not None:
            if len(open_now) < MOST_DEEP:
                open_now.append((at, block))
        elif tag_text == "else" and open_now:
            open_now[-1][1].middle = open_now[-1][1].middle or at
        elif (end := CLOSES.match(tag_text)) and any(block.kind == end[1] for _, block in open_now):
            while open_now:
                opened_at, block = open_now.pop()
                if block.kind == end[1]:
                    block.closed = at
                    closed[opened_at] = block
                    break
    return closed


def _tree(parts: list[str | re.Match[str]], blocks: dict[int, _Block], at: int, end: int) -> list[_Part]:
    """The parts from `at` up to `end`, each block with what it holds."""
    done: list[_Part] = []
    while at < end:
        block = blocks.get(at)
        if block is None:
            done.append(parts[at])
            at += 1
            continue
        middle = block.middle or block.closed
        block.body = _tree(parts, blocks, at + 1, middle)
        block.other = _tree(parts, blocks, middle + 1, block.closed) if block.middle else []
        done.append(block)
        at = block.closed + 1
    return done


def _opened(part: re.Match[str], tag_text: str) -> _Block | None:
    match = OPENS.match(tag_text)
    if not match or (part["curly"] and not tag_text.startswith("#")):
        return None
    if part["percent"] and match[1] not in ("for", "if"):
        return None
    return _Block(match[1], match[2].strip(), part[0])


def _write(parts: Sequence[_Part], scope: Scope, out: _Output) -> None:
    for part in parts:
        if out.room <= 0:
            return
        if isinstance(part, str):
            out.add(part)
        elif isinstance(part, _Block):
            _write_block(part, scope, out)
        else:
            out.add(_filled(part, scope))


def _write_block(block: _Block, scope: Scope, out: _Output) -> None:
    name, subject = "", block.subject
    if block.kind == "for":
        name, _, subject = (piece.strip() for piece in subject.partition(" in "))
    known, value = holds(subject, scope) if block.kind in ("if", "unless") else look_up(subject, scope)
    if not known:
        out.add(block.raw)
        _write([*block.body, *(["{{else}}"] if block.other else []), *block.other], scope, out)
        out.add(f"{{% end{block.kind} %}}" if block.raw.startswith("{%") else f"{{{{/{block.kind}}}}}")
    elif block.kind in ("if", "unless"):
        _write(block.body if bool(value) == (block.kind == "if") else block.other, scope, out)
    elif block.kind == "with":
        _write(block.body, (*scope, _as_values(value)), out)
    else:
        entries = (
            list(value.items())
            if isinstance(value, Mapping)
            else value
            if isinstance(value, list | tuple)
            else []
        )
        for index, entry in enumerate(entries):
            if not out.another_round():
                return
            _write(block.body, (*scope, _round(entry, index, len(entries), name)), out)
        if not entries:
            _write(block.other, scope, out)


def _round(entry: object, index: int, count: int, name: str) -> Values:
    own: dict[str, Any] = {}
    if isinstance(entry, tuple):
        own["@key"], entry = entry
    own |= {
        "this": entry,
        "@index": index,
        "@number": index + 1,
        "@first": index == 0,
        "@last": index == count - 1,
    }
    own |= _as_values(entry)
    if name:
        own |= {
            name: entry,
            "loop": {"index": index + 1, "index0": index, "first": index == 0, "last": index == count - 1},
        }
    return own


def _as_values(value: object) -> dict[str, Any]:
    return {str(key): part for key, part in value.items()} if isinstance(value, Mapping) else {"this": value}


def holds(subject: str, scope: Scope) -> tuple[bool, bool]:
    """Whether the truth of a simple condition is known, and what it is: `x`, `not x`, `x == "a"`, `x != 1`."""
    if match := re.fullmatch(r"([\w.@-]+)\s*(===?|!==?)\s*['\"]?([^'\"]*)['\"]?", subject):
        known, value = look_up(match[1], scope)
        return known, (value_in_words(value) == match[3]) == match[2].startswith("=")
    negated = subject.startswith(("not ", "!"))
    known, value = look_up(re.sub(r"^(?:not\s+|!)", "", subject).strip(), scope)
    return known, bool(value) != negated


FILTERS: Final[dict[str, Callable[[Any], Any]]] = {
    "upper": lambda value: value_in_words(value).upper(),
    "lower": lambda value: value_in_words(value).lower(),
    "title": lambda value: value_in_words(value).title(),
    "trim": lambda value: value_in_words(value).strip(),
    "length": lambda value: len(value) if isinstance(value, Sequence | Mapping) else 0,
}


def _filled(tag: re.Match[str], scope: Scope) -> str:
    tag_text = tag["curly"]
    if not tag_text:
        return tag[0]
    name, *pipes = [piece.strip() for piece in tag_text.split("|")]
    known, value = look_up(name, scope) if NAME.fullmatch(name) else (False, None)
    if not known:
        return _picked(tag_text, scope) or _defaulted(pipes) or tag[0]
    for pipe in pipes:
        value = FILTERS.get(pipe.split("(")[0].strip(), lambda value: value)(value)
    return value_in_words(value)


def _picked(tag_text: str, scope: Scope) -> str:
    """What a placeholder such as `{{yes/no}}` picks, when exactly one of its words is known to be true."""
    offered = [piece.strip() for piece in re.split(r"[/|]", tag_text)]
    if len(offered) < 2:
        return ""
    true = [
        piece
        for piece in offered
        if NAME.fullmatch(piece) and (value := look_up(piece, scope))[0] and value[1]
    ]
    return true[0] if len(true) == 1 else ""


def _defaulted(pipes: list[str]) -> str:
    for pipe in pipes:
        if match := re.fullmatch(r"default\(\s*['\"]?([^'\"]*)['\"]?\s*\)", pipe):
            return match[1]
    return ""


def _single(match: re.Match[str], values: Values) -> str:
    known, value = look_up(match[1], (values,))
    return value_in_words(value) if known else match[0]


def _open_ifs(text: str, values: Values) -> str:
    if re.search(r"\{\{\s*(?:/if|end\s?if|end)\s*\}\}", text):
        return text
    kept = []
    for line in text.split("\n"):
        match = OPEN_IF.match(line)
        known, value = holds(match[2], (values,)) if match else (False, False)
        if not match or not known:
            kept.append(line)
        elif value:
            kept.append(match[1] + match[3])
    return "\n".join(kept)


def _walk(value: Any, parts: list[str]) -> tuple[bool, Any]:
    for part in filter(None, parts):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False, None
    return True, value

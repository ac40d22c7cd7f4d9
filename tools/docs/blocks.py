"""Blocks of a Markdown page that come from a function: what stands between `<!-- generated:NAME -->` and
`<!-- end:NAME -->` is that function's text, and nothing outside a block is ever touched."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Generator = Callable[[], str]

BLOCK = re.compile(
    r"^<!-- generated:(?P<name>[\w.-]+) -->\n(?P<text>.*?)^<!-- end:(?P=name) -->$", re.MULTILINE | re.DOTALL
)
MARKER = re.compile(r"^<!-- (?:generated|end):(?P<name>[\w.-]+) -->$", re.MULTILINE)
FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)

_known: dict[str, Generator] = {}


def generates(name: str) -> Callable[[Generator], Generator]:
    """Register a function that takes nothing and returns the Markdown of the block NAME; raises ValueError when two do."""

    def register(function: Generator) -> Generator:
        if name in _known:
            raise ValueError(f"two functions generate {name}")
        _known[name] = function
        return function

    return register


def generators() -> Mapping[str, Generator]:
    """All of them by name; each module in tools/docs/generators is loaded for what it registers."""
    package = importlib.import_module("tools.docs.generators")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return _known


@dataclass(frozen=True)
class Outcome:
    """What a pass over the pages found: pages that differ from what the code says, and faults that no pass can hint."""

    stale: tuple[Path, ...]
    faults: tuple[str, ...]


def pages(root: Path) -> list[Path]:
    return [*sorted((root / "docs").rglob("*.md")), root / "README.md"]


def refresh(root: Path, known: Mapping[str, Generator], *, write: bool) -> Outcome:
    """Bring each block of each page to what its function says; without `write` only compare."""
    stale: list[Path] = []
    faults: list[str] = []
    placed: set[str] = set()
    for page in pages(root):
        old = page.read_text(encoding="utf-8")
        names = [match["name"] for match in MARKER.finditer(FENCE.sub("", old))]
        placed.update(names)
        faults += _faults(page.relative_to(root), names, known)
        new = BLOCK.sub(lambda match: _block(match, known), old)
        if new != old:
            stale.append(page)
            if write:
                page.write_text(new, encoding="utf-8")
    faults += [f"{name} is generated but stands on no page" for name in sorted(known.keys() - placed)]
    return Outcome(tuple(stale), tuple(faults))


def _faults(page: Path, names: list[str], known: Mapping[str, Generator]) -> Iterable[str]:
    """Markers must come in pairs, and name a function that exists."""
    for first, second in zip(names[::2], [*names[1::2], ""], strict=False):
        if first != second:
            yield f"{page}: the block {first} is not closed by <!-- end:{first} -->"
    for name in sorted(set(names) - known.keys()):
        yield f"{page}: no function generates {name}; there are {', '.join(sorted(known))}"


def _block(match: re.Match[str], known: Mapping[str, Generator]) -> str:
    name = match["name"]
    if name not in known:
        return match[0]
    return f"<!-- generated:{name} -->\n{known[name]().strip()}\n<!-- end:{name} -->"

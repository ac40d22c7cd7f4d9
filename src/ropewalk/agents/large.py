"""Large values on their way to many attempts: made a text once, written once for all attempts of a run, and linked into the
folder of each. Otherwise a `foreach` over a list would write the whole list again for every item of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ropewalk.files import replace_file

REMEMBERED = 8
"""Values of which the text is kept; a run has few that are large."""

SHARED = ".values"
"""Next to the folders of the attempts of a run."""

_WRITTEN_ONES = 256


class Text(NamedTuple):
    """A value as text, its length in UTF-8, and of a large one the sha256 of that."""

    text: str
    size: int
    digest: str = ""


class _Known(NamedTuple):
    value: Any  # held, so that no other value gets its identity
    text: Text


_texts: dict[int, _Known] = {}
_written: dict[Path, tuple[int, int, int]] = {}


def text_of(value: Any, as_text: Callable[[Any], str], large: int) -> Text:
    """The text of a value; that of one above `large` bytes is remembered. Values on record are never changed in place."""
    known = _texts.get(id(value))
    if known is not None and known.value is value:
        return known.text
    text = as_text(value)
    data = _bytes(text)
    measured = Text(text, len(data))
    if measured.size > large:
        measured = Text(text, len(data), sha256(data).hexdigest())
        _texts[id(value)] = _Known(value, measured)
        while len(_texts) > REMEMBERED:
            _texts.pop(next(iter(_texts)), None)
    return measured


def place(text: Text, file: Path, shared: Path) -> None:
    """Put a text where an attempt finds it: one file below `shared`, which nobody may write, under as many names as needed."""
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    source = shared / (text.digest or sha256(_bytes(text.text)).hexdigest())
    if not _is_as_written(source):
        _write(source, text)
    try:
        os.link(source, file)
    except OSError:
        # A file has only so many names, and some file systems give it one: the next attempts share a new one.
        _write(source, text)
        try:
            os.link(source, file)
        except OSError:
            file.write_bytes(_bytes(text.text))


def _is_as_written(source: Path) -> bool:
    try:
        now = source.lstat()
    except OSError:
        return False
    return _written.get(source) == (now.st_ino, now.st_size, now.st_mtime_ns)


def _write(source: Path, text: Text) -> None:
    """Whole or not at all, and as a new file: who holds the one before keeps it."""
    source.parent.mkdir(exist_ok=True)
    replace_file(source, _bytes(text.text), 0o444)
    made = source.lstat()
    _written[source] = (made.st_ino, made.st_size, made.st_mtime_ns)
    while len(_written) > _WRITTEN_ONES:
        _written.pop(next(iter(_written)), None)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

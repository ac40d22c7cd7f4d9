"""The parser's events built into plain data, each limit checked before the value that would break it is made.

Small faults (a key twice, an unknown tag) are collected and the rest is read on; a broken limit ends the reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ruamel.yaml import events as parsed

from ropewalk.definition import Fault, definition_error, shortened
from ropewalk.yaml.positions import Mark
from ropewalk.yaml.scalars import plain, shown, tagged

MAX_DEPTH: Final = 32
MAX_ALIASES: Final = 50
MAX_NODES: Final = 300_000
"""How many values a file may stand for once its aliases are followed."""

MERGE: Final = "<<"
CONTAINERS: Final = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!")
CRASHES: Final = (ValueError, IndexError, AttributeError, TypeError, OverflowError, AssertionError)
"""What the parser itself raises, by its own slips, on some texts that are not YAML."""


class YamlNode(NamedTuple):
    """A value and its places; `size` counts the values in it."""

    data: Any
    mark: Mark
    size: int


class Reader:
    """Reads one text's events. `faults` are complete when `documents` is exhausted or has raised."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self.faults: list[Fault] = []
        self._events = events
        self._file = file
        self._anchors: dict[str, YamlNode | None] = {}
        self._aliases = 0
        self._nodes = 0
        self._last: tuple[int, int] = (0, 0)

    def documents(self) -> Iterator[tuple[Any, Mark]]:
        """The data and marks of each document that holds something. InvalidDefinition: a limit is broken."""
        while not isinstance(event := self._next(), parsed.StreamEndEvent):
            if isinstance(event, parsed.DocumentStartEvent):
                self._anchors = {}
                node = self._node(self._next(), 0)
                if node.data is not None:
                    yield node.data, node.mark

    def _next(self) -> Any:
        try:
            event = next(self._events)
        except CRASHES as error:
            raise self._stop(*self._last, "is not YAML here or shortly after", str(error)) from error
        self._last = event.start_mark.line, event.start_mark.column
        return event

    def _node(self, event: Any, depth: int) -> YamlNode:
        kind = type(event)
        line, column = event.start_mark.line, event.start_mark.column
        if kind is parsed.AliasEvent:
            return self._alias(event.anchor, line, column)
        self._count(1, line, column)
        if event.anchor:
            self._anchors[event.anchor] = None
        if kind is parsed.ScalarEvent:
            node = YamlNode(self._scalar(event, line, column), (line, column, event.style), 1)
        elif depth >= MAX_DEPTH:
            raise self._stop(line, column, f"is nested deeper than {MAX_DEPTH} levels", "make it flatter")
        else:
            if event.tag is not None and event.tag not in CONTAINERS:
                self._fault(line, column, f"the tag {shown(event.tag)} is not known", "remove it")
            build = self._mapping if kind is parsed.MappingStartEvent else self._sequence
            node = build(line, column, depth + 1)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, name: str, line: int, column: int) -> YamlNode:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._stop(line, column, f"more than {MAX_ALIASES} aliases", "write some of them out")
        if name not in self._anchors:
            self._fault(
                line,
                column,
                f"there is no anchor &{name} above",
                "name it before it is used, or put text that begins with `*` in quotes",
            )
            return YamlNode(None, (line, column, None), 1)
        node = self._anchors[name]
        if node is None:
            raise self._stop(line, column, f"*{name} stands inside its own anchor", "write it out")
        self._count(node.size, line, column)
        return YamlNode(node.data, (line, column, node.mark[2]), node.size)

    def _scalar(self, event: Any, line: int, column: int) -> Any:
        text: str = event.value
        try:
            if event.tag is not None:
                return tagged(text, event.tag)
            if event.style is None:
                return plain(text)
        except ValueError as error:
            self._fault(line, column, str(error), "put it in quotes")
            return text
        if event.style == '"' and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
            self._fault(line, column, "the text holds a character that cannot be stored", "remove its escape")
            return ""
        return text

    def _sequence(self, line: int, column: int, depth: int) -> YamlNode:
        items: list[Any] = []
        marks: list[Mark] = []
        size = 1
        while type(event := self._next()) is not parsed.SequenceEndEvent:
            node = self._node(event, depth)
            items.append(node.data)
            marks.append(node.mark)
            size += node.size
        return YamlNode(items, (line, column, marks), size)

    def _mapping(self, line: int, column: int, depth: int) -> YamlNode:
        data: dict[str, Any] = {}
        marks: dict[str, tuple[int, int, Mark]] = {}
        merged: list[YamlNode] = []
        size = 1
        while type(event := self._next()) is not parsed.MappingEndEvent:
            key = self._key(event, depth)
            node = self._node(self._next(), depth)
            size += node.size + 1
            if key == MERGE and event.style is None:
                merged.append(node)
                continue
            place = event.start_mark.line, event.start_mark.column
            if key in marks:
                first = marks[key][0] + 1
                self._fault(*place, f"the key `{key}` stands twice", f"line {first} has it too: keep one")
            else:
                data[key] = node.data
                marks[key] = (*place, node.mark)
        for node in merged:
            self._merge(node, data, marks)
        return YamlNode(data, (line, column, marks), size)

    def _key(self, event: Any, depth: int) -> str:
        """Keys are text as it is written: `1:` and `no:` are the keys "1" and "no"."""
        line, column = event.start_mark.line, event.start_mark.column
        if type(event) is parsed.ScalarEvent:
            self._count(1, line, column)
            if event.anchor:
                self._anchors[event.anchor] = YamlNode(event.value, (line, column, event.style), 1)
            return str(event.value)
        node = self._node(event, depth)
        if isinstance(node.data, str):
            return node.data
        self._fault(line, column, "a list or mapping cannot be a key", "put `{{ … }}` and `[…]` in quotes")
        return f"\0{line}:{column}"

    def _merge(self, node: YamlNode, data: dict[str, Any], marks: dict[str, Any]) -> None:
        """`<<` gives the keys of another mapping, or of several, where the mapping has none of its own."""
        sources = (
            zip(node.data, node.mark[2], strict=True)
            if isinstance(node.data, list)
            else [(node.data, node.mark)]
        )
        for source, mark in sources:
            if not isinstance(source, dict):
                self._fault(mark[0], mark[1], "`<<` takes a mapping or a list of mappings", "")
                continue
            for key, value in source.items():
                if key not in data:
                    data[key] = value
                    marks[key] = mark[2][key]

    def _count(self, size: int, line: int, column: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            message = f"stands for more than {MAX_NODES:,} values"
            raise self._stop(line, column, message, "aliases multiply: write less of them")

    def _fault(self, line: int, column: int, message: str, hint: str) -> None:
        self.faults.append(Fault(self._file, line + 1, column + 1, shortened(message), hint=hint))

    def _stop(self, line: int, column: int, message: str, hint: str) -> Exception:
        self._fault(line, column, message, hint)
        return definition_error(self._file, self.faults)

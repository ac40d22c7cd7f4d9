"""The figures of a JUnit or a Cobertura report, read as a stream of XML.

A report is what somebody's tool left: nothing is ever fetched for it, and one that declares entities is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from xml.parsers import expat

_LONGEST_DETAIL: Final = 300
_MOST_KEPT: Final = 100
_DEEPEST: Final = 200
_BAD: Final = ("failure", "error")


def read_xml(content: bytes, what: str) -> tuple[dict[str, Any], list[str]]:
    """The figures and what is behind the bad ones. Raises ValueError."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise ValueError(
            f"{what} is not valid XML: {expat.ErrorString(fault.code)}, line {fault.lineno}"
        ) from None
    except (LookupError, ValueError) as fault:
        raise ValueError(f"{what} cannot be read: {fault}") from None
    if reader.root in {"testsuites", "testsuite"}:
        return {"tests": reader.tests()}, reader.failed
    if reader.root == "coverage" and "line-rate" in reader.attributes:
        return {"coverage": _cobertura(reader.attributes)}, []
    raise ValueError(
        f"{what} is XML with the root <{one_line(reader.root)}>; JUnit (<testsuites>, <testsuite>) and Cobertura "
        "(<coverage line-rate>) can be read"
    )


class _Reader:
    """What the parser tells. Test cases are counted one by one: the sums that a suite declares are not always right."""

    def __init__(self) -> None:
        self.root = ""
        self.attributes: Mapping[str, str] = {}
        self.failed: list[str] = []
        self._depth = 0
        self._counts = dict.fromkeys(("total", "failed", "errors", "skipped"), 0)
        self._seconds = 0.0
        self._case: Mapping[str, str] | None = None
        self._signs: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"it is nested deeper than {_DEEPEST} levels")
        if not self.root:
            self.root, self.attributes = name, attributes
        if name == "testcase":
            self._case, self._signs = attributes, {}
        elif self._case is not None and name in {*_BAD, "skipped"}:
            self._signs.setdefault(name, attributes.get("message", ""))

    def end(self, name: str) -> None:
        self._depth -= 1
        if name != "testcase" or self._case is None:
            return
        case, self._case = self._case, None
        self._counts["total"] += 1
        self._seconds += number(case.get("time", "")) or 0.0
        bad = [sign for sign in _BAD if sign in self._signs]
        if bad:
            self._counts["failed"] += 1
            self._counts["errors"] += "error" in bad
            if len(self.failed) < _MOST_KEPT:
                name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
                message = self._signs[bad[0]]
                self.failed.append(one_line(f"{name}: {message}" if message else f"{name} failed"))
        elif "skipped" in self._signs:
            self._counts["skipped"] += 1

    def tests(self) -> dict[str, float]:
        passed = self._counts["total"] - self._counts["failed"] - self._counts["skipped"]
        return {**self._counts, "passed": passed, "seconds": self._seconds}

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            self.entity()

    def entity(self, *_declared: object) -> NoReturn:
        raise ValueError("it declares entities or a document type of its own, which no report needs")


def _cobertura(attributes: Mapping[str, str]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for names, single in (("lines", "line"), ("branches", "branch")):
        total, covered = number(attributes.get(f"{names}-valid")), number(attributes.get(f"{names}-covered"))
        rate = number(attributes.get(f"{single}-rate"))
        if total and covered is not None:
            figures |= {f"{names}_total": total, f"{names}_covered": covered}
            figures[f"{single}_percent"] = percent(covered, total)
        elif total is None and rate is not None:
            figures[f"{single}_percent"] = percent(rate, 1)
    return figures


def percent(part: float, whole: float) -> float:
    """To two digits, and never rounded up to a bound that was missed."""
    return math.floor(part * 10_000 / whole + 1e-6) / 100


def number(text: str | None) -> float | None:
    """A finite number that is not negative; with commas between thousands, as some tools write seconds."""
    try:
        value = float((text or "").replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[: _LONGEST_DETAIL - 1]}…"

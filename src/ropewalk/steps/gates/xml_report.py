"""The figures of a JUnit or a Cobertura report, read as a stream of XML.

A report is what somebody's tool left: nothing is ever fetched for it, and one that declares entities is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from xml.parsers import expat

from msgspec import Struct

_LONGEST_DETAIL: Final = 300
_MOST_KEPT: Final = 100
_DEEPEST: Final = 200
_MOST_DIGITS: Final = 16
_BAD: Final = ("failure", "error")
_SUITES: Final = ("testsuites", "testsuite")
_FIGURES: Final = ("total", "failed", "errors", "skipped", "seconds")
_DECLARED: Final = {
    "tests": ("total",),
    "failures": ("failed",),
    "errors": ("failed", "errors"),
    "skipped": ("skipped",),
    "disabled": ("skipped",),
}


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
    if reader.root in _SUITES:
        return {"tests": reader.tests()}, reader.failed
    if reader.root == "coverage" and "line-rate" in reader.attributes:
        return {"coverage": _cobertura(reader.attributes)}, []
    raise ValueError(
        f"{what} is XML with the root <{one_line(reader.root)}>; JUnit (<testsuites>, <testsuite>) and Cobertura "
        "(<coverage line-rate>) can be read"
    )


class _Tally(Struct):
    """The tests of a suite: what was counted in it and, where that tells less, what the suite declares."""

    name: str
    declared: Mapping[str, int]
    total: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    seconds: float = 0.0


class _Reader:
    """What the parser tells. Test cases are counted one by one, as the sums that a suite declares are not always right.

    But no failure is lost: one that stands in no case counts as a test, and of the failures counted and those declared the
    larger number holds.
    """

    def __init__(self) -> None:
        self.root = ""
        self.attributes: Mapping[str, str] = {}
        self.failed: list[str] = []
        self._depth = 0
        self._suites = [_Tally("", {})]
        self._known: set[str] = set()
        self._case: Mapping[str, str] | None = None
        self._signs: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"it is nested deeper than {_DEEPEST} levels")
        if not self.root:
            self.root, self.attributes = name, attributes
        if name in _SUITES:
            declared = _declared(attributes)
            self._known |= declared.keys()
            self._suites.append(_Tally(attributes.get("name", ""), declared))
        elif name == "testcase":
            self._case, self._signs = attributes, {}
        elif name in {*_BAD, "skipped"}:
            message = attributes.get("message", "")
            if self._case is not None:
                self._signs.setdefault(name, message)
            elif name in _BAD:
                self._count(self._suites[-1].name or "a suite", {name: message}, 0.0)

    def end(self, name: str) -> None:
        self._depth -= 1
        if name in _SUITES:
            self._close()
        elif name == "testcase" and self._case is not None:
            case, self._case = self._case, None
            called = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
            self._count(called, self._signs, number(case.get("time")) or 0.0)

    def _count(self, called: str, signs: Mapping[str, str], seconds: float) -> None:
        suite = self._suites[-1]
        self._known.update(_FIGURES)
        suite.total += 1
        suite.seconds += seconds
        bad = [sign for sign in _BAD if sign in signs]
        if bad:
            suite.failed += 1
            suite.errors += "error" in bad
            self._tell(f"{called}: {signs[bad[0]]}" if signs[bad[0]] else f"{called} failed")
        elif "skipped" in signs:
            suite.skipped += 1

    def _close(self) -> None:
        """A suite and those around it may declare the same failures, so each only adds what was not counted in it."""
        suite = self._suites.pop()
        declared = suite.declared
        if not suite.total:
            suite.total, suite.skipped = declared.get("total", 0), declared.get("skipped", 0)
        if declared.get("failed", 0) > suite.failed:
            self._tell(
                f"{suite.name or 'a suite'} declares {declared['failed']} failed, {suite.failed} stand in it"
            )
        around = self._suites[-1]
        around.total += suite.total
        around.failed += max(suite.failed, declared.get("failed", 0))
        around.errors += max(suite.errors, declared.get("errors", 0))
        around.skipped += suite.skipped
        around.seconds += suite.seconds

    def _tell(self, detail: str) -> None:
        if len(self.failed) < _MOST_KEPT:
            self.failed.append(one_line(detail))

    def tests(self) -> dict[str, float]:
        """Only what a case or a suite tells: a report without both has no figures, and nothing passes by them."""
        sums = self._suites[0]
        known = self._known | (set(_FIGURES) if "total" in self._known and not sums.total else set())
        figures: dict[str, float] = {name: getattr(sums, name) for name in _FIGURES if name in known}
        if {"total", "failed"} <= known:
            figures["passed"] = max(0, sums.total - sums.failed - sums.skipped)
        return figures

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            self.entity()

    def entity(self, *_declared: object) -> NoReturn:
        raise ValueError("it declares entities or a document type of its own, which no report needs")


def _declared(attributes: Mapping[str, str]) -> dict[str, int]:
    """The sums that a suite declares; `failed` are the errors too, as where cases are counted."""
    sums: dict[str, int] = {}
    for attribute, names in _DECLARED.items():
        text = attributes.get(attribute, "").replace(",", "")
        if text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS:
            for name in names:
                sums[name] = sums.get(name, 0) + int(text)
    return sums


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

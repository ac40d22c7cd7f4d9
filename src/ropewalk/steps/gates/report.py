"""The figures of a report that a tool left: JSON as it is, and SARIF, JUnit XML, Cobertura XML and LCOV under names of their own.

The content says which of them it is, not the file's name. A figure that the report does not have is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from msgspec import Struct

from ropewalk.agents import read_object
from ropewalk.steps.gates.xml_report import one_line, percent, read_xml

MOST_DETAILS: Final = 20
_XML: Final = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")
_LEVELS: Final = ("error", "warning", "note", "none")
_LCOV_COUNTS: Final = {"LF": "lines", "BRF": "branches", "FNF": "functions"}
_LCOV_HITS: Final = {"LH": "lines", "BRH": "branches", "FNH": "functions"}


_Part = TypeVar("_Part", str, list[Any], dict[str, Any])


class ReportFigures(Struct, frozen=True):
    """`figures` by dotted path; `details` say in a line each what is behind the bad ones."""

    figures: Mapping[str, Any]
    details: tuple[str, ...] = ()


def read_report(content: bytes, what: str) -> ReportFigures:
    """Raises ValueError, with `what` in the message, for a content that is none of these or is broken."""
    if content.lstrip()[:4].startswith(_XML):
        figures, details = read_xml(content, what)
        return ReportFigures(figures, tuple(details[:MOST_DETAILS]))
    text = content.decode("utf-8-sig", "replace")
    if text.lstrip().startswith(("TN:", "SF:")):
        return ReportFigures({"coverage": _lcov(text, what)})
    data = read_object(text, what)
    if isinstance(data.get("runs"), list) and "version" in data:
        counts, details = _sarif(data["runs"])
        return ReportFigures({**data, "findings": counts}, tuple(details[:MOST_DETAILS]))
    return ReportFigures(data)


def _lcov(text: str, what: str) -> dict[str, float]:
    """The sums over all files of the tracefile; lines are counted where the totals of a file are missing."""
    total: dict[str, int] = {}
    hits: dict[str, int] = {}
    for record in text.split("end_of_record"):
        entries = [line.strip().partition(":") for line in record.splitlines()]
        fields = {key: value for key, _, value in entries}
        lines = [value.split(",")[1:2] for key, _, value in entries if key == "DA"]
        fields.setdefault("LF", str(len(lines)))
        fields.setdefault("LH", str(sum(line != ["0"] for line in lines)))
        for names, sums in ((_LCOV_COUNTS, total), (_LCOV_HITS, hits)):
            for key, name in names.items():
                if key in fields:
                    sums[name] = sums.get(name, 0) + _count(fields[key], f"{what}: {key}")
    figures: dict[str, float] = {}
    for name, single in (("lines", "line"), ("branches", "branch"), ("functions", "function")):
        if total.get(name):
            figures |= {f"{name}_total": total[name], f"{name}_covered": hits.get(name, 0)}
            figures[f"{single}_percent"] = percent(hits.get(name, 0), total[name])
    return figures


def _count(value: str, what: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise ValueError(f"{what} is {value[:40]!r}, a count is wanted")
    return int(value)


def _sarif(runs: list[Any]) -> tuple[dict[str, int], list[str]]:
    """How many results there are of each level. What is suppressed, or was there only before, is no finding."""
    counts = dict.fromkeys(("total", "suppressed", *_LEVELS), 0)
    details: list[str] = []
    for run in runs:
        defaults = _default_levels(run)
        for result in _at(run, "results", list):
            if not isinstance(result, dict) or result.get("baselineState") == "absent":
                continue
            if any(_counts_as_suppressed(entry) for entry in _at(result, "suppressions", list)):
                counts["suppressed"] += 1
                continue
            level = _level(result, defaults)
            counts["total"] += 1
            counts[level] += 1
            if level in {"error", "warning"}:
                details.append(_finding(level, result))
    return counts, details


def _default_levels(run: Any) -> dict[Any, str]:
    """The level of each rule of a run, by its id and by its number."""
    levels: dict[Any, str] = {}
    for number, rule in enumerate(_at(_at(_at(run, "tool", dict), "driver", dict), "rules", list)):
        level = _at(_at(rule, "defaultConfiguration", dict), "level", str)
        if level in _LEVELS:
            levels[number] = level
            levels[_at(rule, "id", str)] = level
    return levels


def _level(result: dict[str, Any], defaults: dict[Any, str]) -> str:
    """As section 3.27.10 of SARIF 2.1.0 has it: what is no failure has none, what does not say is of its rule's level."""
    if _at(result, "kind", str) not in {"", "fail"}:
        return "none"
    level = _at(result, "level", str)
    if level in _LEVELS:
        return level
    rule = _at(result, "ruleId", str) or _at(_at(result, "rule", dict), "id", str)
    number = result.get("ruleIndex", _at(result, "rule", dict).get("index"))
    return defaults.get(rule) or (defaults.get(number) if isinstance(number, int) else None) or "warning"


def _counts_as_suppressed(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("status", "accepted") == "accepted"


def _finding(level: str, result: dict[str, Any]) -> str:
    locations = _at(result, "locations", list)
    physical = _at(locations[0] if locations else {}, "physicalLocation", dict)
    path = _at(_at(physical, "artifactLocation", dict), "uri", str)
    line = _at(physical, "region", dict).get("startLine")
    where = f"{path}:{line}: " if isinstance(line, int) else f"{path}: " if path else ""
    rule = _at(result, "ruleId", str)
    message = _at(_at(result, "message", dict), "text", str)
    return one_line(f"{where}{level}{f' {rule}' if rule else ''}: {message}")


def _at(data: Any, name: str, kind: type[_Part]) -> _Part:
    """The part of that name if it is of that kind, else an empty one: a report is somebody else's text."""
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, kind) else kind()

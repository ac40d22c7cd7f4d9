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
    if data.get("version") != "2.1.0" or not isinstance(data.get("runs"), list) or "findings" in data:
        return ReportFigures(data)
    unknown = _unfinished(data["runs"])
    if unknown:
        return ReportFigures(data, tuple(unknown[:MOST_DETAILS]))
    counts, details = _sarif(data["runs"])
    return ReportFigures({**data, "findings": counts}, tuple(details[:MOST_DETAILS]))


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


def _unfinished(runs: list[Any]) -> list[str]:
    """Why the results are not known, a line for each run: no number of them would be true."""
    faults = [] if runs else ["the report has no run of a tool"]
    for number, run in enumerate(runs, 1):
        if not isinstance(run, dict) or not isinstance(run.get("results"), list):
            faults.append(f"run {number} of the report has no list of results: the tool did not look")
        elif any(
            isinstance(call, dict) and call.get("executionSuccessful") is False
            for call in _at(run, "invocations", list)
        ):
            faults.append(f"run {number} of the report says that the tool did not succeed")
    return faults


def _sarif(runs: list[Any]) -> tuple[dict[str, int], list[str]]:
    """How many results there are of each level. What is suppressed, or was there only before, is no finding."""
    counts = dict.fromkeys(("total", "suppressed", *_LEVELS), 0)
    details: list[str] = []
    for run in runs:
        components = _components(run)
        for result in _at(run, "results", list):
            if not isinstance(result, dict) or result.get("baselineState") == "absent":
                continue
            if any(_counts_as_suppressed(entry) for entry in _at(result, "suppressions", list)):
                counts["suppressed"] += 1
                continue
            level = _level(result, components)
            counts["total"] += 1
            counts[level] += 1
            if level in {"error", "warning"}:
                details.append(_finding(level, result))
    return counts, details


class _Component(Struct, frozen=True):
    """The driver of a run or one of its extensions, with the level of each rule by its id and by its number."""

    names: tuple[str, ...]
    levels: Mapping[Any, str]


def _components(run: Any) -> list[_Component]:
    """The driver, then the extensions by their number."""
    tool = _at(run, "tool", dict)
    components: list[_Component] = []
    for part in (_at(tool, "driver", dict), *_at(tool, "extensions", list)):
        levels: dict[Any, str] = {}
        for number, rule in enumerate(_at(part, "rules", list)):
            level = _at(_at(rule, "defaultConfiguration", dict), "level", str)
            levels[number] = level if level in _LEVELS else "warning"
            levels.setdefault(_at(rule, "id", str) or number, levels[number])
        names = tuple(name for name in (_at(part, "guid", str), _at(part, "name", str)) if name)
        components.append(_Component(names, levels))
    return components


def _level(result: dict[str, Any], components: list[_Component]) -> str:
    """As section 3.27.10 of SARIF 2.1.0 has it: what is no failure has none, what does not say is of its rule's level."""
    if _at(result, "kind", str) not in {"", "fail"}:
        return "none"
    level = _at(result, "level", str)
    if level in _LEVELS:
        return level
    rule = _at(result, "rule", dict)
    called = _at(result, "ruleId", str) or _at(rule, "id", str)
    number = result.get("ruleIndex", rule.get("index"))
    named = _named(_at(rule, "toolComponent", dict), components)
    if named is not None:
        keys = [key for key in (called, number) if isinstance(key, int | str)]
        return next((named.levels[key] for key in keys if key in named.levels), "warning")
    known = [part.levels[called] for part in components if called in part.levels]
    if known:
        return known[0]
    return components[0].levels.get(number, "warning") if isinstance(number, int) else "warning"


def _named(reference: dict[str, Any], components: list[_Component]) -> _Component | None:
    """The component that a result says its rule is of, if it says one that is there."""
    number = reference.get("index")
    if isinstance(number, int) and 0 <= number < len(components) - 1:
        return components[number + 1]
    wanted = _at(reference, "guid", str) or _at(reference, "name", str)
    return next((part for part in components if wanted in part.names), None)


def _counts_as_suppressed(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("status", "accepted") == "accepted"


def _finding(level: str, result: dict[str, Any]) -> str:
    locations = _at(result, "locations", list)
    physical = _at(locations[0] if locations else {}, "physicalLocation", dict)
    path = _at(_at(physical, "artifactLocation", dict), "uri", str)
    line = _at(physical, "region", dict).get("startLine")
    where = f"{path}:{line}: " if isinstance(line, int) else f"{path}: " if path else ""
    rule = _at(result, "ruleId", str) or _at(_at(result, "rule", dict), "id", str)
    message = _at(_at(result, "message", dict), "text", str)
    return one_line(f"{where}{level}{f' {rule}' if rule else ''}: {message}")


def _at(data: Any, name: str, kind: type[_Part]) -> _Part:
    """The part of that name if it is of that kind, else an empty one: a report is somebody else's text."""
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, kind) else kind()

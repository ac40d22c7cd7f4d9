"""What a person reads of a measurement: the figures of each workload, then every ratio with its target."""

from collections.abc import Iterable, Sequence

from benchmarks.ratios import Rounds, Verdict, spread, values
from benchmarks.workload import Workload


def figures(workload: Workload, rounds: Rounds) -> str:
    """The medians of one workload, with the range of the rounds."""
    shown = [metric for metric in workload.shows if any(values(rounds, name, metric) for name in rounds)]
    rows = [["", *shown]]
    for name in rounds:
        cells = [found for metric in shown for found in [values(rounds, name, metric)]]
        rows.append([name, *(_range(cell) if cell else "" for cell in cells)])
    return f"{workload.row}  {workload.says}\n{_table(rows, indent='    ')}"


def ratios(verdicts: Iterable[Verdict]) -> str:
    """Every target with its ratio, the range of the rounds, the bound and whether it is met."""
    rows = [["row", "what", "ropewalk", "against", "ratio", "range", "target", ""]]
    for verdict in verdicts:
        target, ratio = verdict.target, verdict.ratio
        other = "" if verdict.other is None else f"{verdict.against} {number(verdict.other)}"
        rows.append(
            [
                target.row,
                target.says,
                "" if verdict.ropewalk is None else number(verdict.ropewalk),
                other or "nothing measured",
                f"{number(ratio.median)} x" if ratio else "",
                f"{number(ratio.low)} - {number(ratio.high)}" if ratio else "",
                _bound(verdict),
                {True: "met", False: "NOT MET", None: ""}[verdict.met],
            ]
        )
    return _table(rows)


def number(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _bound(verdict: Verdict) -> str:
    target = verdict.target
    if target.at_most is not None:
        return f"at most {number(target.at_most)}"
    return f"at least {number(target.at_least)}" if target.at_least is not None else "told only"


def _range(found: Sequence[float]) -> str:
    of = spread(found)
    return (
        number(of.median)
        if len(found) == 1
        else f"{number(of.median)} ({number(of.low)} - {number(of.high)})"
    )


def _table(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join((indent + line).rstrip() for line in lines)

"""Measures ropewalk next to its peers: `python -m benchmarks [--peers "langgraph dbos"] [--only n1,fan] [--rounds 3]`.

All programs of a workload run one after another, round by round, so that what disturbs the machine disturbs all alike.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks import record, report
from benchmarks.environment import NotMade, make, versions
from benchmarks.measured import Failed, forget, measure
from benchmarks.ratios import judge, lacking
from benchmarks.workload import PEERS, PROGRAMS, Measurement, Workload, environments, not_asked
from benchmarks.workloads import WORKLOADS

Reports = dict[str, list[dict[str, float]]]


def main() -> int:
    """Exit code 0, also when a target is not met; 1 when something, or all of a row, was not measured."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is being measured is ended too
    left_out: dict[str, str] = {}
    places = _places(environments(asked.workloads, asked.peers), left_out)
    forget()
    before = record.machine()
    measured: dict[str, Reports] = {}
    try:
        for workload in asked.workloads:
            measured[workload.name] = _rounds(workload, places, asked.rounds, left_out)
            print(report.figures(workload, measured[workload.name]), end="\n\n", flush=True)
            for what in lacking(workload.targets, measured[workload.name], not_asked(asked.peers)):
                left_out.setdefault(f"{workload.row} {workload.name}, {what}", "nothing was measured")
    finally:
        forget()
    verdicts = [judge(target, measured[one.name]) for one in asked.workloads for target in one.targets]
    print(report.ratios(verdicts))
    for what, reason in left_out.items():
        print(f"\nnot measured: {what}: {reason}")
    if measured:
        found = {name: versions(place, name) for name, place in places.items()}
        record.write(before, measured, verdicts, found, left_out, asked.results)
    return 1 if left_out else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--peers", default=" ".join(PEERS), help="which peers, apart by spaces; '' for none")
    parser.add_argument(
        "--only", default=os.environ.get("ONLY", ""), help="rows or workloads, apart by commas"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often each program is measured (default: 3)"
    )
    parser.add_argument("--results", type=Path, default=record.FILE, help="where the results are written")
    asked = parser.parse_args()
    asked.peers = asked.peers.replace(",", " ").split()
    if unknown := set(asked.peers) - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    wanted = {word.strip().lower() for word in asked.only.split(",") if word.strip()}
    if unknown := wanted - {word for one in WORKLOADS for word in (one.name, one.row.lower())}:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are "
                     + ", ".join(f"{one.name} ({one.row})" for one in WORKLOADS))  # fmt: skip
    if asked.rounds < 1:
        parser.error("--rounds must be at least 1")
    asked.workloads = [one for one in WORKLOADS if not wanted or wanted & {one.name, one.row.lower()}]
    return asked


def _places(names: Iterable[str], left_out: dict[str, str]) -> dict[str, Path]:
    places: dict[str, Path] = {}
    for name in names:
        try:
            places[name] = make(name)
        except NotMade as reason:
            left_out[name] = f"its environment could not be made: {reason}"
    return places


def _rounds(workload: Workload, places: dict[str, Path], rounds: int, left_out: dict[str, str]) -> Reports:
    """Each measurement's report of each round; what fails once is left out from then on."""
    reports: Reports = {}
    failed: set[Measurement] = set()
    for turn in range(rounds):
        for one in workload.measurements:
            place = places.get(PROGRAMS[one.program].environment)
            if place is None or one in failed:
                continue
            print(f"  {workload.name} {turn + 1}/{rounds}: {one.name}", file=sys.stderr, flush=True)
            try:
                reports.setdefault(one.name, []).append(measure(one, place, _bytes(one, reports)))
            except Failed as reason:
                failed.add(one)
                left_out[f"{workload.name}, {one.name}"] = str(reason)
    return {name: found for name, found in reports.items() if found}


def _bytes(one: Measurement, reports: Reports) -> str:
    """A raw commit carries as many bytes as ropewalk kept for a step just now."""
    ropewalk = reports.get("ropewalk")
    return f"{ropewalk[-1]['bytes_per_step']:.0f}" if one.program == "raw commit" and ropewalk else ""


if __name__ == "__main__":
    sys.exit(main())

"""`results.json`: what was measured, with which versions, on what kind of machine; no path and no name of a host."""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.environment import HERE
from benchmarks.ratios import Rounds, Verdict, spread, values

FILE = HERE / "results.json"


def write(
    before: Mapping[str, object],
    measured: Mapping[str, Rounds],
    verdicts: Iterable[Verdict],
    versions: Mapping[str, Mapping[str, str]],
    left_out: Mapping[str, str],
    file: Path = FILE,
) -> None:
    """Write one measurement whole: what `machine` told before it, and what was measured by workload."""
    whole = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": before,
        "versions": versions,
        "left_out": left_out,
        "ratios": [_verdict(verdict) for verdict in verdicts],
        "figures": {workload: _figures(rounds) for workload, rounds in measured.items()},
    }
    file.write_text(json.dumps(whole, indent=1) + "\n")


def machine() -> dict[str, object]:
    """What of this machine the figures depend on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "file_system": _file_system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_1_minute": round(os.getloadavg()[0], 2),
    }


def _file_system() -> str:
    """The kind of file system that the stores were on; "" where the system does not tell."""
    told = subprocess.run(["df", "--output=fstype", str(HERE)], check=False, capture_output=True, text=True)
    return told.stdout.split()[-1] if told.returncode == 0 else ""


def _figures(rounds: Rounds) -> dict[str, object]:
    return {
        name: {metric: _rounded(asdict(spread(values(rounds, name, metric)))) for metric in reports[0]}
        for name, reports in rounds.items()
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    target = verdict.target
    bound = {"at_most": target.at_most, "at_least": target.at_least}
    return {
        "row": target.row,
        "says": target.says,
        "metric": target.metric,
        "ropewalk": verdict.ropewalk,
        "against": verdict.against,
        "other": verdict.other,
        "ratio": _rounded(asdict(verdict.ratio)) if verdict.ratio else None,
        **{key: round(value, 3) for key, value in bound.items() if value is not None},
        "met": verdict.met,
    }


def _rounded(found: Mapping[str, float]) -> dict[str, float]:
    return {key: float(f"{value:.4g}") for key, value in found.items()}

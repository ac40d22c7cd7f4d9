"""One call of a program: a fresh process group in a fresh folder, bounded in time, and nothing of it left after."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.environment import HERE, ROOT, clean, python
from benchmarks.workload import PROGRAMS, Measurement

WORK = HERE / ".work"
LIMIT_SECONDS = 600


class Failed(Exception):
    """A measured program did not report; the text says how it ended and its last words."""


def measure(one: Measurement, place: Path, variant: str = "") -> dict[str, float]:
    """What the program reported, by metric. `variant` stands in for the program's own. Raises Failed."""
    program = PROGRAMS[one.program]
    folder = WORK / (f"{one.program}-{one.does}-{one.n}" if one.keep else "once")
    if not one.keep:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.sync()  # what was written before is not this program's to wait for
    given = variant or program.variant
    argv = [str(python(place)), str(HERE / "peers" / program.script), one.does, str(one.n), str(folder)]
    text = _outcome([*argv, given] if given else argv, f"{one.name}, {one.does} {one.n}")
    if not one.keep:
        shutil.rmtree(folder, ignore_errors=True)
    report = {metric: float(value) for metric, value in json.loads(text).items()}
    if "steps" in report:
        report["us_per_step"] = report["seconds"] / report["steps"] * 1e6
    return report


def forget() -> None:
    """Remove what the programs kept between rounds."""
    shutil.rmtree(WORK, ignore_errors=True)


def _outcome(argv: list[str], called: str) -> str:
    """The last line of standard output. The whole process group is ended, however the program ended."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean(),
        cwd=argv[4],
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{called}: no report within {LIMIT_SECONDS} s") from late
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode != 0 or not out.strip():
        print(err, file=sys.stderr)
        raise Failed(f"{called}: ended with {process.returncode}: {_last_words(err or out)}")
    return out.strip().splitlines()[-1]


def _last_words(said: str) -> str:
    """The last line, without the paths of this machine."""
    lines = said.strip().splitlines() or ["without a word"]
    return lines[-1].replace(str(ROOT), ".").replace(str(Path.home()), "~")[:300]

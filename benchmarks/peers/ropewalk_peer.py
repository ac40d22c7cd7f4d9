"""ropewalk itself, as a user has it: the package of this checkout, its SQLite store (WAL, synchronous=FULL), its `ropewalk` command.

Steps are of the kind `noop` with one output; where an attempt's start is timed they also note it.
Many runs at once have as many places (a host has 32 by default), as the peers' workers have.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from measure import Report, Workload, cold, cold_report, main, peak_mib, percentiles

ROPEWALK = str(Path(sys.executable).parent / "ropewalk")
THREE = """\
name: three
steps:
  - {id: one, uses: noop, with: {outputs: {n: 1}}}
  - {id: two, uses: noop, with: {outputs: {n: 2}}, needs: one}
  - {id: three, uses: noop, with: {outputs: {n: 3}}, needs: two}
"""


async def _chain(n: int, work: Path) -> Report:
    from ropewalk_engine import bytes_of, in_a_row, opened, perform

    async with opened(work) as ropewalk:
        await perform(ropewalk, in_a_row(10))
        began = time.perf_counter()
        run = await perform(ropewalk, in_a_row(n))
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "steps": n, "bytes_per_step": await bytes_of(ropewalk, run) / n}


async def _fan(n: int, work: Path) -> Report:
    from ropewalk_engine import opened, perform, side_by_side

    async with opened(work) as ropewalk:
        await perform(ropewalk, side_by_side(10))
        began = time.perf_counter()
        await perform(ropewalk, side_by_side(n))
        return {"seconds": time.perf_counter() - began, "steps": n}


async def _runs(n: int, work: Path) -> Report:
    from ropewalk_engine import in_a_row, opened, perform

    async with opened(work, slots=n) as ropewalk:
        await perform(ropewalk, in_a_row(10))
        began = time.perf_counter()
        await asyncio.gather(*(perform(ropewalk, in_a_row(10)) for _ in range(n)))
        return {"seconds": time.perf_counter() - began, "steps": n * 10}


async def _growth(n: int, work: Path) -> Report:
    from ropewalk_engine import in_a_row, opened, perform, side_by_side

    report: Report = {}
    async with opened(work) as ropewalk:
        for shape, workflow in (("chain", in_a_row), ("fan", side_by_side)):
            await perform(ropewalk, workflow(100))
            for size in (100, n):
                began = time.perf_counter()
                for _ in range(2000 // size or 1):
                    await perform(ropewalk, workflow(size))
                steps = size * (2000 // size or 1)
                report[f"{shape}_us_at_{size}"] = (time.perf_counter() - began) / steps * 1e6
    return report


async def _latency(n: int, work: Path) -> Report:
    from ropewalk_engine import STARTED, in_a_row, opened, perform

    firsts: list[float] = []
    successors: list[float] = []
    async with opened(work, telling=True) as ropewalk:
        for _ in range(n + 10):
            began = time.perf_counter()
            await perform(ropewalk, in_a_row(2))
            firsts.append(STARTED["s0"] - began)
            successors.append(STARTED["s1"] - STARTED["s0"])
    after = {f"successor_{name}": value for name, value in percentiles(successors[10:]).items()}
    return {**percentiles(firsts[10:]), **after}


async def _worktrees(n: int, work: Path) -> Report:
    from ropewalk_worktrees import compare

    return await compare(n, work)


async def _memory(n: int, work: Path) -> Report:
    from ropewalk_engine import in_a_row, opened, perform

    async with opened(work) as ropewalk:
        began = time.perf_counter()
        for _ in range(n // 50):
            await asyncio.gather(*(perform(ropewalk, in_a_row(3)) for _ in range(50)))
        return {"seconds": time.perf_counter() - began}


def _in_loop(workload: Callable[[int, Path], Coroutine[None, None, Report]]) -> Workload:
    return lambda n, work, _: asyncio.run(workload(n, work))


def _command(work: Path, *words: str) -> list[str]:
    """A `ropewalk` command line on the store of the work folder, which is a project of its own."""
    (work / ".ropewalk").mkdir(exist_ok=True)
    return [ROPEWALK, *words, "--store", str(work / "ropewalk.sqlite")]


def _run_three(work: Path) -> list[str]:
    file = work / "three.yaml"
    file.write_text(THREE)
    return _command(work, "run", str(file))


def cold_start(n: int, work: Path, _: str) -> Report:
    """n cold `ropewalk run` of a file with three steps, to its last line."""
    return cold_report(cold(_run_three(work), n, whole=True))


def help_page(n: int, _: Path, __: str) -> Report:
    """n cold `ropewalk --help`."""
    return cold_report(cold([ROPEWALK, "--help"], n, whole=True))


def demo(n: int, _: Path, __: str) -> Report:
    """n cold `ropewalk demo`, piped, so that it answers itself."""
    return cold_report(cold([ROPEWALK, "demo"], n, whole=True))


def history(n: int, work: Path, _: str) -> Report:
    """What commands cost in a store of n finished runs. `first_list_ms` folds a feed that nobody has listed yet."""
    from ropewalk_history import build

    build(work / "ropewalk.sqlite", n)
    listing = _command(work, "runs", "--limit", "20")
    began = time.perf_counter()
    (first,) = cold(listing, 1, whole=True, warm=0)
    lists, starts = cold(listing, 7, whole=True), cold(_run_three(work), 7, whole=True)
    return {
        "seconds": time.perf_counter() - began,
        "first_list_ms": first * 1000,
        "list_ms": sorted(lists)[3] * 1000,
        "start_ms": sorted(starts)[3] * 1000,
        "peak_mib": peak_mib(resource.RUSAGE_CHILDREN),
    }


if __name__ == "__main__":
    within = {
        "chain": _chain,
        "fan": _fan,
        "runs": _runs,
        "growth": _growth,
        "latency": _latency,
        "memory": _memory,
        "worktrees": _worktrees,
    }
    commands: dict[str, Workload] = {"cold": cold_start, "help": help_page, "demo": demo, "history": history}
    main({**{name: _in_loop(workload) for name, workload in within.items()}, **commands})

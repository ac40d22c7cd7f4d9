"""weft itself, as a user has it: the package of this checkout, its SQLite store (WAL, synchronous=FULL), its `weft` command.

Steps are `uses: noop` with one output.
"""

import resource
import sys
import time
from pathlib import Path

from measure import Report, cold, cold_report, main, peak_mib

WEFT = str(Path(sys.executable).parent / "weft")
THREE = """\
name: three
steps:
  - {id: one, uses: noop, with: {outputs: {n: 1}}}
  - {id: two, uses: noop, with: {outputs: {n: 2}}, needs: one}
  - {id: three, uses: noop, with: {outputs: {n: 3}}, needs: two}
"""


def _command(work: Path, *words: str) -> list[str]:
    """A `weft` command line on the store of the work folder."""
    return [WEFT, *words, "--store", str(work / "weft.sqlite")]


def _run_three(work: Path) -> list[str]:
    file = work / "three.yaml"
    file.write_text(THREE)
    return _command(work, "run", str(file))


def cold_start(n: int, work: Path, _: str) -> Report:
    """n cold `weft run` of a file with three steps, to its last line."""
    return cold_report(cold(_run_three(work), n, whole=True))


def help_page(n: int, _: Path, __: str) -> Report:
    """n cold `weft --help`."""
    return cold_report(cold([WEFT, "--help"], n, whole=True))


def demo(n: int, _: Path, __: str) -> Report:
    """n cold `weft demo`, piped, so that it answers itself."""
    return cold_report(cold([WEFT, "demo"], n, whole=True))


def history(n: int, work: Path, _: str) -> Report:
    """What commands cost in a store of n finished runs. `first_list_ms` folds a feed that nobody has listed yet."""
    from weft_history import build

    build(work / "weft.sqlite", n)
    listing = _command(work, "list", "--limit", "20")
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
    main({"cold": cold_start, "help": help_page, "demo": demo, "history": history})

"""`python -m tools.docs` writes the generated parts of docs/; with `--check` it only says what would change."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.docs.blocks import generators, refresh

ROOT = Path(__file__).parents[2]


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 when all is well (or was written), 1 when a page is stale or a marker is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    check: bool = parser.parse_args(argv).check
    outcome = refresh(ROOT, generators(), write=not check)
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    for page in outcome.stale:
        name = page.relative_to(ROOT)
        print(f"{name} is stale; `make docs` writes it anew" if check else f"wrote {name}")
    return 1 if outcome.faults or (check and outcome.stale) else 0


if __name__ == "__main__":
    sys.exit(main())

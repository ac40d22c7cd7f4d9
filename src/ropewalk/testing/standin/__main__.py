"""`python -m ropewalk.testing.standin scenario.json [port]`: prints its address as one line and serves until interrupted."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

from ropewalk.testing.standin.scenario import load
from ropewalk.testing.standin.server import StandIn


def main(arguments: list[str]) -> int:
    """Serve the scenario named first, on the port named second or a free one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it starts with & ignore it
    scenario, port = load(Path(arguments[0])), int(arguments[1]) if arguments[1:] else 0
    with contextlib.suppress(KeyboardInterrupt), StandIn(scenario, port) as standin:
        sys.stdout.write(f"{standin.url}\n")
        sys.stdout.flush()  # who has read this may interrupt at once
        standin.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

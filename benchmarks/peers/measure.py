"""What every measured program shares: one command line in, one JSON line out.

Standard library only and no heavy imports, because each program runs under its own interpreter and the
cold-start workload counts every import. A program is called as `PROGRAM.py WORKLOAD N WORK_DIR [VARIANT]`.
"""

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Report = dict[str, object]
Workload = Callable[[int, Path, str], Report]


def main(workloads: dict[str, Workload]) -> None:
    """Run the workload that the command line names and print its report as one JSON line."""
    name, n, work, *variant = sys.argv[1:]
    report = workloads[name](int(n), Path(work), variant[0] if variant else "")
    report.setdefault("peak_mib", peak_mib(resource.RUSAGE_SELF))
    print(json.dumps(report), flush=True)


def peak_mib(who: int) -> float:
    """The most memory that this process (RUSAGE_SELF) or any child of it (RUSAGE_CHILDREN) ever held."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return round(resource.getrusage(who).ru_maxrss / unit, 1)


def percentiles(seconds: Sequence[float]) -> Report:
    """The 50th and 99th percentile (nearest rank) of samples in seconds, as milliseconds."""
    ordered = sorted(seconds)

    def rank(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 3)

    return {"samples": len(ordered), "p50_ms": rank(0.50), "p99_ms": rank(0.99)}


def cold(argv: Sequence[str], times: int, whole: bool = False, warm: int = 1) -> list[float]:
    """Seconds from starting a fresh process to its result line, or with `whole` to its end; `times` times.

    `warm` more go first and are not counted; they fill every cache.
    """
    samples: list[float] = []
    for _ in range(warm + times):
        began = time.perf_counter()
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            ended = time.perf_counter()
            process.stdout.read()
        if process.returncode != 0 or not line:
            raise SystemExit(f"{' '.join(argv)}: exit {process.returncode}")
        samples.append((time.perf_counter() if whole else ended) - began)
    return samples[warm:]


def cold_report(samples: Sequence[float], server_seconds: float = 0.0) -> Report:
    """The median of cold processes; `with_server_seconds` adds what must be started first."""
    middle = sorted(samples)[len(samples) // 2]
    return {
        "seconds": middle,
        "server_seconds": server_seconds,
        "with_server_seconds": middle + server_seconds,
    }


def again(work: Path, variant: str) -> list[str]:
    """The command that runs the calling program's `three` workload in a fresh process."""
    return [sys.executable, sys.argv[0], "three", "3", str(work), *([variant] if variant else [])]


def free_ports(count: int) -> list[int]:
    """Loopback ports that were free a moment ago, all different."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def await_port(port: int, seconds: float, server: "subprocess.Popen[bytes]") -> None:
    """Return once something listens on the loopback port; fail when the server died or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode} before it listened on {port}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise SystemExit(f"nothing listened on port {port} within {seconds} s")


@contextmanager
def server(
    argv: Sequence[str], log: Path, env: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A server process for as long as the block lasts, in the process group of this program."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            argv,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

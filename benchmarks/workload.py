"""What a workload is: the programs it measures, and the targets its figures are held against."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """A script of `peers/` and the environment that it runs in; `variant` is handed to the script as it is."""

    name: str
    environment: str
    script: str
    variant: str = ""


PROGRAMS = {
    program.name: program
    for program in (
        Program("raw commit", "ropewalk", "raw_peer.py"),
        Program("ropewalk", "ropewalk", "ropewalk_peer.py"),
        Program("feed", "doors", "feed_peer.py", "ropewalk"),
        Program("bare feed", "doors", "feed_peer.py", "bare"),
        Program("langgraph", "langgraph", "langgraph_peer.py"),
        Program("dbos", "dbos", "dbos_peer.py"),
        Program("dbos wal", "dbos", "dbos_peer.py", "wal"),
        Program("restate", "restate", "restate_peer.py"),
        Program("temporal", "temporal", "temporal_peer.py"),
    )
}
PEERS = ("langgraph", "dbos", "restate", "temporal")
EMBEDDED = ("langgraph", "dbos", "dbos wal")
EVERY_PEER = (*EMBEDDED, "restate", "temporal")


@dataclass(frozen=True)
class Measurement:
    """One call of a program: what it does there, how many of it. `keep` gives all rounds the same work folder."""

    program: str
    does: str
    n: int
    label: str = ""
    keep: bool = False

    @property
    def name(self) -> str:
        """What its figures are called within the workload."""
        return self.label or self.program


@dataclass(frozen=True)
class Target:
    """A bound on a ratio: of a figure of ropewalk's to the best of others (`against`), or to a fixed `limit`.

    `at_most` bounds ropewalk divided by the other, `at_least` the other divided by ropewalk; in every metric less is better.
    Without either the ratio is only told. `ropewalk` and `against` are names of measurements.
    """

    row: str
    says: str
    metric: str
    ropewalk: str = "ropewalk"
    against: tuple[str, ...] = ()
    other_metric: str = ""
    limit: float | None = None
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True)
class Workload:
    """One question: `measurements` run in this order, round after round. `shows` are the metrics that are printed."""

    name: str
    row: str
    says: str
    measurements: tuple[Measurement, ...]
    shows: tuple[str, ...]
    targets: tuple[Target, ...] = field(default=())


def environments(workloads: Iterable[Workload], peers: Collection[str]) -> list[str]:
    """What the workloads need: our own environments, and those of the peers that were asked for."""
    named = (PROGRAMS[one.program].environment for workload in workloads for one in workload.measurements)
    return [name for name in dict.fromkeys(named) if name not in PEERS or name in peers]


def not_asked(peers: Collection[str]) -> set[str]:
    """The programs of the peers that are not to be measured."""
    return {
        name for name, one in PROGRAMS.items() if one.environment in PEERS and one.environment not in peers
    }

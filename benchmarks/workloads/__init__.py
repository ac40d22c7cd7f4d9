"""The workloads, one a file, in the order of the rows that they answer."""

from benchmarks.workload import Workload
from benchmarks.workloads import chain, cold, fan, feed, growth, history, latency, runs, worktrees

WORKLOADS: tuple[Workload, ...] = (
    chain.WORKLOAD,
    fan.WORKLOAD,
    runs.WORKLOAD,
    growth.WORKLOAD,
    latency.WORKLOAD,
    feed.WORKLOAD,
    cold.WORKLOAD,
    worktrees.WORKLOAD,
    history.WORKLOAD,
)

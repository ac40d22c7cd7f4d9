"""The workloads, one a file, in the order of the rows that they answer.

Still to come with the rooms they need: N6 (worktrees and weaving) and the WebSocket part of N4.
"""

from benchmarks.workload import Workload
from benchmarks.workloads import chain, cold, fan, growth, history, latency, runs

WORKLOADS: tuple[Workload, ...] = (
    chain.WORKLOAD,
    fan.WORKLOAD,
    runs.WORKLOAD,
    growth.WORKLOAD,
    latency.WORKLOAD,
    cold.WORKLOAD,
    history.WORKLOAD,
)

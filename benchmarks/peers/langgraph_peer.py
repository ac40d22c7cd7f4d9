"""LangGraph with its SQLite checkpointer: each step is a node, its checkpoint committed before the next starts.

Settings: `durability="sync"` (the next superstep waits for the checkpoint), the saver's own defaults (WAL,
synchronous=FULL). The chain is one node that loops with a counter as its state, which is the cheapest chain
LangGraph can do: with n different nodes every checkpoint also carries n channel versions. The 1,000 independent
steps are one `Send` fan-out with `max_concurrency=8`; their task writes are committed, but LangGraph does not wait
for each of them. Many runs at once share 8 threads: one event loop with `AsyncSqliteSaver`, and a thread for every
run, were slower (2.9 s and 2.1 s against 1.5 s for 200 runs of 10).
"""

import operator
import sqlite3
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from measure import Report, again, cold, cold_report, main, percentiles


class Counted(TypedDict):
    """State of a chain: how many steps are still to do, and what the last one returned."""

    left: int
    last: dict[str, int]


class Gathered(TypedDict):
    """State of a fan-out: how many steps to send, and what they returned."""

    count: int
    done: Annotated[list[dict[str, int]], operator.add]


def _saver(work: Path) -> Any:
    from langgraph.checkpoint.sqlite import SqliteSaver

    return SqliteSaver(sqlite3.connect(work / "langgraph.sqlite", check_same_thread=False))


def _chain_graph(saver: Any) -> Any:
    from langgraph.graph import END, START, StateGraph

    def step(state: Counted) -> dict[str, object]:
        return {"left": state["left"] - 1, "last": {"n": state["left"]}}

    graph = StateGraph(Counted)
    graph.add_node("step", step)
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", lambda state: "step" if state["left"] else END)
    return graph.compile(checkpointer=saver)


def _thread(name: str, limit: int, **more: object) -> dict[str, object]:
    return {"configurable": {"thread_id": name}, "recursion_limit": limit + 10, **more}


def chain(n: int, work: Path, _: str) -> Report:
    """One run of n steps in a row."""
    graph = _chain_graph(_saver(work))
    graph.invoke({"left": 10}, _thread("warm", 10), durability="sync")
    began = time.perf_counter()
    end = graph.invoke({"left": n}, _thread("measured", n), durability="sync")
    seconds = time.perf_counter() - began
    assert end["left"] == 0
    return {"seconds": seconds, "steps": n}


def fan(n: int, work: Path, _: str) -> Report:
    """One run of n independent steps, 8 at a time."""
    from langgraph.graph import START, StateGraph
    from langgraph.types import Send

    graph = StateGraph(Gathered)
    graph.add_node("step", lambda sent: {"done": [{"n": sent["n"]}]})
    graph.add_conditional_edges(START, lambda state: [Send("step", {"n": i}) for i in range(state["count"])])
    compiled = graph.compile(checkpointer=_saver(work))
    compiled.invoke({"count": 10, "done": []}, _thread("warm", 10, max_concurrency=8), durability="sync")
    began = time.perf_counter()
    end = compiled.invoke(
        {"count": n, "done": []}, _thread("measured", 10, max_concurrency=8), durability="sync"
    )
    seconds = time.perf_counter() - began
    assert len(end["done"]) == n
    return {"seconds": seconds, "steps": n}


def runs(n: int, work: Path, _: str) -> Report:
    """n runs of 10 steps, handed in all at once to 8 threads."""
    from concurrent.futures import ThreadPoolExecutor

    graph = _chain_graph(_saver(work))
    graph.invoke({"left": 10}, _thread("warm", 10), durability="sync")
    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        ends = list(
            pool.map(
                lambda i: graph.invoke({"left": 10}, _thread(f"run-{i}", 10), durability="sync"), range(n)
            )
        )
    seconds = time.perf_counter() - began
    assert all(end["left"] == 0 for end in ends)
    return {"seconds": seconds, "steps": n * 10}


def latency(n: int, work: Path, _: str) -> Report:
    """From submitting a run to the first line of its first step, n times one after another."""
    from langgraph.graph import START, StateGraph

    began = 0.0
    samples: list[float] = []

    def step(state: Counted) -> dict[str, object]:
        samples.append(time.perf_counter() - began)
        return {"left": 0, "last": {"n": 0}}

    graph = StateGraph(Counted)
    graph.add_node("step", step)
    graph.add_edge(START, "step")
    compiled = graph.compile(checkpointer=_saver(work))
    for i in range(n + 10):
        began = time.perf_counter()
        compiled.invoke({"left": 1}, _thread(f"run-{i}", 10), durability="sync")
    return percentiles(samples[10:])


def three(n: int, work: Path, _: str) -> Report:
    """What one cold process does: n steps and the result."""
    end = _chain_graph(_saver(work)).invoke({"left": n}, _thread(str(time.time_ns()), n), durability="sync")
    return {"left": end["left"]}


def cold_start(n: int, work: Path, variant: str) -> Report:
    """Wall time of n cold processes of three steps."""
    return cold_report(cold(again(work, variant), n))


if __name__ == "__main__":
    main({"chain": chain, "fan": fan, "runs": runs, "latency": latency, "three": three, "cold": cold_start})

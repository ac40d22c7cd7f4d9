"""Random workflows, schedules, pauses, refusals and crashes: no law is broken. A slice in the gate, more by `make soak`."""

from __future__ import annotations

import pytest

from ropewalk.testing.simulation import BrokenLaw, shrunk, simulate
from tests.soak import SOAK, first_seed

SHARDS = 32
TRIALS = SOAK or 320
SEED = first_seed(20261120)


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_law_is_broken_in_any_trial(shard: int):
    for seed in range(SEED + shard, SEED + TRIALS, SHARDS):
        fault = simulate(seed)
        assert fault is None, report(fault)


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_law_is_broken_where_attempts_ask_for_permissions(shard: int):
    for seed in range(SEED + shard, SEED + TRIALS, SHARDS):
        fault = simulate(seed, asking=True)
        assert fault is None, report(fault)


BROKEN_ONCE = {
    20263620: "a step that a person had skipped ran on a route that was not taken, after a loop had opened it again",
    30045369: "a caller that waited for what an attempt of its paused called run held was taken for stuck",
    12541: "a foreach whose items had ended was taken for not begun, and left out by a decision made later",
    33257: "what a called run had spent that its caller gave up before it heard of it was charged to nobody",
    20271083: "a loop opened a finished step again while the run's result landed",
    41014688: "what an item asked that had not begun stayed open when its foreach was skipped",
    42039406: "a step of a called run was run by hand though its caller had nothing left",
    41002214: "a called run that a person started again after its caller had ended was charged to that caller",
}
"""Trials that broke a law; each is played for ever."""


@pytest.mark.parametrize("seed", BROKEN_ONCE)
def test_what_was_broken_once_stays_whole(seed: int):
    fault = simulate(seed)
    assert fault is None, report(fault)


def report(fault: BrokenLaw) -> str:
    return f"play it again with ROPEWALK_SOAK=1 ROPEWALK_SEED={fault.seed}\n{shrunk(fault)}"

"""What becomes of an outcome on its way to the record."""

from __future__ import annotations

from ropewalk.core.work import Failure
from ropewalk.errors import GateError, StoreBusy
from ropewalk.runtime.outcomes import classed, counted
from ropewalk.runtime.patience import HOST


def test_a_gate_whose_judge_failed_has_failed_as_the_judge_did():
    own = Failure(kind="quota", message="used up", retry_at=7.0)
    found = classed(GateError(gate="review", reason="used up", failure=own))
    assert (found.kind, found.retry_at) == ("quota", 7.0)
    assert classed(GateError(gate="review", reason="no")).kind == "permanent"


def test_an_attempt_that_had_begun_its_work_has_failed_and_does_not_wait_for_the_host():
    waits = classed(StoreBusy(store="it", reason="it is locked"))
    assert waits.report[HOST]
    assert classed(OSError(24, "Too many open files")).report[HOST]
    failed = counted(waits)
    assert (failed.kind, failed.report) == ("transient", {})

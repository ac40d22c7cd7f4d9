"""The two tables of what follows what: statuses of a run and of a step, by event. Diagrams and tests are made from them.

Where an event has two ways the first is the usual one. An event that is not in the table for a status changes nothing.
"""

from __future__ import annotations

Table = dict[tuple[str, str], tuple[str, ...]]

RUN_TRANSITIONS: Table = {
    ("pending", "run.created"): ("pending",),
    ("pending", "run.started"): ("running",),
    ("pending", "run.paused"): ("paused",),
    ("pending", "run.aborted"): ("aborted",),
    ("running", "run.paused"): ("paused",),
    ("running", "run.closing"): ("running",),
    ("running", "run.completed"): ("completed",),
    ("running", "run.failed"): ("failed",),
    ("running", "run.aborted"): ("aborted",),
    ("paused", "run.started"): ("running",),
    ("paused", "run.paused"): ("paused",),
    ("paused", "run.resumed"): ("running",),
    ("paused", "run.closing"): ("running",),
    ("paused", "run.aborted"): ("aborted",),
    # What was under way elsewhere rests here until somebody says that it may go on.
    ("pending", "run.imported"): ("paused",),
    ("running", "run.imported"): ("paused",),
    ("paused", "run.imported"): ("paused",),
    ("completed", "run.imported"): ("completed",),
    ("failed", "run.imported"): ("failed",),
    ("aborted", "run.imported"): ("aborted",),
    ("failed", "run.reopened"): ("running",),
    ("aborted", "run.reopened"): ("running",),
    # A run that has ended lands at a person's word, and is then again what it was.
    ("completed", "landing.begun"): ("running",),
    ("failed", "landing.begun"): ("running",),
    ("aborted", "landing.begun"): ("running",),
    ("running", "run.landed"): ("running", "completed", "failed", "aborted"),
    ("paused", "run.landed"): ("paused", "completed", "failed", "aborted"),
    ("running", "landing.failed"): ("completed", "failed", "aborted"),
    ("paused", "landing.failed"): ("completed", "failed", "aborted"),
}

STEP_TRANSITIONS: Table = {
    ("pending", "step.started"): ("running",),
    ("pending", "step.expanded"): ("running",),
    ("pending", "step.produced"): ("waiting",),
    ("pending", "step.succeeded"): ("succeeded",),
    ("pending", "step.failed"): ("failed",),
    ("pending", "step.skipped"): ("skipped",),
    ("pending", "ask.opened"): ("waiting",),
    ("pending", "round.opened"): ("pending",),
    ("running", "attempt.failed"): ("pending", "waiting"),  # it comes back at once, or waits for its time
    ("running", "step.waiting"): ("waiting",),
    ("running", "step.produced"): ("waiting",),
    ("running", "step.succeeded"): ("succeeded",),
    ("running", "step.failed"): ("failed",),
    ("running", "step.skipped"): ("skipped",),
    ("running", "step.aborted"): ("aborted",),
    ("running", "ask.opened"): ("waiting",),
    ("running", "round.opened"): ("pending",),
    ("waiting", "step.due"): ("pending",),
    ("waiting", "step.produced"): ("waiting",),
    ("waiting", "step.succeeded"): ("succeeded",),
    ("waiting", "step.failed"): ("failed",),
    ("waiting", "step.skipped"): ("skipped",),
    ("waiting", "step.aborted"): ("aborted",),
    ("waiting", "step.retried"): ("pending", "running"),  # a foreach runs on, what is done of it stays done
    ("waiting", "ask.opened"): ("waiting",),
    ("waiting", "ask.answered"): ("pending",),
    ("waiting", "round.opened"): ("pending",),
    ("succeeded", "round.opened"): ("pending",),
    ("failed", "step.skipped"): ("skipped",),
    ("failed", "step.retried"): ("pending", "running"),
    ("failed", "round.opened"): ("pending",),
    ("aborted", "step.retried"): ("pending", "running"),
    ("skipped", "step.retried"): ("pending",),
    ("skipped", "round.opened"): ("pending",),
    # The end of a run leaves out what has not begun. Reopening takes that back, and final steps are done again.
    ("pending", "run.failed"): ("skipped",),
    ("pending", "run.aborted"): ("skipped",),
    ("skipped", "run.reopened"): ("pending",),
    ("succeeded", "run.reopened"): ("pending",),
    ("failed", "run.reopened"): ("pending",),
    ("aborted", "run.reopened"): ("pending",),
    ("succeeded", "landing.begun"): ("pending",),
    ("pending", "landing.failed"): ("succeeded",),
    ("waiting", "landing.failed"): ("succeeded",),
    ("aborted", "landing.failed"): ("succeeded",),
}

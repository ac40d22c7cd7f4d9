"""What the exit code of `ropewalk` says; every command keeps to these."""

from __future__ import annotations

COMPLETED = 0
FAILED = 1
BAD_INPUT = 2
PAUSED = 3
ABORTED = 4
BUG = 70
INTERRUPTED = 130

MEANINGS = {
    COMPLETED: "done; a run that was driven has completed",
    FAILED: "a run has failed; something that was checked is not in order",
    BAD_INPUT: "bad input: nothing was done, the message says what to fix",
    PAUSED: "the run is paused: somebody must answer or allow something; or a time must come",
    ABORTED: "the run was aborted",
    BUG: "ropewalk itself failed: a bug, with a file to report",
    INTERRUPTED: "interrupted by Ctrl-C or SIGTERM; the run is left as it is",
}

OF_STATUS = {"completed": COMPLETED, "failed": FAILED, "aborted": ABORTED, "paused": PAUSED}
"""What a command that drove a run ends with."""

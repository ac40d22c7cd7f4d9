"""What a command's run needs of its attempt is little, and every desk of the product has it."""

from __future__ import annotations

import inspect
from pathlib import Path

from ropewalk.processes.desk import ProcessListener
from ropewalk.testing.desk import ListeningDesk


def test_the_desk_that_tests_use_is_a_listener(tmp_path: Path):
    desk: ProcessListener = ListeningDesk(tmp_path / "desk")
    desk.say("out\n")
    desk.say("err\n", "err")
    desk.alive()
    assert desk.folder.is_dir()
    assert desk.spool.is_dir()


def test_a_listener_is_asked_for_nothing_more_than_the_attempt_has():
    names = {name for name, _ in inspect.getmembers(ProcessListener) if not name.startswith("_")}
    assert names == {"folder", "spool", "say", "alive"}

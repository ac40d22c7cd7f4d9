"""The last one to whom orphans come ends strangers, and spares its own children."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ropewalk.processes import adoption
from tests.processes.stubborn import living, new_token

pytestmark = pytest.mark.needs("linux")

PROGRAM = """
import os, subprocess
from ropewalk.processes import adoption
adoption.adopt_orphans()
assert adoption.is_active()
token = {token!r}
subprocess.run(["sh", "-c", f"(setsid sh -c 'sleep 600 {{token}}1; :' </dev/null >/dev/null 2>&1 &)"], check=True)
mine = subprocess.Popen(["sleep", "600", token + "2"])
own = subprocess.Popen(["sleep", "600", token + "3"], start_new_session=True)
adoption.spare_child(own.pid)
while not adoption._strangers(): pass
assert adoption.end_strangers() == []
assert mine.poll() is None and own.poll() is None
over = subprocess.Popen(["true"])
assert adoption.end_strangers() == []
assert over.wait() == 0
adoption.forget(own.pid)
assert adoption.end_strangers() == []
mine.kill()
mine.wait()
"""


def test_strangers_are_ended_and_own_children_keep_their_exit():
    token = new_token()
    subprocess.run([sys.executable, "-c", PROGRAM.format(token=token)], check=True, timeout=60)
    assert not living(token)


LATE = """
import os, subprocess
from ropewalk.processes import adoption, kernel
adoption.adopt_orphans()
server = subprocess.Popen(["sleep", "600", {token!r} + "3"], start_new_session=True)
adoption.spare_child(server.pid)
looks = [True, True, False]
def is_ending(pid):
    assert pid == server.pid
    if len(looks) == 1:  # it leaves us what was below it in the moment in which it is dead
        subprocess.run(["sh", "-c", "(setsid sleep 600 {token}1 </dev/null >/dev/null 2>&1 &)"], check=True)
        while not adoption._strangers(): pass  # it has a session of its own only after a moment
    return looks.pop(0) if looks else False
kernel.is_ending = is_ending
assert adoption.end_strangers() == []
assert not looks
server.kill()
server.wait()
"""


def test_while_the_fork_server_is_dying_no_look_is_the_last_one():
    token = new_token()
    subprocess.run([sys.executable, "-c", LATE.format(token=token)], check=True, timeout=60)
    assert not living(token)


def test_a_program_that_uses_ropewalk_as_a_library_adopts_nothing():
    assert not adoption.is_active()

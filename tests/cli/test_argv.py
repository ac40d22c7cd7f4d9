"""A value that was typed is not shown by the list of processes for longer than it takes to read it."""

import subprocess
import sys

import pytest

CODE = """
import sys, pathlib
from ropewalk.cli.argv import blank
blank(["hunter2hunter2", "not there", ""])
print(pathlib.Path("/proc/self/cmdline").read_bytes().split(b"\\0")[-3:], sys.argv[1:])
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="a process can write over its own arguments on Linux only"
)
def test_a_value_is_starred_out_where_others_see_it_and_kept_where_it_was_read():
    ended = subprocess.run(
        [sys.executable, "-c", CODE, "-i", "token=hunter2hunter2"], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[b'-i', b'token=**************', b''] ['-i', 'token=hunter2hunter2']"


def test_elsewhere_nothing_is_done(monkeypatch):
    from ropewalk.cli import argv

    monkeypatch.setattr(sys, "platform", "darwin")
    argv.blank(["pytest"])

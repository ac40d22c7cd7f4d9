"""Secrets are looked up where the attempt is; what is wrong is said at once, and never with the value."""

import os
import sys

import pytest

from ropewalk.agents import secrets
from ropewalk.agents.secrets import LARGEST_BYTES, checked_secret, look_up_secret
from ropewalk.definition.workflow import Secret
from ropewalk.errors import SecretError

VALUE = "canary-0123456789"


async def found(tmp_path, **where):
    return await look_up_secret("KEY", Secret(**where), tmp_path, tmp_path / "spool")


def printing(code):
    return (sys.executable, "-c", code)


async def test_a_variable_a_file_and_a_command(tmp_path, monkeypatch):
    monkeypatch.setenv("MINE", VALUE)
    (tmp_path / "key").write_text(VALUE + "\n")
    (tmp_path / "pem").write_text("line one of it\nline two of it\n")
    assert await found(tmp_path, env="MINE") == VALUE
    assert await found(tmp_path, file="key") == VALUE
    assert await found(tmp_path, file=str(tmp_path / "key")) == VALUE
    assert await found(tmp_path, file="pem") == "line one of it\nline two of it\n"
    command = printing("import os; print(os.environ['MINE']); print(os.getcwd())")
    assert await found(tmp_path, command=command) == f"{VALUE}\n{tmp_path}\n"
    assert await found(tmp_path, command=printing(f"print('{VALUE}')")) == VALUE


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"env": "NOT_SET_ANYWHERE"}, "the variable NOT_SET_ANYWHERE is not set where ropewalk runs"),
        ({"env": "EMPTY"}, "it is empty"),
        ({"env": "SHORT"}, "it is shorter than 8 characters"),
        ({"file": "nowhere"}, "nowhere cannot be read: no such file or directory"),
        ({"file": "."}, ". cannot be read: is a directory"),
        ({"file": "pipe"}, "pipe is no regular file"),
        ({"file": "binary"}, "it is not UTF-8 text"),
        ({"file": "zero"}, "it holds a zero byte"),
        ({"file": "large"}, "it is larger than 65,536 bytes"),
        ({"command": ("./nothing",)}, "./nothing could not be started"),
        ({"command": printing("import sys; sys.exit('no ' + 'such thing')")}, "ended with 1: no such thing"),
        (
            {"command": printing(f"import sys; print('{VALUE}'); sys.exit('{VALUE}')")},
            "ended with 1: [redacted value]",
        ),
        ({"command": printing("while True: print('x' * 1000)")}, "printed more than 65,536 bytes"),
    ],
)
async def test_what_is_wrong_is_said(tmp_path, monkeypatch, where, said):
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("SHORT", "a b c d")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "binary").write_bytes(b"\xff\xfe canary canary")
    (tmp_path / "zero").write_bytes(b"canary\0canary")
    (tmp_path / "large").write_text("x" * (LARGEST_BYTES + 1))
    with pytest.raises(SecretError) as error:
        await found(tmp_path, **where)
    assert said in str(error.value)
    assert VALUE not in str(error.value)


async def test_a_command_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 0.3)
    with pytest.raises(SecretError, match=r"did not end within 0.3 s"):
        await found(tmp_path, command=printing("import time; time.sleep(60)"))


def test_a_line_break_at_the_end_of_one_line_is_left_out():
    assert checked_secret("KEY", VALUE + "\r\n") == VALUE
    assert checked_secret("KEY", f"{VALUE}\n{VALUE}\n").endswith("\n")

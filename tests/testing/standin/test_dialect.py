"""The tool of the program at hand is called with arguments that it takes; a text goes over the wire in few pieces and whole."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ropewalk.testing.standin.dialect import PIECES, event, folder_in, pieces, texts, tool_call
from ropewalk.testing.standin.scenario import Talk


@pytest.mark.parametrize(
    ("tools", "name", "key"),
    [
        (("Read", "Write"), "Write", "file_path"),
        (("write",), "write", "filePath"),
        (("write_file",), "write_file", "file_path"),
    ],
)
def test_a_file_is_written_by_the_tool_that_there_is(tools, name, key, tmp_path: Path):
    talk = Talk(tools=tools, folder=f"{tmp_path}/")
    assert tool_call({"a.txt": "x\n"}, "", talk) == (name, {key: f"{tmp_path}/a.txt", "content": "x\n"})
    assert tool_call({"/abs.txt": "x"}, "", talk)[1][key] == "/abs.txt"


@pytest.mark.parametrize(
    ("tools", "argument"),
    [(("Bash",), "command"), (("exec_command",), "cmd"), (("shell",), "command"), ((), "command")],
)
def test_a_command_is_run_by_the_shell_that_there_is(tools, argument):
    name, arguments = tool_call({}, "make test", Talk(tools=tools))
    assert name == (tools[0] if tools else "Bash")
    assert "make test" in str(arguments[argument])


@pytest.mark.parametrize("tool", ["shell", "exec_command"])
@pytest.mark.parametrize(("path", "text"), [("a.txt", "one\ntwo\n"), ("deep/er/it's.txt", "$HOME `x`")])
def test_a_program_with_a_shell_alone_writes_by_it(tool: str, path: str, text: str, tmp_path: Path):
    _, arguments = tool_call({path: text}, "", Talk(tools=(tool,), folder=str(tmp_path)))
    argv = arguments["command"] if tool == "shell" else ["sh", "-c", arguments["cmd"]]
    subprocess.run(argv, cwd=tmp_path, check=True)
    assert (tmp_path / path).read_text() == text.rstrip("\n") + "\n"


def test_a_file_that_is_there_is_written_over_by_the_shell(tmp_path: Path):
    (tmp_path / "a.txt").write_text("old")
    name, _ = tool_call({"a.txt": "new"}, "", Talk(tools=("Write", "Bash"), folder=str(tmp_path)))
    assert name == "Bash"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("Working directory: /home/you/p\n", "/home/you/p"),
        ("<cwd>/tmp/x</cwd>", "/tmp/x"),
        ("working directory: /a and later the working directory is /b", "/b"),
        ("nothing of the kind", ""),
    ],
)
def test_the_folder_is_what_the_program_says_last(text: str, folder: str):
    assert folder_in(text) == folder


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1_000])
def test_a_text_comes_in_few_pieces_and_whole(size: int):
    text = "é" * size
    assert "".join(pieces(text)) == text
    assert len(pieces(text)) <= PIECES


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        ([{"text": "a"}, {"text": "b"}], "a\nb"),
        ([{"type": "image"}, "x"], ""),
        (None, ""),
        (5, ""),
    ],
)
def test_the_text_of_a_message_is_that_of_its_blocks(content, text: str):
    assert texts(content) == text


def test_an_event_is_one_block_of_the_stream():
    head, body, *rest = event({"a": "1\n2"}, "delta").decode().split("\n")
    assert (head, rest) == ("event: delta", ["", ""])
    assert json.loads(body.removeprefix("data: ")) == {"a": "1\n2"}
    assert event({}) == b"data: {}\n\n"

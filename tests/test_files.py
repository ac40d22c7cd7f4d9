"""What is read when something else lies in the place of a file: nobody waits, and no more is read than a limit."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ropewalk.files import copy_file, open_file, read_bytes, read_text, replace_file, replace_link


@pytest.mark.parametrize("kind", ["pipe", "device", "link to a pipe"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str):
    os.mkfifo(tmp_path / "p")
    (tmp_path / "l").symlink_to("p")
    path = {"pipe": tmp_path / "p", "device": Path("/dev/zero"), "link to a pipe": tmp_path / "l"}[kind]
    with pytest.raises(OSError, match="a pipe, a device or a socket, not a file"):
        read_bytes(path)


def test_a_folder_a_socket_and_what_is_not_there_are_told_apart(tmp_path: Path):
    with pytest.raises(IsADirectoryError):
        read_bytes(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "a")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "s"))
        with pytest.raises(OSError, match="No such device or address"):
            read_bytes(tmp_path / "s")


def test_no_more_is_read_than_the_limit_also_of_a_file_of_holes(tmp_path: Path):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError, match="holds more than 10 bytes"):
        read_bytes(tmp_path / "big", 10)
    (tmp_path / "small").write_bytes(b"0123456789")
    assert read_bytes(tmp_path / "small", 10) == b"0123456789"


def test_text_is_utf8_with_plain_ends_of_lines(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"a\r\nb\rc\xff")
    assert read_text(tmp_path / "a", errors="replace") == "a\nb\nc\ufffd"
    with pytest.raises(UnicodeDecodeError):
        read_text(tmp_path / "a")


def test_a_pipe_of_the_shell_is_read_where_its_user_typed_it():
    reader, writer = os.pipe()
    os.write(writer, b"text")
    os.close(writer)
    try:
        assert read_bytes(f"/dev/fd/{reader}", pipes=True) == b"text"
    finally:
        os.close(reader)


def test_a_link_is_opened_or_copied_only_where_links_are_followed(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    with open_file(tmp_path / "link") as file:
        assert file.read() == b"x"
    with pytest.raises(OSError, match="symbolic link"):
        open_file(tmp_path / "link", follow=False)
    with pytest.raises(OSError, match="symbolic link"):
        copy_file(tmp_path / "link", tmp_path / "copy")


def test_a_copy_has_the_mode_and_the_time_of_the_file_and_none_is_made_of_a_pipe(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    os.chmod(tmp_path / "file", 0o751)
    os.utime(tmp_path / "file", (1, 2))
    copy_file(tmp_path / "file", tmp_path / "copy")
    made = (tmp_path / "copy").stat()
    assert (made.st_mode & 0o777, made.st_mtime) == (0o751, 2)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a file"):
        copy_file(tmp_path / "pipe", tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("before", ["nothing", "file", "link", "pipe"])
def test_what_is_put_in_the_place_of_a_file_goes_through_no_link(tmp_path: Path, before: str):
    target, elsewhere = tmp_path / "a", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    if before == "file":
        target.write_text("old")
    elif before == "link":
        target.symlink_to(elsewhere)
    elif before == "pipe":
        os.mkfifo(target)
    replace_file(target, b"new", 0o640)
    assert (target.read_bytes(), target.lstat().st_mode & 0o7777, target.is_symlink()) == (
        b"new",
        0o640,
        False,
    )
    assert elsewhere.read_text() == "mine"
    replace_link(target, "elsewhere")
    assert target.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["a", "elsewhere"]


def test_what_cannot_be_put_in_the_place_of_something_leaves_no_draft(tmp_path: Path):
    (tmp_path / "folder" / "in").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "folder", b"new")
    assert os.listdir(tmp_path) == ["folder"]

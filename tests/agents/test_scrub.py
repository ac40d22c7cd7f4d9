"""What an attempt left on disk has no secret in it afterwards."""

import base64
import errno
import os

import pytest

from ropewalk.agents import scrub
from ropewalk.agents.redaction import Redactor
from ropewalk.agents.scrub import Scrub
from ropewalk.errors import SecretStays
from ropewalk.files import replace_file
from ropewalk.trees import remove_tree

SECRET = "sk-a+b-0123456789"
CODED = base64.b64encode(SECRET.encode()).decode()


@pytest.fixture
def look():
    return Scrub(Redactor({"KEY": SECRET}))


def test_files_names_and_links_are_put_right_and_named(tmp_path, look):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.txt").write_text(f"one {SECRET}")
    (tmp_path / "deep" / "b.bin").write_bytes(b"\xff" + f"{CODED[:7]}\n{CODED[7:]}".encode())
    (tmp_path / "deep" / "er" / "wide").write_bytes(SECRET.encode("utf-16"))
    (tmp_path / f"n-{SECRET}").write_text("nothing")
    (tmp_path / f"d-{SECRET}").mkdir()
    (tmp_path / f"d-{SECRET}" / "in").write_text(SECRET)
    (tmp_path / "clean.txt").write_text("nothing")
    (tmp_path / "good").symlink_to("clean.txt")
    (tmp_path / "link").symlink_to(f"/x/{SECRET}")
    os.mkfifo(tmp_path / "pipe")
    found = look.folder(tmp_path)
    assert found == [
        ("a.txt", "KEY"),
        ("d-[redacted KEY]", "KEY"),
        ("d-[redacted KEY]/in", "KEY"),
        ("deep/b.bin", "KEY"),
        ("deep/er/wide", "KEY"),
        ("link", "KEY"),
        ("n-[redacted KEY]", "KEY"),
    ]
    assert (tmp_path / "a.txt").read_text() == "one [redacted KEY]"
    assert (tmp_path / "deep" / "b.bin").read_bytes().startswith(b"\xff[redacted KEY]")
    assert (tmp_path / "d-[redacted KEY]" / "in").read_text() == "[redacted KEY]"
    assert (tmp_path / "good").is_symlink()
    assert not (tmp_path / "link").is_symlink()
    assert look.folder(tmp_path) == []


def test_what_has_not_changed_since_is_left_alone_and_so_is_git(tmp_path, look):
    (tmp_path / "old").write_text(SECRET)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(SECRET)
    assert look.folder(tmp_path, (tmp_path / "old").stat().st_ctime_ns + 1) == []
    assert look.folder(tmp_path, (tmp_path / "old").stat().st_ctime_ns) == [("old", "KEY")]
    assert (tmp_path / ".git" / "config").read_text() == SECRET


def test_a_time_that_was_set_back_does_not_hide_a_file(tmp_path, look):
    (tmp_path / "a").write_text(SECRET)
    since = (tmp_path / "a").stat().st_ctime_ns
    os.utime(tmp_path / "a", (0, 0))
    assert look.folder(tmp_path, since) == [("a", "KEY")]


def test_read_only_files_and_their_other_names(tmp_path, look):
    (tmp_path / "a").write_text(SECRET)
    os.link(tmp_path / "a", tmp_path / "b")
    (tmp_path / "a").chmod(0o400)
    assert look.folder(tmp_path) == [("a", "KEY"), ("b", "KEY")]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o400


def test_a_secret_at_the_border_of_two_blocks_is_found(tmp_path, look, monkeypatch):
    monkeypatch.setattr(scrub, "_BLOCK", 64)
    for at in range(40, 70, 3):
        (tmp_path / "a").write_text("." * at + SECRET)
        assert look.folder(tmp_path) == [("a", "KEY")]


def test_a_file_that_is_too_large_to_be_put_right_is_taken_away(tmp_path, look, monkeypatch):
    monkeypatch.setattr(scrub, "_LARGEST", 10)
    (tmp_path / "a").write_text(SECRET)
    assert look.folder(tmp_path) == [("a", "KEY")]
    assert not (tmp_path / "a").exists()


def test_folders_that_were_shut_are_looked_into_and_shut_again(tmp_path, look):
    for name, mode in (("none", 0o000), (f"x-{SECRET}", 0o500)):
        inner = tmp_path / name / "in"
        inner.mkdir(parents=True)
        (inner / "kept.txt").write_text(SECRET)
        inner.chmod(0o111)
        inner.parent.chmod(mode)
    assert [path for path, _ in look.folder(tmp_path)] == [
        "none/in/kept.txt",
        "x-[redacted KEY]",
        "x-[redacted KEY]/in/kept.txt",
    ]
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in os.listdir(tmp_path)}
    assert modes == {"none": 0o000, "x-[redacted KEY]": 0o500}
    for name in modes:
        (tmp_path / name).chmod(0o700)
        assert (tmp_path / name / "in").stat().st_mode & 0o777 == 0o111
        (tmp_path / name / "in").chmod(0o700)
        assert SECRET not in (tmp_path / name / "in" / "kept.txt").read_text()


def test_a_folder_that_is_very_deep_is_looked_through(tmp_path, look):
    depth, here = 1100, os.getcwd()  # more than Python's stack has
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        with open("leak", "w") as file:
            file.write(SECRET)
    finally:
        os.chdir(here)
    assert len(look.folder(tmp_path)) == 1
    remove_tree(tmp_path / "d")  # pytest itself would come to the end of the stack


@pytest.mark.parametrize("secret", ["abcd/efgh+12345", "a/b/cdefghij", "x" * 100 + "/" + "y" * 100])
def test_a_secret_that_became_a_path_is_found_in_the_names_of_its_folders(tmp_path, secret):
    look = Scrub(Redactor({"KEY": secret}))
    folder, _, name = f"out/pre-{secret}.txt".rpartition("/")
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / name).write_text("x")
    (tmp_path / folder / "next to it").write_text("y")
    assert "KEY" in {name for _, name in look.folder(tmp_path)}
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert not [path for path in left if any(part in path for part in secret.split("/") if part[4:])], left
    assert {path.rpartition("/")[2] for path in left} >= {"out", "[redacted]", "next to it"}
    assert look.folder(tmp_path) == []


def test_names_that_become_the_same_or_too_long_harm_nothing(tmp_path, look):
    for name in (SECRET, SECRET[::-1]):
        (tmp_path / name).mkdir()
        (tmp_path / name / "in").write_text(name[:3])
    (tmp_path / ("0" * (255 - len(SECRET)) + SECRET)).write_text("x")
    look.folder(tmp_path)
    names = sorted(os.listdir(tmp_path))
    assert names == ["0" * 40 + "[redacted]", "[redacted KEY]", "[redacted KEY]-2"]
    assert {(tmp_path / name / "in").read_text() for name in names[1:]} == {SECRET[:3], SECRET[-1:-4:-1]}


def test_what_cannot_be_put_right_is_told_after_all_else_was(tmp_path, look, monkeypatch):
    (tmp_path / "a").write_text(SECRET)
    (tmp_path / "b").write_text(SECRET)

    def refuse(path, data, mode):
        if path.name == "b":
            raise PermissionError(errno.EPERM, "Operation not permitted", str(path))
        replace_file(path, data, mode)

    monkeypatch.setattr(scrub, "replace_file", refuse)
    with pytest.raises(SecretStays, match="KEY stands in b and cannot be taken out: operation not permitted"):
        look.folder(tmp_path)
    assert (tmp_path / "a").read_text() == "[redacted KEY]"


def test_a_disk_without_room_is_waited_for(tmp_path, look, monkeypatch):
    (tmp_path / "a").write_text(SECRET)

    def refuse(path, data, mode):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scrub, "replace_file", refuse)
    with pytest.raises(OSError, match="No space left"):
        look.folder(tmp_path)


def test_without_secrets_nothing_is_looked_at(tmp_path):
    (tmp_path / "a").write_text(SECRET)
    assert Scrub(Redactor()).folder(tmp_path) == []
    assert not Scrub(Redactor()).finds(SECRET.encode())


def test_a_line_break_that_is_written_out_hides_nothing_in_a_file(tmp_path, look):
    for name, text in (("a", f"{SECRET[:5]}\\ n{SECRET[5:]}"), ("b", f"{SECRET[:5]}\\\\nr{SECRET[5:]}")):
        (tmp_path / name).write_text(f"so {text}!")
    assert [path for path, _ in look.folder(tmp_path)] == ["a", "b"]
    assert {(tmp_path / name).read_text() for name in "ab"} == {"so [redacted KEY]!"}

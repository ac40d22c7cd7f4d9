"""Names stay inside the folder, whatever they say and whatever links there are."""

from __future__ import annotations

import os

import pytest

from ropewalk.agents.inside import (
    files_matching,
    folder_inside,
    name_covers,
    open_inside,
    path_inside,
    replaceable,
    write_inside,
)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\0b"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="working folder"):
        path_inside(tmp_path, name)
    with pytest.raises(ValueError, match="working folder"):
        files_matching(tmp_path, name)


def test_a_link_that_leads_out_is_refused_and_one_that_stays_is_fine(tmp_path):
    folder = tmp_path / "in"
    (folder / "real").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    (folder / "near").symlink_to(folder / "real")
    (folder / "real" / "a").write_text("a")
    (tmp_path / "secret").write_text("s")
    with pytest.raises(ValueError, match="leads out"):
        path_inside(folder, "out/secret")
    assert path_inside(folder, "near/a").read_text() == "a"
    assert files_matching(folder, "out/secret") == []
    assert files_matching(folder, "out/*") == []


def test_a_file_a_folder_and_a_pattern_mean_files(tmp_path):
    for name in ("a.md", "d/b.md", "d/e/c.md", "d/.git/x", "odd[1].md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "empty").mkdir()

    def found(name: str) -> list[str]:
        return [path.relative_to(tmp_path).as_posix() for path in files_matching(tmp_path, name)]

    assert found("a.md") == ["a.md"]
    assert found("d/") == found("d") == ["d/b.md", "d/e/c.md"]
    assert found("**/*.md") == ["a.md", "d/b.md", "d/e/c.md", "odd[1].md"]
    assert found("odd[1].md") == ["odd[1].md"]
    assert found("empty/") == found("none") == found("none/*") == []


@pytest.mark.parametrize(
    ("name", "path", "does"),
    [
        ("a.md", "a.md", True),
        ("./a.md", "a.md", True),
        ("docs", "docs/x/y.md", True),
        ("docs/", "docs/y.md", True),
        ("docs", "docs2/y.md", False),
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/b/c/a.py", True),
        ("*.md", "a.py", False),
    ],
)
def test_a_name_means_a_path(name, path, does):
    assert name_covers(name, path) is does


def test_a_folder_below_a_repositorys_own_files_is_read_all_the_same(tmp_path):
    """Worktrees live inside of `.git`; only a `.git` inside of the working folder is not its content."""
    folder = tmp_path / ".git" / "place"
    for name in ("stories/one.md", ".git/config", "stories/.git/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    assert [path.relative_to(folder).as_posix() for path in files_matching(folder, "stories/")] == [
        "stories/one.md"
    ]


def test_a_file_is_opened_inside_and_the_folders_above_it_are_made_where_that_is_asked_for(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    with pytest.raises(FileNotFoundError):
        open_inside(tmp_path, path, os.O_WRONLY | os.O_CREAT)
    with os.fdopen(open_inside(tmp_path, path, os.O_WRONLY | os.O_CREAT, make=True), "w") as file:
        file.write("text")
    with os.fdopen(open_inside(tmp_path, path, os.O_RDONLY)) as file:
        assert file.read() == "text"


@pytest.mark.parametrize("put", ["folder", "file"])
def test_a_link_that_was_put_in_the_way_after_the_path_was_looked_at_is_not_followed(tmp_path, put):
    top, outside = tmp_path / "top", tmp_path / "outside"
    (top / "a").mkdir(parents=True)
    outside.mkdir()
    (outside / "f").write_text("private")
    if put == "folder":
        (top / "a").rmdir()
        (top / "a").symlink_to(outside)
    else:
        (top / "a" / "f").symlink_to(outside / "f")
    for flags in (os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            open_inside(top, top / "a" / "f", flags, make=True)
    assert (outside / "f").read_text() == "private"


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(ValueError, match="is no file"):
            open_inside(tmp_path, tmp_path / name, os.O_RDONLY)
    with pytest.raises(OSError, match="No such device"):
        open_inside(tmp_path, tmp_path / "pipe", os.O_WRONLY)


@pytest.mark.parametrize("there", ["nothing", "file", "link inside"])
def test_a_file_is_written_where_its_name_leads(tmp_path, there):
    folder = tmp_path / "work"
    (folder / "deep").mkdir(parents=True)
    if there == "file":
        (folder / "deep" / "a.txt").write_text("something longer")
    elif there == "link inside":
        (folder / "deep" / "a.txt").symlink_to("../b.txt")
    write_inside(folder, "deep/a.txt", b"new")
    assert (folder / "deep" / "a.txt").read_bytes() == b"new"
    assert (folder / "deep" / "a.txt").is_symlink() == (there == "link inside")


@pytest.mark.parametrize("name", [".git/config", "sub/.git/hooks/x", "../a", "/etc/passwd"])
def test_what_is_gits_own_or_outside_is_not_written(tmp_path, name):
    with pytest.raises(ValueError, match=r"git's own|not a path inside"):
        write_inside(tmp_path, name, b"x")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_nobody_waits_where_something_else_lies_in_the_place_of_a_file(tmp_path, make):
    make(tmp_path / "a")
    with pytest.raises((ValueError, OSError)):
        write_inside(tmp_path, "a", b"x")


def test_a_link_may_be_replaced_wherever_it_leads_but_is_not_gone_through(tmp_path):
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    (folder / "loop").symlink_to("loop")
    (folder / "own").symlink_to(".git")
    assert replaceable(folder, "out") == folder.resolve() / "out"
    assert replaceable(folder, "loop") == folder.resolve() / "loop"
    assert replaceable(folder, "new/deep/file") == folder.resolve() / "new/deep/file"
    for name in ("out/a", "../job/a", "", ".git", ".git/HEAD", "own/HEAD", "sub/.git"):
        with pytest.raises(ValueError, match=r"working folder|git's own"):
            replaceable(folder, name)


def test_a_loop_of_links_is_a_fault_of_the_file_and_no_crash(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="loop"):
        write_inside(tmp_path, "loop", b"x")
    assert files_matching(tmp_path, "loop") == []


def test_a_folder_is_one_inside_that_is_there(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "up").symlink_to("..")
    (tmp_path / "file").touch()
    assert folder_inside(tmp_path, "") == tmp_path
    assert folder_inside(tmp_path, "a/b") == tmp_path / "a/b"
    for name in ("up", "..", "/etc", "c", "file", "."):
        with pytest.raises(ValueError, match=r"leads out|is not there|is not a path"):
            folder_inside(tmp_path, name)

"""What was changed in one folder is made again in another: each file whole, links as links, and nothing outside or of git."""

import shutil

import pytest

from ropewalk.agents.tape import TapedFile, apply, changes, look


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def file_to_folder(folder):
    (folder / "a").unlink()
    write(folder, a__b="new")


def folder_to_file(folder):
    shutil.rmtree(folder / "d")
    write(folder, d="new")


def folder_to_link(folder):
    shutil.rmtree(folder / "d")
    (folder / "d").symlink_to("kept")


def link_to_folder(folder):
    (folder / "link").unlink()
    write(folder, link__b="new")


def outward_link_removed(folder):
    (folder / "link").unlink()


def link_to_file(folder):
    (folder / "link").unlink()
    write(folder, link="new")


def link_to_itself(folder):
    (folder / "link").unlink()
    (folder / "link").symlink_to("link")


def bytes_that_are_no_text(folder):
    (folder / "a").write_bytes(b"\xff\x00\r\n")


def line_ends_of_another_system(folder):
    (folder / "a").write_bytes(b"one\r\ntwo\rthree")


def emptied(folder):
    (folder / "a").write_text("")


def odd_names(folder):
    write(folder, **{"é \u202e\n": "odd", "-rf": "odd", "d__.gitignore": "odd"})


@pytest.mark.parametrize(
    "change",
    [
        *(file_to_folder, folder_to_file, folder_to_link, link_to_folder, outward_link_removed, link_to_file),
        *(link_to_itself, bytes_that_are_no_text, line_ends_of_another_system, emptied, odd_names),
    ],
)
def test_a_change_is_made_again_as_it_was(tmp_path, change):
    recorded, played = tmp_path / "recorded", tmp_path / "played"
    for folder in (recorded, played):
        folder.mkdir()
        write(folder, a="old", d__b="old", d__e__f="old", kept__c="kept")
        (folder / "link").symlink_to("/etc")
    before = look(recorded)
    change(recorded)
    taped = changes(recorded, before)
    apply(played, taped)
    assert look(played) == look(recorded)
    assert "kept/c" not in taped


def test_only_what_is_otherwise_is_taped_and_git_is_left_out(tmp_path):
    write(tmp_path, a="a", b="b")
    before = look(tmp_path)
    write(tmp_path, b="b", **{".git__HEAD": "x", "sub__.git": "gitdir: x", "sub__c": "c"})
    (tmp_path / "a").chmod(0o755)
    assert changes(tmp_path, before) == {
        "a": TapedFile(text="a", executable=True),
        "sub/c": TapedFile(text="c"),
    }


@pytest.mark.parametrize("kind", ["file", "link", "gone"])
@pytest.mark.parametrize(
    "name", ["../a", "/etc/a", "", ".", "a\0b", "out/a", ".git", ".git/HEAD", "sub/.git/config", "inner/HEAD"]
)
def test_a_tape_changes_nothing_outside_of_the_folder_and_nothing_of_git(tmp_path, kind, name):
    folder = tmp_path / "folder"
    write(folder, **{".git__HEAD": "ref", "sub__.git__config": "own"})
    write(tmp_path, a="outside")
    (folder / "out").symlink_to(tmp_path)
    (folder / "inner").symlink_to(".git")
    with pytest.raises(ValueError, match=r"working folder|git's own"):
        apply(folder, {name: TapedFile(kind=kind, text="x")})
    assert (tmp_path / "a").read_text() == "outside"
    assert (folder / ".git" / "HEAD").read_text() == "ref"
    assert (folder / "sub" / ".git" / "config").read_text() == "own"


def test_a_link_of_the_tape_itself_is_no_way_out(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    tape = {"way": TapedFile(kind="link", text=".."), "way/a": TapedFile(text="x")}
    with pytest.raises(ValueError, match="leads out"):
        apply(folder, tape)
    assert not (tmp_path / "a").exists()


def test_a_folder_that_holds_more_than_the_tape_knows_is_not_removed(tmp_path):
    write(tmp_path, d__b="taped", d__mine="not on the tape")
    with pytest.raises(OSError, match="not empty"):
        apply(tmp_path, {"d": TapedFile(text="file"), "d/b": TapedFile(kind="gone")})
    assert (tmp_path / "d" / "mine").read_text() == "not on the tape"

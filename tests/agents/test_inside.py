"""Names stay inside the folder, whatever they say and whatever links there are."""

from __future__ import annotations

import pytest

from weft.agents.inside import inside, matches, means


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\0b"])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="working folder"):
        inside(tmp_path, name)
    with pytest.raises(ValueError, match="working folder"):
        matches(tmp_path, name)


def test_a_link_that_leads_out_is_refused_and_one_that_stays_is_fine(tmp_path):
    folder = tmp_path / "in"
    (folder / "real").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    (folder / "near").symlink_to(folder / "real")
    (folder / "real" / "a").write_text("a")
    (tmp_path / "secret").write_text("s")
    with pytest.raises(ValueError, match="leads out"):
        inside(folder, "out/secret")
    assert inside(folder, "near/a").read_text() == "a"
    assert matches(folder, "out/secret") == []
    assert matches(folder, "out/*") == []


def test_a_file_a_folder_and_a_pattern_mean_files(tmp_path):
    for name in ("a.md", "d/b.md", "d/e/c.md", "d/.git/x", "odd[1].md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "empty").mkdir()

    def found(name: str) -> list[str]:
        return [path.relative_to(tmp_path).as_posix() for path in matches(tmp_path, name)]

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
    assert means(name, path) is does


def test_a_folder_below_a_repositorys_own_files_is_read_all_the_same(tmp_path):
    """Worktrees live inside of `.git`; only a `.git` inside of the working folder is not its content."""
    folder = tmp_path / ".git" / "place"
    for name in ("stories/one.md", ".git/config", "stories/.git/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    assert [path.relative_to(folder).as_posix() for path in matches(folder, "stories/")] == ["stories/one.md"]

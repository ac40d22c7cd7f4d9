import pytest

from ropewalk.agents.acp import files
from ropewalk.agents.acp.files import AgentFiles


async def test_a_file_is_written_and_read_whole_or_by_lines(tmp_path):
    served = AgentFiles(tmp_path)
    assert await served.write({"path": str(tmp_path / "docs" / "a.md"), "content": "one\ntwo\nthree\n"}) == {}
    assert (await served.read({"path": "docs/a.md"}))["content"] == "one\ntwo\nthree\n"
    assert (await served.read({"path": "docs/a.md", "line": 2}))["content"] == "two\nthree\n"
    assert (await served.read({"path": "docs/a.md", "line": 2, "limit": 1}))["content"] == "two\n"
    assert (await served.read({"path": "docs/a.md", "limit": 1}))["content"] == "one\n"


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a", "link/a", "out"])
async def test_nothing_outside_of_the_folder_is_read_or_written(tmp_path, path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "a").write_text("outside")
    (folder / "link").symlink_to(tmp_path)
    (folder / "out").symlink_to(tmp_path / "a")
    for deed in (AgentFiles(folder).read, AgentFiles(folder).write):
        with pytest.raises(ValueError, match="outside"):
            await deed({"path": path, "content": "x"})
    assert (tmp_path / "a").read_text() == "outside"


async def test_what_is_gits_own_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="git's own"):
        await AgentFiles(tmp_path).write({"path": ".git/config", "content": "x"})


async def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE_BYTES", 3)
    (tmp_path / "a").write_text("four")
    with pytest.raises(ValueError, match="larger"):
        await AgentFiles(tmp_path).read({"path": "a"})

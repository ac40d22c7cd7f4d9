import pytest

from weft.agents.limits import Limits
from weft.agents.process import run_process
from weft.testing.desk import ListeningDesk


@pytest.mark.needs("linux")
async def test_a_process_and_its_children_are_held_to_their_limits(tmp_path):
    desk = ListeningDesk(tmp_path)
    held = Limits(file_bytes=1000, open_files=50)
    script = "read -r _ < go; (ulimit -n); head -c 5000 /dev/zero > big"
    import os

    os.mkfifo(desk.folder / "go")
    import asyncio

    work = asyncio.create_task(
        run_process(["sh", "-c", script], desk, env={"PATH": "/usr/bin:/bin"}, limits=held)
    )
    await asyncio.to_thread((desk.folder / "go").write_text, "now\n")
    ended = await work
    assert "50" in ended.out
    assert ended.code != 0
    assert (desk.folder / "big").stat().st_size == 1000


def test_no_limit_asks_nothing_of_the_system():
    Limits().put_on(-1)


def test_where_it_cannot_be_done_it_is_refused(monkeypatch):
    monkeypatch.delattr("resource.prlimit")
    with pytest.raises(OSError, match="cannot be set"):
        Limits(open_files=1).put_on(1)

from ropewalk.processes.limits import ProcessLimits
from ropewalk.processes.run import run_process
from ropewalk.testing.desk import ListeningDesk


async def test_a_process_and_its_children_are_held_to_their_limits_from_the_start(tmp_path):
    desk = ListeningDesk(tmp_path)
    held = ProcessLimits(file_bytes=1024, open_files=50)
    script = "(ulimit -n); head -c 5000 /dev/zero > big"
    ended = await run_process(["sh", "-c", script], desk, env={"PATH": "/usr/bin:/bin"}, limits=held)
    assert ended.out == "50\n"
    assert ended.code != 0
    assert (desk.folder / "big").stat().st_size == 1024


async def test_without_a_limit_nothing_is_held(tmp_path):
    desk = ListeningDesk(tmp_path)
    script = "head -c 5000 /dev/zero > big"
    ended = await run_process(
        ["sh", "-c", script], desk, env={"PATH": "/usr/bin:/bin"}, limits=ProcessLimits()
    )
    assert ended.code == 0
    assert (desk.folder / "big").stat().st_size == 5000

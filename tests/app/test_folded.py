"""States that are looked at move on with the record, and only so many are kept."""

from ropewalk.app import folded as folding
from ropewalk.app.acting import StartRequest, start
from ropewalk.app.folded import Folded
from ropewalk.app.open import open_ropewalk
from tests.web.opened import project


async def test_a_state_moves_on_with_the_record_however_long_that_is(tmp_path, monkeypatch):
    monkeypatch.setattr(folding, "PAGE", 2)
    monkeypatch.setattr(folding, "KEPT", 1)
    async with open_ropewalk(project(tmp_path / "project")) as ropewalk:
        folded = Folded(ropewalk)
        run, _ = await start(ropewalk, StartRequest(workflow="quiet"), "ann")
        first = await folded.state(run)
        assert first.status == "pending"
        await ropewalk.drive(run)
        again = await folded.state(run)
        assert again is first
        assert (again.status, again.version) == ("completed", (await ropewalk.store.row(run)).version)
        other, _ = await start(ropewalk, StartRequest(workflow="quiet"), "ann")
        await folded.state(other)
        assert await folded.state(run) is not first

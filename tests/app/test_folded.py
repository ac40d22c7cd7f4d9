"""States that are looked at move on with the record, and only so many are kept."""

from tests.web.opened import project
from weft.app import folded as folding
from weft.app.acting import Wanted, start
from weft.app.folded import Folded
from weft.app.open import open_weft


async def test_a_state_moves_on_with_the_record_however_long_that_is(tmp_path, monkeypatch):
    monkeypatch.setattr(folding, "PAGE", 2)
    monkeypatch.setattr(folding, "KEPT", 1)
    async with open_weft(project(tmp_path / "project")) as weft:
        folded = Folded(weft)
        run, _ = await start(weft, Wanted(workflow="quiet"), "ann")
        first = await folded.state(run)
        assert first.status == "pending"
        await weft.drive(run)
        again = await folded.state(run)
        assert again is first
        assert (again.status, again.version) == ("completed", (await weft.store.row(run)).version)
        other, _ = await start(weft, Wanted(workflow="quiet"), "ann")
        await folded.state(other)
        assert await folded.state(run) is not first

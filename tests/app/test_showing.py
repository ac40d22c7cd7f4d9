"""What an ask shows is shown as it was when it was asked; what is not there has a name."""

import pytest

from tests.web.opened import project
from weft.app import showing
from weft.app.acting import Wanted, command, start
from weft.app.folded import Folded
from weft.app.open import open_weft
from weft.core.events import AskOpened
from weft.errors import NoSuchFile, WeftError


async def test_a_file_that_an_ask_shows(tmp_path):
    async with open_weft(project(tmp_path / "project")) as weft:
        folded = Folded(weft)
        run, _ = await start(weft, Wanted(workflow="writing"), "ann")
        await weft.drive(run)
        ((_, record),) = await weft.store.asks()
        assert isinstance(record.event, AskOpened)
        ask = record.event.ask
        assert await showing.shown(folded, weft, run, ask, "plan.md") == b"# the plan\n"
        for name, path in ((ask, "nix.md"), ("nix", "plan.md")):
            with pytest.raises(NoSuchFile):
                await showing.shown(folded, weft, run, name, path)


def test_a_verb_that_is_none_is_refused():
    with pytest.raises(WeftError, match="no verb dance"):
        command("dance", {}, "ann")

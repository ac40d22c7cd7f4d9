"""What an ask shows is shown as it was when it was asked; what is not there has a name."""

import pytest

from ropewalk.app import showing
from ropewalk.app.acting import StartRequest, command_from, start
from ropewalk.app.folded import Folded
from ropewalk.app.open import open_ropewalk
from ropewalk.core.events import AskOpened
from ropewalk.errors import NoSuchFile, RopewalkError
from tests.web.opened import project


async def test_a_file_that_an_ask_shows(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as ropewalk:
        folded = Folded(ropewalk)
        run, _ = await start(ropewalk, StartRequest(workflow="writing"), "ann")
        await ropewalk.drive(run)
        ((_, record),) = await ropewalk.store.asks()
        assert isinstance(record.event, AskOpened)
        ask = record.event.ask
        assert await showing.shown(folded, ropewalk, run, ask, "plan.md") == b"# the plan\n"
        for name, path in ((ask, "nix.md"), ("nix", "plan.md")):
            with pytest.raises(NoSuchFile):
                await showing.shown(folded, ropewalk, run, name, path)


def test_a_verb_that_is_none_is_refused():
    with pytest.raises(RopewalkError, match="no verb dance"):
        command_from("dance", {}, "ann")

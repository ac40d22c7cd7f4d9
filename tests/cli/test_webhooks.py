import json
import sys
from importlib.metadata import EntryPoint

import pytest

from tests.cli.conftest import Line


def test_webhooks_are_added_listed_and_removed(ropewalk):
    added = ropewalk("webhooks", "add", "https://example.org/hook", "--on", "run.*")
    assert "hears of run.* from now on" in added.out
    assert "whsec_" in added.out
    (row,) = ropewalk.json("webhooks", "list")["webhooks"]
    assert (row["url"], row["patterns"], row["dead"]) == ("https://example.org/hook", ["run.*"], 0)
    assert "whsec_" not in ropewalk("webhooks", "list").out
    assert "Everything was delivered." in ropewalk("webhooks", "dead", row["id"]).out
    assert "nothing to deliver again" in ropewalk("webhooks", "replay", row["id"]).out
    assert ropewalk("webhooks", "remove", row["id"]).code == 0
    assert "There is no webhook." in ropewalk("webhooks", "list").out


@pytest.mark.parametrize("works", [True, False])
def test_what_was_given_up_is_told_and_delivered_again(ropewalk, works):
    code = "import sys; sys.exit(0)" if works else "import sys; sys.exit('still broken')"
    hook = json.loads(ropewalk("webhooks", "add", "--json", "--", sys.executable, "-c", code).out)["id"]
    ropewalk.run("{id: a, uses: noop}")
    bury(ropewalk, hook)
    assert ropewalk.json("webhooks", "dead", hook)["dead"][0]["tries"] == 9
    assert "gone" in ropewalk("webhooks", "dead", hook).out
    ended = ropewalk("webhooks", "replay", hook)
    assert (ended.code, "still broken" in ended.out) == (0 if works else 1, not works)
    assert len(ropewalk.json("webhooks", "dead", hook)["dead"]) == (0 if works else 1)


def bury(ropewalk: Line, hook: str) -> None:
    import asyncio

    from ropewalk.app.open import open_ropewalk
    from ropewalk.observe.webhooks import Webhooks

    async def burying() -> None:
        async with open_ropewalk(ropewalk.folder) as opened:
            webhooks = Webhooks(opened.store)
            record = (await opened.store.feed(0, 1, ["run.completed"]))[0]
            await webhooks.bury(await webhooks.get(hook), record, "it is gone", 9, 1.0)

    asyncio.run(burying())


class Lamp:
    name = "lamp"

    async def notify(self, event):
        """Takes everything."""


def test_a_notifier_of_a_plug_in_is_added_by_its_name(ropewalk, monkeypatch):
    point = EntryPoint("lamp", f"{__name__}:Lamp", "ropewalk.notifiers")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [point] if group == point.group else []
    )
    assert "the notifier lamp hears of" in ropewalk("webhooks", "add", "--notifier", "lamp").out
    assert ropewalk.json("webhooks", "list")["webhooks"][0]["notifier"] == "lamp"
    assert "lamp" in ropewalk("webhooks", "list").out
    assert "lamp" in ropewalk("doctor").out
    assert "nothing of that name" in ropewalk("webhooks", "add", "--notifier", "bulb").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["post"], "does not know 'post'"),
        (["dead"], "needs an id"),
        (["replay", "nix"], "There is no webhook nix"),
        (["add"], "it has no target"),
        (["add", "ftp://x"], "no http address"),
    ],
)
def test_what_makes_no_sense_is_refused(ropewalk, words, said):
    ended = ropewalk("webhooks", *words)
    assert ended.code == 2
    assert said in ended.err

"""`weft verify`, `backup`, `export`, `import`, `cleanup`: keeping the store whole, copied, portable and small."""

from __future__ import annotations

from weft.cli import exits
from weft.cli.grammar import Argument, Command
from weft.cli.here import Here


async def verify(here: Here, run: str | None) -> int:
    """Every record against its hash; exit code 1 when something is not as it was written."""
    async with here.weft() as weft:
        faults = await weft.store.verify(await here.find(weft, run) if run else "")
        position = await weft.store.position()
        name = weft.store.name
    here.screen.give({"store": name, "records": position, "clean": not faults, "faults": faults})
    for fault in faults:
        here.screen.line(fault)
    what = f"run {run}" if run else f"{position} records"
    if not faults:
        here.screen.line(f"{here.screen.paint('green', 'Clean')}: {what} in {name} are as they were written.")
    else:
        here.screen.line(f"{len(faults)} fault(s) in {name}; a backup has what was there.")
    return exits.FAILED if faults else exits.COMPLETED


VERIFY = Command(
    "verify",
    "Check the whole store for damage",
    verify,
    Argument("run", "only this run", required=False, complete="run"),
    more="Reads every record and checks it against the hash chain. Exit code 0, or 1 with each fault named.",
)

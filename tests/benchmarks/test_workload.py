"""Which workloads there are, and what measuring them needs."""

import re

from benchmarks.workload import PEERS, PROGRAMS, environments, not_asked
from benchmarks.workloads import WORKLOADS
from tests.architecture.tree import ROOT

WHERE = ROOT / "benchmarks"


def test_every_file_of_a_workload_stands_in_the_list_and_on_the_page() -> None:
    files = {path.stem for path in (WHERE / "workloads").glob("[a-z]*.py")}
    assert {one.name for one in WORKLOADS} == files
    told = set(re.findall(r"`workloads/(\w+)\.py`", (WHERE / "README.md").read_text()))
    assert told == files


def test_our_own_environments_are_made_whichever_peers_are_asked_for() -> None:
    assert environments(WORKLOADS, ()) == ["ropewalk", "doors"]
    assert environments(WORKLOADS, ("dbos",)) == ["ropewalk", "dbos", "doors"]
    assert environments([one for one in WORKLOADS if one.name == "feed"], PEERS) == ["doors"]


def test_only_programs_of_peers_go_unmeasured_unasked() -> None:
    assert not_asked(PEERS) == set()
    assert not_asked(()) == {"langgraph", "dbos", "dbos wal", "restate", "temporal"}
    assert not_asked(("dbos",)) == {"langgraph", "restate", "temporal"}


def test_every_program_is_a_script_that_is_there() -> None:
    assert all((WHERE / "peers" / program.script).is_file() for program in PROGRAMS.values())

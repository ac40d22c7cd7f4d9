"""A file is read as ours only when its keys say so, and a faulty one is read to its end, with every fault."""

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow_text
from ropewalk.formats.native.read import recognises


@pytest.mark.parametrize(
    ("data", "ours"),
    [
        ({"ropewalk": 1}, True),
        ({"ropewalk": 1, "steps": []}, True),
        ({"steps": []}, True),
        ({"steps": [{"id": "a", "run": "b"}]}, True),
        ({"steps": ["?", {"id": "a", "gate": "b"}]}, True),
        ({"steps": [{"id": "a", "agent": "dev", "needs": []}]}, False),
        ({"steps": [{"id": "a", "notes": "x"}]}, False),
        ({"steps": [{"run": "x"}], "workflow": {}}, False),
        ({"steps": "x"}, False),
        ({}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_file_is_ours_when_it_says_so_or_says_the_work_in_our_way(data, ours):
    assert recognises(data) == ours


def test_every_one_of_many_faults_is_told():
    with pytest.raises(InvalidDefinition) as refused:
        load_workflow_text("name: w\nsteps: [" + "5, {quux: 1}, " * 3_000 + "]", "w.yaml")
    assert len(refused.value.faults) == 2 * 3_000

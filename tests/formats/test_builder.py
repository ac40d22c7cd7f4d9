"""A workflow written in Python is the workflow that a file with the same keys would be."""

import subprocess
import sys
from pathlib import Path

import pytest

import ropewalk
from ropewalk.definition.policy import ASKED_RETURN
from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow

EXAMPLE = Path(__file__).parents[2] / "examples" / "function.yaml"


@ropewalk.step(retry=3)
def fetch() -> dict[str, int]:
    return {"count": 2}


@ropewalk.step(needs=[fetch], timeout="5m", with_={"count": "{{ outputs.fetch.count }}"})
def build(count: int) -> None:
    assert count


def test_functions_become_steps():
    flow = ropewalk.flow("nightly", limits={"parallel": 2}).add(fetch, build)
    first, second = flow.workflow().steps
    assert (first.id, first.kind, first.args) == ("fetch", "function", {"name": f"{__name__}:fetch"})
    assert (first.retry.attempts, first.retry.on) == (3, ASKED_RETURN)
    assert (second.needs, second.timeout.step_seconds) == (("fetch",), 300)
    assert second.args["with"] == {"count": "{{ outputs.fetch.count }}"}
    assert flow.functions[f"{__name__}:fetch"] is fetch
    assert flow.workflow().limits.parallel == 2


def test_a_marked_function_can_still_be_called():
    assert fetch() == {"count": 2}


def test_the_same_workflow_in_python_and_in_a_file_has_the_same_digest():
    from examples.sums import flow

    assert flow().load().digest == load_workflow(EXAMPLE).digest


def test_steps_of_any_kind_and_keys_that_are_words_of_python():
    flow = ropewalk.flow("mixed")
    flow.add(id="each", run=["echo", "{{ n }}"], foreach=(1, 2), as_="n")
    flow.add(id="clean", run="rm -f x", finally_=True)

    @flow.step(id="inner", needs=["each"])
    def local() -> None: ...

    flow.add(lambda: None, id="anonymous")
    made = {step.id: step for step in flow.workflow().steps}
    assert made["each"].foreach is not None
    assert made["each"].foreach.name == "n"
    assert made["clean"].final
    assert made["inner"].args == {"name": "local"}
    assert flow.functions["local"] is local
    assert made["anonymous"].args == {"name": "lambda"}


def test_a_function_is_needed_under_the_id_that_it_was_given():
    @ropewalk.step(id="first-one")
    def one() -> None: ...

    @ropewalk.step(needs=one)
    def two() -> None: ...

    assert ropewalk.flow("w").add(one, two).workflow().steps[1].needs == ("first-one",)


def test_faults_name_the_step_where_there_is_no_line():
    flow = ropewalk.flow("bad").add(id="a", run="x", retry=0).add(id="b", run="x", needs=["c"])
    with pytest.raises(InvalidDefinition) as caught:
        flow.workflow()
    assert [str(fault) for fault in caught.value.faults] == [
        "<text>: step `a`: `retry` takes true or false, a whole number of at least 1 or a mapping, not the number 0",
        "<text>: step `b`: there is no step `c`; define it, or remove it",
    ]


def test_importing_ropewalk_costs_nothing():
    code = "import sys, ropewalk; print('msgspec' in sys.modules, ropewalk.flow.__name__, 'msgspec' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False flow True\n"


def test_ropewalk_has_no_other_names():
    with pytest.raises(AttributeError, match="has no attribute 'flwo'"):
        ropewalk.flwo  # noqa: B018

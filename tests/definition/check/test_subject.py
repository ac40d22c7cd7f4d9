"""The subject of a check: names to what they stand for, and a nearest name for a bounded number of unknown ones."""

from __future__ import annotations

import msgspec
import pytest

from ropewalk.definition.check.subject import MOST_HINTS, Known, Subject
from ropewalk.definition.findings import Findings, Nowhere
from ropewalk.definition.workflow import Step, Workflow
from tests.formats.told import told


def subject(*steps: Step) -> Subject:
    return Subject(Workflow("w", steps), Known(), Findings("f.yaml", Nowhere()))


def test_each_step_comes_with_its_path_in_written_order():
    steps = (Step("b", "noop"), Step("a", "noop"), Step("b", "run"))
    assert list(subject(*steps).steps()) == [(("steps", index), step) for index, step in enumerate(steps)]


def test_of_two_steps_with_one_id_the_first_has_the_name():
    first, second = Step("a", "noop", title="first"), Step("a", "noop", title="second")
    assert subject(first, second).by_id == {"a": first}


def test_a_name_stands_for_a_step_or_for_the_members_of_a_group():
    steps = (Step("a", "noop", group="g/h"), Step("b", "noop", group="g"), Step("h", "noop"))
    assert subject(*steps).named == {"a": ("a",), "b": ("b",), "g": ("a", "b"), "h": ("h",)}


def test_a_workflow_without_steps_has_no_names():
    assert (list(subject().steps()), dict(subject().named), dict(subject().by_id)) == ([], {}, {})


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("biuld", "f.yaml: there is no step `biuld`; did you mean build?"),
        ("zzz", "f.yaml: there is no step `zzz`; define it"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_or_with_the_hint(name: str, line: str):
    checked = subject()
    checked.unknown(("needs",), "step", name, ["build", "test"], "define it")
    assert [str(fault) for fault in checked.findings.faults] == [line]


class Counted(list[str]):
    """Names that count how often they are gone through."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_the_nearest_name_is_looked_for_a_bounded_number_of_times():
    checked, names = subject(), Counted(["there"])
    for _ in range(MOST_HINTS + 20):
        checked.unknown((), "step", "thre", names, "define it")
    assert names.times == MOST_HINTS
    nearest = [fault.nearest for fault in checked.findings.faults]
    assert nearest == ["there"] * MOST_HINTS + [""] * 20
    assert checked.findings.faults[-1].hint == "define it"


def test_among_many_unknown_names_of_a_file_only_the_first_get_a_hint():
    steps = "- {id: there, run: x}\n" + "".join(
        f"- {{id: s{number}, run: x, needs: thre}}\n" for number in range(MOST_HINTS + 20)
    )
    faults = told(f"steps:\n{steps}")
    assert len(faults) == MOST_HINTS + 20
    assert faults[MOST_HINTS - 1].endswith("did you mean there?")
    assert faults[MOST_HINTS].endswith("define it, or remove it")


def test_nothing_is_known_to_be_installed_until_somebody_says_so():
    assert msgspec.structs.astuple(Known()) == (None, None, None)
    with pytest.raises(AttributeError):
        Known().kinds = frozenset()  # type: ignore[misc]

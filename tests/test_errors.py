"""An error says what happened in one sentence and what to do about it: whatever its fields hold, and whatever is missing, it
can be printed, told apart by programs, and copied."""

from __future__ import annotations

import ast
import copy
import string

import pytest

from ropewalk import errors
from ropewalk.errors import (
    ConditionError,
    FolderHeld,
    InvalidDefinition,
    LeaseHeld,
    NoSuchRun,
    NoSuchStep,
    RopewalkError,
    StoreBusy,
    StoreError,
    Unconfinable,
    Unrecordable,
    UsageError,
    VariantNeeded,
)
from tests.architecture.tree import at, calls, listed, python_files

KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, RopewalkError)
}

OPTIONAL = {ConditionError: {"hint"}, Unconfinable: {"hint"}}
"""What these fill in by themselves."""


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def needed_by(kind: type[RopewalkError], *templates: str) -> set[str]:
    return set().union(*map(fields_of, templates)) - OPTIONAL.get(kind, set())


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_the_docstring_and_the_hint_are_what_is_printed_with_every_field_filled_in(kind: type[RopewalkError]):
    names = needed_by(kind, str(kind.__doc__), kind.hint)
    error = kind(**{name: f"<{name}>" for name in names})
    assert all(f"<{name}>" in f"{error.message} {error.how}" for name in names)
    assert "{" not in str(error)
    assert str(error).startswith(error.message)
    assert error.args == (error.message,)
    assert error.where.keys() >= names


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("where", [{}, {"strange": "field"}])
def test_an_error_that_lacks_its_fields_can_still_be_printed(
    kind: type[RopewalkError], where: dict[str, str]
):
    error = kind(**where)
    assert str(error)
    assert all(name in error.message for name in needed_by(kind, str(kind.__doc__)))


def test_programs_tell_errors_apart_by_a_name_that_no_two_of_them_share():
    codes = {kind().code for kind in KINDS.values()}
    assert len(codes) == len(KINDS)
    assert (NoSuchRun().code, RopewalkError().code) == ("no-such-run", "ropewalk-error")
    assert all(code == code.lower() and not code.startswith("-") for code in codes)


HOSTILE = (
    "{",
    "}",
    "{}",
    "{0}",
    "{where}",
    "{reason}",
    "{a.b}",
    "{a[0]}",
    '{"a": 1}',
    "%s",
    "\u202e",
    "\0",
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_stands_in_a_field_is_never_read_as_a_template(text: str):
    error = StoreError(store=text, reason=text)
    assert error.message == f"The store {text} cannot be used: {text}."


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_of_its_own_never_fails_to_print(text: str):
    assert RopewalkError(text).message == text
    assert ConditionError(f"a {text} b").message == f"a {text} b"
    assert str(NoSuchRun(f"a {text} b", strange=1)).startswith(f"a {text} b (")


@pytest.mark.parametrize("value", [None, 3, 2.5, ["a"], {"b": 1}, b"bytes", "\ud800"])
def test_a_field_may_be_anything(value: object):
    assert UsageError(what=value, hint="no").message == f"{value}."
    assert Unrecordable(run=value).message.startswith(f"What run {value!r} is")


def test_a_message_of_its_own_takes_its_fields_too():
    error = NoSuchRun("{run} begins several runs: {first}, {other}.", run="a", first="a{1}", other="a2")
    assert error.message == "a begins several runs: a{1}, a2."
    assert error.where == {"run": "a", "first": "a{1}", "other": "a2"}


def test_the_hint_stands_in_brackets_and_no_brackets_stand_where_there_is_none():
    assert str(NoSuchStep(run="r", step="a", nearest="b")) == "Run r has no step a. (did you mean b?)"
    assert str(StoreError(store="s", reason="r")) == "The store s cannot be used: r."
    assert str(ConditionError(expression="a", reason="b")) == "The condition `a` cannot be used: b."
    assert str(ConditionError(expression="a", reason="b", hint="{c}")).endswith("b. ({c})")


def test_where_in_a_condition_is_kept_and_is_its_start_when_nobody_knows():
    assert ConditionError(expression="a", reason="b", column=7).column == 7
    assert ConditionError("no").column == 0


def test_the_faults_of_a_file_are_printed_in_their_order_each_on_a_line():
    error = InvalidDefinition(count=2, file="a.yaml", faults=("a.yaml:2:1: b", "a.yaml:1:1: {c}"))
    assert str(error) == "2 fault(s) in a.yaml.\na.yaml:2:1: b\na.yaml:1:1: {c}"
    assert (error.faults, InvalidDefinition(count=0).faults) == (["a.yaml:2:1: b", "a.yaml:1:1: {c}"], [])


def test_what_may_be_chosen_keeps_the_order_of_the_file():
    assert VariantNeeded(names=["b", "a"]).names == ("b", "a")
    assert VariantNeeded().names == ()


def test_what_may_pass_by_itself_is_known_by_its_class_and_everything_else_stays():
    passing = {name for name, kind in KINDS.items() if kind.passing}
    assert passing == {"StoreBusy", "FolderHeld", "HostHasNoRoom", "GitBusy"}
    assert not StoreError().passing
    assert (StoreBusy().passing, FolderHeld().passing) == (True, True)


@pytest.mark.parametrize(
    "error",
    [
        LeaseHeld(run="r", owner="somebody", pid=7),
        ConditionError(expression='{"a": 1}', reason="no", column=3, hint="{x}"),
        InvalidDefinition(count=1, file="a", faults=("b",)),
        RopewalkError("a {b"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_copy_says_the_same(error: RopewalkError):
    for other in (copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert (str(other), other.where, other.how) == (str(error), error.where, error.how)


def test_who_raises_an_error_gives_every_field_that_it_prints():
    faults = []
    raising = [path for path in python_files("src") if "ropewalk.errors import" in path.read_text("utf-8")]
    for path in raising:
        for line, name, call in calls(path):
            kind = KINDS.get(name.rpartition(".")[2])
            names = {keyword.arg for keyword in call.keywords}
            if kind is None or None in names:
                continue
            template = str(kind.__doc__)
            if call.args:
                message = call.args[0]
                template = str(message.value) if isinstance(message, ast.Constant) else ""
            lacking = needed_by(kind, template, kind.hint) - names
            faults += [f"{at(path, line)}: {name} prints {{{field}}}" for field in sorted(lacking)]
            if call.args and names and not isinstance(call.args[0], ast.Constant):
                faults.append(f"{at(path, line)}: {name} is given fields and a text that is no template")
    assert not faults, listed(faults)

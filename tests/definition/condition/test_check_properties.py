"""What holds for every text: a clear error or a tree; and what the checker accepts, works, and as CEL has it."""

from __future__ import annotations

from collections.abc import Callable

import cel
import pytest
from hypothesis import given, settings

from ropewalk.definition.condition import (
    BOOL,
    check,
    compile_condition,
    translate_botarmy,
    translate_expression,
)
from ropewalk.definition.condition.syntax import parse
from ropewalk.errors import ConditionError
from tests.definition.condition.expressions import NAMES, NOISE, SCOPES, typed
from tests.soak import trials

# What is not the evaluator's fault: the numbers themselves.
ABOUT_NUMBERS = ("too large", "division by zero")

# Of the right types, and yet a slip: what is compared with it can never have that value.
NEVER_TRUE = "is none of the possible values"


def refused(do: Callable[[], object]) -> ConditionError | None:
    try:
        do()
    except ConditionError as error:
        return error
    return None


@pytest.mark.soak
@settings(max_examples=trials(100, 1200), deadline=None)
@given(NOISE)
def test_any_text_is_a_tree_or_one_clear_error(text):
    error = refused(lambda: parse(text))
    faults = check(text, NAMES, BOOL)
    if error is None:
        assert all(0 <= fault.column < len(text) for fault in faults)
    else:
        assert [(fault.column, fault.message) for fault in faults] == [(error.column, error.where["reason"])]
        assert 0 <= error.column <= len(text)


@pytest.mark.soak
@settings(max_examples=trials(66, 800), deadline=None)
@given(NOISE)
def test_any_text_evaluates_or_gives_a_clear_error(text):
    error = refused(
        lambda: compile_condition(text).value({"a": 1, "b": {"c": "x"}, "o": {"n": None}, "ls": ["a"]})
    )
    assert error is None or 0 <= error.column <= len(text)


@pytest.mark.soak
@settings(max_examples=trials(66, 800), deadline=None)
@given(NOISE)
def test_any_text_translates_to_something_that_parses_or_is_left_alone(text):
    translated = translate_botarmy(text)
    assert translated == text or refused(lambda: parse(translated)) is None
    expression = translate_expression(text)
    assert expression is None or refused(lambda: parse(expression)) is None


@pytest.mark.soak
@settings(max_examples=trials(26, 320), deadline=None)
@given(typed(), SCOPES)
def test_what_the_checker_accepts_evaluates_on_values_of_those_types(source, scope):
    faults = check(source, NAMES, BOOL)
    assert all(NEVER_TRUE in fault.message for fault in faults)
    if faults:
        return
    error = refused(lambda: compile_condition(source).holds(scope))
    assert error is None or any(word in error.where["reason"] for word in ABOUT_NUMBERS)


def test_a_comparison_with_what_a_choice_can_never_be_is_refused():
    source = "('1' == (b ? '' : ''))"
    assert [fault.message for fault in check(source, NAMES, BOOL)] == [f'"1" {NEVER_TRUE}: ""']
    assert refused(lambda: compile_condition(source)) is not None


@pytest.mark.soak
@settings(max_examples=trials(26, 320), deadline=None)
@given(typed(), SCOPES)
def test_the_compiled_extension_reads_what_we_read_and_gives_what_we_give(source, scope):
    if check(source, NAMES, BOOL):
        return  # it compares with what can never be; we refuse that
    program = cel.compile(source)
    try:
        theirs = program.execute(scope)
    except (TypeError, ArithmeticError):
        return  # they mix no numbers, and overflow elsewhere
    if all(name.isascii() for name in [source, scope["s"], scope["o"]["t"], *scope["ls"], *scope["m"]]):
        assert compile_condition(source).value(scope) == theirs


@pytest.mark.soak
@settings(max_examples=trials(100, 1200), deadline=None)
@given(NOISE)
def test_what_the_compiled_extension_refuses_we_refuse(text):
    if refused(lambda: parse(text)) is None and "${{" not in text:
        cel.compile(text)


@pytest.mark.parametrize(
    "source", ["1.", "a.`b`", "a.?b", "a[?0]", "[?a]", "a{b: 1}", ".a", "1u", "b'a'", "a.b.c(", "'a' 'b'"]
)
def test_what_cel_has_and_conditions_do_not_is_refused(source):
    with pytest.raises(ConditionError):
        parse(source)

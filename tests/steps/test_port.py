"""Every kind and every gate that ships is what the plug-in contract says: a name, a schema of its own, one coroutine."""

from __future__ import annotations

import inspect

import pytest
from jsonschema import Draft202012Validator

from ropewalk.steps.registry import INTERNAL_KINDS, Gates, Kinds

WORKSPACES = {"own", "read", "none", "shared", "commits"}


@pytest.mark.parametrize("name", [*Kinds().names(), *INTERNAL_KINDS])
def test_a_kind_keeps_the_contract(name: str):
    kind = Kinds().get(name)
    assert kind.name == name
    Draft202012Validator.check_schema(dict(kind.schema))
    assert kind.workspace in WORKSPACES
    assert inspect.iscoroutinefunction(kind.perform)
    assert list(inspect.signature(kind.perform).parameters) == ["brief", "desk", "tools"]


@pytest.mark.parametrize("name", Gates().names())
def test_a_gate_keeps_the_contract(name: str):
    gate = Gates().get(name)
    assert gate.name == name
    Draft202012Validator.check_schema(dict(gate.schema))
    assert inspect.iscoroutinefunction(gate.judge)
    assert list(inspect.signature(gate.judge).parameters) == ["args", "brief", "outcome", "desk", "tools"]


def test_no_file_may_ask_for_a_kind_that_is_internal():
    assert not INTERNAL_KINDS.keys() & set(Kinds().names())

"""A door that needs what is not installed says which extra brings it."""

import pytest

from ropewalk.app import doors
from ropewalk.errors import MissingExtra
from ropewalk.installation import install


def test_a_door_opens_the_function_behind_it():
    assert callable(doors.opener("ropewalk serve"))


def test_what_is_missing_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(doors.DOORS, "ropewalk serve", ("ropewalk.web.nowhere", "serve", "web"))
    with pytest.raises(MissingExtra) as shut:
        doors.opener("ropewalk serve")
    assert install("web") in str(shut.value)

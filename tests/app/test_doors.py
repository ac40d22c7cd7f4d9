"""A door that needs what is not installed says which extra brings it."""

import pytest

from weft.app import doors
from weft.errors import DoorShut


def test_a_door_opens_the_function_behind_it():
    assert callable(doors.door("weft serve"))


def test_what_is_missing_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(doors.DOORS, "weft serve", ("weft.web.nowhere", "serve", "web"))
    with pytest.raises(DoorShut) as shut:
        doors.door("weft serve")
    assert "pip install 'weft[web]'" in str(shut.value)

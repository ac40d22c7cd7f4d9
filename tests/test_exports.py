import sys

import pytest

import ropewalk
from ropewalk.exports import lazy


def test_a_name_comes_from_its_module_when_it_is_asked_for():
    get = lazy("some.package", {"errors": "RopewalkError NoSuchRun"})
    assert get("NoSuchRun") is sys.modules["ropewalk.errors"].NoSuchRun


def test_the_last_part_of_a_module_stands_for_the_module():
    assert lazy("some.package", {"errors": "errors"})("errors") is sys.modules["ropewalk.errors"]


def test_a_name_that_is_not_given_is_no_attribute_of_the_package():
    with pytest.raises(AttributeError, match=r"module 'some\.package' has no attribute 'nothing'"):
        lazy("some.package", {"errors": "RopewalkError"})("nothing")
    assert not hasattr(ropewalk, "nothing")

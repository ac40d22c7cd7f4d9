"""The log of what serves: never on standard output, and lines that programs can read."""

import json

import pytest
import structlog

from ropewalk.observe.logs import log_to_standard_error


@pytest.fixture(autouse=True)
def as_before():
    yield
    structlog.reset_defaults()


def test_a_line_is_an_object_on_standard_error(capsys):
    log_to_standard_error()
    structlog.get_logger("ropewalk").warning("could not go on", run="r", step="s")
    out, err = capsys.readouterr()
    assert out == ""
    line = json.loads(err)
    assert (line["event"], line["level"], line["run"], line["step"]) == (
        "could not go on",
        "warning",
        "r",
        "s",
    )


def test_for_people_it_is_plain(capsys):
    log_to_standard_error(plain=True)
    structlog.get_logger("ropewalk").info("serving", url="http://x")
    assert "serving" in capsys.readouterr().err

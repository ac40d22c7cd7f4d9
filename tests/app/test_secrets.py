"""All that is missing is told at once, before anything is done."""

import pytest

from ropewalk.app.secrets import refuse_missing
from ropewalk.core.work import Options
from ropewalk.errors import SecretsMissing
from tests.formats.told import workflow

TEXT = """
secrets:
  E: {env: NOT_SET_ANYWHERE}
  F: {file: nowhere}
  C: {command: [no-such-program-anywhere]}
  OWN: {command: [./own]}
  unused: {env: NOT_SET_EITHER}
roles: {writer: {agent: claude, secrets: [F]}}
steps:
- {id: a, run: x, secrets: [E, C, OWN]}
- {id: b, role: writer, prompt: x}
"""


def test_everything_that_a_step_will_need_is_looked_at(tmp_path):
    (tmp_path / "own").write_text("")
    with pytest.raises(SecretsMissing) as error:
        refuse_missing(workflow(TEXT), Options(), tmp_path)
    said = str(error.value)
    assert "E: the variable NOT_SET_ANYWHERE is not set" in said
    assert "F: nowhere cannot be read" in said
    assert "C: the program no-such-program-anywhere was not found" in said
    assert "OWN" not in said
    assert "NOT_SET_EITHER" not in said


def test_what_a_rehearsal_does_not_need_is_not_asked_for(tmp_path):
    (tmp_path / "own").write_text("")
    with pytest.raises(SecretsMissing) as error:
        refuse_missing(workflow(TEXT), Options(rehearse=""), tmp_path)
    assert "F:" not in str(error.value)

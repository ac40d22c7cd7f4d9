"""What `[agents.NAME]` says of an agent of the protocol is acted on or refused when it is read, with the key that is at fault."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec
import pytest

from ropewalk.agents.acp.settings import AcpSettings, PermissionRule
from ropewalk.agents.failures import Rule
from ropewalk.agents.presets import PRESETS
from ropewalk.processes.limits import ProcessLimits

TABLE = """
argv = ["agent", "--acp", "--model", "{model}"]
mode = ["auto", "agent"]
careful = "read-only"
permissions = "ask"
offers = []
start_seconds = 5
env = { WORD = "ö" }

[[rules]]
answer = "deny"
kind = "edit"
paths = ["secret/*"]

[[failures]]
kind = "quota"
pattern = "come back (later|tomorrow)"

[limits]
open_files = 100
"""


def read(**table: Any) -> AcpSettings:
    return msgspec.convert({"argv": ["agent"], **table}, AcpSettings)


def test_a_table_is_read_with_all_that_it_says():
    assert read(**tomllib.loads(TABLE)) == AcpSettings(
        argv=("agent", "--acp", "--model", "{model}"),
        mode=("auto", "agent"),
        careful="read-only",
        permissions="ask",
        offers=(),
        start_seconds=5.0,
        env={"WORD": "ö"},
        rules=(PermissionRule("deny", kind="edit", paths=("secret/*",)),),
        failures=(Rule("quota", "come back (later|tomorrow)"),),
        limits=ProcessLimits(open_files=100),
    )


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"argv": []}, r"\$.argv"),
        ({"argv": "agent --acp"}, r"\$.argv"),
        ({"argv": ["agent", 1]}, r"\$.argv\[1\]"),
        ({"argw": ["agent"]}, "argw"),
        ({"permissions": "sometimes"}, r"\$.permissions"),
        ({"confine": "docker"}, r"\$.confine"),
        ({"offers": ["files", "network"]}, r"\$.offers"),
        ({"usage": "guess"}, r"\$.usage"),
        ({"mode": 5}, r"\$.mode"),
        ({"resumes": "no"}, r"\$.resumes"),
        ({"env": {"A": 1}}, r"\$.env"),
        ({"limits": {"open_files": 0}}, r"\$.limits.open_files"),
        ({"limits": {"open": 10}}, "open"),
        ({"rules": [{"kind": "edit"}]}, "answer"),
        ({"rules": [{"answer": "allow"}, {"answer": "allow", "path": ["docs/*"]}]}, r"path.*\$.rules\[1\]"),
        ({"rules": {"answer": "allow"}}, r"\$.rules"),
        ({"failures": [{"kind": "quota", "pattern": "("}]}, r"no regular expression.*\$.failures\[0\]"),
        ({"failures": [{"kind": "quota", "pattern": "x{99999999999}"}]}, "no regular expression"),
        ({"failures": [{"kind": "odd", "pattern": "x"}]}, r"\$.failures\[0\].kind"),
        ({"failures": [{"kind": "quota", "pattern": "x", "flags": "i"}]}, "flags"),
    ],
)
def test_what_nothing_could_act_on_is_refused_with_its_place(table: dict[str, Any], fault: str):
    with pytest.raises(msgspec.ValidationError, match=fault):
        read(**table)


def test_an_agent_has_to_be_named_as_a_command():
    with pytest.raises(msgspec.ValidationError, match="argv"):
        msgspec.convert({}, AcpSettings)


def test_what_a_table_leaves_out_adds_nothing_to_the_agent_and_is_shared_with_no_other():
    first, second = read(), read()
    assert first == second == AcpSettings(argv=("agent",))
    assert not any((first.credentials, first.logins, first.passed, first.env, first.home, first.rules))
    assert first.env is not second.env
    with pytest.raises(AttributeError):
        first.permissions = "deny"  # type: ignore[misc]


def test_a_rule_that_says_only_its_answer_is_for_every_tool_and_for_no_path_outside():
    assert PermissionRule("deny") == PermissionRule("deny", kind="*", title="*", paths=(), outside=False)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_same_when_it_was_written_down_and_read(name: str):
    plain = msgspec.to_builtins(PRESETS[name])
    assert msgspec.convert(plain, AcpSettings) == PRESETS[name]

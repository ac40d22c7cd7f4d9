"""How one agent is started and asked: what a preset fills in, and what `[agents.NAME]` of `ropewalk.toml` may say otherwise."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ropewalk.agents.failures import Rule
from ropewalk.definition import Confine, Permissions
from ropewalk.processes import ProcessLimits

Answer = Permissions


class PermissionRule(Struct, frozen=True, forbid_unknown_fields=True):
    """The first rule that fits answers: `kind` is the protocol's tool kind (`edit`, `execute`, `fetch`, ...), `title` a
    pattern of the tool's title, `paths` patterns inside the working folder. `outside` also lets paths out of it fit.
    """

    answer: Answer
    kind: str = "*"
    title: str = "*"
    paths: tuple[str, ...] = ()
    outside: bool = False


class AcpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """An agent as a command. `{model}` in `argv` is left out, with the element before it, where the role names none.

    `credentials` are the variables by which it may log in: the first that is set passes, no other of them does.
    `logins` are files of its home (or of `$VARIABLE/`) that show a login, `signs` variables that do as well.
    `passed` pass as they are, `env` is given. `home` is a HOME of its own. `mode` is the session's mode, of several the first that it offers;
    `careful` is the one in which it asks for everything, and goes before where not everything is allowed. `keeps` are the files of `home` that it must be able to write when confined, `readable` what else it must read then. `offers` is what ropewalk offers to do for it, `usage` says where it
    tells what it spent.
    """

    argv: Annotated[tuple[str, ...], Meta(min_length=1)]
    version: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    env: dict[str, str] = {}
    home: str = ""
    keeps: tuple[str, ...] = ()
    mode: str | tuple[str, ...] = ""
    careful: str | tuple[str, ...] = ""
    model: str = ""
    login: str = ""
    hint: str = ""
    auth_method: str = ""
    resumes: bool = True
    offers: tuple[Literal["files", "terminals"], ...] = ("files", "terminals")
    usage: Literal["prompt", "codex", "none"] = "prompt"
    permissions: Answer = "allow"
    rules: tuple[PermissionRule, ...] = ()
    failures: tuple[Rule, ...] = ()
    repairs: int = 2
    start_seconds: float = 120.0
    confine: Confine = "none"
    network: bool = True
    readable: tuple[str, ...] = ()
    limits: ProcessLimits | None = None

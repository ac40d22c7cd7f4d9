"""What was written: a Workflow of Steps as frozen data, the same whichever format it came from.

Nothing here is checked; `check` does that whole, before anything starts. The order of `steps` settles every tie.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.definition.policy import Budget, FailurePolicy, Join, Limits, Retry, Timeouts

ValueType = Literal["string", "integer", "number", "boolean", "list", "object", "any"]


Permissions = Literal["allow", "ask", "deny"]
"""What an agent's own requests are answered with, where no rule decides; the later the stricter."""

Confine = Literal["none", "worktree"]
"""Whether a process can write outside of its worktree; the later the stricter."""


class Input(Struct, frozen=True, omit_defaults=True):
    """A value that the run is started with."""

    type: ValueType = "string"
    required: bool = True
    default: Any = None
    description: str = ""
    choices: tuple[Any, ...] = ()
    secret: bool = False


class Secret(Struct, frozen=True, omit_defaults=True):
    """Where a secret is found, never what it is: a variable of ropewalk's own environment, a file, or what a command prints."""

    env: str = ""
    file: str = ""
    command: tuple[str, ...] = ()


class Fact(Struct, frozen=True, omit_defaults=True):
    """Something that becomes known during a run: by a step's outcome, `--fact`, an ask, or `--assume`."""

    type: ValueType = "boolean"
    question: str = ""
    default: Any = None
    choices: tuple[Any, ...] = ()


RESERVED_OPTIONS: Final = ("mode", "model")
"""No options of a role: the mode of a session follows from the permissions, and the model has a key of its own."""


class Role(Struct, frozen=True, omit_defaults=True):
    """Who should do it; `agents` are the programs that may, the first usable one is taken. `secrets` as of a step."""

    agents: tuple[str, ...] = ()
    model: str = ""
    persona: str = ""
    title: str = ""
    permissions: Permissions | Literal[""] = ""
    confine: Confine | Literal[""] = ""
    options: dict[str, Any] = {}
    secrets: dict[str, str] = {}


class Phase(Struct, frozen=True, omit_defaults=True):
    """A named stretch of the workflow; ends when all its steps have ended."""

    id: str
    title: str = ""
    description: str = ""


class Gate(Struct, frozen=True, omit_defaults=True):
    """An automatic check with a verdict. `kind` names the check, `args` are its own (see `ropewalk.steps.gates`).

    Files that `protect` means are judged as they were when the run began, those that `may_change` means as the run left
    them; both are patterns of paths.
    """

    kind: str
    args: dict[str, Any] = {}
    id: str = ""
    protect: tuple[str, ...] = ()
    may_change: tuple[str, ...] = ()


class Foreach(Struct, frozen=True, omit_defaults=True):
    """Run the step once an item of the list or map that `over` (CEL) gives, `at_most` of them at once (0: no own limit).

    It succeeds when all items have ended and `quorum` of them went well (0: all); the work of the others is left out.
    """

    over: str
    name: str = "item"
    key: str = ""
    at_most: int = 0
    quorum: int = 0


class BackTo(Struct, frozen=True, omit_defaults=True):
    """Re-open everything from `to`, a step or a group, up to this one as a new round, `at_most` times, then escalate to a person.

    Without `when` the step's own failed gate or failure sends back; with it, a success for which it holds does too.
    """

    to: str
    when: str = ""
    at_most: int = 3


class Choice(Struct, frozen=True, omit_defaults=True):
    """One thing a person may pick."""

    id: str
    title: str = ""


class Approval(Struct, frozen=True, omit_defaults=True):
    """A person is asked before (`ask`) or after (`approve`) the work; `default` answers when it expires."""

    prompt: str = ""
    choices: tuple[Choice, ...] = ()
    form: dict[str, Any] = {}
    show: tuple[str, ...] = ()
    expires_seconds: float | None = None
    default: str = ""
    on_reject: Literal["redo", "fail", "back_to"] = "redo"
    fact: str = ""


class Route(Struct, frozen=True, omit_defaults=True):
    """A named way on from a decision: the steps in `to` that other routes do not take, or the end of the run."""

    name: str
    when: str = ""
    to: tuple[str, ...] = ()
    end: bool = False
    title: str = ""


class Decision(Struct, frozen=True, omit_defaults=True):
    """Picks one route: the first whose `when` holds; a role, a person or a fact where none has a `when`."""

    routes: tuple[Route, ...] = ()
    by: Literal["condition", "role", "person", "fact"] = "condition"
    fact: str = ""
    prompt: str = ""


class Ref(Struct, frozen=True, omit_defaults=True):
    """A file or folder that a step requires, creates or updates; a soft one may be absent, `any_of` are alternatives."""

    name: str
    soft: bool = False
    any_of: tuple[str, ...] = ()
    external: bool = False
    aggregate: bool = False
    label: bool = False


class Step(Struct, frozen=True, omit_defaults=True):
    """One piece of work. `kind` names what does it (`run`, `role`, `ask`, `decide`, `call`, `function`, `sleep`, `noop`, a plug-in).

    `args` are the kind's own: `run`: argv or script; `sleep`: seconds or until; `call`: workflow, inputs; a plug-in: what its schema says.
    `folder` is where it begins, from the top of the repository ("" is the top).
    `secrets` are given to its attempts, by variable the name of one of `Workflow.secrets` or of a secret input; a `call`
    passes them by the name of the secret input that the called workflow has. No file says the workspace `shared` any more;
    runs of older versions have it on record.
    """

    id: str
    kind: str
    args: dict[str, Any] = {}
    title: str = ""
    phase: str = ""
    group: str = ""
    role: str = ""
    prompt: str = ""
    needs: tuple[str, ...] = ()
    join: Join = Join()
    when: str = ""
    optional: bool = False
    foreach: Foreach | None = None
    requires: tuple[Ref, ...] = ()
    creates: tuple[Ref, ...] = ()
    updates: tuple[Ref, ...] = ()
    gates: tuple[Gate, ...] = ()
    back_to: BackTo | None = None
    decision: Decision | None = None
    ask: Approval | None = None
    approve: Approval | None = None
    retry: Retry = Retry()
    timeout: Timeouts = Timeouts()
    on_failure: FailurePolicy = "fail"
    budget: Budget = Budget()
    template: str = ""
    output: dict[str, Any] = {}
    sets: dict[str, str] = {}
    facts: tuple[str, ...] = ()
    merge: dict[str, str] = {}
    workspace: Literal["own", "read", "none", "shared"] = "own"
    env: dict[str, str] = {}
    folder: str = ""
    confine: Confine | Literal[""] = ""
    secrets: dict[str, str] = {}
    cache: bool = False
    final: bool = False
    internal: bool = False
    handoff: str = ""
    notes: tuple[str, ...] = ()
    extra: dict[str, Any] = {}
    line: int = 0


class Workflow(Struct, frozen=True, omit_defaults=True):
    """A whole workflow as pure data. `extra` keeps what the file said and ropewalk does not act on; `documents` holds the
    texts of the templates that steps and gates name. `protect` holds for every gate. `title` is that of a run, a template
    of its inputs.
    """

    name: str
    steps: tuple[Step, ...]
    description: str = ""
    version: str = ""
    format: str = "ropewalk"
    source: str = ""
    inputs: dict[str, Input] = {}
    secrets: dict[str, Secret] = {}
    facts: dict[str, Fact] = {}
    roles: dict[str, Role] = {}
    phases: tuple[Phase, ...] = ()
    limits: Limits = Limits()
    outputs: dict[str, str] = {}
    merge: dict[str, str] = {}
    land: str = "branch"
    squash: str = ""
    gates: tuple[Gate, ...] = ()
    protect: tuple[str, ...] = ()
    documents: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    extra: dict[str, Any] = {}
    title: str = ""

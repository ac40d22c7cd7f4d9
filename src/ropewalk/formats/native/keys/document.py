"""The keys at the top of a ropewalk file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ropewalk.definition import Confine, FailurePolicy, Permissions, ValueType
from ropewalk.formats.native.keys.flow import BudgetKeys, LimitsKeys, Retry, Timeout
from ropewalk.formats.native.keys.gate import Gates
from ropewalk.formats.native.keys.step import StepKeys
from ropewalk.formats.native.keys.words import Expression, Identifier, Names, Open, SecretNames, Text, Value


class InputKeys(Struct, forbid_unknown_fields=True):
    """A value that the run is started with."""

    type: ValueType = "string"
    """What kind of value it is."""
    required: bool | UnsetType = UNSET
    """Whether a run needs it; unless told, where there is no default."""
    default: Any = UNSET
    """Its value when none is given."""
    description: str = ""
    """What people see."""
    choices: list[Any] = []
    """The only values that are taken."""
    secret: bool = False
    """Its value is never stored, shown or put into a text; only the steps that name it are given it."""


class SecretKeys(Struct, forbid_unknown_fields=True):
    """Where a secret is found, each time that a step is given it: one of these."""

    env: Text | UnsetType = UNSET
    """A variable of the environment in which ropewalk itself runs."""
    file: Text | UnsetType = UNSET
    """A file outside of the workspace; a relative path is looked for in the project."""
    command: Annotated[list[Text], Meta(min_length=1)] | UnsetType = UNSET
    """A program with its arguments; what it prints is the secret."""


class FactKeys(Struct, forbid_unknown_fields=True):
    """Something that becomes known during the run."""

    type: ValueType = "boolean"
    """What kind of value it is."""
    question: str = ""
    """What a person is asked when nobody set it."""
    default: Any = UNSET
    """Its value when nobody set it, instead of asking."""
    choices: list[Any] = []
    """The only values that are taken."""


class RoleKeys(Struct, forbid_unknown_fields=True):
    """Who does the work."""

    agent: Names = []
    """The program that does it; of several, the first that is usable."""
    model: str = ""
    """The model that the agent is told to use."""
    persona: str = ""
    """Who the agent is told to be: a text, which is a template of `inputs` and `run`; or the path of a file, whose text is taken as it is."""
    title: str = ""
    """What people see; a template of `inputs` and `run`."""
    permissions: Permissions | UnsetType = UNSET
    """How what the agent asks to be allowed is answered; more care than the settings say, never less."""
    confine: Confine | UnsetType = UNSET
    """`worktree`: it can write in its working folder only. A role can ask for more than the settings, never for less."""
    options: Open = {}
    """The agent's own options by name: settings of a model (`temperature: 0`), or of the session that an ACP agent offers; not `mode` and `model`."""
    secrets: SecretNames = {}
    """Secrets that the agent's environment is given, wherever the role is at work."""


class PhaseKeys(Struct, forbid_unknown_fields=True):
    """A named stretch of the workflow."""

    id: Identifier
    """Its name in steps."""
    title: str = ""
    """What people see."""
    description: str = ""
    """What it is for."""


class DefaultsKeys(Struct, forbid_unknown_fields=True):
    """What holds for each step that does not say otherwise; `env` is merged."""

    role: Text | UnsetType = UNSET
    """Who answers prompts that name no role."""
    shell: Text | UnsetType = UNSET
    """The shell of scripts."""
    retry: Retry | UnsetType = UNSET
    """As on a step."""
    timeout: Timeout | UnsetType = UNSET
    """As on a step."""
    on_failure: FailurePolicy | UnsetType = UNSET
    """As on a step."""
    budget: BudgetKeys | UnsetType = UNSET
    """As on a step."""
    workspace: Literal["own", "read", "none"] | UnsetType = UNSET
    """As on a step."""
    env: dict[str, Value] = {}
    """As on a step."""
    confine: Confine | UnsetType = UNSET
    """As on a step."""
    cache: bool | UnsetType = UNSET
    """As on a step."""


class DocumentKeys(Struct, forbid_unknown_fields=True):
    """A ropewalk workflow."""

    steps: Annotated[list[StepKeys], Meta(min_length=1)]
    """The work, in the order that settles every tie."""
    ropewalk: Literal[1] = 1
    """The version of this format."""
    name: Text | UnsetType = UNSET
    """What the workflow is called; the file's name unless told."""
    title: str = ""
    """What people see of a run in lists; a template of `inputs`, `run.id` and `run.workflow`."""
    description: str = ""
    """What it is for."""
    version: str | int | float = ""
    """The version of the workflow itself."""
    inputs: dict[str, ValueType | InputKeys | None] = {}
    """Values that a run is started with; a type alone is enough."""
    secrets: dict[str, SecretKeys] = {}
    """Where secrets are found; each is given only to the steps and roles that name it."""
    facts: dict[str, ValueType | FactKeys | None] = {}
    """What becomes known during the run; a type alone is enough."""
    roles: dict[str, Text | list[Text] | RoleKeys | None] = {}
    """Who does the work; the name of an agent alone is enough."""
    defaults: DefaultsKeys | UnsetType = UNSET
    """What holds for every step."""
    limits: LimitsKeys | UnsetType = UNSET
    """Limits of a whole run."""
    phases: list[Text | PhaseKeys] = []
    """Named stretches, in order."""
    final: list[StepKeys] = field(default_factory=list, name="finally")
    """Steps that run after all others, whatever became of them."""
    gate: Gates | UnsetType = UNSET
    """What the run's result must pass before it lands."""
    protect: Names = []
    """What every gate of the file protects, next to its own `protect`."""
    outputs: dict[str, Expression] = {}
    """What the run gives, each an expression."""
    merge: dict[str, Text] = {}
    """How changes are joined, by path pattern."""
    documents: dict[str, Text] = {}
    """Document templates by name, each a whole text, where they do not stand in files of their own."""
    land: Literal["branch", "merge"] = "branch"
    """What becomes of the result: left on its branch, or merged into the branch that the run began from."""
    squash: bool | Text = False
    """Whether what lands is one commit, with the user as its author, in place of those of the steps; or its message, a template of `inputs`, `run.id`, `run.workflow` and `run.title`."""
    extra: Open = {}
    """Anything else worth keeping; ropewalk shows it and does not act on it."""

"""The keys of a step, and of a named group of steps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ropewalk.definition import Confine, FailurePolicy
from ropewalk.formats.native.keys.flow import (
    Approval,
    BackToKeys,
    BudgetKeys,
    DecideKeys,
    FailureKeys,
    ForeachKeys,
    JoinKeys,
    Retry,
    Timeout,
)
from ropewalk.formats.native.keys.gate import Gates
from ropewalk.formats.native.keys.words import (
    Command,
    Duration,
    Expression,
    Identifier,
    Names,
    Open,
    Positive,
    SecretNames,
    Text,
    Value,
)


class FileKeys(Struct, forbid_unknown_fields=True):
    """A file or folder, where its path alone does not say enough."""

    path: Text | UnsetType = UNSET
    """The path in the workspace; a folder ends with a slash."""
    optional: bool = False
    """It may be absent."""
    any_of: list[Text] = []
    """Paths of which one is enough."""
    external: bool = False
    """It is there before the run: no step creates it."""
    aggregate: bool = False
    """The name stands for many files."""
    label: bool = False
    """The name is said to people and is no path."""


Files = Text | FileKeys | list[Text | FileKeys]


class CallKeys(Struct, forbid_unknown_fields=True):
    """Run another workflow as this step."""

    workflow: Text
    """Its name or path."""
    inputs: Open = {}
    """What it is started with; texts are templates."""


class StepKeys(Struct, forbid_unknown_fields=True):
    """One piece of work: a command, a role with a prompt, a decision, a question, a call, a plug-in, or a group."""

    id: Identifier | UnsetType = UNSET
    """The step's name, unique in the file; only a group may do without."""
    title: str = ""
    """What people see; a template."""
    phase: Text | UnsetType = UNSET
    """The phase that the step belongs to."""
    group: Text | UnsetType = UNSET
    """The named group that the step belongs to, where it does not stand inside `parallel`."""
    run: Command | UnsetType = UNSET
    """A command: a text is a script for `bash -eu -o pipefail`, or for `sh` where there is no bash; a list is a program with its arguments (each a template)."""
    shell: Text | UnsetType = UNSET
    """The shell that runs the script; bash where it is installed, else `sh`, unless told."""
    role: Text | UnsetType = UNSET
    """Who does it: one of `roles`."""
    prompt: str = ""
    """What the role is asked; a Jinja template."""
    uses: Text | UnsetType = UNSET
    """A kind of step that a plug-in brings, or `noop`."""
    function: Annotated[str, Meta(pattern=r"^[\w.]+(:[\w.]+)?$")] | UnsetType = UNSET
    """A Python function: `module:name`, or the name by which it was registered."""
    arguments: Open | UnsetType = field(default=UNSET, name="with")
    """What the plug-in, the function or the called workflow is given."""
    decide: DecideKeys | UnsetType = UNSET
    """Pick one of several ways on."""
    ask: Approval | UnsetType = UNSET
    """A person is asked before the work, or instead of it where the step says nothing else."""
    approve: Approval | UnsetType = UNSET
    """A person is asked after the work."""
    call: Text | CallKeys | UnsetType = UNSET
    """Run another workflow: its name, or its name and inputs."""
    sleep: Duration | UnsetType = UNSET
    """Wait this long; the step holds no slot meanwhile, and a restart loses none of the time."""
    until: Text | UnsetType = UNSET
    """Wait until a moment: written out with its zone (`2026-12-24T18:00:00+01:00`), or an expression that gives one, or unix seconds."""
    parallel: list[StepKeys] | GroupKeys | UnsetType = UNSET
    """A named group: its members may run at once, and its name in `needs` means all of them."""
    needs: Names = []
    """Steps or groups that must have ended first."""
    requires: Files = []
    """Files that the step reads; the earlier steps that write them are needed by themselves. Names are templates."""
    creates: Files = []
    """Files that the step makes; the step has failed when one is absent or empty. Names are templates, so each item has its own."""
    updates: Files = []
    """Files that the step changes; names are templates."""
    when: Expression | bool | UnsetType = UNSET
    """The step is skipped when this is false."""
    optional: bool = False
    """The run may succeed without it: when it fails or is left out, what needs it goes on."""
    join: Annotated[str, Meta(pattern=r"^(all|any|quorum [0-9]{1,9})$")] | JoinKeys | UnsetType = UNSET
    """How many needs must have succeeded: `all`, `any`, `quorum 2`."""
    foreach: Text | list[Any] | ForeachKeys | UnsetType = UNSET
    """Run the step once an item of a list or map: the list itself, or an expression that gives it."""
    matrix: dict[str, Annotated[list[Value | dict[str, Value]], Meta(min_length=1)]] | UnsetType = UNSET
    """Run the step once for every combination of the values of these axes; `include` adds to them, `exclude` leaves out. A combination
    is read as `matrix.AXIS`, and has an `id`."""
    item: Identifier | UnsetType = field(default=UNSET, name="as")
    """What the item is called, as in `foreach`."""
    key: Text | UnsetType = UNSET
    """The item's stable key, as in `foreach`."""
    at_most: Positive | UnsetType = UNSET
    """Items at once (next to `foreach` or `matrix`), or times sent back (next to `back_to`)."""
    gate: Gates | UnsetType = UNSET
    """What the work must pass: a command, or one of the other checks, or a list of them."""
    back_to: Identifier | BackToKeys | UnsetType = UNSET
    """Where the work is sent back to when the gate fails."""
    retry: Retry | UnsetType = UNSET
    """Tries in all, or how to try again."""
    timeout: Timeout | UnsetType = UNSET
    """The longest that all tries may take, or several limits."""
    on_failure: FailurePolicy | FailureKeys | UnsetType = UNSET
    """What a failure of the step does to the run."""
    budget: BudgetKeys | UnsetType = UNSET
    """What the step may spend."""
    template: str = ""
    """The document template that the step's files follow."""
    output: Open = {}
    """JSON Schema of the step's outputs; what it does not name cannot be read of them, unless it says `additionalProperties`."""
    sets: dict[str, Expression] = {}
    """Facts set after success, each by an expression over the outputs."""
    facts: Names = []
    """Facts that the step's agent is asked for."""
    merge: dict[str, Text] = {}
    """How changes are joined, by path pattern."""
    workspace: Literal["own", "read", "none"] | UnsetType = UNSET
    """Where the step may write: a workspace of its own, nothing (`read`), or no workspace at all."""
    env: dict[str, Value] = {}
    """Environment variables of the step's command or agent, and of the commands of its gates; texts are templates."""
    folder: Text = field(default="", name="dir")
    """The folder of the repository in which its command, its agent and the commands of its gates begin; a template. Paths of files
    (`creates`, `report`, …) are from the top all the same."""
    confine: Confine | UnsetType = UNSET
    """`worktree`: its command, its agent and the commands of its gates can write in the working folder only."""
    secrets: SecretNames = {}
    """Secrets that the step's environment is given: names, or `VARIABLE: name`; of a `call`, `input: name`."""
    cache: bool | UnsetType = UNSET
    """The result of an earlier success may be taken where it had the same brief and began from the same files."""
    final: bool = field(default=False, name="finally")
    """Run after all other steps, whatever became of them."""
    handoff: str = ""
    """What the next role is told; a template."""
    notes: Names = []
    """Remarks that go into the prompt and onto the page; templates."""
    extra: Open = {}
    """Anything else worth keeping; ropewalk shows it and does not act on it."""


class GroupKeys(Struct, forbid_unknown_fields=True):
    """A named group of steps; what it says is said of each member."""

    steps: Annotated[list[StepKeys], Meta(min_length=1)]
    """The members."""
    id: Identifier | UnsetType = UNSET
    """The group's name."""
    needs: Names = []
    """Needed by each member."""
    when: Expression | bool | UnsetType = UNSET
    """Each member is skipped when this is false."""
    phase: Text | UnsetType = UNSET
    """The phase of members that name none."""

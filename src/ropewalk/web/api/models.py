"""What the API takes, for the OpenAPI and for generated clients. What it gives are the structs of the facade (`schemas`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RunStatus = Literal["pending", "running", "paused", "completed", "failed", "aborted"]
Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """A body: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Start(Body):
    """A run that is wanted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"workflow": "hello", "inputs": {"name": "ropewalk"}, "rehearse": True}]
        },
    )

    workflow: Word = Field(description="a name that `GET /workflows` lists", examples=["hello"])
    inputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    labels: dict[Word, Word] = {}
    parallel: int = Field(default=0, ge=0, le=10_000, description="attempts at once; 0: as the workflow says")
    sequential: bool = False
    rehearse: bool = Field(default=False, description="let the rehearsal agent do what roles do")
    with_changes: bool = Field(default=False, description="take the uncommitted changes along")


class Reasoned(Body):
    """A verb that takes a reason."""

    reason: Text = ""


class OnSteps(Body):
    """A verb on one step, or on every failed one."""

    step: Word = ""
    reason: Text = ""


class OnStep(Body):
    """A verb on one step."""

    step: Word
    reason: Text = ""


class Fork(Body):
    """Do a step of a run again, and what comes after it, in a new run."""

    step: Word
    inputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}


class SecretsGiven(Body):
    """Values of secret inputs; the process that is told them holds them in memory, and nothing of them is kept."""

    values: dict[Word, Annotated[str, StringConstraints(max_length=65_536)]]


class FactGiven(Body):
    """Something that is known now."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*$", max_length=200)]
    value: Any


class More(Body):
    """What a run may use beyond what it may now."""

    cost_usd: float | None = Field(default=None, gt=0, le=1e9, allow_inf_nan=False)
    tokens: int | None = Field(default=None, gt=0, le=10**15)
    attempts: int | None = Field(default=None, gt=0, le=10**9)
    seconds: float | None = Field(default=None, gt=0, le=1e9, allow_inf_nan=False)


class Target(Body):
    """Where the result goes; empty: the branch that the run began from."""

    target: str = Field(default="", max_length=200)


class Published(Body):
    """An event of one's own."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w.-]*$", max_length=100)]
    data: dict[str, Any] = {}


class Batch(Body):
    """Events of one's own, put on record together."""

    events: Annotated[list[Published], Field(min_length=1, max_length=100)]


class AnswerBody(Body):
    """An answer to an ask. With `digest` it counts only for what was shown with it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"verdict": "reject", "reason": "name the risks"}]}
    )

    verdict: Word = Field(description="approve, reject, amend, or one of the choices", examples=["approve"])
    reason: Text = ""
    value: Any = None
    content: dict[Word, str] | None = Field(default=None, description="amended files by path, as text")
    digest: Word = ""
    path: Text = Field(default="", description="of a conflict: the answer is for this file alone")
    hunk: int | None = Field(default=None, description="and for this hunk of it, from 1")


class WorkflowText(Body):
    """A workflow to check; nothing of it is kept."""

    text: Annotated[str, StringConstraints(max_length=1 << 20)]
    name: Word = "workflow"

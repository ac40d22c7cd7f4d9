"""A run, a step, an ask and a record as every door gives them: one struct each, in the words of the design.

`--json`, the API with its OpenAPI, the tools of an agent and the library all give these; what a door shows is made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from ropewalk.core import (
    Failure,
    Feedback,
    RunStatus,
    State,
    StepState,
    StepStatus,
    Usage,
    Verdict,
    possible_verdicts,
)
from ropewalk.core.events import AskOpened, Outcome
from ropewalk.definition import form_schema
from ropewalk.errors import NoSuchStep
from ropewalk.observe import (
    MadeFile,
    Progress,
    artifacts_of,
    cost_of,
    errors_of,
    git_result,
    handoffs_of,
    listed_steps,
    progress_of,
    run_seconds,
    warnings_of,
)
from ropewalk.observe import verdicts_of as judged
from ropewalk.store.port import Record


class StepRow(Struct, frozen=True):
    """One step of a run's list."""

    id: str
    status: StepStatus
    round: int
    attempts: int
    outputs: dict[str, Any]


class ArtifactRow(Struct, frozen=True):
    """A file that a run made, the step that wrote it last, and the commit that it is read from; its size in bytes, the `sources`
    that this step requires, and the person who amended it, if one did."""

    path: str
    step: str
    digest: str
    size: int
    commit: str
    sources: tuple[str, ...] = ()
    amended_by: str = ""


class ErrorRow(Struct, frozen=True):
    """What failed; `step` is empty where it was the run as a whole."""

    step: str
    class_: str = field(name="class")
    message: str = ""


class WarningRow(Struct, frozen=True):
    """What people should know of the files; `step` is empty where it is of what the run started from."""

    step: str
    message: str


class ShownFile(Struct, frozen=True):
    """A file that an ask shows."""

    path: str
    digest: str
    size: int


class AskView(Struct, frozen=True, kw_only=True):
    """What a person is asked; `verdicts` are what it takes, `digest` binds an answer to what is shown. Times in unix seconds."""

    run: str
    ask: str
    step: str
    round: int
    about: str
    prompt: str
    choices: tuple[str, ...]
    titles: tuple[str, ...]
    verdicts: tuple[str, ...]
    form: dict[str, Any]
    show: tuple[ShownFile, ...]
    digest: str
    since: float | None
    expires_at: float | None
    default: str
    fact: str
    detail: dict[str, Any]


class RunView(Struct, frozen=True, kw_only=True):
    """One run whole, now or at a version. `cost_usd` null: unknown; with `cost_unknown` the part that is known. `folders`: of
    attempts, with what may be kept nowhere else. `base` to `conflicts` are there for a run in git: `landed` is the branch
    where its result is, `landing` the one that it is on its way to, `not_landed` why it did not get there when that was wanted last. Times in unix seconds.
    """

    run: str
    workflow: str
    title: str
    status: RunStatus
    reason: str
    steps: tuple[StepRow, ...]
    artifacts: tuple[ArtifactRow, ...]
    errors: tuple[ErrorRow, ...]
    warnings: tuple[WarningRow, ...]
    cost_usd: float | None
    cost_unknown: bool
    seconds: float
    base: str | UnsetType = UNSET
    branch: str | UnsetType = UNSET
    commit: str | UnsetType = UNSET
    tree: str | UnsetType = UNSET
    landed: str | UnsetType = UNSET
    landing: str | UnsetType = UNSET
    not_landed: str | UnsetType = UNSET
    conflicts: list[dict[str, Any]] | UnsetType = UNSET
    version: int
    detail: str
    until: float | None
    created_at: float
    started_at: float | None
    ended_at: float | None
    inputs: dict[str, Any]
    facts: dict[str, Any]
    outputs: dict[str, Any]
    gates: list[dict[str, Any]]
    handoffs: list[dict[str, Any]]
    asks: tuple[AskView, ...]
    labels: dict[str, str]
    forked_from: str
    parent: str
    folders: tuple[str, ...]
    progress: Progress


class StepView(Struct, frozen=True, kw_only=True):
    """One step whole. `attempts` are all there ever were, `attempts_in_round` those of the present round."""

    id: str
    status: StepStatus
    round: int
    attempts: int
    outputs: dict[str, Any]
    attempts_in_round: int
    kind: str
    title: str
    role: str
    prompt: str
    phase: str
    needs: tuple[str, ...]
    waits_for: str
    until: float | None
    detail: str
    cause: str
    started_at: float | None
    ended_at: float | None
    result: Outcome | None
    failure: Failure | None
    failures: tuple[Failure, ...]
    verdicts: tuple[Verdict, ...]
    feedback: tuple[Feedback, ...]
    route: str
    child: str
    asks: tuple[str, ...]
    items: tuple[str, ...]
    usage: Usage


class RecordView(Struct, frozen=True):
    """A record of the feed. `id` is `run/version`, stable wherever the run is; `event` is as it was written."""

    position: int
    run: str
    version: int
    id: str
    at: float
    kind: str
    actor: str
    cause: str
    event: msgspec.Raw
    hash: str


def plain_data(value: Any) -> Any:
    """As JSON has it."""
    return msgspec.to_builtins(value, enc_hook=str)


def recorded(state: State) -> tuple[ArtifactRow, ...]:
    """The files of a run as its steps tell of them, where nobody looks at the merge so far."""
    return artifact_rows(artifacts_of(state))


def artifact_rows(made: Iterable[MadeFile]) -> tuple[ArtifactRow, ...]:
    """Files that a run made, as they are shown."""
    return tuple(
        ArtifactRow(
            file.path, entry.step, file.digest, file.size, file.commit, entry.sources, file.amended_by
        )
        for entry, file in ((entry, entry.artifact) for entry in made)
    )


def run_of(
    state: State, now: float, made: tuple[ArtifactRow, ...] | None = None, folders: tuple[str, ...] = ()
) -> RunView:
    """One run whole. `made` are its artifacts where somebody looked into the merge so far, `folders` those of attempts that
    hold what may be kept nowhere else."""
    return RunView(
        run=state.run,
        workflow=state.workflow.name,
        title=state.title,
        status=state.status,
        reason=state.reason,
        steps=steps_of(state),
        artifacts=recorded(state) if made is None else made,
        errors=tuple(ErrorRow(row["step"], row["class"], row["message"]) for row in errors_of(state)),
        warnings=tuple(WarningRow(row["step"], row["message"]) for row in warnings_of(state)),
        cost_usd=cost_of(state),
        cost_unknown=bool(state.spent.unknown),
        seconds=run_seconds(state, now),
        **(git_result(state) if state.base.get("commit") else {}),
        version=state.version,
        detail=state.detail,
        until=state.until,
        created_at=state.created_at,
        started_at=state.started_at,
        ended_at=state.ended_at,
        inputs=state.inputs,
        facts=state.facts,
        outputs=state.result,
        gates=plain_data(judged(state)),
        handoffs=plain_data(handoffs_of(state)),
        asks=tuple(ask_of(state.run, opened) for opened in state.asks.values()),
        labels=state.labels,
        forked_from=state.forked_from,
        parent=state.parent.run if state.parent else "",
        folders=folders,
        progress=progress_of(state, now),
    )


def steps_of(state: State) -> tuple[StepRow, ...]:
    """Every step in written order, each item after its foreach; internal ones are not shown."""
    return tuple(
        StepRow(st.key, st.status, st.round, st.attempts, _outputs(st)) for st in listed_steps(state)
    )


def _outputs(st: StepState) -> dict[str, Any]:
    return st.result.outputs if st.result is not None else {}


def find_step(state: State, key: str) -> StepState:
    """Raises NoSuchStep with the nearest name."""
    if key not in state.steps:
        from ropewalk.definition import nearest

        near = nearest(key, state.steps) or ", ".join([*state.steps][:3])
        raise NoSuchStep(run=state.run, step=key, nearest=near)
    return state.steps[key]


def step_of(state: State, st: StepState) -> StepView:
    """Everything about one step."""
    written = state.step(st.key)
    return StepView(
        id=st.key,
        status=st.status,
        round=st.round,
        attempts=st.attempts,
        outputs=_outputs(st),
        attempts_in_round=st.attempt,
        kind=written.kind,
        title=state.title_of(st.key),
        role=written.role,
        prompt=written.prompt,
        phase=written.phase,
        needs=written.needs,
        waits_for=st.on,
        until=st.until,
        detail=st.detail,
        cause=st.cause,
        started_at=st.started_at,
        ended_at=st.ended_at,
        result=st.result,
        failure=st.failure,
        failures=tuple(st.failures),
        verdicts=tuple(st.verdicts),
        feedback=tuple(st.feedback),
        route=st.route,
        child=st.child,
        asks=tuple(st.asks),
        items=st.items,
        usage=st.usage,
    )


def ask_of(run: str, opened: AskOpened, since: float | None = None) -> AskView:
    """One open ask; `since` is when it was asked, where that was looked up."""
    return AskView(
        run=run,
        ask=opened.ask,
        step=opened.step,
        round=opened.round,
        about=opened.about,
        prompt=opened.prompt,
        choices=opened.choices,
        titles=opened.titles,
        verdicts=possible_verdicts(opened),
        form=form_schema(opened.form),
        show=tuple(ShownFile(a.path, a.digest, a.size) for a in opened.show),
        digest=opened.digest,
        since=since,
        expires_at=opened.expires_at,
        default=opened.default,
        fact=opened.fact,
        detail=opened.detail,
    )


def record_of(record: Record) -> RecordView:
    """A record as it is sent, with the event as it was written."""
    return RecordView(
        position=record.position,
        run=record.run,
        version=record.version,
        id=record.id,
        at=record.at,
        kind=record.kind,
        actor=record.actor,
        cause=record.cause,
        event=msgspec.Raw(record.body),
        hash=record.hash,
    )

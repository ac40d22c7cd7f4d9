"""What becomes of an outcome before it is told: no secret, what was kept of its files, and a
failure of a class that says whether it is tried again."""

from __future__ import annotations

import msgspec

from ropewalk.core import Artifact, Failure, Outcome
from ropewalk.errors import GateError, RopewalkError
from ropewalk.runtime.patience import HOST, failure_of
from ropewalk.runtime.vault import HeldSecrets
from ropewalk.workspace.port import Kept

_NAMED = 5


def clean(outcome: Outcome, held: HeldSecrets) -> Outcome:
    cleaned: Outcome = held.redactor.data(outcome)
    return cleaned


def classed(error: RopewalkError | OSError) -> Failure:
    """A gate whose judge failed has failed as the judge did; whatever else is wrong does not fix itself."""
    own = error.where.get("failure") if isinstance(error, GateError) else None
    if isinstance(own, Failure):
        return Failure(kind=own.kind, message=str(error), retry_at=own.retry_at)
    return failure_of(error)


def unfinished(outcome: Outcome, error: RopewalkError | OSError) -> Outcome:
    """The outcome of work that something stopped short: what was done, judged and paid for by then is still told."""
    judged = error.where.get("verdicts", ()) if isinstance(error, GateError) else ()
    verdicts = (*outcome.verdicts, *judged)
    return msgspec.structs.replace(outcome, failure=classed(error), verdicts=verdicts)


def counted(failure: Failure) -> Failure:
    """The failure of an attempt that had begun its work: nothing is done again as if it had not been tried."""
    report = {name: value for name, value in failure.report.items() if name != HOST}
    return msgspec.structs.replace(failure, report=report)


def with_kept(outcome: Outcome, kept: Kept, **changes: object) -> Outcome:
    artifacts = outcome.artifacts or kept.artifacts
    return msgspec.structs.replace(
        outcome,
        artifacts=artifacts,
        commit=kept.commit,
        tree=kept.tree,
        warnings=(*outcome.warnings, *kept.warnings),
        **changes,
    )


def unkept(kept: Kept) -> Failure:
    more = f" and {len(kept.lost) - _NAMED} more" if len(kept.lost) > _NAMED else ""
    message = (
        f"this cannot be kept: {'; '.join(kept.lost[:_NAMED])}{more}; remove it, or name it in .gitignore"
    )
    return Failure(kind="permanent", message=message, report={"lost": list(kept.lost)})


def joined(earlier: tuple[Artifact, ...], changed: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    """All that the step has made over its rounds: what it made and then fixed is still made by it."""
    by_path = {artifact.path: artifact for artifact in earlier}
    for artifact in changed:
        made = artifact.path in by_path and by_path[artifact.path].change == "created"
        if made and artifact.change == "deleted":
            del by_path[artifact.path]
        else:
            by_path[artifact.path] = msgspec.structs.replace(artifact, change="created") if made else artifact
    return tuple(by_path[path] for path in sorted(by_path))

"""Whether what an attempt says is so: what it was to create is there, its outputs, facts and route are what was asked for.

Asked after every attempt that says it succeeded, whoever did it; a claim without evidence is a failure `invalid_output`.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from weft.agents.exchange import SCHEMA_TYPES, fact_told
from weft.agents.inside import matches
from weft.core.work import Artifact, Brief, Failure, Outcome
from weft.definition.workflow import Ref

OWN_OUTPUTS = ("exit_code", "stdout")
"""What every `run` step gives; its schema need not know of them."""

_MOST_FAULTS = 10


class Evidence(Struct, frozen=True):
    """What was found: the declared files as artifacts, and a failure when something that was claimed is not so."""

    failure: Failure | None
    artifacts: tuple[Artifact, ...] = ()


class Before(Struct, frozen=True):
    """The declared files as they were when the attempt began: size, time of change and number on disk by path."""

    marks: Mapping[str, tuple[int, int, int]] = {}


def look(brief: Brief, folder: Path) -> Before:
    """Remember the declared files; call it before the work, so that an update can be told from none."""
    files = [path for ref in (*brief.creates, *brief.updates) for path in _files(ref, folder)]
    return Before({path.relative_to(folder).as_posix(): _mark(path) for path in files})


def gather(brief: Brief, outcome: Outcome, folder: Path, before: Before | None = None) -> Evidence:
    """Check a successful outcome against its brief in the attempt's folder; a failed one is not looked into.

    With `before`, a role that did not touch any of the files that it was asked for has failed; leave it out where an
    earlier attempt, now lost, may have done the work in this same folder.
    """
    if outcome.failure is not None:
        return Evidence(outcome.failure)
    faults: list[str] = []
    artifacts = _artifacts(brief, folder, before, faults)
    faults += _untouched(brief, artifacts, folder, before)
    faults += _misfits(brief, outcome)
    if not faults:
        return Evidence(None, tuple(artifacts))
    message = f"said to be done, but {'; '.join(faults[:_MOST_FAULTS])}"
    failure = Failure(kind="invalid_output", message=message, report={"faults": faults})
    return Evidence(failure, tuple(artifacts))


def schema_faults(value: Any, schema: Mapping[str, Any], name: str) -> list[str]:
    """What does not fit a JSON Schema, with its place in the value; [] when all does."""
    from jsonschema import Draft202012Validator, SchemaError, exceptions
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        checker = Draft202012Validator(schema, registry=Registry())  # nothing is fetched from anywhere
        found = sorted(checker.iter_errors(value), key=exceptions.relevance)
    except SchemaError as fault:
        return [f"the schema of {name} is not valid: {fault.message}"]
    except Unresolvable as fault:
        return [f"the schema of {name} refers to something that is not in it: {fault}"]
    return [f"{name}{_place(fault.absolute_path)}: {fault.message}" for fault in found]


def _artifacts(brief: Brief, folder: Path, before: Before | None, faults: list[str]) -> list[Artifact]:
    found: dict[str, Artifact] = {}
    for ref in (*brief.creates, *brief.updates):
        if ref.label:
            continue
        files = _files(ref, folder)
        filled = [path for path in files if path.stat().st_size]
        if not filled and not ref.soft:
            faults.append(_missing(ref, files))
        for path in filled:
            name = path.relative_to(folder).as_posix()
            known = ref in brief.updates or (before is not None and name in before.marks)
            found[name] = Artifact(
                path=name,
                digest=_digest(path),
                size=path.stat().st_size,
                change="updated" if known else "created",
            )
    return list(found.values())


def _missing(ref: Ref, files: list[Path]) -> str:
    name = " or ".join(f"`{one}`" for one in (ref.name, *ref.any_of) if one)
    if files:
        return f"{name} is empty"
    return f"{name} holds no file" if ref.name.endswith("/") else f"{name} is not there"


def _untouched(brief: Brief, artifacts: list[Artifact], folder: Path, before: Before | None) -> list[str]:
    """A role must have done something; a command may well find everything in order."""
    if before is None or not brief.role_name or not artifacts:
        return []
    if any(before.marks.get(artifact.path) != _mark(folder / artifact.path) for artifact in artifacts):
        return []
    names = ", ".join(f"`{artifact.path}`" for artifact in artifacts[:_MOST_FAULTS])
    return [f"nothing was changed: {names} as before"]


def _misfits(brief: Brief, outcome: Outcome) -> list[str]:
    faults: list[str] = []
    if brief.output_schema:
        known = brief.output_schema.get("properties", {})
        hidden = [name for name in OWN_OUTPUTS if brief.kind == "run" and name not in known]
        outputs = {name: value for name, value in outcome.outputs.items() if name not in hidden}
        faults += schema_faults(outputs, brief.output_schema, "outputs")
    for name, value in outcome.facts.items():
        faults += _fact_faults(name, value, fact_told(brief.wants_facts.get(name, {})))
    if brief.wants_route and outcome.route not in brief.wants_route:
        routes = ", ".join(brief.wants_route)
        faults.append(
            f"the route {outcome.route!r} is none of {routes}"
            if outcome.route
            else f"no route of {routes} was named"
        )
    return faults


def _fact_faults(name: str, value: Any, told: Mapping[str, Any]) -> list[str]:
    schema: dict[str, Any] = {}
    if told:
        kind = told.get("type", "boolean")
        schema["type"] = SCHEMA_TYPES.get(kind, kind)
    if told.get("choices"):
        schema["enum"] = list(told["choices"])
    return (
        schema_faults(value, {key: part for key, part in schema.items() if part}, f"facts.{name}")
        if schema
        else []
    )


def _files(ref: Ref, folder: Path) -> list[Path]:
    """The files of the first alternative that has any; a name that leads out of the folder has none."""
    for name in (ref.name, *ref.any_of):
        try:
            files = matches(folder, name) if name else []
        except ValueError:
            continue
        if files:
            return files
    return []


def _mark(path: Path) -> tuple[int, int, int]:
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1_048_576):
            digest.update(block)
    return digest.hexdigest()


def _place(path: Any) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)

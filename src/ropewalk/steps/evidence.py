"""Whether what an attempt says is so: what it was to create is there, its outputs, facts and route are what was asked for.

Asked after every attempt that says it succeeded, no matter who did it; a claim without evidence is a failure `invalid_output`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ropewalk.agents import (
    SCHEMA_TYPES,
    document_gaps,
    document_in,
    files_matching,
    name_covers,
    schema_faults,
    template_in,
    wanted_fact,
)
from ropewalk.core import Artifact, Brief, Failure, Outcome
from ropewalk.definition import Ref
from ropewalk.files import read_text

OWN_OUTPUTS = ("exit_code", "stdout")
"""What every `run` step gives; its schema need not know of them."""

_MOST_FAULTS = 10


def check_outcome(
    brief: Brief, outcome: Outcome, changed: Sequence[Artifact] | None, folder: Path
) -> Failure | None:
    """Check an outcome that claims success against its brief, in the attempt's folder.

    `changed` is what the workspace saw change (None: nobody looked). A role that was asked for files and changed none
    of them has failed, even when they were there before; not so a second attempt, for a lost one may have done it in
    this same folder, nor a later round that has nothing to fix here, or may have none, as others were told the same.
    """
    if outcome.failure is not None:
        return outcome.failure
    faults = _missing(brief, folder)
    if not faults and changed is not None:
        faults = _untouched(brief, changed)
    faults += _gaps(brief, folder)
    faults += _misfits(brief, outcome)
    if not faults:
        return None
    message = f"said to be done, but {'; '.join(faults[:_MOST_FAULTS])}"
    return Failure(kind="invalid_output", message=message, report={"faults": faults})


def declared_files(brief: Brief, folder: Path) -> list[str]:
    """The paths that a brief names as made or changed, and the files that its patterns mean: they are kept also where
    the repository ignores them."""
    names: dict[str, None] = {}
    for name in declared_names(brief):
        if not any(sign in name for sign in "*?["):
            names[name] = None
        names |= dict.fromkeys(path.relative_to(folder).as_posix() for path in _matching(name, folder))
    return list(names)


def declared_names(brief: Brief) -> list[str]:
    """The names and patterns themselves, as the workflow has them."""
    refs = [ref for ref in (*brief.creates, *brief.updates) if not ref.label]
    return list(dict.fromkeys(name for ref in refs for name in (ref.name, *ref.any_of) if name))


def _matching(name: str, folder: Path) -> list[Path]:
    try:
        return files_matching(folder, name)
    except ValueError:
        return []


def _missing(brief: Brief, folder: Path) -> list[str]:
    faults: list[str] = []
    for ref in (*brief.creates, *brief.updates):
        if ref.label or ref.soft:
            continue
        files = _files(ref, folder)
        if not any(path.stat().st_size for path in files):
            faults.append(f"{_named(ref)} {_lack(ref, files)}")
    return faults


def _lack(ref: Ref, files: list[Path]) -> str:
    if files:
        return "is empty"
    return "holds no file" if ref.name.endswith("/") else "is not there"


def _named(ref: Ref) -> str:
    return " or ".join(f"`{name}`" for name in (ref.name, *ref.any_of) if name)


def _untouched(brief: Brief, changed: Sequence[Artifact]) -> list[str]:
    asked = [ref for ref in (*brief.creates, *brief.updates) if not (ref.label or ref.soft)]
    excused = brief.attempt > 1 or (brief.round > 1 and all(f.shared or f.beforehand for f in brief.feedback))
    if not brief.role_name or not asked or excused:
        return []
    names = [name for ref in asked for name in (ref.name, *ref.any_of) if name]
    if any(name_covers(name, artifact.path) for name in names for artifact in changed):
        return []
    return [f"nothing was changed: {', '.join(map(_named, asked[:_MOST_FAULTS]))} as before"]


def _gaps(brief: Brief, folder: Path) -> list[str]:
    """What the document lacks of its template."""
    template, ref = template_in(brief), document_in(brief)
    if template is None or ref is None:
        return []
    return [
        f"{path.relative_to(folder).as_posix()}: {lack}"
        for path in _files(ref, folder)
        for lack in document_gaps(template, read_text(path, errors="replace"), brief)
    ]


def _misfits(brief: Brief, outcome: Outcome) -> list[str]:
    faults: list[str] = []
    if brief.output_schema:
        known = brief.output_schema.get("properties", {})
        hidden = [name for name in OWN_OUTPUTS if brief.kind == "run" and name not in known]
        outputs = {name: value for name, value in outcome.outputs.items() if name not in hidden}
        faults += schema_faults(outputs, brief.output_schema, "outputs")
    for name, value in outcome.facts.items():
        faults += _fact_faults(name, value, wanted_fact(brief.wants_facts.get(name, {})))
    if brief.wants_route and outcome.route not in brief.wants_route:
        routes = ", ".join(brief.wants_route)
        faults.append(
            f"the route {outcome.route!r} is none of {routes}"
            if outcome.route
            else f"no route of {routes} was named"
        )
    return faults


def _fact_faults(name: str, value: Any, declared: Mapping[str, Any]) -> list[str]:
    schema: dict[str, Any] = {}
    if declared:
        kind = declared.get("type", "boolean")
        schema["type"] = SCHEMA_TYPES.get(kind, kind)
    if declared.get("choices"):
        schema["enum"] = list(declared["choices"])
    return (
        schema_faults(value, {key: part for key, part in schema.items() if part}, f"facts.{name}")
        if schema
        else []
    )


def _files(ref: Ref, folder: Path) -> list[Path]:
    """The files of the first alternative that has any; a name that leads out of the folder has none."""
    for name in (ref.name, *ref.any_of):
        files = _matching(name, folder) if name else []
        if files:
            return files
    return []

"""Files between steps: what a step requires is created by somebody who has ended by then, or is there already.

Every name counts from the top of the repository and stays inside it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from ropewalk.definition.check.shape import Shape
from ropewalk.definition.check.subject import Subject
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.order import Writers, names_of
from ropewalk.definition.workflow import Ref, Step

Exists = Callable[[str], bool]


def check_artifacts(subject: Subject, shape: Shape, exists: Exists | None) -> None:
    """What every step `requires` and `updates` that is neither soft nor from outside, and what it shows when it asks."""
    writers = Writers()
    for step in subject.workflow.steps:
        writers.note(step)
    names = sorted(
        {name for step in subject.workflow.steps for ref in step.creates for name in names_of(ref)}
    )
    for path, step in subject.steps():
        _stays_inside(subject, path, step)
        _begins_somewhere(subject, shape, path, step, exists)
        _writes_where_it_may(subject, path, step)
        if step.ask is not None:
            for index, name in enumerate(step.ask.show):
                place = (*path, "ask", "show", index)
                if _leads_out(name):
                    subject.findings.fault(
                        place,
                        f"`{name}` leads out of the repository",
                        "write it from the top of the repository",
                    )
                else:
                    _ref(subject, shape, place, step, Ref(name), writers, names, exists)
        for key, refs in (("requires", step.requires), ("updates", step.updates)):
            for index, ref in enumerate(refs):
                free = ref.soft or ref.external or ref.aggregate or ref.label
                if not free and not any(map(_leads_out, names_of(ref))):
                    _ref(subject, shape, (*path, key, index), step, ref, writers, names, exists)


def _stays_inside(subject: Subject, path: Path, step: Step) -> None:
    for key, refs in (("requires", step.requires), ("creates", step.creates), ("updates", step.updates)):
        for index, ref in enumerate(refs):
            for name in filter(_leads_out, names_of(ref)):
                hint = "write it from the top of the repository"
                subject.findings.fault((*path, key, index), f"`{name}` leads out of the repository", hint)


def _begins_somewhere(subject: Subject, shape: Shape, path: Path, step: Step, exists: Exists | None) -> None:
    """A folder that a template names, or that an earlier step may make, is looked for when the step begins."""
    place = (*path, "folder")
    if step.folder and (_leads_out(step.folder) or posixpath.normpath(step.folder) in (".", ".git")):
        hint = "name a folder below the top of the repository, or remove `dir` to begin there"
        subject.findings.fault(place, f"`{step.folder}` is no folder inside the repository", hint)
    elif step.folder and step.workspace == "none":
        subject.findings.fault(
            place, "with `workspace: none` there is no folder", "remove `dir`, or write `read`"
        )
    elif step.folder and "{" not in step.folder and not shape.needs[step.id]:
        if exists is None or exists(step.folder):
            return
        hint = "write it from the top of the repository, or let a step make it that this one needs"
        subject.findings.fault(place, f"there is no folder `{step.folder}`", hint)


def _leads_out(name: str) -> bool:
    """Whether a path is absolute, or leads above the folder that it counts from."""
    plain = posixpath.normpath(name)
    return plain.startswith("/") or plain.split("/")[0] == ".."


def _writes_where_it_may(subject: Subject, path: Path, step: Step) -> None:
    """A step that is to write has a folder that is kept."""
    if step.workspace not in ("read", "none"):
        return
    for key, refs in (("creates", step.creates), ("updates", step.updates)):
        for index, ref in enumerate(refs):
            if not ref.label:
                message = f"`{step.id}` is to write `{ref.name}`, but its workspace is `{step.workspace}`"
                subject.findings.fault(
                    (*path, key, index), message, "write `workspace: own`, or leave it out"
                )


def _ref(
    subject: Subject,
    shape: Shape,
    path: Path,
    step: Step,
    ref: Ref,
    writers: Writers,
    names: list[str],
    exists: Exists | None,
) -> None:
    wanted = names_of(ref)
    makers = [writer for name in wanted for writer in writers.of(name) if writer != step.id]
    if any(subject.by_id[writer].final <= step.final for writer in makers):
        if path[-2] in ("requires", "show") and not any(_ahead(shape, writer, step) for writer in makers):
            message = f"`{ref.name}` is created by `{makers[0]}`, which stands later"
            subject.findings.fault(path, message, f"move `{makers[0]}` up, or add `needs: [{makers[0]}]`")
        return
    if exists is not None and any(exists(name) for name in wanted):
        return
    near = nearest(ref.name, names)
    hint = "let a step create it, or write {path: …, external: true}"
    if path[-2] == "show":
        hint = "let a step create it, or name a file of the repository"
    hint = "" if near else hint
    subject.findings.fault(path, f"no step creates `{ref.name}`", hint, nearest=near)


def _ahead(shape: Shape, writer: str, step: Step) -> bool:
    if step.final or {writer, step.id} & shape.circular:
        return True
    return shape.before(writer, step.id)

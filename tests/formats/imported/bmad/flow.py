"""Workflows from the lines of a sequence, for the tests of this room."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

from ropewalk.definition.check import check_workflow
from ropewalk.definition.workflow import Workflow
from ropewalk.formats.imported.bmad.read import read
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.literal_texts import with_literal_texts
from ropewalk.formats.reading import ReadOptions
from ropewalk.yaml.reading import yaml_document


def flow(items: str, head: str = "", pack: Pack | None = None, **options: object) -> Any:
    """The checked workflow of a sequence of items; `head` are further keys of the workflow."""
    text = (
        "workflow:\n  id: flow\n"
        + indent(dedent(head).strip("\n"), "  ")
        + "\n  sequence:\n"
        + indent(dedent(items).strip("\n"), "    ")
    )
    made = read(yaml_document(text + "\n", "flow.yaml"), "flow.yaml", ReadOptions(**options), pack)  # type: ignore[arg-type]
    assert check_workflow(with_literal_texts(made)) == []
    return made


def only(items: str, **more: object) -> Any:
    """The step of a sequence of one item."""
    made = flow(items, **more)  # type: ignore[arg-type]
    assert len(made.steps) == 1, [step.id for step in made.steps]
    return made.steps[0]


def step(workflow: Workflow, name: str) -> Any:
    """A step by its id."""
    return next(one for one in workflow.steps if one.id == name)


def needs(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """What each step was given to wait for."""
    return {one.id: one.needs for one in workflow.steps}

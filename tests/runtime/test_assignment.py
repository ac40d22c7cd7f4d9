"""An assignment is complete in itself: it survives a journey as bytes, no two share a part that can be changed, it holds no
secret, and whoever does it comes to the same outcome."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.work import Artifact, Options, Outcome
from ropewalk.definition.stored import encode_workflow
from ropewalk.definition.workflow import Gate, Input, Secret, Step, Workflow
from ropewalk.runtime.assignment import Assignment, Dispatch, Link
from ropewalk.runtime.attempt import Attempts
from ropewalk.runtime.cache import CachedDispatch
from ropewalk.runtime.link import AttemptLink
from ropewalk.testing.briefs import brief
from ropewalk.workspace.port import AttemptId, Base, Part
from tests.runtime.conftest import Bench

FULL = Assignment(
    brief=brief("run", args={"script": "echo hi"}, item={"näme": [1, None, "\u202e"]}, inputs={"n": 2**53}),
    spot=AttemptId("r", "step[ä b]", 2, 3, 1_700_000_000.25, takes_over=2),
    base=Base(root="/ä b", commit="1" * 40, target="main", seen="2" * 40, at=1.5, warnings=("w",)),
    parts=(Part("a", "3" * 40, {"*.md": "ours"}), Part("a", "4" * 40)),
    mode="read",
    gates=(Gate("command", {"argv": ["true"]}),),
    policies={"kind:binary": "theirs"},
    cache=True,
    resolution={"how": "resolved", "value": {"x.txt": None, "ü.txt": ""}, "by": "ann", "onto": ""},
    earlier=(Artifact("a.txt", "5" * 64, change="deleted"),),
    work=("docs/*.md",),
    secrets={"token": Secret(env="TOKEN"), "input": Secret()},
    makers={"p.md": "`plan` creates it, which is skipped"},
)
SMALL = Assignment(brief("noop"), AttemptId("r", "build", 1, 1), Base(root=""))


@pytest.mark.parametrize("assignment", [FULL, SMALL], ids=["full", "small"])
@pytest.mark.parametrize("codec", [msgspec.json, msgspec.msgpack], ids=["json", "msgpack"])
def test_it_is_the_same_after_a_journey_as_bytes(assignment: Assignment, codec: Any):
    assert codec.decode(codec.encode(assignment), type=Assignment) == assignment


def test_the_journey_is_tried_with_every_part():
    """So that a new one does not stay at home."""
    for field in msgspec.structs.fields(Assignment):
        if not field.required:
            assert getattr(FULL, field.name) != getattr(SMALL, field.name), field.name


def test_no_part_of_it_is_shared_with_another_or_can_be_put_in_its_place():
    other = Assignment(brief("noop"), AttemptId("r", "build", 1, 1), Base(root=""))
    for name in ("policies", "resolution", "secrets"):
        assert getattr(other, name) is not getattr(SMALL, name)
    with pytest.raises(AttributeError):
        other.mode = "none"  # type: ignore[misc]


async def test_it_names_secrets_and_holds_none(bench: Bench):
    value = "canary-0123456789"
    flow = Workflow(
        name="flow",
        inputs={"token": Input(secret=True)},
        steps=(Step(id="use", kind="run", args={"script": "true"}, secrets={"TOKEN": "token"}),),
    )
    run = await bench.engine.create(
        flow, encode_workflow(flow), options=Options(), inputs={"token": value, "open": "x"}
    )
    assert (await bench.drive(run)).status == "completed"
    (assignment,) = bench.work.briefs
    assert assignment.secrets == {"token": Secret()}
    assert value.encode() not in msgspec.json.encode(assignment)
    assert assignment.brief.secrets == {"TOKEN": "token"}


class Silent:
    """A link of which nobody takes notice."""

    async def output(self, chunk: bytes) -> None: ...

    async def waits(self, doing: str, reason: str) -> None:
        raise AssertionError(f"{doing} waits: {reason}")


async def test_who_has_only_the_bytes_comes_to_the_same_outcome(tmp_path: Path):
    async with open_ropewalk(tmp_path, workspace="folder") as ropewalk:
        outcomes: list[Outcome] = []
        for run in ("near", "far"):
            assignment = Assignment(
                brief("run", run=run, args={"script": "echo hi; echo x > ü.txt"}),
                AttemptId(run, "build", 1, 1),
                Base(root=str(tmp_path)),
            )
            if run == "far":
                assignment = msgspec.json.decode(msgspec.json.encode(assignment), type=Assignment)
            outcomes.append(await ropewalk.engine.dispatch.perform(assignment, Silent()))  # type: ignore[arg-type]
    near, far = outcomes
    assert near.failure is None
    assert near.outputs["stdout"] == "hi"
    assert [artifact.path for artifact in near.artifacts] == ["ü.txt"]
    assert (near.outputs, near.artifacts) == (far.outputs, far.artifacts)


PROMISED = [
    (protocol, doing, name)
    for protocol, doing in ((Dispatch, Attempts), (Dispatch, CachedDispatch), (Link, AttemptLink))
    for name, member in vars(protocol).items()
    if name[0] != "_" and inspect.isfunction(member)
]


@pytest.mark.parametrize(("protocol", "doing", "name"), PROMISED, ids=lambda value: str(value))
def test_a_verb_takes_what_its_port_says(protocol: type, doing: type, name: str):
    promised, own = inspect.signature(getattr(protocol, name)), inspect.signature(getattr(doing, name))
    assert [(p.name, p.kind, p.default) for p in own.parameters.values()] == [
        (p.name, p.kind, p.default) for p in promised.parameters.values()
    ]
    assert inspect.iscoroutinefunction(getattr(doing, name))

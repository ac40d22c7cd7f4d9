"""A workflow as bytes that are kept with a run, and the digest by which two definitions are the same."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import msgspec

from weft.definition.workflow import Step, Workflow


def encode(workflow: Workflow) -> bytes:
    """The whole definition as JSON."""
    return msgspec.json.encode(workflow)


def decode(stored: bytes) -> Workflow:
    """The workflow that `encode` was given. Raises msgspec.DecodeError: these bytes are something else."""
    return _decoder().decode(stored)


def digest(workflow: Workflow) -> str:
    """The sha256, in hex, of what the workflow says; not of where it stood, how it was spelled or in which format."""
    said = msgspec.structs.replace(
        workflow,
        source="",
        format="",
        warnings=(),
        limits=_USUAL.limits if workflow.limits == _USUAL.limits else workflow.limits,
        steps=tuple(_said(step) for step in workflow.steps),
    )
    return sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


_USUAL = Workflow("", ())
_USUAL_STEP = Step("", "")
_POLICIES = ("join", "budget", "retry", "timeout")


def _said(step: Step) -> Step:
    """The step without its place; a policy that says only what holds anyway is the same as none (msgspec leaves out a
    default only when it is that very object).
    """
    usual = {
        name: getattr(_USUAL_STEP, name)
        for name in _POLICIES
        if getattr(step, name) == getattr(_USUAL_STEP, name)
    }
    return msgspec.structs.replace(step, line=0, **usual)


@cache
def _decoder() -> msgspec.json.Decoder[Workflow]:
    return msgspec.json.Decoder(Workflow)

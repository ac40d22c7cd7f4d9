"""A workflow as bytes that are kept with a run, and the digest by which two definitions are the same."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import msgspec

from weft.definition.workflow import Workflow


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
        steps=tuple(msgspec.structs.replace(step, line=0) if step.line else step for step in workflow.steps),
    )
    return sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


@cache
def _decoder() -> msgspec.json.Decoder[Workflow]:
    return msgspec.json.Decoder(Workflow)

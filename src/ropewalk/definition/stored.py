"""A workflow as bytes that are kept with a run, and the digest by which two definitions are the same."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from ropewalk.definition.workflow import Step, Workflow

NOT_SAID: Final = {Workflow: ("source", "format", "warnings"), Step: ("line",)}
"""Fields that are left out of the digest: where a definition was read from, its format, the warnings about it."""


def encode_workflow(workflow: Workflow) -> bytes:
    """The whole definition as JSON."""
    return msgspec.json.encode(workflow)


def decode_workflow(stored: bytes) -> Workflow:
    """The workflow that `encode` was given. Raises msgspec.DecodeError: these bytes are something else."""
    return _decoder().decode(stored)


def workflow_digest(workflow: Workflow) -> str:
    """The sha256, in hex, of what the workflow says, however it was put together.

    What equals its default is left out, so that a default said aloud changes nothing.
    """
    written = _unusual(decode_workflow(encode_workflow(workflow)))
    return sha256(msgspec.json.encode(written, order="deterministic")).hexdigest()


def _unusual(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        usual = _usual(type(value))
        pairs = ((name, getattr(value, name)) for name in usual)
        return {name: _unusual(part) for name, part in pairs if part != usual[name]}
    return [_unusual(part) for part in value] if isinstance(value, tuple) else _inside(value)


def _inside(value: Any) -> Any:
    """Mappings may hold structs (inputs, roles); what is in `args` and `extra` is plain already."""
    return {key: _unusual(part) for key, part in value.items()} if isinstance(value, dict) else value


@cache
def _usual(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields that count, with their defaults; NODEFAULT equals nothing."""
    fields = msgspec.structs.fields(kind)
    return {
        field.name: field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in fields
        if field.name not in NOT_SAID.get(kind, ())
    }


@cache
def _decoder() -> msgspec.json.Decoder[Workflow]:
    return msgspec.json.Decoder(Workflow)

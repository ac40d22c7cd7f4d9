"""What a run of an imported workflow is started with: the idea, and what the file itself lists as its inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.definition import Input
from ropewalk.documents import as_list, as_text

UNDERSTOOD: Final = frozenset({"name", "id", "description", "required", "optional", "type"})


def inputs_of(listed: Any) -> tuple[dict[str, Input], bool]:
    """The inputs by name, and whether that is all that the list says. One has to be given where the list says so."""
    inputs = {"idea": Input(required=False, default="", description="What is wanted, in a sentence or more.")}
    whole = isinstance(listed, Mapping | list)
    for name, about in _entries(listed):
        plain = re.sub(r"\W+", "_", name).strip("_")[:60]
        data = about if isinstance(about, Mapping) else {"description": about}
        if not re.match(r"[A-Za-z_]\w*$", plain):
            whole = False
            continue
        whole = whole and set(data) <= UNDERSTOOD and as_text(data.get("type")) in ("", "string", "text")
        description = as_text(data.get("description")) or name
        if _is_needed(data):
            inputs.setdefault(plain, Input(description=description))
        else:
            inputs.setdefault(plain, Input(required=False, default="", description=description))
    return inputs, whole


def _is_needed(data: Mapping[str, Any]) -> bool:
    return data.get("required") is True or data.get("optional") is False


def _entries(listed: Any) -> list[tuple[str, Any]]:
    if isinstance(listed, Mapping):
        if all(isinstance(listed.get(key), list) for key in listed) and listed.keys() <= {
            "required",
            "optional",
        }:
            return [
                (as_text(name), {"required": key == "required"}) for key in listed for name in listed[key]
            ]
        return [(str(name), about) for name, about in listed.items()]
    entries = []
    for entry in as_list(listed):
        if isinstance(entry, Mapping) and not (entry.get("name") or entry.get("id")) and len(entry) == 1:
            entries += [(str(name), about) for name, about in entry.items()]
        elif isinstance(entry, Mapping):
            entries.append((as_text(entry.get("name") or entry.get("id")), entry))
        else:
            entries.append((as_text(entry), ""))
    return entries

"""Data of a template file to a Template: every spelling that real files use, nothing dropped.

A template is recognised before anything else is tried: its own `workflow` key is no workflow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ropewalk.definition import Fault, Section, Template, definition_error
from ropewalk.yaml import Path, Positions, yaml_documents

OWN: Final = frozenset({"template", "workflow", "agent_config", "sections"})
NO_OUTPUT: Final = re.compile(r"examples?$|_examples$|^optional_")
ALLOWED: Final = re.compile(r"^(\w+):.*#\s*(\w+(?:\s*\|\s*\w+)+)", re.MULTILINE)
TEXTS: Final = (
    "title", "instruction", "template", "content", "condition", "owner", "placeholder", "item_template",
    "prefix", "language", "mermaid_type",
)  # fmt: skip
LISTED: Final = ("editors", "examples", "columns")
FLAGS: Final = ("elicit", "repeatable", "readonly")
MOST_DEEP: Final = 32


def is_template(data: object) -> bool:
    """Whether a file's data is a document template, whatever else it may look like."""
    if not isinstance(data, Mapping):
        return False
    head = data.get("template")
    if isinstance(head, Mapping):
        return not isinstance(data.get("steps"), list) and not _has_sequence(data.get("workflow"))
    return "sections" in data and not {"steps", "sequence", "stages"} & data.keys() and "id" in data


def _has_sequence(workflow: object) -> bool:
    return isinstance(workflow, Mapping) and any(str(key).endswith("sequence") for key in workflow)


def read_template(text: str, file: str = "") -> Template:
    """The template in a file's text. InvalidDefinition: not YAML, no template, or one with faults; with their places."""
    documents = yaml_documents(text, file)
    for document in documents:
        if is_template(document.data):
            return template_of(document.data, file, document.positions, text)
    hint = "a template has `template:` and `sections:` at its top"
    raise definition_error(file, [Fault(file, 1, 1, "is not a document template", hint=hint)])


@lru_cache(maxsize=64)
def parsed_template(text: str) -> Template:
    """The template of a text that no file is named for, read once in a process. InvalidDefinition as `load`."""
    return read_template(text)


def template_of(
    data: Mapping[str, Any], source: str = "", positions: Positions | None = None, text: str = ""
) -> Template:
    """The template in a file's data. `text`, where there is one, lends the comments that name allowed values.

    InvalidDefinition: something that must be a mapping or a list is neither, with its place.
    """
    reading = _DocumentReading(source, positions or Positions())
    head = reading.mapping(data.get("template", data), ("template",))
    output = reading.mapping(head.get("output"), ("template", "output"))
    flow = reading.mapping(data.get("workflow"), ("workflow",))
    config = reading.mapping(data.get("agent_config"), ("agent_config",))
    sections = reading.sections(data.get("sections"), ("sections",))
    kind = as_text(output.get("format")) or "markdown"
    fields = {key: value for key, value in data.items() if key not in OWN}
    outside = {key: value for key, value in fields.items() if NO_OUTPUT.search(key)}
    if kind != "yaml" or "template" not in data:
        outside, fields = fields, {}
    if reading.faults:
        raise definition_error(source, reading.faults)
    allowed = {key: tuple(re.split(r"\s*\|\s*", listed)) for key, listed in ALLOWED.findall(text)}
    return Template(
        id=as_text(head.get("id")) or _stem(source) or "template",
        name=as_text(head.get("name")),
        version=as_text(head.get("version")),
        format=kind.lower(),
        filename=as_text(output.get("filename")),
        title=as_text(output.get("title")),
        mode=as_text(flow.get("mode")) or "interactive",
        elicitation=as_text(flow.get("elicitation")),
        editable=as_texts(config.get("editable_sections")),
        sections=sections,
        fields={key: value for key, value in fields.items() if key not in outside},
        allowed={key: values for key, values in allowed.items() if key in fields},
        extra={**outside, **_unused(head, flow, config, output)},
        source=source,
    )


def _unused(
    head: Mapping[str, Any], flow: Mapping[str, Any], config: Mapping[str, Any], output: Mapping[str, Any]
) -> dict[str, Any]:
    """What the head of a file says that no field of a Template holds."""
    left = {
        "template": {
            k: v for k, v in head.items() if k not in ("id", "name", "version", "output", "sections")
        },
        "output": {k: v for k, v in output.items() if k not in ("format", "filename", "title")},
        "workflow": {k: v for k, v in flow.items() if k not in ("mode", "elicitation")},
        "agent_config": {k: v for k, v in config.items() if k != "editable_sections"},
    }
    return {key: value for key, value in left.items() if value}


class _DocumentReading:
    """One file being read: its faults are gathered, not raised one by one."""

    def __init__(self, source: str, positions: Positions) -> None:
        self.source = source
        self.positions = positions
        self.faults: list[Fault] = []

    def fault(self, path: Path, message: str, hint: str) -> None:
        line, column = self.positions.value(path)
        self.faults.append(Fault(self.source, line, column, message, hint=hint))

    def mapping(self, value: object, path: Path) -> Mapping[str, Any]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.fault(path, f"`{path[-1]}` is not a mapping", "write it as `key: value` lines")
        return {}

    def sections(self, value: object, path: Path) -> tuple[Section, ...]:
        if value is None:
            return ()
        if len(path) > MOST_DEEP * 2:
            self.fault(path, "sections are nested too deeply", f"keep to {MOST_DEEP} levels")
            return ()
        if isinstance(value, Mapping):
            return tuple(
                self.section(part, (*path, key), str(key), i)
                for i, (key, part) in enumerate(value.items(), 1)
            )
        if isinstance(value, list):
            return tuple(self.section(part, (*path, i), "", i + 1) for i, part in enumerate(value))
        self.fault(path, "`sections` is neither a list nor a mapping", "list the sections, each with an `id`")
        return ()

    def section(self, value: object, path: Path, key: str, number: int) -> Section:
        """One section; a bare text is its title, or its instruction where the mapping's key names it."""
        if isinstance(value, str | int | float) or value is None:
            text = as_text(value)
            value = {"title": key, "instruction": text} if key else {"title": text}
        if not isinstance(value, Mapping):
            self.fault(path, "a section is neither a mapping nor a text", "give it an `id` and a `title`")
            return Section(id=f"section-{number}")
        title = as_text(value.get("title")) or as_text(value.get("name")) or key
        fields: dict[str, Any] = {name: as_text(value.get(name)) for name in TEXTS}
        fields |= {name: as_texts(value.get(name)) for name in LISTED}
        fields |= {name: _is_set(value.get(name)) for name in FLAGS}
        fields["title"] = title
        return Section(
            id=as_text(value.get("id")) or key or slug(title) or f"section-{number}",
            type=(as_text(value.get("type")) or "text").lower(),
            sections=self.sections(value.get("sections"), (*path, "sections")),
            items=tuple(_entry(item) for item in as_list(value.get("items"))),
            rows=_rows(value.get("rows"), fields["columns"]),
            choices=_choices(value.get("choices")),
            line=self.positions.value(path)[0],
            extra=_rest(value),
            **fields,
        )


def _rest(value: Mapping[str, Any]) -> dict[str, Any]:
    known = {"id", "type", "sections", "items", "rows", "choices", *TEXTS, *LISTED, *FLAGS}
    if not value.get("title"):
        known.add("name")
    rest = {str(key): part for key, part in value.items() if key not in known}
    if any(isinstance(item, Mapping) for item in as_list(value.get("items"))):
        rest["items"] = value["items"]
    return rest


def as_text(value: object) -> str:
    """Any scalar as the text that a person would have meant; a list of texts becomes lines."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(as_text(part) for part in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {as_text(part)}" for key, part in value.items())
    return str(value).rstrip("\n")


def as_list(value: object) -> list[Any]:
    """A list as it is; nothing as an empty one; anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_texts(value: object) -> tuple[str, ...]:
    """A list of texts, whether it was written as a list or as one text."""
    return tuple(text for part in as_list(value) if (text := as_text(part)))


def slug(text: str) -> str:
    """A name for programs from a title, placeholders left out."""
    return re.sub(r"[^\w]+", "-", re.sub(r"\{\{?.*?\}?\}", "", text)).strip("-").lower()


def _entry(item: object) -> str:
    if isinstance(item, Mapping):
        for key in ("template", "text", "title", "name", "label", "id"):
            if item.get(key):
                return as_text(item[key])
    return as_text(item)


def _rows(value: object, columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for row in as_list(value):
        if isinstance(row, Mapping):
            names = columns or tuple(str(key) for key in row)
            rows.append(tuple(as_text(row.get(name)) for name in names))
        else:
            rows.append(tuple(as_text(cell) for cell in as_list(row)))
    return tuple(rows)


def _choices(value: object) -> dict[str, tuple[str, ...]]:
    if isinstance(value, Mapping):
        return {str(key): as_texts(part) for key, part in value.items()}
    entries = as_texts(value)
    return {"": entries} if entries else {}


def _is_set(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "on"))


def _stem(source: str) -> str:
    return re.sub(r"\.ya?ml$", "", source.rsplit("/", 1)[-1])

"""`ropewalk doc`: document templates for people: fill one in, see the form of it, check a document, or see what an agent is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app import read_text as read_text_of
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.here import Here
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Template

ACTIONS = ("render", "check", "form", "guide", "sample")


def doc(
    here: Here,
    action: str,
    template: str,
    document: str | None,
    values: str | None,
    out: str | None,
    role: str | None,
    whole: bool,
) -> int:
    """One of the actions on a template. InvalidDefinition: it is none; exit code 1 when a checked document lacks something."""
    if action not in ACTIONS:
        raise UsageError(
            what=f"`{action}` is nothing that can be done with a template",
            hint=f"say one of {', '.join(ACTIONS)}",
        )
    found = _template(here, template)
    if action == "check":
        return _check(here, found, document, role or "")
    if action == "form":
        return _form(here, found, whole)
    if action == "guide":
        from ropewalk.app import writing_instructions

        return _give(here, "", writing_instructions(found, role or ""), out)
    return _write(here, found, action, values, out, role or "")


def _template(here: Here, name: str) -> Template:
    from ropewalk.app import read_template, read_yaml_text

    return read_template(read_yaml_text(here.folder / name, name), name)


def _write(here: Here, found: Template, action: str, values: str | None, out: str | None, role: str) -> int:
    from ropewalk.app import Author, render_document, sample_document

    known = _values(here, values)
    made = (
        sample_document(found, known, role)
        if action == "sample"
        else render_document(found, known, Author(role=role))
    )
    return _give(here, made.path, made.text, out)


def _values(here: Here, name: str | None) -> dict[str, Any]:
    from ropewalk.app import read_yaml_text, yaml_document

    if name is None:
        return {}
    data = yaml_document(read_yaml_text(here.folder / name, name), name).data
    if not isinstance(data, dict):
        raise UsageError(what=f"{name} holds no values by name", hint="write `name: value` lines")
    return data


def _give(here: Here, path: str, text: str, out: str | None) -> int:
    if out is not None:
        target = here.folder / out
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(
                what=f"{out} cannot be written: {error.strerror}", hint="name another file"
            ) from error
        here.screen.give({"path": path, "file": out})
        here.screen.line(f"Written to {out}.")
        return exits.COMPLETED
    here.screen.give({"path": path, "text": text})
    here.screen.line(text.rstrip("\n"))
    return exits.COMPLETED


def _check(here: Here, found: Template, document: str | None, role: str) -> int:
    from ropewalk.app import check_document

    if document is None:
        raise UsageError(what="there is no document to check", hint="ropewalk doc check TEMPLATE DOCUMENT")
    try:
        text = read_text_of(here.folder / document)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            what=f"{document} cannot be read: {error}", hint="name a text file that is there"
        ) from error
    findings = check_document(found, text, role)
    here.screen.give({"findings": msgspec.to_builtins(findings)})
    for one in findings:
        place = f"{document}:{one.line}: " if one.line else f"{document}: "
        here.screen.line(f"{place}{'concern: ' if one.concern else ''}{one.text}")
    lacks = sum(not one.concern for one in findings)
    here.screen.line(f"{document} has what its template asks." if not lacks else f"{lacks} thing(s) lack.")
    return exits.FAILED if lacks else exits.COMPLETED


def _form(here: Here, found: Template, whole: bool) -> int:
    from ropewalk.app import document_form, form_schema

    fields = document_form(found, whole=whole)
    here.screen.give({"fields": msgspec.to_builtins(fields), "schema": form_schema(fields)})
    for field in fields:
        choices = f": {' | '.join(field.choices)}" if field.choices else ""
        columns = f" ({', '.join(field.columns)})" if field.columns else ""
        here.screen.line(f"{field.name}: {field.label} [{field.kind}{choices}]{columns}")
        if field.help:
            here.screen.line(f"    {' '.join(field.help.split())}")
    return exits.COMPLETED


DOC = Verb(
    "doc",
    "Fill in, check or ask for a document by its template",
    doc,
    Argument("action", f"one of {', '.join(ACTIONS)}"),
    Argument("template", "the file of a document template", complete="file"),
    Argument("document", "the document to check", required=False, complete="file"),
    Option(
        "--values",
        "A YAML file with what is known, by names of placeholders and sections.",
        "text",
        metavar="FILE",
        complete="file",
    ),
    Option("--out -o", "Write the text into this file.", "text", metavar="FILE", complete="file"),
    Option("--role", "Act as this role: only what it may write.", "text", metavar="ROLE"),
    Option("--whole", "The form of every section, not only of those that ask people."),
    more="check: exit code 0, or 1 with each thing that lacks. form --json gives a JSON Schema.",
)

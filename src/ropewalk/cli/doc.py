"""`ropewalk doc`: document templates for people: fill one in, see the form of it, check a document, or see what an agent is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app import read_text as read_text_of
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Template

ACTIONS = ("render", "check", "form", "guide", "sample")


def doc(
    context: CommandContext,
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
    read = _template(context, template)
    if action == "check":
        return _check(context, read, document, role or "")
    if action == "form":
        return _form(context, read, whole)
    if action == "guide":
        from ropewalk.app import writing_instructions

        return _give(context, "", writing_instructions(read, role or ""), out)
    return _write(context, read, action, values, out, role or "")


def _template(context: CommandContext, name: str) -> Template:
    from ropewalk.app import read_template, read_yaml_text

    return read_template(read_yaml_text(context.folder / name, name), name)


def _write(
    context: CommandContext, template: Template, action: str, values: str | None, out: str | None, role: str
) -> int:
    from ropewalk.app import Author, render_document, sample_document

    known = _values(context, values)
    made = (
        sample_document(template, known, role)
        if action == "sample"
        else render_document(template, known, Author(role=role))
    )
    return _give(context, made.path, made.text, out)


def _values(context: CommandContext, name: str | None) -> dict[str, Any]:
    from ropewalk.app import read_yaml_text, yaml_document

    if name is None:
        return {}
    data = yaml_document(read_yaml_text(context.folder / name, name), name).data
    if not isinstance(data, dict):
        raise UsageError(what=f"{name} holds no values by name", hint="write `name: value` lines")
    return data


def _give(context: CommandContext, path: str, text: str, out: str | None) -> int:
    if out is not None:
        target = context.folder / out
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(
                what=f"{out} cannot be written: {error.strerror}", hint="name another file"
            ) from error
        context.screen.give({"path": path, "file": out})
        context.screen.line(f"Written to {out}.")
        return exits.COMPLETED
    context.screen.give({"path": path, "text": text})
    context.screen.line(text.rstrip("\n"))
    return exits.COMPLETED


def _check(context: CommandContext, template: Template, document: str | None, role: str) -> int:
    from ropewalk.app import check_document

    if document is None:
        raise UsageError(what="there is no document to check", hint="ropewalk doc check TEMPLATE DOCUMENT")
    try:
        text = read_text_of(context.folder / document)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            what=f"{document} cannot be read: {error}", hint="name a text file that is there"
        ) from error
    findings = check_document(template, text, role)
    context.screen.give({"findings": msgspec.to_builtins(findings)})
    for finding in findings:
        place = f"{document}:{finding.line}: " if finding.line else f"{document}: "
        context.screen.line(f"{place}{'concern: ' if finding.concern else ''}{finding.text}")
    lacks = sum(not finding.concern for finding in findings)
    context.screen.line(f"{document} has what its template asks." if not lacks else f"{lacks} thing(s) lack.")
    return exits.FAILED if lacks else exits.COMPLETED


def _form(context: CommandContext, template: Template, whole: bool) -> int:
    from ropewalk.app import document_form, form_schema

    fields = document_form(template, whole=whole)
    context.screen.give({"fields": msgspec.to_builtins(fields), "schema": form_schema(fields)})
    for field in fields:
        choices = f": {' | '.join(field.choices)}" if field.choices else ""
        columns = f" ({', '.join(field.columns)})" if field.columns else ""
        context.screen.line(f"{field.name}: {field.label} [{field.kind}{choices}]{columns}")
        if field.help:
            context.screen.line(f"    {' '.join(field.help.split())}")
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

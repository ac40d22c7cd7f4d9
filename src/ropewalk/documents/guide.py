"""A template as instructions for the agent that writes the document. What the template says is quoted as it is."""

from __future__ import annotations

from ropewalk.definition import Section, Template, may_write, walk_sections

ELICIT = "Decide this with care: a person would be asked here. Say what you assumed."


def writing_instructions(template: Template, role: str = "") -> str:
    """Markdown: where the document goes, then for each section its title, what to write, and who may write it."""
    lines = [f"Write the document “{template.name or template.id}”."]
    if template.filename:
        lines.append(f"File: `{template.filename}`")
    if template.title:
        lines.append(f"Title: {template.title}")
    if template.format in ("yaml", "yml"):
        lines += ["The document is YAML and nothing else. Its fields:", *_fields(template)]
    else:
        lines.append("Write Markdown with these sections, in this order, under these headings:")
    for path in walk_sections(template.sections):
        lines += ["", *_section(template, path, role)]
    return "\n".join(lines) + "\n"


def _fields(template: Template) -> list[str]:
    lines = []
    for name, value in template.fields.items():
        offered = template.allowed.get(name)
        lines.append(f"- `{name}`: {'one of ' + ', '.join(offered) if offered else value}")
    return lines


def _section(template: Template, path: tuple[Section, ...], role: str) -> list[str]:
    section = path[-1]
    lines = [f"{'#' * min(6, len(path) + 1)} {section.title or section.id}"]
    if not may_write(template, path, role):
        owners = ", ".join(name for name in dict.fromkeys((section.owner, *section.editors)) if name)
        return [*lines, f"Leave this section to {owners or 'others'}: keep what stands here."]
    if section.condition:
        lines.append(f"Only if: {section.condition}")
    if section.repeatable:
        lines.append("Repeat this for each one there is, numbering them.")
    if section.instruction:
        lines.append(section.instruction)
    lines += _form_of(section)
    if section.elicit:
        lines.append(ELICIT)
    if section.examples:
        lines += [
            "Examples, not to be copied:",
            *(f"> {line}" for text in section.examples for line in text.split("\n")),
        ]
    return lines


def _form_of(section: Section) -> list[str]:
    """What the section looks like: its type, columns, prefix, choices, fixed entries and template."""
    lines = [f"Form: {section.type}" + (f" ({section.language})" if section.language else "")]
    if section.mermaid_type:
        lines.append(f"Diagram: {section.mermaid_type}")
    if section.columns:
        lines.append(f"Columns: {', '.join(section.columns)}")
    if section.prefix:
        lines.append(f"Number the entries {section.prefix}1, {section.prefix}2, …")
    for name, offered in section.choices.items():
        lines.append(f"{name or 'Choose'}: one of {', '.join(offered)}")
    if section.item_template:
        lines.append(f"Each entry: `{section.item_template}`")
    lines += [f"- {item}" for item in section.items]
    lines += ["| " + " | ".join(row) + " |" for row in section.rows]
    for text in (section.template, section.content):
        if text:
            lines += ["Template:", "~~~", text, "~~~"]
    return lines

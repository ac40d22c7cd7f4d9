"""Who wrote where: the sections that a role changed though they are not its own."""

from __future__ import annotations

from ropewalk.definition import Finding, Template, may_write, plain_role_name, walk_sections
from ropewalk.documents.check import pattern, plain
from ropewalk.documents.outline import content, document_outline


def foreign_edits(template: Template, before: str, after: str, role: str) -> list[Finding]:
    """One finding for each section that differs between two states of a document and is not the role's to write.

    A section that was not there before may be laid out empty by anybody, and one that is only to be read comes with a new document;
    a person (no role) may write everywhere else.
    """
    was, now = _sections(template, before), _sections(template, after)
    findings = []
    for path in walk_sections(template.sections):
        section = path[-1]
        key = tuple(part.id for part in path)
        lines = now.get(key, [])
        old = [text for text, _ in was.get(key, [])]
        changed = [(text, line) for text, line in lines if text and text not in old]
        removed = any(old) and not any(text for text, _ in lines)
        if section.readonly and not before.strip():
            continue
        if (changed or removed) and not may_write(template, path, role):
            owners = [name for name in dict.fromkeys((section.owner, *section.editors)) if name]
            whose = f"; it belongs to {', '.join(owners)}" if owners else ""
            message = f"{plain_role_name(role)} changed “{section.title or section.id}”{whose}"
            findings.append(Finding(section.id, "forbidden", message, changed[0][1] if changed else 0))
    return findings


def _sections(template: Template, text: str) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Per section of the template the own words under each of its headings in the text, with their lines."""
    headings = document_outline(text)
    sections: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for path in walk_sections(template.sections):
        title = pattern(path[-1].title) if path[-1].title else None
        places = [
            heading for heading in headings if title and heading.level and title.match(plain(heading.title))
        ]
        sections[tuple(part.id for part in path)] = [
            (content(heading.body), heading.line) for heading in places
        ]
    return sections

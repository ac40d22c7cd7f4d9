"""Who wrote where: the sections that a role changed though they are not its own."""

from __future__ import annotations

from ropewalk.definition import Finding, Template, may_write, plain_role_name, walk_sections
from ropewalk.documents.check import pattern, plain
from ropewalk.documents.outline import content, document_outline


def trespasses(template: Template, before: str, after: str, role: str) -> list[Finding]:
    """One finding for each section that differs between two states of a document and is not the role's to write.

    A section that was not there before may be laid out empty by anybody; a person (no role) may write everywhere.
    """
    was, now = _sections(template, before), _sections(template, after)
    found = []
    for path in walk_sections(template.sections):
        section = path[-1]
        key = tuple(part.id for part in path)
        lines = now.get(key, [])
        old = [text for text, _ in was.get(key, [])]
        changed = [(text, line) for text, line in lines if text and text not in old]
        removed = any(old) and not any(text for text, _ in lines)
        if (changed or removed) and not may_write(template, path, role):
            owners = [name for name in dict.fromkeys((section.owner, *section.editors)) if name]
            whose = f"; it belongs to {', '.join(owners)}" if owners else ""
            what = f"{plain_role_name(role)} changed “{section.title or section.id}”{whose}"
            found.append(Finding(section.id, "forbidden", what, changed[0][1] if changed else 0))
    return found


def _sections(template: Template, text: str) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Per section of the template the own words under each of its headings in the text, with their lines."""
    headings = document_outline(text)
    found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for path in walk_sections(template.sections):
        title = pattern(path[-1].title) if path[-1].title else None
        places = [one for one in headings if title and one.level and title.match(plain(one.title))]
        found[tuple(part.id for part in path)] = [(content(one.body), one.line) for one in places]
    return found

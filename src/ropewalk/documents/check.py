"""Whether a document has what its template demands: evidence for a step that says it wrote it.

Sections are found by their titles, placeholders taken as anything, numbering and emphasis ignored; more is always allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ropewalk.definition import LISTS, Finding, Section, Template, may_write
from ropewalk.documents.fields import check_fields
from ropewalk.documents.outline import Heading, content, document_outline, prose
from ropewalk.documents.placeholders import placeholders
from ropewalk.errors import InvalidDefinition
from ropewalk.yaml import yaml_document

Sections = tuple[Section, ...]
BLANK: Final = re.compile(r"\{\{.*?\}\}|\{[^{}]*\|[^{}]*\}|\{[A-Za-z_]\w*\}|\[[A-Za-z_ ]+\]")
NUMBERING: Final = re.compile(r"^\W*(?:\d+(?:\.\d+)*[.):]?\s+)?")
ENTRY: Final = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\S", re.MULTILINE)
MOST_FINDINGS: Final = 100


def check_document(template: Template, text: str, role: str = "") -> list[Finding]:
    """What the document lacks, in the template's order; at most a hundred findings.

    A section with a condition may be absent. A section that the role may not write must be there, and may be empty.
    """
    if template.format in ("yaml", "yml"):
        return check_text(template, text)[:MOST_FINDINGS]
    findings = list(_Checking(template, document_outline(text), role).findings())
    lines = prose(text).splitlines()
    for name in placeholders("\n".join(lines)):
        line = next((number for number, line_text in enumerate(lines, 1) if name in line_text), 0)
        findings.append(Finding("", "unfilled", f"the placeholder {{{{{name}}}}} was left as it is", line))
    return findings[:MOST_FINDINGS]


def check_text(template: Template, text: str) -> list[Finding]:
    """The same for a document that is YAML; text that cannot be read is one finding with its place."""
    try:
        data = yaml_document(text).data
    except InvalidDefinition as error:
        return [
            Finding("", "shape", f"the document is not YAML: {fault.what}", fault.line)
            for fault in error.faults
        ]
    return check_fields(template, data)


class _Checking:
    """One document against one template."""

    def __init__(self, template: Template, headings: list[Heading], role: str) -> None:
        self.template = template
        self.headings = headings
        self.role = role

    def findings(self) -> Iterator[Finding]:
        yield from self.level(self.template.sections, (), 0, len(self.headings))

    def level(self, sections: Sections, above: Sections, start: int, end: int) -> Iterator[Finding]:
        """The findings of sibling sections, looked for among the headings from `start` up to `end`."""
        for section in sections:
            path = (*above, section)
            if not section.title:
                yield from self.level(section.sections, path, start, end)
                continue
            places = self.places(section, start, end)
            if not places:
                if not any(part.condition for part in path) and not section.readonly:
                    yield self.missing(section, above)
                continue
            for place in places if section.repeatable else places[:1]:
                yield from self.section(path, place)

    def places(self, section: Section, start: int, end: int) -> list[int]:
        """Where headings with the section's title stand; anywhere in the document if nowhere where it belongs."""
        title = pattern(section.title)
        inside = [
            i
            for i in range(start, end)
            if self.headings[i].level and title.match(plain(self.headings[i].title))
        ]
        if inside:
            return inside
        whole = range(len(self.headings))
        return [i for i in whole if self.headings[i].level and title.match(plain(self.headings[i].title))]

    def missing(self, section: Section, above: Sections) -> Finding:
        where = f" in “{above[-1].title}”" if above and above[-1].title else ""
        return Finding(section.id, "missing", f"the section “{section.title}”{where} is missing")

    def section(self, path: Sections, place: int) -> Iterator[Finding]:
        section, heading = path[-1], self.headings[place]
        inner = self.headings[place + 1 : heading.end]
        if not _is_filled(section, heading, inner):
            if may_write(self.template, path, self.role):
                yield Finding(section.id, "empty", f"the section “{heading.title}” is empty", heading.line)
        else:
            whole = (
                "\n".join([heading.body, *(part.body for part in inner)])
                if not section.sections
                else heading.body
            )
            yield from _shape(section, heading, whole)
        yield from self.level(section.sections, path, place + 1, heading.end)


def _is_filled(section: Section, heading: Heading, inner: list[Heading]) -> bool:
    """Whether anything stands in a section: its own words, a choice in its title, or words below it."""
    if content(heading.body) or any(content(part.body) for part in inner):
        return True
    if section.sections:
        return True
    picked = re.search(r"\{[^{}]*\|[^{}]*\}", section.title)
    return picked is not None and not re.search(r"\{[^{}]*\|", heading.title)


def _shape(section: Section, heading: Heading, text: str) -> Iterator[Finding]:
    """What a section of its type would have and this one has not."""
    where = f"the section “{heading.title}”"
    body = content(text)
    if not body:
        return
    if section.type in LISTS and not ENTRY.search(body):
        yield Finding(section.id, "shape", f"{where} has no list", heading.line, concern=True)
    if section.type == "checklist" and not re.search(r"\[[ xX✓✔]\]", body):
        yield Finding(section.id, "shape", f"{where} has no boxes to tick", heading.line, concern=True)
    if section.type == "table":
        yield from _table(section, heading, body)
    if section.type in ("code", "mermaid", "code-block", "diagram") and not re.search(
        r"^\s*(```|~~~)", body, re.MULTILINE
    ):
        yield Finding(section.id, "shape", f"{where} has no code block", heading.line, concern=True)
    if section.prefix and not re.search(rf"{re.escape(section.prefix)}[-\s]?\d", body):
        text = f"{where} numbers nothing as {section.prefix}1"
        yield Finding(section.id, "shape", text, heading.line, concern=True)
    offered = section.choices.get("", ())
    if section.type == "choice" and offered and not any(_word(choice) in _word(body) for choice in offered):
        yield Finding(section.id, "choice", f"{where} must say one of {', '.join(offered)}", heading.line)


def _table(section: Section, heading: Heading, body: str) -> Iterator[Finding]:
    rows = [line for line in body.splitlines() if line.strip().startswith("|")]
    if not rows:
        yield Finding(
            section.id, "shape", f"the section “{heading.title}” has no table", heading.line, concern=True
        )
        return
    lacking = [column for column in section.columns if _word(column) not in _word(rows[0])]
    if lacking and not BLANK.search("".join(lacking)):
        text = f"the table of “{heading.title}” has no column {', '.join(lacking)}"
        yield Finding(section.id, "shape", text, heading.line, concern=True)


def plain(title: str) -> str:
    """A title without numbering, emphasis, marks and case."""
    return re.sub(r"\s+", " ", NUMBERING.sub("", re.sub(r"[*_`~\[\]]", "", title))).strip(" :.–—-").casefold()


def pattern(title: str) -> re.Pattern[str]:
    """What a heading for a template's title looks like: placeholders stand for anything."""
    pieces, at = [], 0
    for blank in BLANK.finditer(title):
        pieces += [title[at : blank.start()], None]
        at = blank.end()
    pieces.append(title[at:])
    parts = [".+?" if piece is None else re.escape(_spaced(piece)) for piece in pieces]
    joined = "".join(parts)
    start = re.escape(plain(title)) if ".+?" not in joined else joined
    return re.compile(rf"(?:\d+(?:\.\d+)*[.):]?\s+)?{start}\W*\Z")


def _spaced(piece: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[*_`~\[\]]", "", piece)).casefold()


def _word(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()

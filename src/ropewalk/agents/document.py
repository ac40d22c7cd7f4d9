"""The document that a brief asks for: `Brief.template` is the template's whole text, so that a brief is complete in itself.

A template that ropewalk can read becomes instructions, a sample and a check; any other text is shown to the agent as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from ropewalk.core import Brief
from ropewalk.definition import Ref, Template
from ropewalk.errors import InvalidDefinition

_LONGEST_WISH = 80
_KINDS = frozenset({"", ".md", ".markdown", ".yaml", ".yml"})


def template_in(brief: Brief) -> Template | None:
    """The template of the brief; None when it has none, or only a name or a text of another kind."""
    return readable_template(brief.template) if "\n" in brief.template else None


def document_in(brief: Brief) -> Ref | None:
    """Which of the files that are to be created the template is for: the first that is a document."""
    declared = (ref for ref in brief.creates if ref.name and not (ref.label or ref.soft))
    return next(
        (ref for ref in declared if ref.name[-1] != "/" and PurePosixPath(ref.name).suffix in _KINDS), None
    )


def template_in_words(brief: Brief) -> str:
    """What the prompt says about the template; "" without one."""
    template = template_in(brief)
    if template is None:
        return brief.template.rstrip()
    from ropewalk.documents import writing_instructions

    return writing_instructions(template, brief.role_name).rstrip()


def sampled(template: Template, brief: Brief) -> str:
    """A document that the check accepts, with what the brief knows by name; it says what the run was started with."""
    from ropewalk.documents import SAMPLE_SENTENCE, sample_document

    values: Mapping[str, Any] = {**brief.inputs, **brief.known}
    wish_text = next(
        (value for value in brief.inputs.values() if isinstance(value, str) and value.strip()), ""
    )
    # marks of Markdown would change the form of the document around them
    wish = " ".join(re.sub(r"[^\w\s,.'-]", " ", wish_text).split())[:_LONGEST_WISH].rstrip(" .,")
    sentence = SAMPLE_SENTENCE.replace(" this ", f" “{wish}” ") if wish else SAMPLE_SENTENCE
    return sample_document(template, values, brief.role_name, sentence).text


def document_gaps(template: Template, text: str, brief: Brief) -> list[str]:
    """What the document has not that its template asks for, a sentence each; what is only a concern is left out."""
    from ropewalk.documents import check_document

    return [
        str(finding) for finding in check_document(template, text, brief.role_name) if not finding.concern
    ]


@lru_cache(maxsize=64)
def readable_template(text: str) -> Template | None:
    """The template of a text; None when it is none that ropewalk can read."""
    from ropewalk.documents import parsed_template

    try:
        return parsed_template(text)
    except InvalidDefinition:
        return None

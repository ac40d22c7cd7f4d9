"""Document templates: read, render, form, check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.documents.check import check_document as check_document
    from ropewalk.documents.edits import foreign_edits as foreign_edits
    from ropewalk.documents.form import document_form as document_form, form_schema as form_schema
    from ropewalk.documents.guide import writing_instructions as writing_instructions
    from ropewalk.documents.outline import document_outline as document_outline
    from ropewalk.documents.placeholders import OPEN_IF as OPEN_IF, TAG as TAG
    from ropewalk.documents.placeholders import value_in_words as value_in_words
    from ropewalk.documents.read import as_list as as_list, as_text as as_text, as_texts as as_texts
    from ropewalk.documents.read import is_template as is_template, parsed_template as parsed_template
    from ropewalk.documents.read import read_template as read_template
    from ropewalk.documents.render import Author as Author, render_document as render_document
    from ropewalk.documents.sample import SAMPLE_SENTENCE as SAMPLE_SENTENCE
    from ropewalk.documents.sample import sample_document as sample_document
else:
    __getattr__ = lazy(
        __name__,
        {
            "documents.check": "check_document",
            "documents.edits": "foreign_edits",
            "documents.form": "document_form form_schema",
            "documents.guide": "writing_instructions",
            "documents.outline": "document_outline",
            "documents.placeholders": "OPEN_IF TAG value_in_words",
            "documents.read": "as_list as_text as_texts is_template parsed_template read_template",
            "documents.render": "Author render_document",
            "documents.sample": "SAMPLE_SENTENCE sample_document",
        },
    )

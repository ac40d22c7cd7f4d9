"""Files to Workflow, one format a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.formats.account import account_of as account_of
    from ropewalk.formats.builder import Flow as Flow, flow as flow, step as step
    from ropewalk.formats.discovery import find_workflow as find_workflow, list_workflows as list_workflows
    from ropewalk.formats.discovery import workflow_files as workflow_files
    from ropewalk.formats.documents.check import check_document as check_document
    from ropewalk.formats.documents.form import document_form as document_form, form_schema as form_schema
    from ropewalk.formats.documents.guide import writing_instructions as writing_instructions
    from ropewalk.formats.documents.outline import document_outline as document_outline
    from ropewalk.formats.documents.read import parsed_template as parsed_template
    from ropewalk.formats.documents.read import read_template as read_template
    from ropewalk.formats.documents.render import Author as Author, render_document as render_document
    from ropewalk.formats.documents.sample import SAMPLE_SENTENCE as SAMPLE_SENTENCE
    from ropewalk.formats.documents.sample import sample_document as sample_document
    from ropewalk.formats.drawing import svg as svg
    from ropewalk.formats.graph import dot as dot, mermaid as mermaid
    from ropewalk.formats.loading import Loaded as Loaded, load_workflow as load_workflow
    from ropewalk.formats.loading import load_workflow_text as load_workflow_text
    from ropewalk.formats.locations import library_folder as library_folder
    from ropewalk.formats.locations import project_folder as project_folder
    from ropewalk.formats.native.schema import workflow_schema as workflow_schema
    from ropewalk.formats.plan import plan_workflow as plan_workflow
    from ropewalk.formats.plan_lines import plan_as_lines as plan_as_lines
    from ropewalk.formats.positions import Positions as Positions
    from ropewalk.formats.reading import ReadOptions as ReadOptions
    from ropewalk.formats.write import workflow_yaml as workflow_yaml
    from ropewalk.formats.yaml import read_yaml_text as read_yaml_text, yaml_document as yaml_document
else:
    __getattr__ = lazy(
        __name__,
        {
            "formats.account": "account_of",
            "formats.builder": "Flow flow step",
            "formats.discovery": "find_workflow list_workflows workflow_files",
            "formats.documents.check": "check_document",
            "formats.documents.form": "document_form form_schema",
            "formats.documents.guide": "writing_instructions",
            "formats.documents.outline": "document_outline",
            "formats.documents.read": "parsed_template read_template",
            "formats.documents.render": "Author render_document",
            "formats.documents.sample": "SAMPLE_SENTENCE sample_document",
            "formats.drawing": "svg",
            "formats.graph": "dot mermaid",
            "formats.loading": "Loaded load_workflow load_workflow_text",
            "formats.locations": "library_folder project_folder",
            "formats.native.schema": "workflow_schema",
            "formats.plan": "plan_workflow",
            "formats.plan_lines": "plan_as_lines",
            "formats.positions": "Positions",
            "formats.reading": "ReadOptions",
            "formats.write": "workflow_yaml",
            "formats.yaml": "read_yaml_text yaml_document",
        },
    )

"""Files to Workflow: our own format, and those of other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.formats.account import account_of as account_of
    from ropewalk.formats.builder import Flow as Flow, flow as flow, step as step
    from ropewalk.formats.discovery import find_workflow as find_workflow, list_workflows as list_workflows
    from ropewalk.formats.discovery import workflow_files as workflow_files
    from ropewalk.formats.loading import Loaded as Loaded, load_workflow as load_workflow
    from ropewalk.formats.loading import load_workflow_text as load_workflow_text
    from ropewalk.formats.locations import library_folder as library_folder
    from ropewalk.formats.locations import project_folder as project_folder
    from ropewalk.formats.native.schema import workflow_schema as workflow_schema
    from ropewalk.formats.reading import ReadOptions as ReadOptions
    from ropewalk.formats.write import workflow_yaml as workflow_yaml
else:
    __getattr__ = lazy(
        __name__,
        {
            "formats.account": "account_of",
            "formats.builder": "Flow flow step",
            "formats.discovery": "find_workflow list_workflows workflow_files",
            "formats.loading": "Loaded load_workflow load_workflow_text",
            "formats.locations": "library_folder project_folder",
            "formats.native.schema": "workflow_schema",
            "formats.reading": "ReadOptions",
            "formats.write": "workflow_yaml",
        },
    )

"""Files to Workflow, one format a module."""

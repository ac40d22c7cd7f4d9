"""Workflows and document templates that ship with the package."""

"""BMAD workflow files to a Workflow, in stages: read, items, references, people, conditions, steps, flow, whole."""

"""A Workflow as the keys of the native format: only what differs from the defaults."""

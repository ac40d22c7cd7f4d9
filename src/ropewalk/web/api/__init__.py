"""The HTTP API, one router a noun, all below `/api/v1`."""

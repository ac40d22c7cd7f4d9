"""Drives runs: engine, driver, attempt, clock, dispatch."""

"""Agents that speak the Agent Client Protocol: one process an attempt, one session, everything it asks for by policy."""

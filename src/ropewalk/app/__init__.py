"""The wiring: settings and the one composition root."""

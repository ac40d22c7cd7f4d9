"""Readers of the feed."""

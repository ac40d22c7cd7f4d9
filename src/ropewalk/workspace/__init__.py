"""The place where an attempt may write."""

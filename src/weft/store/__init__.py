"""Memory: append, read, feed."""

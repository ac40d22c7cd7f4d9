"""Files of other systems as Workflows. What their readers share is `kit`, and nothing else of one is used by another."""

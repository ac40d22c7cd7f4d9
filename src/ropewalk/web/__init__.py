"""The doors over HTTP: the API, the feed, the page, and who may come in by them."""

"""The plug-in contract and the built-in kinds, one kind a file."""

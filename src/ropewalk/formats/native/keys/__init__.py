"""The keys of a ropewalk file as types: the one source for reading, for faults, for the JSON Schema and for the reference.

The text below a field is its description wherever the field is explained; a type's docstring is its title.
"""

"""YAML to plain data and the places where it stood: safe, bounded, every fault with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.yaml.positions import Path as Path, Place as Place, Positions as Positions
    from ropewalk.yaml.reading import YamlDocument as YamlDocument, read_yaml_text as read_yaml_text
    from ropewalk.yaml.reading import yaml_document as yaml_document, yaml_documents as yaml_documents
else:
    __getattr__ = lazy(
        __name__,
        {
            "yaml.positions": "Path Place Positions",
            "yaml.reading": "YamlDocument read_yaml_text yaml_document yaml_documents",
        },
    )

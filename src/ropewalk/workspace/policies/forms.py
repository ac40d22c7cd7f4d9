"""JSON, YAML and TOML as text: read to a tree that remembers how it was written, and written like a model.

What cannot be read for certain (two equal keys, anchors, tags) is refused: a ValueError says why.
"""

from __future__ import annotations

import io
import json as json_text
import re
from collections.abc import Callable
from typing import Any, NamedTuple

_WIDE = 1 << 16


class Form(NamedTuple):
    """How a kind of document is read (to a tree that keeps how it was written) and written back like `model`."""

    name: str
    load: Callable[[str], Any]
    dump: Callable[[Any, str], str]


def _load_json(text: str) -> Any:
    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) != len(pairs):
            raise ValueError("a key stands there twice")
        return mapping

    def no_constants(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    return json_text.loads(text, object_pairs_hook=no_twins, parse_constant=no_constants)


def _dump_json(tree: Any, model: str) -> str:
    indent = re.search(r"\n([ \t]+)\S", model)
    tight = re.search(r'":\S', model) is not None
    separators = None if indent else ("," if tight else ", ", ":" if tight else ": ")
    text = json_text.dumps(
        tree,
        indent=indent[1] if indent else None,
        separators=separators,
        ensure_ascii=model.isascii() and "\\u" in model,
    )
    end = model[len(model.rstrip()) :]
    return text + end


def _load_yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

    try:
        for token in YAML(typ="rt", pure=True).scan(text):
            if isinstance(token, AliasToken | AnchorToken | TagToken):
                raise ValueError("it has anchors or tags")
        return _yaml_like("").load(text)
    except YAMLError as error:
        raise ValueError(getattr(error, "problem", None) or str(error)) from error


def _yaml_like(model: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    listed = re.search(r"^( *)[^\s#-][^\n]*:[ ]*\n( *)- ", model, re.MULTILINE)
    offset = len(listed[2]) - len(listed[1]) if listed else 0
    nested = re.search(r"^( *)[^\s#-][^\n]*:[ ]*\n( +)[^\s#-]", model, re.MULTILINE)
    step = len(nested[2]) - len(nested[1]) if nested else 2
    yaml.indent(mapping=max(step, 2), sequence=offset + 2, offset=offset)
    yaml.explicit_start = model.startswith("---")
    return yaml


def _dump_yaml(tree: Any, model: str) -> str:
    out = io.StringIO()
    _yaml_like(model).dump(tree, out)
    return out.getvalue()


def _load_toml(text: str) -> Any:
    import tomlkit

    return tomlkit.parse(text)


def _dump_toml(tree: Any, model: str) -> str:
    import tomlkit

    return tomlkit.dumps(tree)


JSON = Form("JSON", _load_json, _dump_json)
YAML = Form("YAML", _load_yaml, _dump_yaml)
TOML = Form("TOML", _load_toml, _dump_toml)

"""JSON, YAML and TOML as text: read to a tree that remembers how it was written, and written like a model.

What cannot be read for certain, or not be written back as it was (two equal keys, anchors, tags, directives, halves of
characters, numbers that a float does not keep), is refused: a ValueError says why.
"""

from __future__ import annotations

import io
import json as json_text
import re
from collections.abc import Callable
from math import isinf
from typing import Any, NamedTuple

_WIDE = 1 << 16
_FLOAT_DIGITS = 17
"""So many tell any float from all others; of more, the last ones would come back as others."""

_YAML_FLOAT = re.compile(r"[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?")
_BOM = "\ufeff"


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

    tree = json_text.loads(
        text, object_pairs_hook=no_twins, parse_constant=no_constants, parse_float=_exact_float
    )
    if re.search(r"\\ud[89a-f]", text, re.IGNORECASE):
        _check_whole(json_text.dumps(tree, ensure_ascii=False))
    return tree


def _exact_float(text: str) -> float:
    """A number that is the same when it is written again."""
    number = float(text)
    digits = re.sub(r"[eE].*|\D", "", text).strip("0")
    if len(digits) > _FLOAT_DIGITS or isinf(number) or (digits and not number):
        raise ValueError(f"the number {text[:40]} cannot be kept as it is")
    return number


def _check_whole(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half of a character") from error


def _dump_json(tree: Any, model: str) -> str:
    indent = re.search(r"\n([ \t]+)\S", model)
    tight = re.search(r'":\S', model) is not None
    separators = ("," if indent or tight else ", ", ":" if tight else ": ")
    text = json_text.dumps(
        tree,
        indent=indent[1] if indent else None,
        separators=separators,
        ensure_ascii=model.isascii() and "\\u" in model,
    )
    end = model[len(model.rstrip()) :]
    return text.replace("\n", _line_end(model)) + end


def _line_end(model: str) -> str:
    return "\r\n" if re.match(r"[^\n]*\r\n", model) else "\n"


def _load_yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.tokens import AliasToken, AnchorToken, DirectiveToken, ScalarToken, TagToken

    text = text.replace("\r\n", "\n")
    try:
        for token in YAML(typ="rt", pure=True).scan(text):
            if isinstance(token, AliasToken | AnchorToken | TagToken | DirectiveToken):
                raise ValueError("it has anchors or tags, or a directive")
            if isinstance(token, ScalarToken):
                _check_scalar(token.value, token.plain)
        return _yaml_like("").load(text)
    except YAMLError as error:
        raise ValueError(getattr(error, "problem", None) or str(error)) from error
    except (AttributeError, LookupError, TypeError) as error:  # The reader stumbles, as over the value `+_`.
        raise ValueError(f"it cannot be read: {error}") from error


def _check_scalar(value: str, plain: bool) -> None:
    _check_whole(value)
    if plain and not re.fullmatch(r"[-+]?[\d_]*", value) and _YAML_FLOAT.fullmatch(value):
        _exact_float(value.replace("_", ""))


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
    bom = _BOM if model.startswith(_BOM) else ""
    _yaml_like(model.removeprefix(bom).replace("\r\n", "\n")).dump(tree, out)
    return bom + out.getvalue().replace("\n", _line_end(model))


def _load_toml(text: str) -> Any:
    import tomlkit

    return tomlkit.parse(text)


def _dump_toml(tree: Any, model: str) -> str:
    import tomlkit

    return tomlkit.dumps(tree)


JSON = Form("JSON", _load_json, _dump_json)
YAML = Form("YAML", _load_yaml, _dump_yaml)
TOML = Form("TOML", _load_toml, _dump_toml)

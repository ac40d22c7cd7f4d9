"""What a plain YAML word means under the core schema of YAML 1.2: `no`, `on` and dates stay text.

The source of the patterns is section 10.3.2 of the YAML 1.2.2 specification.
"""

from __future__ import annotations

import re
from typing import Final

WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
WHOLE: Final = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
FRACTION: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
ENDLESS: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
NUMERIC: Final = frozenset("0123456789+-.")
LARGEST: Final = 2**63
DIGITS: Final = 40

Scalar = str | int | float | bool | None


def plain(text: str) -> Scalar:
    """The value of an unquoted word. ValueError: a number that no JSON reader would take back as it is."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMERIC:
        return text
    if WHOLE.match(text):
        return _whole(text)
    if FRACTION.match(text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ValueError("the number is too large")
        return number
    if ENDLESS.match(text):
        raise ValueError("endless and undefined numbers cannot be stored")
    return text


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError("the number is too large")
    number = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if not -LARGEST <= number < LARGEST:
        raise ValueError("the number is too large")
    return number


TAGGED: Final = {
    "tag:yaml.org,2002:str": (str,),
    "tag:yaml.org,2002:int": (int,),
    "tag:yaml.org,2002:float": (float, int),
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:null": (type(None),),
}


def tagged(text: str, tag: str) -> Scalar:
    """The value of a word with an explicit core tag (`!!str 5`). ValueError: another tag, or the word does not fit."""
    if tag in ("!", "tag:yaml.org,2002:str"):
        return text
    kinds = TAGGED.get(tag)
    if kinds is None:
        raise ValueError(f"the tag {shown(tag)} is not known")
    value = plain(text)
    if type(value) not in kinds:
        raise ValueError(f"the text does not fit its tag {shown(tag)}")
    return float(value) if tag.endswith(":float") and isinstance(value, int) else value


def shown(tag: str) -> str:
    """A tag as people write it."""
    return tag.replace("tag:yaml.org,2002:", "!!")

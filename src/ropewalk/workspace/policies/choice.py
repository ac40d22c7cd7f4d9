"""Which policy a path takes: the step's own patterns, then the run's, in written order; then what its kind of file suggests.

`ask`, `agent` and `fail` join nothing: they say who settles what the lines alone cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.policies import documents, forms, text
from ropewalk.workspace.policies.markdown import markdown
from ropewalk.workspace.policies.structure import same
from ropewalk.workspace.policies.verdict import MergedContent, Picks, Policy, Unfit, Verdict

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "ropewalk.merges"
"""The entry point group of plug-ins: each a function like `ropewalk.workspace.policies.verdict.Policy`."""

WHOLE = ("ours", "theirs")
"""Take one side where nothing can be joined, such as a binary file or one that the other side deleted."""

BOTH = "both"
"""Keep both versions side by side, as for reports: the later one under a name with its step in it."""

MARKERS = ("ask", "agent", "fail")

_BY_HUNKS: Mapping[str, Callable[[bytes | None, bytes, bytes, Picks | None], Verdict]] = {
    "text": text.text,
    "json": partial(documents.merge, forms.JSON),
    "yaml": partial(documents.merge, forms.YAML),
    "toml": partial(documents.merge, forms.TOML),
    "markdown": markdown,
}
"""Those that may leave a file in dispute, of which a person can then settle one hunk after the other."""


def _unpicked(policy: Callable[[bytes | None, bytes, bytes, Picks | None], Verdict]) -> Policy:
    return lambda base, ours, theirs: policy(base, ours, theirs, None)


BUILT_IN: Mapping[str, Policy] = {
    **{name: _unpicked(policy) for name, policy in _BY_HUNKS.items()},
    "ours": text.ours,
    "theirs": text.theirs,
    "union": text.union,
}

_FORMS = {"json": forms.JSON, "yaml": forms.YAML, "toml": forms.TOML}
_BY_SUFFIX = {
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".md": "markdown",
    ".markdown": "markdown",
}
_KIND = "kind:"


def known() -> tuple[str, ...]:
    """The name of every policy that there is, plug-ins too."""
    return (*BUILT_IN, BOTH, *MARKERS, *sorted(_plugged_in()))


def check(policies: Mapping[str, str]) -> None:
    """WorkspaceError when a policy that is asked for does not exist."""
    for pattern, name in policies.items():
        if name not in known():
            raise WorkspaceError(
                place=pattern, reason=f"there is no merge policy {name}; known are {', '.join(known())}"
            )


def choose(path: str, kind: str, rules: Sequence[Mapping[str, str]]) -> tuple[str, bool]:
    """The name of a path's policy, and whether somebody asked for it. `kind` is the kind of conflict.

    A pattern with a slash names a path from the root, one without a file name anywhere; `**` stands for any folders. The
    key `kind:binary` (or another kind) takes what no path pattern of the same mapping took.
    """
    for mapping in rules:
        for pattern, name in mapping.items():
            if not pattern.startswith(_KIND) and _pattern(pattern).fullmatch(path):
                return name, True
        if _KIND + kind in mapping:
            return mapping[_KIND + kind], True
    return _suggested(path), False


def _suggested(path: str) -> str:
    suffix = re.search(r"\.[^./]+$", path.lower())
    return _BY_SUFFIX.get(suffix[0] if suffix else "", "text")


def join(
    name: str, path: str, base: bytes | None, ours: bytes, theirs: bytes, picks: Picks | None = None
) -> Verdict:
    """What a policy makes of a file, with the `picks` of who settled some of its hunks. A plug-in that fails leaves the file in
    dispute and says so.

    To take one side of a document that has a structure is to take its side of each disputed value.
    """
    form = _FORMS.get(_suggested(path)) if name in WHOLE else None
    preferred = documents.merge(form, base, ours, theirs, prefer=name) if form else None
    if isinstance(preferred, MergedContent):
        return preferred
    if name in MARKERS or name == BOTH:
        name = "text"
    if name in _BY_HUNKS:
        return _BY_HUNKS[name](base, ours, theirs, picks)
    policy = BUILT_IN.get(name)
    if policy:
        return policy(base, ours, theirs)
    try:
        plugged: Policy = _plugged_in()[name].load()
        verdict: object = plugged(base, ours, theirs)
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 - somebody else's code must not take a run down
        return Unfit(f"the plug-in {name} failed: {type(error).__name__}: {error}")
    if not isinstance(verdict, Verdict):
        return Unfit(
            f"the plug-in {name} failed: it gave {type(verdict).__name__}, which is no answer of a policy"
        )
    return verdict


def means_the_same(name: str, left: bytes, right: bytes) -> bool:
    """Whether two contents mean the same to a policy that works on meaning."""
    form = _FORMS[name]
    return same(documents.meaning(form, left), documents.meaning(form, right))


def on_meaning(name: str) -> bool:
    """Whether lines that merge may still be wrong for this policy."""
    return name in _FORMS


@cache
def _plugged_in() -> Mapping[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP) if point.name not in BUILT_IN}


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    anchored = pattern.lstrip("/")
    pieces = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", anchored)
    meaning = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(meaning.get(piece) or re.escape(piece) for piece in pieces)
    return re.compile(body if "/" in pattern else f"(?:.*/)?{body}", re.DOTALL)

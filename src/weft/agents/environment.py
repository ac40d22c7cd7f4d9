"""The environment of a child: names on an allow list and what was given, nothing else of ours.

What would wait for a person at a terminal (an editor, a pager, a password) is answered beforehand.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import translate
from functools import lru_cache

ALLOWED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "TMPDIR",
    "XDG_*",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
"""Names and patterns that pass by themselves: none of them carries a secret of ours."""

UNATTENDED = {
    "TERM": "dumb",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "EDITOR": "true",
    "GIT_EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0",
}


def clean(
    given: Mapping[str, str], passed: Iterable[str] = (), of: Mapping[str, str] | None = None
) -> dict[str, str]:
    """`given` over the unattended defaults over those variables of `of` (ours) that the allow list or `passed` names."""
    ours = os.environ if of is None else of
    passes = _passes((*ALLOWED, *passed))
    return {**{name: ours[name] for name in ours if passes(name)}, **UNATTENDED, **given}


@lru_cache(maxsize=32)
def _passes(patterns: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    return re.compile("|".join(map(translate, patterns))).match

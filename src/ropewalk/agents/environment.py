"""The environment of a child: names on an allow list and what was given, nothing else of ours.

What would wait for a person at a terminal (an editor, a pager, a password) is answered beforehand.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import translate
from functools import lru_cache

_LOCALE = (
    *("ALL", "COLLATE", "CTYPE", "MESSAGES", "MONETARY", "NUMERIC", "TIME", "ADDRESS", "IDENTIFICATION"),
    *("MEASUREMENT", "NAME", "PAPER", "TELEPHONE"),
)
_FOLDERS = (
    *(
        "CACHE_HOME",
        "CONFIG_HOME",
        "CONFIG_DIRS",
        "DATA_HOME",
        "DATA_DIRS",
        "STATE_HOME",
        "RUNTIME_DIR",
        "BIN_HOME",
    ),
)
ALLOWED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    *(f"LC_{name}" for name in _LOCALE),
    "TZ",
    "TMPDIR",
    *(f"XDG_{name}" for name in _FOLDERS),
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
"""Names that pass by themselves: none of them carries a secret of ours. No pattern: anybody can make up a name for one."""

PROXIES = frozenset(name for name in ALLOWED if name.lower().endswith("_proxy"))
"""Of those, addresses, which may have a name and a password in them: they pass without."""

UNATTENDED = {
    "TERM": "dumb",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "EDITOR": "true",
    "GIT_EDITOR": "true",
    "GIT_TERMINAL_PROMPT": "0",
}


def clean_environment(
    variables: Mapping[str, str], passed: Iterable[str] = (), of: Mapping[str, str] | None = None
) -> dict[str, str]:
    """`variables` over the unattended defaults over those variables of `of` (ours) that the allow list or `passed` names.

    What `passed` names passes as it is, a proxy's password too; else an address passes without whose it is.
    """
    ours = os.environ if of is None else of
    allowed = {
        name: _plain(ours[name]) if name in PROXIES else ours[name] for name in ALLOWED if name in ours
    }
    passes = _passes(tuple(passed))
    return {**allowed, **{name: ours[name] for name in ours if passes(name)}, **UNATTENDED, **variables}


def _plain(address: str) -> str:
    """An address without a name and a password in it, however it is written; what has no `@` stays as it is."""
    scheme, slashes, rest = address.partition("://") if "://" in address else ("", "", address)
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"


@lru_cache(maxsize=32)
def _passes(patterns: tuple[str, ...]) -> Callable[[str], object]:
    return re.compile("|".join(map(translate, patterns))).match if patterns else lambda name: None

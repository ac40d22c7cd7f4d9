"""From what an agent says went wrong to a classed failure, with the finer class (auth, config, crash, ...) in its report."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.failures import RULES, Rule, free_again
from ropewalk.core import Failure
from ropewalk.definition import ErrorClass
from ropewalk.nesting import read_json

AUTH_REQUIRED = -32000
_SHOWN_CHARS = 500

_TOLD: dict[str, tuple[ErrorClass, str]] = {
    "rate_limit": ("quota", "quota"),
    "usage_limit_exceeded": ("quota", "quota"),
    "authentication_failed": ("permanent", "auth"),
    "oauth_org_not_allowed": ("permanent", "auth"),
    "unauthorized": ("permanent", "auth"),
    "billing_error": ("permanent", "auth"),
    "model_not_found": ("permanent", "config"),
    "invalid_request": ("permanent", "config"),
    "context_window_exceeded": ("permanent", "config"),
    "server_error": ("transient", "transient"),
    "overloaded": ("transient", "transient"),
    "server_overloaded": ("transient", "transient"),
    "internal_server_error": ("transient", "transient"),
}
"""Words that adapters put next to an error: `errorKind` of Claude's, `codex_error_info` of Codex'."""

_AUTH = Rule(
    "permanent",
    r"\b401\b|unauthori[sz]ed|unauthenticated|failed to authenticate|not logged in|log ?in required|invalid.api.key",
)
_CONFIG = Rule("permanent", r"model .{0,60}(?:not found|does not exist|not supported)|unknown model")
_NONSENSE = Rule(
    "transient", r"malformed response|json pars|is not valid json|property name .{0,20}in json|invalid utf-8"
)
_BROKEN = Rule(
    "transient",
    r"stream (?:disconnected|closed|ended)|socket|fetch failed|network error|unexpected status 5\d\d|\b50[0-4]\b|internal server error",
)


def failure_from(error: Any, settings: AcpSettings, now: float, free_at: float | None = None) -> Failure:
    """An error answer of the protocol (`code`, `data`, its text) as a failure; `free_at` is known from elsewhere."""
    data = error.data if isinstance(error.data, dict) else {}
    text = _text(error, data)
    word = next((str(data[key]) for key in ("errorKind", "codex_error_info") if data.get(key)), "")
    if error.code == AUTH_REQUIRED:
        word = "authentication_failed"
    kind, fine = _TOLD.get(word) or _by_text(text, settings)
    message = text[:_SHOWN_CHARS]
    if fine == "auth" and settings.login:
        message = f"{message} (to fix it: {settings.login})"
    retry_at = None
    if kind in ("quota", "transient"):
        retry_at = free_at if kind == "quota" and free_at and free_at > now else free_again(text, now)
    return Failure(kind=kind, message=message, retry_at=retry_at, report={"class": fine})


def ended(code: int, last_words: str, settings: AcpSettings, now: float) -> Failure:
    """The process was over before its answer: a failure whatever its exit code says."""
    last = " ".join(last_words.split())[-_SHOWN_CHARS:]
    how = f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    kind, fine = _by_text(last, settings)
    if fine == "other":
        kind, fine = ("transient" if code < 0 else "permanent"), "crash"
    message = f"the agent {how} in the middle of its work" + (f": {last}" if last else "")
    return Failure(kind=kind, message=message, retry_at=free_again(last, now), report={"class": fine})


def stopped(reason: str, denied: list[str], words: str) -> Failure | None:
    """What a stop reason means; None is a turn that ended well."""
    shown = " ".join(words.split())[:_SHOWN_CHARS]
    if reason == "end_turn":
        return None
    if reason == "refusal":
        return Failure(kind="refused", message=f"the model refused: {shown}", report={"class": "refusal"})
    if reason == "cancelled":
        how = f"after it was denied: {', '.join(denied[:5])}" if denied else "by itself"
        return Failure(kind="refused", message=f"the agent stopped {how}", report={"class": "tool denied"})
    if reason in ("max_tokens", "max_turn_requests"):
        return Failure(
            kind="permanent",
            message=f"the agent came to a limit of its own: {reason}",
            report={"class": "limit"},
        )
    return Failure(kind="permanent", message=f"the agent stopped for an unknown reason: {reason!r}")


def _by_text(text: str, settings: AcpSettings) -> tuple[ErrorClass, str]:
    for rule in settings.failures:
        if re.search(rule.pattern, text, re.IGNORECASE):
            return rule.kind, rule.kind
    known = [(_AUTH, "auth"), *((rule, rule.kind) for rule in RULES), (_NONSENSE, "nonsense")]
    for rule, fine in (*known, (_BROKEN, "transient"), (_CONFIG, "config")):
        if re.search(rule.pattern, text, re.IGNORECASE):
            return rule.kind, fine
    return "permanent", "other"


def _text(error: Any, data: dict[str, Any]) -> str:
    message = str(error)
    if message.startswith("{"):
        try:
            message = str(read_json(message)["error"]["message"]) + f" ({error.code})"
        except (msgspec.DecodeError, KeyError, TypeError):
            pass
    more = str(data.get("message") or data.get("details") or "")
    return f"{message}: {more}" if more and more not in message else message

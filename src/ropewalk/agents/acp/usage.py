"""What an attempt spent, from one source for each agent: two that tell the same are never added up.

How full the context is says nothing about what is paid; a cost that nobody tells is unknown, or estimated by the price table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.agents.acp.wire import mapping
from ropewalk.agents.prices import estimate
from ropewalk.core import Usage
from ropewalk.files import read_text
from ropewalk.nesting import read_json

_MOST_TOKENS = 1 << 53
_RATE_LIMIT = "_claude/rateLimit"


class UsageMeter:
    """`source` is where this agent tells its tokens: with each prompt's answer, or in Codex' own record of the session."""

    def __init__(self, source: str = "prompt") -> None:
        self._source = source
        self._before_usd = 0.0
        self._cost_usd: float | None = None
        self._in = self._out = self._cached = 0
        self._told = False
        self.model = ""
        self.free_at: float | None = None
        """When a used up quota is free again (unix seconds), where the agent says so next to its error."""

    def hear(self, update: Mapping[str, Any], *, history: bool = False) -> None:
        """An update of the session: its cost grows from prompt to prompt; what a loaded session had cost is not ours."""
        if update.get("sessionUpdate") != "usage_update":
            return
        cost = mapping(update.get("cost"))
        amount = cost.get("amount")
        if cost.get("currency") == "USD" and isinstance(amount, int | float) and 0 <= amount < math.inf:
            if history:
                self._before_usd = float(amount)
            else:
                self._cost_usd = float(amount)
        limit = mapping(mapping(update.get("_meta")).get(_RATE_LIMIT))
        if limit.get("status") == "rejected":
            self.free_at = _seconds(limit.get("resetsAt")) or self.free_at

    def prompted(self, result: Mapping[str, Any]) -> None:
        """A prompt was answered."""
        quota = mapping(mapping(mapping(result.get("_meta")).get("quota")).get("token_count"))
        usage = mapping(result.get("usage"))
        if usage:
            cached = _count(usage, "cachedReadTokens")
            written = _count(usage, "inputTokens") + _count(usage, "cachedWriteTokens")
            self._add(written + cached, _count(usage, "outputTokens"), cached)
        elif quota:
            self._add(_count(quota, "input_tokens"), _count(quota, "output_tokens"), 0)

    def read_codex(self, home: Path, session: str) -> None:
        """Codex tells tokens and limits only in its record of the session; sums there are over the whole session."""
        if self._source != "codex":
            return
        for path in (home / "sessions").rglob(f"rollout-*{session}.jsonl"):
            for line in read_text(path, errors="replace").splitlines():
                if '"token_count"' in line:
                    self._codex(line)

    def usage(self) -> Usage:
        """All of it so far."""
        cost = None if self._cost_usd is None else max(self._cost_usd - self._before_usd, 0.0)
        estimated = False
        if cost is None and self._told:
            cost = estimate(self.model, self._in, self._out, self._cached)
            estimated = cost is not None
        return Usage(tokens_in=self._in, tokens_out=self._out, cost_usd=cost, estimated=estimated)

    def _add(self, tokens_in: int, tokens_out: int, cached: int) -> None:
        self._told = True
        self._in += tokens_in
        self._out += tokens_out
        self._cached += cached

    def _codex(self, line: str) -> None:
        try:
            payload = mapping(mapping(read_json(line)).get("payload"))
        except msgspec.DecodeError:
            return  # its last line may be half written
        total = mapping(mapping(payload.get("info")).get("total_token_usage"))
        if total:
            self._in = self._out = self._cached = 0
            kinds = ("input_tokens", "output_tokens", "cached_input_tokens")
            self._add(*(_count(total, kind) for kind in kinds))
        for window in ("primary", "secondary"):
            limit = mapping(mapping(payload.get("rate_limits")).get(window))
            if _count(limit, "used_percent") >= 100:
                self.free_at = _seconds(limit.get("resets_at")) or self.free_at


def _count(reported: Mapping[str, Any], kind: str) -> int:
    """So many tokens; what is no such number counts as nothing told."""
    value = reported.get(kind)
    return int(value) if isinstance(value, int | float) and 0 <= value < _MOST_TOKENS else 0


def _seconds(value: Any) -> float | None:
    """A time that an agent tells; None for what is no such number."""
    return float(value) if isinstance(value, int | float) and 0 < value < _MOST_TOKENS else None

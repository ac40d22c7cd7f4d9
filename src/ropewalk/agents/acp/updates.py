"""What an agent tells as it goes, as a transcript that a person can read; kinds of updates that are new are counted, not feared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ropewalk.agents.acp.wire import mappings

_SILENT = frozenset(
    {
        "user_message_chunk",
        "available_commands_update",
        "current_mode_update",
        "config_option_update",
        "session_info_update",
    }
)
_OVER = frozenset({"completed", "failed"})
_MOST_SAID_CHARS = 4_000_000
_MOST_LINE_CHARS = 16_384
_SHOWN_CHARS = 2_000


class Updates:
    """`say` takes whole lines. `busy` is whether a tool of the agent is at work; `words` what it said last."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._line = ""
        self._thinking = False
        self._words = ""
        self._earlier = ""
        self._tools: dict[str, dict[str, Any]] = {}
        self.unknown: Counter[str] = Counter()
        self.muted = False
        """Set while a session is loaded: what comes then is its history."""

    @property
    def busy(self) -> bool:
        return any(tool["status"] not in _OVER for tool in self._tools.values())

    @property
    def words(self) -> str:
        """The agent's message since its last tool call; the one before, when it said nothing after it."""
        return self._words if self._words.strip() else self._earlier

    def begin(self) -> None:
        """A prompt goes out."""
        self.flush()
        self._words = self._earlier = ""
        self._tools.clear()

    def take(self, update: Mapping[str, Any]) -> None:
        """One update of the session."""
        kind = str(update.get("sessionUpdate", ""))
        if self.muted:
            return
        if kind in ("agent_message_chunk", "agent_thought_chunk"):
            self._chunk(_text(update.get("content")), thought=kind == "agent_thought_chunk")
        elif kind in ("tool_call", "tool_call_update"):
            self._tool(update)
        elif kind == "plan":
            self._plan(mappings(update.get("entries")))
        elif kind not in _SILENT and kind != "usage_update":
            self.unknown[kind] += 1

    def flush(self) -> None:
        """Say what stands in an unfinished line."""
        if self._line:
            self._put("\n")

    def _chunk(self, text: str, *, thought: bool) -> None:
        if thought != self._thinking:
            self.flush()
            self._thinking = thought
        if not thought:
            self._words = (self._words + text)[-_MOST_SAID_CHARS:]
        self._put(text)

    def _put(self, text: str) -> None:
        *lines, self._line = (self._line + text).split("\n")
        mark = "~ " if self._thinking else ""
        for line in lines:
            self._say(f"{mark}{line}\n")
        if len(self._line) > _MOST_LINE_CHARS:  # nobody waits for the end of a line that has none
            self.flush()

    def _tool(self, update: Mapping[str, Any]) -> None:
        known = self._tools.setdefault(str(update.get("toolCallId", "")), {"status": "pending", "told": ""})
        known |= {name: str(value) for name in ("title", "kind", "status") if (value := update.get(name))}
        if update.get("sessionUpdate") == "tool_call":
            self.flush()
            self._earlier, self._words = self.words, ""
        status = known["status"]
        title = _one_line(known.get("title", "tool"))
        if status in _OVER and known["told"] != status:
            known["told"] = status
            failed = f": {_one_line(_result(update))}" if status == "failed" else ""
            self._say(f"[{known.get('kind', 'tool')}] {title} {status}{failed}\n")

    def _plan(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.flush()
        marks = {"completed": "x", "in_progress": ">"}
        for entry in entries:
            mark = marks.get(str(entry.get("status")), " ")
            self._say(f"[plan] [{mark}] {_one_line(entry.get('content', ''))}\n")


def _text(content: Any) -> str:
    if isinstance(content, Mapping):
        if content.get("type") == "text":
            return str(content.get("text") or "")
        return f"[{content.get('type', 'content')}]"
    return ""


def _result(update: Mapping[str, Any]) -> str:
    for block in mappings(update.get("content")):
        if block.get("type") == "content":
            return _text(block.get("content"))
    raw = update.get("rawOutput")
    return str(raw) if raw else ""


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())[:_SHOWN_CHARS]

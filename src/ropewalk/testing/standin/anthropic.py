"""Anthropic Messages, as Claude Code asks and hears it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ropewalk.testing.standin.dialect import Piece, event, folder_in, pieces, texts
from ropewalk.testing.standin.scenario import Limit, Reply, Talk, Turn


class Anthropic:
    """`POST /v1/messages`."""

    def read(self, path: str, body: Mapping[str, Any]) -> Talk:
        return Talk(
            turns=tuple(turn for message in body.get("messages", ()) for turn in _turns(message)),
            tools=tuple(str(tool.get("name", "")) for tool in body.get("tools") or ()),
            folder=folder_in(f"{texts(body.get('system'))}\n{_first(body)}"),
            model=str(body.get("model", "")),
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> dict[str, Any]:
        block: dict[str, Any] = (
            {"type": "tool_use", "id": "toolu_1", "name": reply.tool, "input": reply.arguments}
            if reply.tool
            else {"type": "text", "text": reply.text}
        )
        return {**_message(reply), "content": [block], "stop_reason": _stop(reply), "usage": _usage(reply)}

    def stream(self, reply: Reply) -> Iterator[Piece]:
        start = {
            **_message(reply),
            "content": [],
            "usage": {"input_tokens": reply.tokens_in, "output_tokens": 1},
        }
        yield "", event({"type": "message_start", "message": start}, "message_start")
        yield from self._block(reply)
        end = {"stop_reason": _stop(reply), "stop_sequence": None}
        yield (
            "",
            event({"type": "message_delta", "delta": end, "usage": _usage(reply)}, "message_delta"),
        )
        yield "", event({"type": "message_stop"}, "message_stop")

    def _block(self, reply: Reply) -> Iterator[Piece]:
        block: dict[str, Any] = {"type": "text", "text": ""}
        chunks, field = pieces(reply.text), "text"
        if reply.tool:
            block = {"type": "tool_use", "id": _call_id(reply), "name": reply.tool, "input": {}}
            chunks, field = [msgspec.json.encode(reply.arguments).decode()], "partial_json"
        kind = "text_delta" if field == "text" else "input_json_delta"
        started = {"type": "content_block_start", "index": 0, "content_block": block}
        yield "", event(started, "content_block_start")
        for piece in chunks:
            delta = {"type": "content_block_delta", "index": 0, "delta": {"type": kind, field: piece}}
            yield "text", event(delta, "content_block_delta")
        yield "", event({"type": "content_block_stop", "index": 0}, "content_block_stop")

    def refusal(self, status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
        kinds = {
            401: "authentication_error",
            403: "permission_error",
            429: "rate_limit_error",
            529: "overloaded_error",
        }
        message = limit.message if limit else f"the stand-in answers {status}"
        headers = {"x-should-retry": "false"}
        if limit:
            reset = now + limit.reset_seconds
            headers |= {
                "retry-after": f"{limit.reset_seconds:g}",
                "anthropic-ratelimit-unified-status": "rejected",
                "anthropic-ratelimit-unified-reset": f"{reset:.0f}",
            }
            message = f"{message}; resets in {limit.reset_seconds:g}s"
        error = {"type": kinds.get(status, "api_error"), "message": message}
        return headers, {"type": "error", "error": error}


def _turns(message: Mapping[str, Any]) -> Iterator[Turn]:
    mine = message.get("role") == "assistant"
    content = message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    for block in blocks:
        if block.get("type") == "tool_use":
            yield Turn("call", str(block.get("name", "")))
        elif block.get("type") == "text":
            yield Turn("said" if mine else "user", str(block.get("text", "")))


def _first(body: Mapping[str, Any]) -> str:
    return "\n".join(texts(message.get("content")) for message in list(body.get("messages", ()))[:2])


def _message(reply: Reply) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "stop_reason": None,
        "stop_sequence": None,
    }


def _call_id(reply: Reply) -> str:
    return f"toolu_{abs(hash(msgspec.json.encode(reply.arguments))):x}"


def _stop(reply: Reply) -> str:
    return "refusal" if reply.refused else "tool_use" if reply.tool else "end_turn"


def _usage(reply: Reply) -> dict[str, int]:
    return {"input_tokens": reply.tokens_in, "output_tokens": reply.tokens_out}

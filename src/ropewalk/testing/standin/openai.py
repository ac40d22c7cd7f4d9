"""The two ways of OpenAI: Responses, as Codex asks, and chat completions, as OpenCode and many others do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ropewalk.testing.standin.dialect import Piece, event, folder_in, pieces, texts
from ropewalk.testing.standin.scenario import Limit, Reply, Talk, Turn


class Responses:
    """`POST /v1/responses`."""

    def read(self, path: str, body: Mapping[str, Any]) -> Talk:
        items = body.get("input") or ()
        items = [{"type": "message", "role": "user", "content": items}] if isinstance(items, str) else items
        spoken = "\n".join(
            texts(item.get("content")) for item in items if item.get("type", "message") == "message"
        )
        return Talk(
            turns=tuple(turn for item in items for turn in _item(item)),
            tools=tuple(str(tool.get("name") or tool.get("type", "")) for tool in body.get("tools") or ()),
            folder=folder_in(f"{body.get('instructions', '')}\n{spoken}"),
            model=str(body.get("model", "")),
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> dict[str, Any]:
        usage = {
            "input_tokens": reply.tokens_in,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": reply.tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": reply.tokens_in + reply.tokens_out,
        }
        return {**_head(reply), "status": "completed", "output": [_output(reply)], "usage": usage}

    def stream(self, reply: Reply) -> Iterator[Piece]:
        yield "", _typed("response.created", response={**_head(reply), "status": "in_progress", "output": []})
        item = _output(reply)
        yield "", _typed("response.output_item.added", output_index=0, item={**item, "status": "in_progress"})
        for piece in [] if reply.tool else pieces(reply.text):
            yield (
                "text",
                _typed(
                    "response.output_text.delta",
                    item_id=item["id"],
                    output_index=0,
                    content_index=0,
                    delta=piece,
                ),
            )
        yield "", _typed("response.output_item.done", output_index=0, item=item)
        yield "", _typed("response.completed", response=self.whole(reply))

    def refusal(self, status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
        return _refusal(status, limit, now)


class Chat:
    """`POST /v1/chat/completions`."""

    def read(self, path: str, body: Mapping[str, Any]) -> Talk:
        messages = body.get("messages") or ()
        system = "\n".join(
            texts(message.get("content")) for message in messages if message.get("role") == "system"
        )
        return Talk(
            turns=tuple(turn for message in messages for turn in _message(message)),
            tools=tuple(str(tool.get("function", {}).get("name", "")) for tool in body.get("tools") or ()),
            folder=folder_in(system),
            model=str(body.get("model", "")),
            stream=bool(body.get("stream")),
        )

    def whole(self, reply: Reply) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
        if reply.tool:
            message["tool_calls"] = [_call(reply)]
        choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
        return {"object": "chat.completion", **_chat_head(reply), "choices": [choice], "usage": _usage(reply)}

    def stream(self, reply: Reply) -> Iterator[Piece]:
        def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return event(
                {"object": "chat.completion.chunk", **_chat_head(reply), "choices": [choice], **more}
            )

        yield "", chunk({"role": "assistant", "content": ""})
        if reply.tool:
            yield "text", chunk({"tool_calls": [{"index": 0, **_call(reply)}]})
        for piece in pieces(reply.text):
            yield "text", chunk({"content": piece})
        yield "", chunk({}, _finish(reply), usage=_usage(reply))
        yield "", b"data: [DONE]\n\n"

    def refusal(self, status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
        return _refusal(status, limit, now)


def _item(item: Mapping[str, Any]) -> Iterator[Turn]:
    kind = item.get("type", "message")
    if kind in ("function_call", "custom_tool_call", "local_shell_call"):
        yield Turn("call", str(item.get("name", "")))
    elif kind == "message" and item.get("role") in ("user", "assistant"):
        yield Turn("user" if item["role"] == "user" else "said", texts(item.get("content")))


def _message(message: Mapping[str, Any]) -> Iterator[Turn]:
    if message.get("role") == "user":
        yield Turn("user", texts(message.get("content")))
    elif message.get("role") == "assistant":
        for call in message.get("tool_calls") or ():
            yield Turn("call", str(call.get("function", {}).get("name", "")))
        if text := texts(message.get("content")):
            yield Turn("said", text)


def _head(reply: Reply) -> dict[str, Any]:
    return {"id": "resp_1", "object": "response", "created_at": 1, "model": reply.model}


def _output(reply: Reply) -> dict[str, Any]:
    if reply.tool:
        arguments = msgspec.json.encode(reply.arguments).decode()
        call_id = f"call_{secrets.token_hex(6)}"
        return {
            "type": "function_call",
            "id": f"fc_{call_id}",
            "call_id": call_id,
            "name": reply.tool,
            "arguments": arguments,
            "status": "completed",
        }
    content = {"type": "output_text", "text": reply.text, "annotations": []}
    if reply.refused:
        content = {"type": "refusal", "refusal": reply.text}
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }


def _typed(kind: str, **fields: Any) -> bytes:
    return event({"type": kind, **fields}, kind)


def _chat_head(reply: Reply) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "created": 1, "model": reply.model}


def _call(reply: Reply) -> dict[str, Any]:
    arguments = msgspec.json.encode(reply.arguments).decode()
    return {
        "id": f"call_{secrets.token_hex(6)}",
        "type": "function",
        "function": {"name": reply.tool, "arguments": arguments},
    }


def _finish(reply: Reply) -> str:
    return "content_filter" if reply.refused else "tool_calls" if reply.tool else "stop"


def _usage(reply: Reply) -> dict[str, int]:
    total = reply.tokens_in + reply.tokens_out
    return {"prompt_tokens": reply.tokens_in, "completion_tokens": reply.tokens_out, "total_tokens": total}


def _refusal(status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
    kinds = {401: "invalid_api_key", 403: "forbidden", 429: "usage_limit_reached"}
    error: dict[str, Any] = {
        "type": kinds.get(status, "server_error"),
        "code": kinds.get(status, "server_error"),
        "message": limit.message if limit else f"the stand-in answers {status}",
    }
    headers = {}
    if limit:
        error["resets_at"] = int(now + limit.reset_seconds)
        error["resets_in_seconds"] = int(limit.reset_seconds)
        error["message"] = f"{limit.message}; try again in {limit.reset_seconds:g}s"
        headers["retry-after"] = f"{limit.reset_seconds:g}"
    return headers, {"error": error}

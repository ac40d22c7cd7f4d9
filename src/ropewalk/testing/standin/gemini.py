"""Google's way, as Gemini CLI asks it: `models/NAME:streamGenerateContent` and its kin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ropewalk.testing.standin.dialect import Piece, event, folder_in, pieces, texts
from ropewalk.testing.standin.scenario import Limit, Reply, Talk, Turn


class Gemini:
    """`POST /v1beta/models/...`."""

    def read(self, path: str, body: Mapping[str, Any]) -> Talk:
        config = body.get("generationConfig") or {}
        contents = body.get("contents") or ()
        spoken = "\n".join(texts(content.get("parts")) for content in contents)
        system = texts((body.get("systemInstruction") or {}).get("parts"))
        return Talk(
            turns=tuple(turn for content in contents for turn in _turns(content)),
            tools=tuple(
                str(declared.get("name", ""))
                for tool in body.get("tools") or ()
                for declared in tool.get("functionDeclarations") or ()
            ),
            folder=folder_in(f"{system}\n{spoken}"),
            model=path.partition("models/")[2].partition(":")[0],
            stream=":stream" in path,
            wants_json=config.get("responseMimeType") == "application/json",
        )

    def whole(self, reply: Reply) -> dict[str, Any]:
        part: dict[str, Any] = {"text": reply.text}
        if reply.tool:
            part = {"functionCall": {"name": reply.tool, "args": reply.arguments}}
        return _answer(reply, [part], "SAFETY" if reply.refused else "STOP")

    def stream(self, reply: Reply) -> Iterator[Piece]:
        if not reply.tool:
            *first, last = pieces(reply.text) or [""]
            for piece in first:
                yield "text", event(_answer(reply, [{"text": piece}], ""))
            yield "text", event(_answer(reply, [{"text": last}], "SAFETY" if reply.refused else "STOP"))
            return
        yield "text", event(self.whole(reply))

    def refusal(self, status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
        kinds = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED"}
        message = limit.message if limit else f"the stand-in answers {status}"
        error: dict[str, Any] = {"code": status, "message": message, "status": kinds.get(status, "INTERNAL")}
        if limit:
            error["message"] = f"{message}; please retry in {limit.reset_seconds:g}s"
            retry = {
                "@type": "type.googleapis.com/google.rpc.RetryInfo",
                "retryDelay": f"{limit.reset_seconds:g}s",
            }
            error["details"] = [retry]
        return {}, {"error": error}


def _turns(content: Mapping[str, Any]) -> Iterator[Turn]:
    mine = content.get("role") == "model"
    for part in content.get("parts") or ():
        if "functionCall" in part:
            yield Turn("call", str(part["functionCall"].get("name", "")))
        elif part.get("text"):
            yield Turn("said" if mine else "user", str(part["text"]))


def _answer(reply: Reply, parts: list[dict[str, Any]], finish: str) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    usage = {
        "promptTokenCount": reply.tokens_in,
        "candidatesTokenCount": reply.tokens_out,
        "totalTokenCount": reply.tokens_in + reply.tokens_out,
    }
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": reply.model}

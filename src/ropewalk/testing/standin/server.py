"""The stand-in as a server on a free local port; every answer follows from the scenario, no matter who asks and in which dialect."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import msgspec

from ropewalk.testing.standin.anthropic import Anthropic
from ropewalk.testing.standin.dialect import Dialect, tool_call
from ropewalk.testing.standin.gemini import Gemini
from ropewalk.testing.standin.openai import Chat, Responses
from ropewalk.testing.standin.scenario import Act, Play, Reply, Scenario, Talk

_SIDE_ANSWER = '{"complexity_reasoning": "as told", "complexity_score": 1, "model_choice": "flash", "reasoning": "as told"}'
_ENDINGS: tuple[tuple[str, Dialect], ...] = (
    ("/responses", Responses()),
    ("/chat/completions", Chat()),
    ("/messages", Anthropic()),
)


class Asked(msgspec.Struct, frozen=True):
    """One request that was served: its path, the credential it came with, the talk, what was done."""

    path: str
    credential: str
    talk: Talk
    act: Act | None


class StandIn:
    """`url` is where it listens while entered. `asked` are the requests so far; `hanging` is set while one hangs."""

    def __init__(self, scenario: Scenario, port: int = 0) -> None:
        self._play = Play(scenario)
        self._side_matters = scenario.side_matters
        self._lock = Lock()
        self._over = Event()
        self.hanging = Event()
        self.asked: list[Asked] = []
        self._server = _StandInServer(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Serve until it is closed or interrupted."""
        self._over.wait()

    def decide(self, path: str, credential: str, talk: Talk) -> Act | None:
        """What comes now; None for a side matter."""
        with self._lock:
            act = self._play.next(talk) if talk.tools or not self._side_matters else None
            self.asked.append(Asked(path, credential, talk, act))
            return act

    def reply(self, talk: Talk, act: Act | None) -> Reply:
        """An act as an answer."""
        if act is None:
            return Reply(text=_SIDE_ANSWER if talk.wants_json else "Stand-in", model=talk.model)
        script = self._play.script(talk)
        reply = Reply(tokens_in=script.tokens_in, tokens_out=script.tokens_out, model=talk.model)
        if act.call:
            name, arguments = str(act.call["name"]), dict(act.call.get("arguments", {}))
        elif act.write or act.run:
            name, arguments = tool_call(act.write, act.run, talk)
        else:
            return msgspec.structs.replace(
                reply, text=act.spoken, seconds=act.seconds, refused=bool(act.refuse)
            )
        return msgspec.structs.replace(reply, tool=name, arguments=arguments)

    def pause(self, seconds: float) -> bool:
        """Wait, unless it is closed meanwhile."""
        return self._over.wait(seconds)


class _StandInServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], standin: StandIn) -> None:
        super().__init__(address, _Handler)
        self.standin = standin

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A program that goes away in mid-answer is what some scenarios are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _StandInServer

    def log_message(self, *args: Any, **named: Any) -> None:
        """Silent; `asked` has it all."""

    def do_GET(self) -> None:
        self._send(200, {"data": [], "models": []})

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        dialect = _dialect(path)
        body: dict[str, Any] = {}
        with contextlib.suppress(msgspec.DecodeError):
            body = msgspec.json.decode(raw or b"{}", type=dict[str, Any])
        if path.endswith(("/count_tokens", ":countTokens")):
            self._send(200, {"input_tokens": 10, "totalTokens": 10})
        elif dialect is None:
            self._send(404, {"error": {"message": f"the stand-in knows no {path}"}})
        else:
            self._answer(dialect, path, body)

    def _answer(self, dialect: Dialect, path: str, body: Mapping[str, Any]) -> None:
        standin = self.server.standin
        talk = dialect.read(path, body)
        act = standin.decide(path, _credential(dict(self.headers.items())), talk)
        if act is not None and act.fault:
            self._fault(dialect, act)
            return
        reply = standin.reply(talk, act)
        if not talk.stream:
            self._send(200, dialect.whole(reply))
            return
        self._begin_stream()
        pieces = list(dialect.stream(reply))
        slow = sum(kind == "text" for kind, _ in pieces) or 1
        for kind, data in pieces:
            if kind == "text" and reply.seconds and standin.pause(reply.seconds / slow):
                return
            self.wfile.write(data)
            self.wfile.flush()

    def _fault(self, dialect: Dialect, act: Act) -> None:
        standin = self.server.standin
        if act.hang:
            self._begin_stream()
            standin.hanging.set()
            while not standin.pause(0.2):
                self.wfile.write(b": still here\n\n")
                self.wfile.flush()
        elif act.drop:
            self._begin_stream()
            self.wfile.write(next(dialect.stream(Reply(text="cut off")))[1])
            self.wfile.flush()
        elif act.garbage:
            self._begin_stream()
            self.wfile.write(b"data: {{{ this is no answer\n\n\xff\xfe")
        else:
            status = act.status or 429
            headers, body = dialect.refusal(status, act.limit, time.time())
            self._send(status, body, headers)

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def _send(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        data = msgspec.json.encode(body)
        self.send_response(status)
        for name, value in {**(headers or {}), "content-type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _dialect(path: str) -> Dialect | None:
    if ":" in path and "/models/" in path:
        return Gemini()
    return next((dialect for ending, dialect in _ENDINGS if path.endswith(ending)), None)


def _credential(headers: Mapping[str, str]) -> str:
    known = {name.lower(): value for name, value in headers.items()}
    for name in ("x-api-key", "x-goog-api-key", "authorization"):
        if value := known.get(name):
            return value.removeprefix("Bearer ")
    return ""

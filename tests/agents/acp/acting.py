"""An agent program that speaks the protocol and does what the file ACT says; started as a process of its own by the tests.

It has its own few lines of JSON-RPC: quicker to start, and a second opinion on what goes over the wire.

`turns` are what it does at each prompt, the last one again and again; a turn's keys are the methods of `Turn`, in order.
"""

from __future__ import annotations

# ruff: noqa: ASYNC240 - nothing else goes on in this process
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

ACT: dict[str, Any] = json.loads(Path(os.environ["ACT"]).read_text())
SESSION = "session-1"


class RequestError(Exception):
    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class Connection:
    """JSON lines on standard input and output."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._at_work: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        reader = asyncio.StreamReader(limit=1 << 26)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            message = json.loads(line)
            if "method" in message:
                work = loop.create_task(self._answer(message))
                self._at_work.add(work)
                work.add_done_callback(self._at_work.discard)
            elif "error" in message:
                error = message["error"]
                self._asked.pop(message["id"]).set_exception(RequestError(error["code"], error["message"]))
            else:
                self._asked.pop(message["id"]).set_result(message.get("result"))

    async def send_request(self, method: str, params: dict[str, Any]) -> Any:
        number = len(self._asked) + 1000
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._put({"id": number, "method": method, "params": params})
        return await self._asked[number]

    async def send_notification(self, method: str, params: dict[str, Any]) -> None:
        self._put({"method": method, "params": params})

    async def _answer(self, message: dict[str, Any]) -> None:
        try:
            result = await self._program(message["method"], message.get("params"))
        except RequestError as error:
            fault = {"code": error.code, "message": str(error), "data": error.data}
            self._put({"id": message.get("id"), "error": fault})
        else:
            if "id" in message:
                self._put({"id": message["id"], "result": result})

    def _put(self, message: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


class Program:
    def __init__(self) -> None:
        self.connection = Connection(self)
        self.cancelled = asyncio.Event()
        self.prompts = 0
        self.heard: list[dict[str, Any]] = []

    async def __call__(self, method: str, params: Any) -> Any:
        self.heard.append({"method": method, "params": params})
        log = ACT.get("log")
        if log:
            Path(f"{log}.new").write_text(json.dumps(self.heard))
            Path(f"{log}.new").replace(log)
        if method == "session/cancel":
            self.cancelled.set()
            return None
        if method in ACT.get("refuses", {}):
            refused = ACT["refuses"][method]
            raise RequestError(refused["code"], refused.get("message", "no"), refused.get("data"))
        if method == "initialize":
            if ACT.get("never_ready"):
                await asyncio.Event().wait()
            return {
                "protocolVersion": ACT.get("protocol", 1),
                "agentCapabilities": ACT.get("can", {}),
                "agentInfo": {"name": "acting", "version": "1.2.3"},
            }
        if method == "session/set_mode" and params["modeId"] not in ACT.get("modes", [params["modeId"]]):
            raise RequestError(-32602, f"Invalid Mode {params['modeId']}")
        if method == "session/new":
            return {"sessionId": SESSION, **ACT.get("opened", {})}
        if method in ("session/load", "session/resume"):
            await self.update({"sessionUpdate": "agent_message_chunk", "content": text("from the past\n")})
            await self.update({"sessionUpdate": "usage_update", "cost": {"amount": 5.0, "currency": "USD"}})
            return {}
        if method == "session/prompt":
            return await self.prompt()
        return {}

    async def prompt(self) -> dict[str, Any]:
        turns = ACT.get("turns") or [{}]
        turn = turns[min(self.prompts, len(turns) - 1)]
        self.prompts += 1
        for deed, what in turn.items():
            if deed in ("stop", "usage", "meta"):
                continue
            await getattr(self, f"do_{deed}")(what)
        result: dict[str, Any] = {"stopReason": turn.get("stop", "end_turn")}
        if "usage" in turn:
            result["usage"] = turn["usage"]
        if "meta" in turn:
            result["_meta"] = turn["meta"]
        return result

    async def update(self, update: dict[str, Any]) -> None:
        await self.connection.send_notification("session/update", {"sessionId": SESSION, "update": update})

    async def do_say(self, what: str) -> None:
        await self.update({"sessionUpdate": "agent_message_chunk", "content": text(what)})

    async def do_prints(self, count: int) -> None:
        for _ in range(0, count, 10_000):
            await self.do_say("x" * 9_999 + "\n")

    async def do_updates(self, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            await self.update(update)

    async def do_write(self, files: dict[str, str]) -> None:
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(content)

    async def do_answer_file(self, content: str) -> None:
        Path(os.environ["ROPEWALK_OUTPUT"]).write_text(content)

    async def do_environment(self, name: str) -> None:
        Path(name).write_text(json.dumps(dict(os.environ)))

    async def do_fail(self, fault: dict[str, Any]) -> None:
        raise RequestError(fault.get("code", -32603), fault["message"], fault.get("data"))

    async def do_ask(self, requests: list[dict[str, Any]]) -> None:
        """Each request's method and params; what comes back is written to `answers.json`."""
        answers = []
        for request in requests:
            params = json.loads(json.dumps(request["params"]).replace("TERMINAL", "terminal-1"))
            try:
                answers.append(
                    await self.connection.send_request(request["method"], {"sessionId": SESSION, **params})
                )
            except RequestError as error:
                answers.append({"error": str(error), "code": error.code})
        Path("answers.json").write_text(json.dumps(answers))

    async def do_garble(self, lines: list[str]) -> None:
        for line in lines:
            sys.stdout.buffer.write(line.encode("utf-8", "surrogateescape") + b"\n")
        sys.stdout.buffer.flush()

    async def do_exit(self, code: int) -> None:
        sys.stderr.write(ACT.get("last_words", ""))
        sys.stderr.flush()
        os._exit(code)

    async def do_kill(self, number: int) -> None:
        os.kill(os.getpid(), number)

    async def do_hang(self, pid: str) -> None:
        Path(pid).write_text(str(os.getpid()))
        await self.do_say("begun\n")
        await asyncio.Event().wait()

    async def do_await_cancel(self, _: bool) -> None:
        await self.cancelled.wait()

    async def do_ignore_sigterm(self, _: bool) -> None:
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    async def do_close_input(self, _: bool) -> None:
        os.close(0)

    async def do_exit_soon(self, code: int) -> None:
        """After what it says to this prompt."""
        asyncio.get_running_loop().call_later(0.2, os._exit, code)

    async def do_linger(self, _: bool) -> None:
        """Goes on after the end of its input, and does not hear SIGTERM."""
        await self.do_ignore_sigterm(_)
        ACT["lingers"] = True


def text(what: str) -> dict[str, str]:
    return {"type": "text", "text": what}


async def main() -> None:
    await Program().connection.listen()
    while ACT.get("lingers"):
        await asyncio.Event().wait()


asyncio.run(main())

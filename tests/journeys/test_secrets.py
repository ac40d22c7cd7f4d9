"""A canary given by input, variable, file and command is nowhere but in the environment of the attempts that name it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ropewalk.testing.standin import Act
from tests.journeys.at_work import git, model, project, script, settle
from tests.journeys.program import Program, until

pytestmark = pytest.mark.needs("git")

CANARIES = {
    "input": "bird/of+input-51c0ffee",
    "env": "bird/of+env-52c0ffee",
    "file": "bird/of+file-53c0ffee",
    "command": "bird/of+command-54c0ffee",
}

FLOW = r"""
name: canaries
inputs:
  token: {secret: true}
  plain: {default: seen}
secrets:
  E: {env: CANARY_OF_ENV}
  F: {file: FILE}
  C: {command: [cat, COMMAND]}
roles:
  writer: {agent: teller, secrets: [E]}
steps:
  - id: prints
    run: |
      test "$ROPEWALK_INPUT_PLAIN" = seen
      for one in "$T" "$E" "$F" "$C"; do
        test -n "$one"
        echo "plain $one"; printf %s "$one" | base64; printf 'xy%s' "$one" | base64; printf %s "$one" | od -An -tx1
        printf %s "$one" | cut -c1-9; printf %s "$one" | cut -c10-; printf %s "$one" | rev; echo
        printf '%s' "$one" | head -c 7; sleep 0.4; printf '%s\n' "$one" | tail -c +8
      done
      echo "told=$T" >> "$ROPEWALK_OUTPUT"
      echo "$E" >&2
    secrets: {T: token, E: E, F: F, C: C}
    gate: ['echo "gate $F"; test -n "$F"', 'false "$C" || { echo "$C"; test -n "$C"; }']
  - id: waits
    needs: prints
    run: 'until test -e GO; do sleep 0.05; done; env | grep -c bird/of || true'
  - {id: later, needs: waits, run: 'test -n "$T"', secrets: {T: token}}
  - {id: fails, needs: prints, run: 'echo "no: $T" >&2; exit 3', secrets: {T: token}, on_failure: continue}
  - id: writes
    needs: prints
    run: 'echo fine > fine.txt; mkdir deep; echo "a $T" > deep/kept.txt; echo x > "n-$(printf %s "$F" | base64).txt"; ln -s "/x/$E" link'
    secrets: {T: token, F: F, E: E}
    on_failure: continue
  - {id: says, needs: prints, role: writer, prompt: Say what you have., workspace: read}
  - {id: sub, needs: prints, call: child, secrets: {key: token}}
  - id: each
    needs: prints
    foreach: [one, two]
    run: 'echo "{\"said\": \"$ROPEWALK_ITEM $T\", \"coded\": \"$(printf %s "$F" | base64)\"}"; echo "$E" >&2'
    output: {type: object}
    secrets: {T: token, F: F, E: E}
  - {id: notes, needs: prints, function: 'telling:tell', secrets: {T: token, C: C}}
"""
TELLING = """
async def tell(secrets, desk):
    await desk.publish("told", {"text": "note " + secrets["T"], secrets["C"]: [secrets["C"][::-1]]})
    return {"out": {"deep": [secrets["T"]]}}
"""
CHILD = """
name: child
inputs: {key: {secret: true}}
steps:
  - {id: use, run: 'test -n "$KEY"; echo "child $KEY"', secrets: {KEY: key}}
"""
TELLER = r"""
cat > got-prompt
echo "prompt has $(grep -c bird/of got-prompt || true)"; rm got-prompt
echo "I have $E"
printf '```json\n{"handoff": {"summary": "with %s", "decisions": ["%s"]}}\n```\n' "$E" "$E"
"""


def spelt(canary: str) -> set[bytes]:
    """The canary as it may be written; white space does not count."""
    raw = canary.encode()
    found = {raw, raw[::-1], raw.hex().encode(), quote(canary, safe="").encode()}
    for before in (b"", b"a", b"ab"):
        coded = base64.b64encode(before + raw)
        found.add(coded[4 if before else 0 : -4])
    return found


def traces_of(data: bytes) -> list[str]:
    """Which canaries a text has."""
    tight = b"".join(data.split())
    return [name for name, one in CANARIES.items() if any(form in tight for form in spelt(one))]


class Heard:
    """A receiver of whatever is posted: webhooks, traces, metrics."""

    def __init__(self) -> None:
        bodies = self.bodies = []  # type: list[tuple[str, bytes]]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Heard:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ropewalk(tmp_path: Path) -> Program:
    """A repository; what the secrets are found in lies outside of it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text(CANARIES["file"])
    (outside / "command").write_text(CANARIES["command"] + "\n")
    (outside / "teller").write_text(TELLER)
    program = project(tmp_path / "project", CANARY_OF_ENV=CANARIES["env"], CANARY_OF_INPUT=CANARIES["input"])
    text = FLOW.replace("FILE", str(outside / "file")).replace("COMMAND", str(outside / "command"))
    program.write(".ropewalk/workflows/canaries.yaml", text.replace("GO", str(outside / "go")))
    program.write(".ropewalk/workflows/child.yaml", CHILD)
    program.write("telling.py", TELLING)
    program.write(
        "ropewalk.toml", f"webhooks_private = true\n[agents.teller]\nargv = ['sh', '{outside}/teller']\n"
    )
    return program


def everything_kept(program: Program) -> dict[str, bytes]:
    """Each file below the project, and each object of its repositories."""
    found = {str(path): path.read_bytes() for path in program.folder.rglob("*") if path.is_file()}
    found |= {f"name {path}": str(path).encode() for path in program.folder.rglob("*")}
    found |= {
        f"link {path}": os.readlink(path).encode() for path in program.folder.rglob("*") if path.is_symlink()
    }
    objects = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch"],
        cwd=program.folder,
        capture_output=True,
        check=True,
    )
    return {**found, "objects": objects.stdout, "refs": git(program, "for-each-ref").encode()}


def arguments() -> bytes:
    """The arguments of every process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes())
    return b"\n".join(found)


def shown_by_the_program(program: Program, run: str) -> dict[str, bytes]:
    words = [
        ("show", run), ("show", run, "--json"), ("show", run, "--at", "3"), ("events", run), ("events", run, "--json"),
        ("export", run), ("explain", run), ("logs", run), ("artifacts", run), ("runs", "--json"),
        *(("logs", run, step) for step in ("prints", "waits", "fails", "writes", "says")),
    ]  # fmt: skip
    found = {}
    for one in words:
        ended = program(*one)
        found[" ".join(one)] = (ended.stdout + ended.stderr).encode()
    return found


def assert_nowhere(found: dict[str, bytes]) -> None:
    leaks = {where: canaries for where, data in found.items() if (canaries := traces_of(data))}
    assert not leaks


@contextlib.contextmanager
def serving(program: Program, heard: Heard) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program.environment |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": heard.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    process = program.begin("serve", "--port", str(port))
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(f"{url}/health/ready", timeout=2).status == 200)
        return False

    until(ready, "the server")
    try:
        yield url
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=30)
        assert_nowhere({"what serve said": out.encode()})


LOGIN: dict[str, str] = {}
"""The header by which the server lets the tests in."""


def asked(url: str, body: dict[str, Any] | None = None, **headers: str) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **LOGIN, **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: bytes = answer.read()
    return found


def said_failed(program: Program, run: str) -> list[str]:
    return [one["step"] for one in program.json("show", run)["errors"]]


def assert_told_by_their_names(ropewalk: Program, run: str) -> None:
    """Each step had them, and where one stood its name stands now."""
    steps = {one["id"]: one for one in ropewalk.json("show", run)["steps"]}
    said = ropewalk("logs", run, "prints").stdout
    assert said.count("plain [redacted") == len(CANARIES), said
    assert steps["prints"]["outputs"]["told"] == "[redacted token]"
    assert steps["waits"]["outputs"]["stdout"] == "0"
    assert steps["each[one]"]["outputs"]["said"] == "one [redacted token]"
    (note,) = ropewalk.events(run, "custom.published")
    assert note["event"]["data"]["text"] == "note [redacted token]"
    assert "prompt has 0" in ropewalk("logs", run, "says").stdout
    why = {one["step"]: one["message"] for one in ropewalk.json("show", run)["errors"]}
    assert "no: [redacted token]" in why["fails"]
    assert "the secret token into deep/kept.txt" in why["writes"]
    assert "into link" in why["writes"]


def test_canaries_of_a_run_that_is_started_over_http_are_nowhere(ropewalk: Program, tmp_path: Path) -> None:
    with Heard() as heard:
        assert ropewalk("webhooks", "add", f"{heard.url}/hook", "--on", "*").returncode == 0
        token = ropewalk("token", "create", "--role", "admin", "--name", "ada").stdout.split()[0]
        LOGIN["authorization"] = f"Bearer {token}"
        with serving(ropewalk, heard) as url:
            api = f"{url}/api/v1/runs"
            body = {"workflow": "canaries", "inputs": {"token": CANARIES["input"]}}
            answers = {"start": asked(api, body, **{"idempotency-key": "k"})}
            run = json.loads(answers["start"])["run"]
            answers["start again"] = asked(api, body, **{"idempotency-key": "k"})
            assert json.loads(answers["start again"])["run"] == run

            def waiting() -> bool:
                steps = {one["id"]: one["status"] for one in json.loads(asked(f"{api}/{run}"))["steps"]}
                return [steps[name] for name in ("waits", "says", "sub")] == [
                    "running",
                    "succeeded",
                    "succeeded",
                ]

            until(waiting, "the step that waits")
            answers["arguments"] = arguments()
            (tmp_path / "outside" / "go").touch()
            until(lambda: json.loads(asked(f"{api}/{run}"))["status"] == "failed", "the end")
            for path in (
                "",
                "/explain",
                "/history",
                "/timeline",
                "/statistics",
                "/export",
                "/steps",
                "/outputs",
                "/artifacts",
            ):
                answers[path] = asked(f"{api}/{run}{path}")
            for step in ("prints", "fails", "writes", "says"):
                answers[step] = asked(f"{api}/{run}/steps/{step}") + asked(f"{api}/{run}/steps/{step}/output")
            answers["page"] = asked(f"{url}/runs/{run}")
            answers["metrics"] = asked(f"{url}/metrics")
            until(
                lambda: any(b"run.failed" in body for path, body in heard.bodies if path == "/hook"),
                "webhooks",
            )
            until(lambda: any("traces" in path for path, _ in heard.bodies), "traces")
        assert_nowhere({f"{path} {number}": body for number, (path, body) in enumerate(heard.bodies)})
    assert_nowhere(answers)
    assert_nowhere(shown_by_the_program(ropewalk, run))
    assert_nowhere(everything_kept(ropewalk))
    assert_told_by_their_names(ropewalk, run)


def test_a_run_goes_on_in_another_process_once_it_was_given_the_value_again(
    ropewalk: Program, tmp_path: Path
) -> None:
    process = ropewalk.begin("run", "canaries", "-i", "token=@env:CANARY_OF_INPUT")
    until(
        lambda: '"step":"waits"' in ropewalk("events", "last", "step.started", "--json").stdout,
        "the step that waits",
    )
    ropewalk.kill(process)
    paused = ropewalk("drive", "last")
    assert paused.returncode == 3, paused.stdout
    assert "-i token=@env:NAME" in paused.stdout
    run = ropewalk.last()["run"]
    assert ropewalk("drive", run, "-i", "plain=@env:CANARY_OF_INPUT").returncode == 2
    (tmp_path / "outside" / "go").touch()
    ended = ropewalk("drive", run, "-i", "token=@env:CANARY_OF_INPUT")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert set(said_failed(ropewalk, run)) == {"fails", "writes"}
    assert_nowhere(
        {"paused": paused.stdout.encode(), "ended": ended.stdout.encode(), **everything_kept(ropewalk)}
    )


def test_a_run_in_the_background_is_given_the_value_by_its_standard_input(
    ropewalk: Program, tmp_path: Path
) -> None:
    begun = ropewalk("run", "canaries", "--detach", "-i", "token=@-", stdin=CANARIES["input"] + "\n")
    assert begun.returncode == 0, begun.stderr
    run = begun.stdout.strip()
    until(
        lambda: '"step":"waits"' in ropewalk("events", run, "step.started", "--json").stdout,
        "the step that waits",
    )
    assert_nowhere({"arguments": arguments()})
    (tmp_path / "outside" / "go").touch()
    until(lambda: ropewalk.json("show", run)["status"] == "failed", "the end")
    assert_nowhere(everything_kept(ropewalk))


@pytest.mark.skipif(
    sys.platform != "linux", reason="a process can write over its own arguments on Linux only"
)
def test_a_value_that_was_typed_is_taken_with_a_warning_and_out_of_the_list_of_processes(
    ropewalk: Program, tmp_path: Path
) -> None:
    process = ropewalk.begin("run", "canaries", "-i", f"token={CANARIES['input']}")
    until(
        lambda: '"step":"waits"' in ropewalk("events", "last", "step.started", "--json").stdout,
        "the step that waits",
    )
    assert_nowhere({"arguments": arguments()})
    (tmp_path / "outside" / "go").touch()
    out, _ = process.communicate(timeout=60)
    assert "-i token=@env:NAME" in out
    assert_nowhere({"what it said": out.encode(), **everything_kept(ropewalk)})


@pytest.mark.needs("agents")
def test_what_a_model_is_sent_has_no_canary(tmp_path: Path) -> None:
    program = project(tmp_path / "project", CANARY_OF_ENV=CANARIES["env"])
    program.write(
        "ask.yaml",
        "name: ask\ninputs: {token: {secret: true}}\nsecrets: {E: {env: CANARY_OF_ENV}}\n"
        "roles: {writer: {agent: claude, secrets: [E]}}\n"
        "steps:\n  - {id: write, role: writer, prompt: Write it., creates: made.txt, secrets: {T: token}}\n",
    )
    acts = (Act(run='test -n "$E" && test -n "$T" && echo had > made.txt'), Act(say="Done."))
    with model(script("step write", *acts)) as standin:
        settle(program, standin.url, ("claude",))
        program.environment["CANARY_OF_INPUT"] = CANARIES["input"]
        ended = program("run", "ask.yaml", "-i", "token=@env:CANARY_OF_INPUT")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert_nowhere({str(n): repr(one).encode() for n, one in enumerate(standin.asked)})
    assert git(program, "show", f"{program.last()['commit']}:made.txt") == "had\n"
    assert_nowhere(everything_kept(program))

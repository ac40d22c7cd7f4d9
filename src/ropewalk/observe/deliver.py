"""One delivery: a record as a CloudEvent, signed the Standard Webhooks way, to one address, one command or one notifier.

Redirects are not followed, only the beginning of the answer is read, and everything has a limit.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import http.client
import os
import ssl
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from ropewalk.errors import RopewalkError
from ropewalk.observe.addresses import resolve
from ropewalk.observe.webhooks import SECRET_PREFIX, Webhook
from ropewalk.processes import call_program
from ropewalk.steps import notifiers
from ropewalk.steps.port import Notifier
from ropewalk.store.port import Record

TIMEOUT_SECONDS: Final = 15.0
_PRINTED_BYTES: Final = 16_777_216
MEDIA: Final = "application/cloudevents+json"


def cloud_event(record: Record) -> dict[str, Any]:
    """CloudEvents 1.0: `id` is run and version, `type` the kind, `subject` the run, `data` the event as it is on record."""
    return {
        "specversion": "1.0",
        "id": record.id,
        "source": "urn:ropewalk",
        "type": f"ropewalk.{record.kind}",
        "subject": record.run,
        "time": datetime.fromtimestamp(record.at, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{record.version:020}",
        "data": {
            "run": record.run,
            "version": record.version,
            "position": record.position,
            "actor": record.actor,
            "event": msgspec.Raw(record.body),
        },
    }


def signed(secret: str, name: str, at: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver verifies who sent it, and when (unix seconds)."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    made = hmac.new(key, f"{name}.{at}.".encode() + body, sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }


async def deliver(
    webhook: Webhook, record: Record, now: float, *, private: bool = False, seconds: float = TIMEOUT_SECONDS
) -> str:
    """Try once; "" when it was accepted, else why not."""
    body = msgspec.json.encode(cloud_event(record), enc_hook=str)
    try:
        async with asyncio.timeout(seconds + 5):
            if webhook.notifier:
                notifier: Notifier = notifiers().get(webhook.notifier)
                await notifier.notify(msgspec.json.decode(body))
                return ""
            if webhook.argv:
                return await _command(webhook, record, body, seconds)
            allowed = private or webhook.private
            return await asyncio.to_thread(_post, webhook, record.id, body, int(now), allowed, seconds)
    except TimeoutError:
        return f"it took longer than {seconds:g} seconds"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    except RopewalkError as error:
        return error.message


def _post(webhook: Webhook, name: str, body: bytes, at: int, private: bool, seconds: float) -> str:
    parts = urlsplit(webhook.url)
    address, port = resolve(webhook.url, private=private)
    headers = {
        "Host": parts.netloc,
        "Content-Type": MEDIA,
        "User-Agent": "ropewalk",
        **signed(webhook.secret, name, at, body),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, str(parts.hostname), address, port, seconds)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(1024)
        return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
    finally:
        connection.close()


def _connection(
    scheme: str, host: str, address: str, port: int, seconds: float
) -> http.client.HTTPConnection:
    """To exactly that address; a certificate is checked against the name all the same."""
    if scheme == "http":
        return http.client.HTTPConnection(address, port, timeout=seconds)
    connection = http.client.HTTPSConnection(address, port, timeout=seconds)
    plain = http.client.HTTPConnection(address, port, timeout=seconds)
    plain.connect()
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain.sock, server_hostname=host)
    except OSError:
        plain.close()
        raise
    return connection


async def _command(webhook: Webhook, record: Record, body: bytes, seconds: float) -> str:
    """The event on standard input; the exit code says whether it was taken."""
    try:
        ended = await call_program(
            webhook.argv, folder=os.getcwd(), env=os.environ, stdin=body, seconds=seconds, cap=_PRINTED_BYTES
        )
    except ChildProcessError as error:
        return str(error)
    if ended.code == 0:
        return ""
    return f"it ended with {ended.code}: {ended.err[-300:].decode('utf-8', 'replace').strip()}"

"""Errors as `application/problem+json`: every answer that is not a success has a stable code and says how to fix it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ropewalk.errors import InvalidDefinition, RopewalkError, TooMany

MEDIA: Final = "application/problem+json"
BUG: Final = "bug"

STATUS: Final[dict[str, int]] = {
    "no-such-run": 404,
    "no-such-step": 404,
    "no-such-ask": 404,
    "no-such-agent": 404,
    "no-such-workflow": 404,
    "no-such-token": 404,
    "no-such-webhook": 404,
    "no-such-file": 404,
    "no-such-place": 404,
    "no-such-blob": 404,
    "refused": 409,
    "lease-held": 409,
    "key-reused": 409,
    "dirty-checkout": 409,
    "workspace-error": 409,
    "git-failed": 409,
    "unauthenticated": 401,
    "not-allowed": 403,
    "foreign-request": 403,
    "no-such-method": 405,
    "too-large": 413,
    "too-many": 429,
    "invalid-definition": 422,
    "cannot-start": 422,
    "invalid-input": 422,
    "secrets-missing": 422,
    "invalid-request": 422,
    "condition-error": 422,
    "template-error": 422,
    "usage-error": 422,
    "settings-error": 422,
    "variant-needed": 422,
    "store-error": 503,
    "missing-extra": 503,
}
"""By code; what stands here not is our own fault and 500."""

TITLES: Final[dict[int, str]] = {
    401: "Not known",
    403: "Not allowed",
    404: "Not there",
    405: "No such method",
    409: "Refused",
    413: "Too large",
    416: "No such range",
    422: "Not readable",
    429: "Too many",
    500: "ropewalk failed",
    503: "Not available",
}


class Problem(BaseModel):
    """Why something was not done (RFC 9457). `code` is stable, `hint` says what can be done."""

    type: str = Field(description="`urn:ropewalk:problem:` and the code")
    title: str
    status: int
    detail: str
    code: str = Field(examples=["no-such-run"])
    hint: str = ""
    faults: list[dict[str, Any]] | None = Field(
        default=None, description="of a workflow, each with its place"
    )


def problem(
    status: int,
    code: str,
    detail: str,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """An answer that says what went wrong."""
    body = {
        "type": f"urn:ropewalk:problem:{code}",
        "title": TITLES.get(status, "Not done"),
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        **more,
    }
    content = msgspec.json.encode(body, enc_hook=str)
    return Response(content, status, dict(headers or {}), MEDIA)


def of(error: RopewalkError) -> Response:
    """The problem that an error of ropewalk is."""
    status = STATUS.get(error.code, 500)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 405:
        headers["Allow"] = str(error.where.get("methods", ""))
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.where.get("seconds", 60))
    more = {}
    if isinstance(error, InvalidDefinition):
        more["faults"] = [msgspec.to_builtins(fault) for fault in error.faults]
    return problem(status, error.code, error.message, error.how, headers, **more)


def declared(*statuses: int, successes: Mapping[int, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    """What a route can answer, for the OpenAPI: `successes`, and problems; those of every route are in it."""
    schema = {"$ref": "#/components/schemas/Problem"}
    every = sorted({401, 403, 413, 422, 503, *statuses})
    responses: dict[int | str, Any] = {status: success for status, success in (successes or {}).items()}  # noqa: C416
    for status in every:
        responses[status] = {"description": TITLES[status], "content": {MEDIA: {"schema": schema}}}
    return responses


def install(app: FastAPI) -> None:
    """Let the app answer with problems only."""

    @app.exception_handler(RopewalkError)
    async def _ours(request: Request, error: RopewalkError) -> Response:
        return of(error)

    @app.exception_handler(RequestValidationError)
    async def _unreadable(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        more = f" (and {len(error.errors()) - 1} more)" if len(error.errors()) > 1 else ""
        return problem(
            422, "invalid-request", f"{where}: {first['msg']}{more}", "`/docs` shows what is expected"
        )

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        code = {404: "no-such-place", 405: "no-such-method"}.get(error.status_code, "invalid-request")
        detail = {
            404: f"There is nothing at {request.url.path}.",
            405: f"{request.method} is not done there.",
        }.get(error.status_code, str(error.detail))
        return problem(error.status_code, code, detail, "`/docs` lists what there is", error.headers)

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> Response:
        structlog.get_logger("ropewalk.web").error("a request failed", path=request.url.path, exc_info=error)
        return problem(500, BUG, "ropewalk failed at this; it is on record in its log.")

"""Health checks for monitors, metrics, the login, and the description of the API."""

from __future__ import annotations

from html import escape
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ropewalk.errors import MissingExtra, RopewalkError, TooMany, Unauthenticated
from ropewalk.web.api.desk import desk_of, give
from ropewalk.web.login import cookie_name, set_cookie

router = APIRouter(include_in_schema=False)

PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ropewalk: log in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root{{color-scheme:light dark}}body{{font:16px system-ui,sans-serif;display:grid;place-items:center;min-height:90vh}}
form{{display:grid;gap:.75rem;width:min(22rem,90vw)}}input,button{{font:inherit;padding:.6rem}}
[role=alert]{{color:light-dark(#b00020,#ff8a80)}}</style></head>
<body><main><form method="post" action="/login"><h1>ropewalk</h1>{alert}
<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="current-password"
required autofocus><button>Log in</button><small>Anybody who runs ropewalk makes one with <code>ropewalk token create</code>.</small>
</form></main></body></html>"""
GO_ON: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>ropewalk</title>
<meta http-equiv="refresh" content="0;url=/"></head><body><a href="/">Go on to ropewalk</a></body></html>"""
"""Not a redirect: to one that began on another site (a terminal in a browser) the strict cookie would not be sent."""
PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


@router.get("/health/live")
async def live() -> Response:
    """This process answers."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """The store can be read, and runs are driven if this process is to drive them."""
    desk = desk_of(request)
    try:
        await desk.ropewalk.store.position()
    except RopewalkError as error:
        return JSONResponse({"status": "not ready", "reason": error.code}, 503)
    if desk.closing or (desk.supervisor is not None and not desk.supervisor.alive):
        return JSONResponse({"status": "not ready", "reason": "nothing is driven"}, 503)
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """What Prometheus reads."""
    desk = desk_of(request)
    if desk.telemetry is None or desk.telemetry.metrics is None:
        raise MissingExtra(
            door="/metrics", missing="opentelemetry", install="install ropewalk with its extra `telemetry`"
        )
    await desk.telemetry.metrics.look(desk.gauges())
    return Response(desk.telemetry.metrics.text(), media_type=PROMETHEUS)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    return give(request.app.openapi())


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The description of the API as a page that loads nothing from another host."""
    rows = []
    for path, methods in request.app.openapi()["paths"].items():
        for method, operation in methods.items():
            summary = escape(operation.get("summary") or operation.get("description", ""))
            rows.append(
                f"<tr><td><code>{method.upper()} {escape(path)}</code><td>{escape(operation['operationId'])}<td>{summary}"
            )
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>ropewalk: API</title>'
        "<style>:root{color-scheme:light dark}body{font:15px system-ui;margin:2rem}td{padding:.2rem .8rem}</style>"
        '<h1>ropewalk: API</h1><p>The whole of it is in <a href="/openapi.json">openapi.json</a>.</p>'
        f"<table>{''.join(rows)}</table>"
    )
    return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})


@router.get("/login")
async def login_page(request: Request, ticket: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The form; with the ticket of a link, which counts once, the login itself."""
    if not ticket:
        return _page("")
    desk = desk_of(request)
    try:
        cookie = await desk.access.logins.redeem(ticket, _address(request), desk.access.now())
    except Unauthenticated:
        return _page("This link was used already, or is of an earlier start. Log in with a token.", 401)
    except TooMany as error:
        return _too_many(error)
    headers = {"Set-Cookie": _session_cookie(request, cookie), "Referrer-Policy": "no-referrer"}
    return HTMLResponse(GO_ON, headers={"Content-Security-Policy": POLICY, **headers})


@router.post("/login")
async def login(request: Request, token: Annotated[str, Form(max_length=200)]) -> Response:
    """A browser shows its token once and gets a cookie."""
    desk = desk_of(request)
    try:
        cookie, _ = await desk.access.logins.begin(token.strip(), _address(request), desk.access.now())
    except Unauthenticated:
        return _page("This token is not known, has run out, or was revoked.", 401)
    except TooMany as error:
        return _too_many(error)
    return RedirectResponse("/", 303, {"Set-Cookie": _session_cookie(request, cookie)})


@router.post("/logout")
async def logout(request: Request) -> Response:
    return RedirectResponse("/login", 303, {"Set-Cookie": _session_cookie(request, "")})


def _session_cookie(request: Request, cookie: str) -> str:
    return set_cookie(cookie_name(request.scope), cookie, secure=request.url.scheme == "https")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _too_many(error: TooMany) -> Response:
    return _page(error.message, 429, {"Retry-After": str(error.where["seconds"])})


def _page(message: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    alert = f'<p role="alert">{escape(message)}</p>' if message else ""
    policy = {"Content-Security-Policy": POLICY, **(headers or {})}
    return HTMLResponse(PAGE.format(alert=alert), status, policy)

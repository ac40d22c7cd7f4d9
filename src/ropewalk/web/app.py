"""The one app of all HTTP doors: the API, the feed, the login, health, metrics, and what is mounted next to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from ropewalk.app import Ropewalk, Supervisor, Tokens
from ropewalk.web import doorway, problems
from ropewalk.web.api import asks, feed, others, runs, schemas, steps, workflows
from ropewalk.web.api.desk import ApiDesk
from ropewalk.web.entrance import LOCAL, Access, Entrance
from ropewalk.web.login import Logins

ABOUT = """Durable workflows for teams of coding agents: start runs, look at them, answer what they ask.

Every answer that is not a success is `application/problem+json` with a stable `code`. Times are unix seconds. Each request
needs `Authorization: Bearer ropewalk_…` (`ropewalk token create`)."""


def create_app(
    ropewalk: Ropewalk,
    *,
    hosts: Sequence[str] = (),
    supervisor: Supervisor | None = None,
) -> FastAPI:
    """The app for an opened project. `hosts` are names by which it may be called, next to those of this host.

    `app.state.desk` has the project (`.ropewalk`), the folded states (`.folded`) and the fan-out of the feed (`.fanout`); `app.state.lifespans` are
    context managers that are entered as long as the app lives.
    """
    tokens = Tokens(ropewalk.store)
    named = [name.strip().lower() for name in ropewalk.settings.hosts.split(",") if name.strip()]
    access = Access(
        tokens,
        Logins(tokens),
        ropewalk.engine.clock.now,
        tuple(dict.fromkeys((*LOCAL, *(host.lower() for host in hosts), *named))),
    )
    desk = ApiDesk(ropewalk, access, supervisor)
    app = FastAPI(
        title="ropewalk",
        version=version("ropewalk"),
        description=ABOUT,
        lifespan=_lifespan,
        redoc_url=None,
        docs_url=None,
        openapi_url=None,
        middleware=[Middleware(Entrance, access=access)],
        separate_input_output_schemas=False,
    )
    app.state.desk = desk
    app.state.lifespans = []
    problems.install(app)
    for module in (workflows, runs, steps, asks, feed, others):
        app.include_router(module.router, prefix="/api/v1")
    app.include_router(doorway.router)
    _describe(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    desk: ApiDesk = app.state.desk
    await desk.fanout.begin()
    async with AsyncExitStack() as stack:
        for lifespan in app.state.lifespans:
            await stack.enter_async_context(lifespan())
        try:
            yield
        finally:
            await desk.close()


def _describe(app: FastAPI) -> None:
    """Add the problems, the structs and the authentication to the schema."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            parts = schema.setdefault("components", {})
            parts["schemas"] = {
                **parts.get("schemas", {}),
                **schemas.components(),
                "Problem": problems.Problem.model_json_schema(),
            }
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"token": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]

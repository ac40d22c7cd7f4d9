"""Every route has its rule, and every rule its route; nothing is open because nobody thought of it."""

import re

from starlette.routing import Mount, Route, WebSocketRoute

from ropewalk.app.open import open_ropewalk
from ropewalk.web.app import create_app
from ropewalk.web.roles import RULES, methods, needed


def routes_of(routes, prefix=""):
    """Method and path of every route, also of those that are put in whole."""
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if isinstance(route, WebSocketRoute):
            yield "GET", prefix + route.path
        elif isinstance(route, Route):
            yield from ((method, prefix + route.path) for method in (route.methods or set()) - {"HEAD"})
        elif isinstance(route, Mount):
            yield "GET", f"{prefix}{route.path}/*"
        elif inner is not None:
            include = getattr(route, "include_context", None)
            yield from routes_of(inner.routes, prefix + getattr(include, "prefix", ""))
        else:
            raise AssertionError(f"what is {route!r}?")


async def test_every_route_has_a_rule(tmp_path):
    (tmp_path / ".ropewalk").mkdir()
    async with open_ropewalk(tmp_path) as ropewalk:
        app = create_app(ropewalk)
        found = set(routes_of(app.routes))
        described = {(method.upper(), path) for path, one in app.openapi()["paths"].items() for method in one}
    assert described <= found
    assert not [route for route in found if route not in RULES]
    api = {rule for rule in RULES if rule[1].startswith(("/api/", "/health"))}
    assert api <= found


def test_a_path_of_names_wins_over_one_of_placeholders_and_nothing_matches_in_part():
    assert needed("POST", "/api/v1/workflows/validate") == "viewer"
    assert needed("GET", "/api/v1/runs/r/steps/a/b") is None
    assert needed("GET", "/x/api/v1/runs") is None
    assert needed("HEAD", "/api/v1/runs") == "viewer"
    assert needed("DELETE", "/api/v1/runs") is None
    assert methods("/api/v1/runs") == ["GET", "POST"]


def test_a_rule_is_about_one_method_and_a_whole_path():
    assert all(re.fullmatch(r"/[\w/{}.*-]*", path) for _, path in RULES)

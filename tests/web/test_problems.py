"""Every answer that is no success is a problem with a stable code; a failure of ropewalk itself tells nothing of its inside."""

import json

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from ropewalk import errors
from ropewalk.definition.fault import Fault
from ropewalk.errors import (
    InvalidDefinition,
    NoSuchMethod,
    NoSuchRun,
    RopewalkError,
    TooMany,
    Unauthenticated,
)
from ropewalk.web.problems import MEDIA, STATUS, TITLES, declared, install, of, problem

CODES = {
    kind(message="").code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, RopewalkError) and kind is not RopewalkError
}


def body(answer):
    return json.loads(answer.body)


def test_each_code_with_a_status_is_that_of_an_error_and_each_status_has_a_title():
    assert set(STATUS) - CODES == set()
    assert set(STATUS.values()) <= set(TITLES)


def test_an_error_without_a_status_of_its_own_is_our_fault():
    answer = of(RopewalkError("odd {thing}"))
    assert (answer.status_code, body(answer)["title"]) == (500, "ropewalk failed")


def test_an_error_is_its_code_its_message_and_what_can_be_done():
    answer = of(NoSuchRun(run="\u202er<b>"))
    assert (answer.status_code, answer.media_type) == (404, MEDIA)
    assert body(answer) == {
        "type": "urn:ropewalk:problem:no-such-run",
        "title": "Not there",
        "status": 404,
        "detail": "There is no run \u202er<b> in this store.",
        "code": "no-such-run",
        "hint": "`ropewalk runs` lists them; a unique beginning of an id is enough",
    }


@pytest.mark.parametrize(
    ("error", "header", "text"),
    [
        (Unauthenticated(reason="none"), "www-authenticate", "Bearer"),
        (NoSuchMethod(method="PUT", path="/x", methods="GET, POST"), "allow", "GET, POST"),
        (NoSuchMethod("without anything"), "allow", ""),
        (TooMany(seconds=7), "retry-after", "7"),
        (TooMany("without anything"), "retry-after", "60"),
    ],
)
def test_an_answer_has_the_header_that_its_status_asks_for(error, header, text):
    assert of(error).headers[header] == text


def test_the_faults_of_a_workflow_come_each_with_its_place():
    fault = Fault("w.yaml", 3, 5, "no step `x`", "y", "write y")
    answer = of(InvalidDefinition(count=1, file="w.yaml", faults=[fault]))
    assert answer.status_code == 422
    (shown,) = body(answer)["faults"]
    assert (shown["file"], shown["line"], shown["column"], shown["hint"]) == ("w.yaml", 3, 5, "write y")
    assert "faults" not in body(of(NoSuchRun(run="r")))


def test_a_status_without_a_title_and_a_part_that_is_no_json_are_written_all_the_same():
    answer = problem(418, "teapot", "short", more={"odd": {1j}})
    assert body(answer)["title"] == "Not done"
    assert body(answer)["more"] == {"odd": ["1j"]}


@pytest.mark.parametrize(
    ("statuses", "successes", "codes"),
    [
        ((), None, [401, 403, 413, 422, 503]),
        ((404, 409, 401), None, [401, 403, 404, 409, 413, 422, 503]),
        ((404,), {201: "made"}, [201, 401, 403, 404, 413, 422, 503]),
    ],
)
def test_what_every_route_can_answer_is_declared_once(statuses, successes, codes):
    responses = declared(*statuses, successes=successes)
    assert list(responses) == codes
    assert responses[401]["content"] == {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert responses.get(201) == (successes or {}).get(201)


@pytest.fixture
async def client():
    app = FastAPI()
    install(app)

    class Wanted(BaseModel):
        count: int
        name: str

    @app.post("/wanted")
    async def wanted(body: Wanted) -> None:
        raise NoSuchRun(run=body.name)

    @app.get("/bug")
    async def bug() -> None:
        raise ValueError("canary-0123456789")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "detail"),
    [
        (
            "POST",
            "/wanted",
            {"count": 1, "name": "r"},
            404,
            "no-such-run",
            "There is no run r in this store.",
        ),
        ("GET", "/nothing/ä", None, 404, "no-such-place", "There is nothing at /nothing/ä."),
        ("PUT", "/wanted", None, 405, "no-such-method", "PUT is not done there."),
        ("POST", "/wanted", {"count": "x", "name": "r"}, 422, "invalid-request", "body.count: "),
        ("POST", "/wanted", {}, 422, "invalid-request", "body.count: Field required (and 1 more)"),
    ],
)
async def test_whatever_goes_wrong_is_a_problem_that_names_what(
    client, method, path, sent, status, code, detail
):
    answer = await client.request(method, path, json=sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA
    assert answer.json()["detail"].startswith(detail)


async def test_a_bug_says_nothing_of_what_it_was(client):
    answer = await client.get("/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "canary" not in answer.text

"""The API as it describes itself: whatever is sent, no answer is a failure of ropewalk, and none is outside the schema."""

import asyncio
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig

EXAMPLES = 3
REAL = {"name": "quiet", "step": "yes", "agent": "rehearsal"}
"""What stands in the addresses of two thirds of the requests, so that they get somewhere."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
"""Whether ropewalk takes what the schema would allow is its own affair: a name may be well formed and not be there."""


@pytest.mark.no_cover
async def test_no_request_fails_the_server_and_no_answer_is_outside_the_schema(door):
    run = await door.start("asking")
    await door.reaches(run, "ask.opened")
    done = await door.start("failing")
    await door.reaches(done, "run.failed")
    described = (await door.client.get("/openapi.json")).json()
    real = {"run": run, "ask": (await door.client.get("/api/v1/asks")).json()["asks"][0]["ask"]}
    await asyncio.to_thread(_try_everything, described, door.url, {**REAL, **real})
    real = {"run": done, "step": "flaky"}
    await asyncio.to_thread(_try_everything, described, door.url, {**REAL, **real})
    assert (await door.client.get("/health/ready")).is_success


def _try_everything(described, url, real):
    schema = schemathesis.openapi.from_dict(described, config=SchemathesisConfig())
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    names = {operation.label for operation in operations}
    assert "POST /api/v1/runs" in names
    for operation in operations:
        # The feed does not end; tests/web/api/test_feed.py has it.
        if operation.path != "/api/v1/feed/sse":
            _check(operation, url, real)


def _check(operation, url, real):
    turn = count()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def answers_as_described(case):
        if next(turn) % 3:
            case.path_parameters = {k: real.get(k, v) for k, v in (case.path_parameters or {}).items()}
        case.call_and_validate(base_url=url, checks=CHECKS)

    answers_as_described()


async def test_what_is_described_can_be_read_by_a_generator_of_clients(door):
    described = (await door.client.get("/openapi.json")).json()
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        problems = [code for code in one["responses"] if code.startswith(("4", "5"))]
        assert {"401", "403", "422"} <= set(problems), one["operationId"]
        assert all("application/problem+json" in one["responses"][code]["content"] for code in problems)
    page = await door.client.get("/docs")
    assert "startRun" in page.text


@pytest.mark.parametrize("path", ["/docs", "/login"])
async def test_no_page_of_ours_takes_anything_from_elsewhere(door, path):
    page = await door.client.get(path)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text

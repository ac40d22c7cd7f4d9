"""Runs over HTTP: started once a key, listed in pages, shown now and as they were, and told what to do."""

import asyncio
import re

import pytest


async def test_a_run_that_is_started_here_is_driven_to_its_end(door):
    run = await door.start(inputs={"who": "you"}, labels={"team": "blue"})
    await door.reaches(run, "run.completed")
    shown = (await door.client.get(f"/api/v1/runs/{run}")).json()
    assert shown["status"] == "completed"
    assert [step["status"] for step in shown["steps"]] == ["succeeded", "succeeded"]
    assert shown["inputs"] == {"who": "you"}
    assert shown["labels"] == {"team": "blue"}


async def test_one_key_is_one_run_however_often_and_at_once(door):
    body = {"workflow": "quiet"}
    headers = {"Idempotency-Key": "k1"}
    answers = await asyncio.gather(
        *(door.client.post("/api/v1/runs", json=body, headers=headers) for _ in range(5))
    )
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 200, 201]
    assert len({a.json()["run"] for a in answers}) == 1
    other = await door.client.post("/api/v1/runs", json={"workflow": "asking"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")


async def test_a_key_survives_a_crash_between_the_promise_and_the_run(door, monkeypatch):
    async def crash(*given, **how):
        raise RuntimeError("the host is gone")

    headers = {"Idempotency-Key": "k2"}
    with monkeypatch.context() as broken:
        broken.setattr(door.ropewalk, "start", crash)
        answer = await door.client.post("/api/v1/runs", json={"workflow": "quiet"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    again = await door.client.post("/api/v1/runs", json={"workflow": "quiet"}, headers=headers)
    assert again.status_code == 201
    assert len((await door.client.get("/api/v1/runs")).json()["runs"]) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"workflow": "quite"}, 404, "no-such-workflow"),
        ({"workflow": "../../etc/passwd"}, 404, "no-such-workflow"),
        ({"workflow": "quiet", "inputs": {"whom": 1}}, 422, "invalid-input"),
        ({"workflow": "quiet", "speed": 3}, 422, "invalid-request"),
        ({}, 422, "invalid-request"),
    ],
)
async def test_what_cannot_be_started_says_why(door, body, status, code):
    answer = await door.client.post("/api/v1/runs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_list_comes_in_pages_newest_first_and_can_be_filtered(door):
    made = [await door.start() for _ in range(3)]
    asking = await door.start("asking")
    await door.reaches(asking, "run.paused")
    first = (await door.client.get("/api/v1/runs", params={"limit": 3})).json()
    rest = (await door.client.get("/api/v1/runs", params={"limit": 3, "after": first["next"]})).json()
    assert [row["run"] for row in first["runs"] + rest["runs"]] == [asking, *reversed(made)]
    assert rest["next"] == ""
    paused = (await door.client.get("/api/v1/runs", params={"status": "paused"})).json()["runs"]
    assert [row["run"] for row in paused] == [asking]
    quiet = (await door.client.get("/api/v1/runs", params={"workflow": "quiet", "text": "QUI"})).json()[
        "runs"
    ]
    assert {row["run"] for row in quiet} == set(made)


async def test_a_run_is_shown_as_it_was_at_a_version(door):
    run = await door.start()
    await door.reaches(run, "run.completed")
    then = (await door.client.get(f"/api/v1/runs/{run}", params={"version": 1})).json()
    assert (then["status"], then["version"]) == ("pending", 1)
    later = await door.client.get(f"/api/v1/runs/{run}", params={"version": 99})
    assert (later.status_code, later.json()["code"]) == (422, "invalid-request")


async def test_history_explanation_timeline_and_figures_tell_one_story(door):
    run = await door.start("failing")
    await door.reaches(run, "run.failed")
    history = (await door.client.get(f"/api/v1/runs/{run}/history", params={"limit": 4})).json()
    more = (await door.client.get(f"/api/v1/runs/{run}/history", params={"after": history["next"]})).json()
    kinds = [one["kind"] for one in history["events"] + more["events"]]
    assert kinds[0] == "run.created"
    assert kinds[-1] == "run.failed"
    assert kinds.count("attempt.failed") == 2
    explained = (await door.client.get(f"/api/v1/runs/{run}/explain")).json()
    assert explained["kind"] == "failed"
    assert "flaky" in explained["sentence"]
    bars = (await door.client.get(f"/api/v1/runs/{run}/timeline")).json()["bars"]
    assert [bar["kind"] for bar in bars if bar["step"] == "flaky" and bar["kind"] == "failed"] == [
        "failed"
    ] * 2
    figures = (await door.client.get(f"/api/v1/runs/{run}/statistics")).json()
    assert (figures["failed"], figures["retries"]) == (1, 1)


async def test_every_verb_does_what_it_says(door):
    run = await door.start("asking")
    await door.reaches(run, "ask.opened")
    told = (await door.client.post(f"/api/v1/runs/{run}/pause", json={"reason": "lunch"})).json()
    assert told["events"] == ["run.paused"]
    why = (await door.client.get(f"/api/v1/runs/{run}/explain")).json()["sentence"]
    assert re.fullmatch(r"The run was paused by \S+: lunch\.", why), why
    assert (await door.client.post(f"/api/v1/runs/{run}/fact", json={"name": "seen", "value": 1})).is_success
    assert (await door.client.post(f"/api/v1/runs/{run}/budget", json={"cost_usd": 5})).is_success
    events = [{"name": "build.done", "data": {"n": n}} for n in (1, 2)]
    told = (await door.client.post(f"/api/v1/runs/{run}/publish", json={"events": events})).json()
    assert told["events"] == ["custom.published"] * 2
    assert (await door.client.post(f"/api/v1/runs/{run}/resume")).is_success
    skipped = await door.client.post(f"/api/v1/runs/{run}/skip", json={"step": "yes", "reason": "known"})
    assert "step.skipped" in skipped.json()["events"]
    await door.reaches(run, "run.completed")
    nowhere = await door.client.post(f"/api/v1/runs/{run}/land", json={"target": "main"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "refused")
    refused = await door.client.post(f"/api/v1/runs/{run}/pause")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


async def test_abort_then_fork_then_delete(door):
    run = await door.start("asking")
    await door.reaches(run, "ask.opened")
    undeleted = await door.client.delete(f"/api/v1/runs/{run}")
    assert (undeleted.status_code, undeleted.json()["code"]) == (409, "refused")
    assert (await door.client.post(f"/api/v1/runs/{run}/abort", json={"reason": "enough"})).is_success
    await door.reaches(run, "run.aborted")
    nowhere = await door.client.post(f"/api/v1/runs/{run}/fork", json={"step": "yess"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-such-step")
    forked = await door.client.post(f"/api/v1/runs/{run}/fork", json={"step": "yes"})
    assert forked.status_code == 201
    assert forked.json()["forked_from"] == f"{run}/yes"
    exported = await door.client.get(f"/api/v1/runs/{run}/export")
    assert len(exported.text.splitlines()) > 3
    child = forked.json()["run"]
    await door.reaches(child, "ask.opened")
    assert (await door.client.post(f"/api/v1/runs/{child}/abort")).is_success
    await door.reaches(child, "run.aborted")
    deleted = await door.client.delete(f"/api/v1/runs/{run}")
    assert deleted.status_code == 204, deleted.text
    assert (await door.client.get(f"/api/v1/runs/{run}")).status_code == 404


async def test_a_failed_step_is_tried_again(door):
    run = await door.start("failing")
    await door.reaches(run, "run.failed")
    told = (await door.client.post(f"/api/v1/runs/{run}/retry", json={"step": "flaky"})).json()
    assert "step.retried" in told["events"]
    wrong = await door.client.post(f"/api/v1/runs/{run}/exec", json={"step": "flaky"})
    assert wrong.status_code == 409
    nothing = await door.client.post(f"/api/v1/runs/{run}/budget", json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid-request")


async def test_a_run_that_waits_for_a_secret_is_given_it_and_nothing_says_it_again(door):
    value = "canary-0123456789"
    wrong = await door.client.post("/api/v1/runs", json={"workflow": "secret", "inputs": {"token": "c4n4ry"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-input")
    assert "c4n4ry" not in wrong.text
    run = await door.start("secret", inputs={"token": value})
    await door.reaches(run, "run.completed")
    run = await door.start("secret", inputs={"token": "[secret]"})
    await door.reaches(run, "run.paused")
    shown = (await door.client.get(f"/api/v1/runs/{run}")).json()
    assert shown["inputs"] == {"token": "[secret]"}
    unknown = await door.client.post(f"/api/v1/runs/{run}/secrets", json={"values": {"tokn": value}})
    assert unknown.status_code == 422
    assert value not in unknown.text
    given = await door.client.post(f"/api/v1/runs/{run}/secrets", json={"values": {"token": value}})
    assert (given.status_code, given.json()) == (200, {"run": run, "events": []})
    await door.reaches(run, "run.completed")


async def test_secrets_do_not_count_in_what_a_key_stands_for(door):
    headers = {"Idempotency-Key": "k3"}
    runs = set()
    for value in ("canary-0123456789", "another-0123456789"):
        body = {"workflow": "secret", "inputs": {"token": value}}
        runs.add((await door.client.post("/api/v1/runs", json=body, headers=headers)).json()["run"])
    assert len(runs) == 1

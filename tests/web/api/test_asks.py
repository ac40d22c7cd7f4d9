"""Asks over HTTP: answered once, bound to what was shown, in the name of who came in."""

import asyncio

from ropewalk.core.events import AskAnswered


async def asked(door, workflow="asking"):
    run = await door.start(workflow)
    await door.reaches(run, "ask.opened")
    return run, (await door.client.get("/api/v1/asks", params={"run": run})).json()["asks"][0]


async def test_an_answer_lets_the_run_go_on(door):
    run, ask = await asked(door)
    assert "approve" in ask["verdicts"]
    told = await door.client.post(f"/api/v1/runs/{run}/asks/{ask['ask']}/answer", json={"verdict": "approve"})
    assert "ask.answered" in told.json()["events"]
    await door.reaches(run, "run.completed")
    assert (await door.client.get("/api/v1/asks")).json() == {"asks": []}


async def test_an_answer_may_be_for_a_part_of_a_conflict(door):
    run, ask = await asked(door)
    url = f"/api/v1/runs/{run}/asks/{ask['ask']}/answer"
    for part in ({"path": "plan.md"}, {"hunk": 1}):
        refused = await door.client.post(url, json={"verdict": "approve", **part})
        assert "no conflict of which a part" in refused.json()["detail"]


async def test_of_two_who_answer_at_once_one_is_refused(door):
    run, ask = await asked(door)
    url = f"/api/v1/runs/{run}/asks/{ask['ask']}/answer"
    answers = await asyncio.gather(
        door.client.post(url, json={"verdict": "approve"}),
        door.client.post(url, json={"verdict": "reject", "reason": "no"}),
    )
    assert sorted(a.status_code for a in answers) == [200, 409]
    await door.reaches(run, "run.completed", "run.failed")


async def test_an_answer_to_what_has_changed_is_refused(door):
    run, ask = await asked(door, "writing")
    url = f"/api/v1/runs/{run}/asks/{ask['ask']}/answer"
    assert [shown["path"] for shown in ask["show"]] == ["plan.md"]
    stale = await door.client.post(url, json={"verdict": "approve", "digest": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "refused")
    strange = await door.client.post(url, json={"verdict": "amend", "content": {"other.md": "x"}})
    assert strange.status_code == 409
    amended = await door.client.post(
        url, json={"verdict": "amend", "content": {"plan.md": "# better\n"}, "digest": ask["digest"]}
    )
    assert amended.is_success, amended.text
    await door.reaches(run, "run.completed")
    content = await door.client.get(f"/api/v1/runs/{run}/artifacts/content", params={"path": "plan.md"})
    assert content.text == "# better\n"


async def test_who_answered_is_who_came_in_and_never_what_was_sent(guarded):
    operator = await guarded.token("operator", "olga")
    run = (await guarded.client.post("/api/v1/runs", json={"workflow": "asking"}, headers=operator)).json()[
        "run"
    ]
    await guarded.reaches(run, "ask.opened")
    approver = await guarded.token("approver", "ann")
    ask = (await guarded.client.get("/api/v1/asks", headers=approver)).json()["asks"][0]["ask"]
    url = f"/api/v1/runs/{run}/asks/{ask}/answer"
    forged = await guarded.client.post(url, json={"verdict": "approve", "by": "boss"}, headers=approver)
    assert forged.status_code == 422
    assert (await guarded.client.post(url, json={"verdict": "approve"}, headers=approver)).is_success
    record = (await guarded.ropewalk.store.feed(0, 1, ["ask.answered"], run))[0]
    assert isinstance(record.event, AskAnswered)
    assert (record.event.by, record.actor) == ("ann", "ann")


async def test_an_ask_that_is_not_there_is_not_found(door):
    run, _ = await asked(door)
    answer = await door.client.post(f"/api/v1/runs/{run}/asks/nix/answer", json={"verdict": "approve"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-ask")

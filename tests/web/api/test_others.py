"""Agents, events, statistics, and who asks."""


async def test_on_this_host_everybody_is_who_opened_the_project(door):
    assert (await door.client.get("/api/v1/me")).json() == {
        "name": door.ropewalk.actor,
        "role": "admin",
        "csrf": "",
    }


async def test_the_agents_tell_what_they_do(door):
    agents = (await door.client.get("/api/v1/agents")).json()["agents"]
    assert agents[0]["agent"] == "rehearsal"
    assert (agents[0]["status"], agents[0]["rehearses"]) == ("idle", True)
    probe = (await door.client.get("/api/v1/agents/rehearsal/probe")).json()
    assert probe["usable"]
    assert (await door.client.get("/api/v1/agents/nobody/probe")).status_code == 404


async def test_events_come_in_pages_by_pattern_and_run(door):
    run = await door.start()
    other = await door.start()
    for one in (run, other):
        await door.reaches(one, "run.completed")
    first = (await door.client.get("/api/v1/events", params={"limit": 3, "run": run})).json()
    assert [one["version"] for one in first["events"]] == [1, 2, 3]
    ends = (await door.client.get("/api/v1/events", params={"patterns": "run.completed"})).json()["events"]
    assert {one["run"] for one in ends} == {run, other}
    nothing = (await door.client.get("/api/v1/events", params={"after": 10**6})).json()
    assert nothing == {"events": [], "next": 10**6}


async def test_statistics_count_by_workflow(door):
    for name in ("quiet", "quiet", "failing"):
        await door.reaches(await door.start(name), "run.completed", "run.failed")
    found = (await door.client.get("/api/v1/statistics")).json()
    assert found["workflows"]["quiet"]["success_rate"] == 1.0
    assert found["workflows"]["failing"]["success_rate"] == 0.0
    assert found["total"]["runs"] == 3

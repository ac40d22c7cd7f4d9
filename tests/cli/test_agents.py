def test_agents_say_whether_they_can_be_used_and_what_they_do(ropewalk):
    found = {one["agent"]: one for one in ropewalk.json("agents")["agents"]}
    assert found["rehearsal"]["probe"]["usable"] is True
    assert found["rehearsal"]["status"] == "idle"
    assert "rehearsal" in ropewalk("agents").out


def test_an_agent_of_an_unfinished_run_is_seen_at_work(ropewalk):
    ropewalk.write("s.yaml", "steps: {a: {fail: {class: permanent, message: broken}}}")
    step = "{id: a, role: writer, prompt: Write., creates: [a.md], on_failure: pause}"
    ropewalk.run(step, "--rehearse=s.yaml", head="roles: {writer: {agent: rehearsal}}")
    found = {one["agent"]: one for one in ropewalk.json("agents")["agents"]}
    assert found["rehearsal"]["status"] == "failing"


def test_an_agent_that_failed_too_often_rests_also_for_the_next_process(ropewalk):
    ropewalk.write("ropewalk.toml", 'breaker_failures = 1\n[agents.bad]\nargv = ["false"]\n')
    step = "{id: a, role: writer, prompt: Write., creates: [a.md]}"
    assert ropewalk.run(step, head="roles: {writer: {agent: bad}}").code == 1
    found = {one["agent"]: one for one in ropewalk.json("agents")["agents"]}
    assert found["bad"]["status"] == "resting"
    assert "resting until" in ropewalk("agents").out

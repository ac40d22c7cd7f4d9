import pytest


@pytest.fixture
def done(ropewalk):
    steps = (
        "{id: a, phase: think, run: echo hi; echo x > a.md, creates: [a.md]}\n"
        "{id: each, phase: make, foreach: '[1, 2]', needs: [a], run: 'true'}\n"
        "{id: b, needs: [each], ask: Well?}\n"
    )
    steps = steps.replace("run: echo hi; echo x > a.md", "run: 'echo hi; echo x > a.md'")
    ropewalk.run(
        steps.strip(), head="phases: [{id: think, title: First thoughts}, make]\ninputs: {who: {default: me}}"
    )
    return ropewalk


def test_a_run_is_shown_by_phase_with_what_it_made_and_asks(done):
    said = done("show", "last").out
    for part in ("is paused", "First thoughts", "make", "without a phase", "each[1]", "a.md", "inputs: who=me",
                 "a1: b asks 'Well?'"):  # fmt: skip
        assert part in said
    assert said.index("First thoughts") < said.index("each[1]") < said.index("without a phase")


def test_a_run_as_it_was_at_a_version(done):
    early = done.json("show", "last", "--at", "4")
    assert early["version"] == 4
    assert early["steps"][0]["status"] == "running"
    assert "As it was at version 4" in done("show", "last", "--at", "4").out
    assert done("show", "last", "--at", "999").code == 2


def test_the_object_has_what_is_known_beside_the_summary(done):
    found = done.json("show", "last")
    (ask,) = found["asks"]
    assert (ask["ask"], ask["step"], ask["about"], ask["prompt"]) == ("a1", "b", "question", "Well?")
    assert ask["verdicts"] == ["approve", "reject", "amend"]
    assert found["inputs"] == {"who": "me"}
    assert found["started_at"] >= found["created_at"]


def test_everything_about_one_step(done):
    assert '"stdout": "hi"' in done("show", "last", "--step", "a").out
    assert done.json("show", "last", "--step", "each")["items"] == ["each[1]", "each[2]"]
    ended = done("show", "last", "--step", "aa")
    assert (ended.code, "has no step aa" in ended.err) == (2, True)


def test_a_forked_and_a_called_run_say_where_they_come_from(done):
    done("approve", "last")
    done("drive")
    forked = done.json("fork", "last", "b")["run"]
    assert "forked from" in done("show", forked).out
    done.write("inner.yaml", "name: inner\nsteps:\n  - {id: x, uses: noop}\n")
    done.run("{id: c, call: ./inner.yaml}")
    called = next(r["run"] for r in done.json("runs", "--called")["runs"] if r["parent"])
    assert "called by c of run" in done("show", called).out


def test_who_handed_what_on_to_whom_is_told(ropewalk):
    ropewalk.write(
        "h.yaml",
        "workflow:\n  id: h\n  sequence:\n    - {agent: pm, creates: prd.md}\n    - {agent: architect, creates: plan.md}\n"
        "  handoff_prompts: {pm_to_architect: The requirements are ready.}\n",
    )
    ropewalk("run", "h.yaml", "--rehearse")
    first, last = ropewalk.json("show", "last")["handoffs"]
    assert (first["step"], first["from"], first["to"]) == ("pm-prd", "pm", "Architect")
    assert (first["artifacts"], first["expected"]) == (["docs/prd.md"], ["docs/plan.md"])
    assert first["instructions"].endswith("The requirements are ready.")
    assert (last["from"], last["to"]) == ("architect", "")
    said = ropewalk("show", "last").out
    for part in (
        "pm-prd: from pm to Architect: ",
        "  artifacts: docs/prd.md",
        "  instructions: ",
        "The requirements are ready.",
    ):
        assert part in said


def test_gates_are_shown_with_what_did_not_count(ropewalk, monkeypatch):
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "git")
    (ropewalk.folder / "check.sh").write_text("exit 0\n")
    ropewalk.run("{id: a, run: 'echo true > check.sh', gate: sh check.sh}")
    said = ropewalk("show", "last").out
    assert "sh check.sh" in said
    assert "judged with check.sh as at the start of the run" in said
    assert ropewalk.json("show", "last")["gates"][0]["verdict"] == "PASS"


def test_values_are_shown_as_json_and_texts_as_they_are(ropewalk):
    ropewalk.run(
        """{id: a, run: 'echo "{\\"x\\": {\\"y\\": [true, null]}}" > $ROPEWALK_OUTPUT', output: {x: object}}""",
        head="inputs: {flag: {type: boolean, default: true}, who: {default: me}}\noutputs: {x: outputs.a.x}",
    )
    shown = ropewalk("show", "last").out
    assert "inputs: flag=true, who=me" in shown
    assert 'outputs: x={"y":[true,null]}' in shown
    assert "with flag=true, who=me" in ropewalk("events", "last").out

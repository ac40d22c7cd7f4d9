"""Steps as they are written become Steps: groups flattened, defaults merged in, keys that do not go together refused."""

import pytest

from ropewalk.definition.policy import Retry
from ropewalk.definition.workflow import BackTo, Ref
from tests.formats.told import step, told, workflow

ROLES = "roles: {r: claude}\n"


@pytest.mark.parametrize(
    ("keys", "kind", "args"),
    [
        ("run: echo hi", "run", {"script": "echo hi"}),
        ("run: echo hi, shell: bash", "run", {"script": "echo hi", "shell": "bash"}),
        ("run: [echo, 1, 2.5]", "run", {"argv": ["echo", "1", "2.5"]}),
        ("uses: plug, with: {x: [1]}", "plug", {"x": [1]}),
        ("uses: noop", "noop", {}),
        ("function: 'pkg.mod:name'", "function", {"name": "pkg.mod:name"}),
        ("function: registered, with: {x: 1}", "function", {"name": "registered", "with": {"x": 1}}),
        ("call: other", "call", {"workflow": "other", "inputs": {}}),
        (
            "call: {workflow: other, inputs: {x: 1}}, with: {y: 2}",
            "call",
            {"workflow": "other", "inputs": {"x": 1, "y": 2}},
        ),
        ("ask: Go on?", "ask", {}),
        ("gate: pytest -q", "noop", {}),
        ("approve: true", "noop", {}),
        ("decide: {routes: {x: {when: 'true', end: true}}}", "decide", {}),
        ("decide: {routes: {x: {end: true}}}, uses: chooser", "chooser", {}),
    ],
)
def test_each_way_to_say_the_work_is_a_kind_with_its_arguments(keys, kind, args):
    made = step(f"- {{id: a, {keys}}}")
    assert (made.kind, made.args) == (kind, args)


def test_a_role_may_stand_beside_what_it_can_answer_for():
    text = ROLES + "steps: [{id: a, role: r, prompt: Do it.}, {id: b, uses: noop, role: r, prompt: x}]"
    first, second = workflow(text).steps
    assert (first.kind, first.role, first.prompt) == ("role", "r", "Do it.")
    assert (second.kind, second.role, second.prompt) == ("noop", "r", "x")


def test_ways_back_in_every_form():
    text = "- {id: x, run: x}\n- {id: a, needs: x, run: b, "
    assert step(text + "back_to: x}").back_to == BackTo("x")
    assert step(text + "back_to: x, at_most: 5}").back_to == BackTo("x", at_most=5)
    full = step(text + "back_to: {to: x, when: outputs.a.exit_code > 0, at_most: 1}}").back_to
    assert full == BackTo("x", "outputs.a.exit_code > 0", 1)
    failing = step(text + "on_failure: {back_to: x, at_most: 2}}")
    assert (failing.back_to, failing.on_failure) == (BackTo("x", at_most=2), "back_to")
    assert step(text + "on_failure: back_to, back_to: x}").on_failure == "back_to"
    assert step(text + "foreach: [1], back_to: {to: x}, at_most: 2}").back_to == BackTo("x")


def test_files_in_every_form():
    made = step(
        "- {id: o, run: b, creates: out/}\n- {id: a, run: b, updates: [out/x, {path: y, optional: true}],"
        " requires: [{path: z, external: true}, {any_of: [out/, p], optional: true}, {path: l, label: true}]}"
    )
    assert step("- {id: a, run: b, creates: out/}").creates == (Ref("out/"),)
    assert made.updates == (Ref("out/x"), Ref("y", soft=True))
    assert made.requires[0] == Ref("z", external=True)
    assert made.requires[1] == Ref("out/ or p", soft=True, any_of=("out/", "p"))


def test_groups_are_flattened_and_give_what_they_say_to_each_member():
    made = workflow(
        "phases: [p, q]\nsteps:\n"
        "- {id: first, run: x}\n"
        "- id: outer\n  needs: first\n  when: inputs.go\n  phase: p\n  parallel:\n"
        "  - {id: a, run: x, needs: first, phase: q, when: 'true'}\n"
        "  - parallel: {id: inner, needs: a, when: 'true', steps: [{id: b, run: x}]}\n"
        "- {parallel: [{id: c, run: x}]}\n"
        "- {id: d, run: x, needs: [outer, inner], group: late}\n"
        "inputs: {go: boolean}\n"
    )
    by_id = {one.id: one for one in made.steps}
    assert [one.id for one in made.steps] == ["first", "a", "b", "c", "d"]
    assert (by_id["a"].group, by_id["a"].needs, by_id["a"].phase) == ("outer", ("first",), "q")
    assert by_id["a"].when == "(inputs.go) && (true)"
    assert (by_id["b"].group, by_id["b"].needs, by_id["b"].phase) == ("outer/inner", ("first", "a"), "p")
    assert by_id["b"].when == "(inputs.go) && (true)"
    assert by_id["c"].group == ""
    assert (by_id["d"].group, by_id["d"].needs) == ("late", ("outer", "inner"))


def test_defaults_fill_in_what_a_step_does_not_say():
    made = workflow(
        ROLES
        + "defaults: {role: r, shell: bash, retry: 2, timeout: 1m, on_failure: continue, workspace: read,"
        " budget: {tokens: 5}, env: {A: 1, B: x}, cache: true}\nsteps:\n"
        "- {id: a, run: x}\n- {id: b, run: [x], retry: false, env: {B: true}, on_failure: fail, cache: false}\n"
        "- {id: c, prompt: Do it.}\n"
    )
    a, b, c = made.steps
    assert a.args == {"script": "x", "shell": "bash"}
    assert (a.retry.attempts, a.timeout.step_seconds, a.on_failure, a.workspace) == (
        2,
        60,
        "continue",
        "read",
    )
    assert (a.budget.tokens, a.env, a.cache) == (5, {"A": "1", "B": "x"}, True)
    assert b.args == {"argv": ["x"]}
    assert (b.retry, b.env) == (Retry(attempts=1), {"A": "1", "B": "true"})
    assert (b.on_failure, b.cache) == ("fail", False)
    assert (c.kind, c.role) == ("role", "r")


def test_steps_under_finally_are_final_and_come_last():
    made = workflow("finally: [{id: z, run: x}]\nsteps: [{id: a, run: x}, {id: b, run: x, finally: true}]")
    assert [(one.id, one.final) for one in made.steps] == [("a", False), ("b", True), ("z", True)]


def test_the_rest_of_a_step_is_taken_as_it_is():
    made = step(
        "- {id: a, run: b, title: T, template: t, output: {type: object}, sets: {f: 'true'}, facts: f, merge: {'*.md': union},"
        " handoff: h, notes: [n, m], extra: {x: 1}, optional: true, when: true}\nfacts: {f: boolean}\ndocuments: {t: plain}"
    )
    assert (made.title, made.template, made.output, made.sets) == (
        "T",
        "t",
        {"type": "object"},
        {"f": "true"},
    )
    assert (made.facts, made.merge, made.handoff, made.notes) == (("f",), {"*.md": "union"}, "h", ("n", "m"))
    assert (made.extra, made.optional, made.when, made.line) == ({"x": 1}, True, "", 2)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("- run: x", "2:3: the step has no `id`; name it, so that others can need it"),
        (
            "- {id: a}",
            "2:3: the step `a` does nothing; add one of run, uses, function, decide, call, role, sleep, until, parallel,",
        ),
        ("- {title: x}", "2:3: the step does nothing; add one of run,"),
        ("- {id: a, run: x, call: y}", "2:19: a step is either `run` or `call`; make two steps of it"),
        ("- {id: a, run: x, role: r}", "2:19: a step is either `run` or `role`; make two steps of it"),
        (
            "- {id: a, run: x, prompt: p}",
            "2:19: `prompt` stands without `role` or `uses` or `function`; add it,",
        ),
        ("- {id: a, run: x, with: {y: 1}}", "2:19: `with` stands without `uses` or `function` or `call`"),
        ("- {id: a, run: x, as: y}", "2:19: `as` stands without `foreach`"),
        ("- {id: a, run: x, key: y}", "2:19: `key` stands without `foreach`"),
        (
            "- {id: a, run: x, at_most: 2}",
            "2:19: `at_most` stands without `foreach` or `matrix` or `back_to`",
        ),
        ("- {id: a, run: [x], shell: bash}", "2:21: a list of arguments needs no `shell`; remove it"),
        (
            "- {id: a, run: x, foreach: [1], back_to: a, at_most: 2}",
            "2:45: `at_most` could be meant for `foreach` or for `back_to`; write it inside: back_to:",
        ),
        (
            "- {id: a, run: x, back_to: a, on_failure: {back_to: a}}",
            "2:31: `back_to` says already where the work is sent back to; write `on_failure: back_to`",
        ),
        (
            "- {id: a, run: x, requires: [{optional: true}]}",
            "2:30: the file has no `path`; add `path` or `any_of`",
        ),
        (
            "- {id: g, env: {A: b}, parallel: [{id: a, run: x}]}",
            "2:11: `env` cannot be said of a group; say it of its",
        ),
        (
            "- {id: g, parallel: [{id: a, run: x}]}\n- {id: g, parallel: [{id: b, run: x}]}",
            "3:8: two groups are called `g`; rename one of them",
        ),
        ("- {id: a, gate: {id: x}}", "2:17: the gate checks nothing; add one of run, condition, thresholds,"),
        (
            "- {id: a, gate: [{run: x, condition: 'true'}]}",
            "2:18: a gate is either `run` or `condition`; keep one of them",
        ),
        (
            "- {id: a, gate: [{person: x}, {person: y}]}",
            "2:31: a second person is asked about the same work; ask in a step of its own",
        ),
        (
            "- {id: a, approve: true, gate: {person: x}}",
            "2:11: a person among the gates is asked already; keep one of them",
        ),
        (
            "- {id: a, gate: {document: x.md}}",
            "2:17: the document has no template to be checked by; add `template`",
        ),
        (
            "- {id: a, run: x}\ngate: {person: x}",
            "3:7: nobody can be asked here; ask in a step: `ask`, with `needs`",
        ),
        ("- {id: a, gate: {run: x, scale: 10}}", "2:26: `scale` belongs to `thresholds`; remove it"),
        ("- {id: a, gate: {run: x, with: {}}}", "2:26: `with` belongs to `uses`; remove it"),
    ],
)
def test_keys_that_do_not_go_together_are_told(steps, said):
    found = told(f"steps:\n{steps}\n{ROLES}")
    assert found[0].startswith(f"f.yaml:{said}"), found


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("- {id: a, sleep: 1h30m}", {"seconds": 5400.0}),
        ("- {id: a, sleep: 2}", {"seconds": 2.0}),
        ("- {id: a, until: '2026-12-24T18:00:00Z'}", {"until": "2026-12-24T18:00:00Z"}),
        ("- {id: a, until: 2026-12-24T18:00:00Z}", {"until": "2026-12-24T18:00:00Z"}),
        ("- {id: a, until: 'run.id'}", {"until": "run.id"}),
    ],
)
def test_a_step_that_waits_has_a_duration_or_a_moment(text, args):
    made = step(text)
    assert (made.kind, made.args) == ("sleep", args)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("sleep: soon", "1:24: `sleep` takes a duration such as 90s, 5m or 1h30m or a number of seconds"),
        ("sleep: none", "1:24: `sleep: none` would never end; write how long: `10m`"),
        ("sleep: 1h, run: x", "a step is either `run` or `sleep`; make two steps of it"),
        (
            "sleep: 1h, gate: x",
            "1:28: `gate` has no effect next to `sleep`: the step only waits; say it of the step",
        ),
        (
            "until: '2026-12-24'",
            "1:24: '2026-12-24' has no zone; write it as 2026-12-24T18:00:00+01:00, or with Z",
        ),
        ("until: inputs.at", "1:31: `inputs` has no field `at`"),
        ("wait: 5m", "1:17: unknown key `wait` in a step; did you mean sleep?"),
    ],
)
def test_a_wait_that_makes_no_sense_is_told(step, said):
    found = told(f"steps: [{{id: a, {step}}}]")
    assert any(said in fault for fault in found), found

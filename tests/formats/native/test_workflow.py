"""The keys at the top of a file become the parts of the workflow; what is left out has the default of the definition."""

from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Fact, Gate, Input, Phase, Role
from tests.formats.told import workflow


def test_the_top_of_a_file_in_every_form():
    made = workflow("""
ropewalk: 1
name: all
description: d
version: 1.0
inputs:
  a: integer
  b:
  c: {type: list, default: [1], description: x, choices: [[1], [2]]}
  d: {secret: true, required: false}
  e: {default: null}
facts:
  f:
  g: string
  h: {question: q, default: false, choices: [true, false]}
roles:
  r: claude
  s: [claude, codex]
  t:
  u: {agent: claude, model: m, persona: p, title: T, permissions: ask, confine: worktree, options: {x: 1}}
limits:
  {parallel: 2, timeout: 1h, count_waits: true, rounds: 5, items: 6, depth: 3, events: 100, output_bytes: 10,
   recoveries: 1, budget: {cost_usd: 1.5}}
phases: [one, {id: two, title: Two, description: d}]
gate: make check
outputs: {o: outputs.x.stdout}
merge: {"*.md": union}
land: merge
squash: "feat: it"
extra: {k: v}
steps: [{id: x, run: x}]
""")
    assert (made.name, made.description, made.version, made.land) == ("all", "d", "1.0", "merge")
    assert made.squash == "feat: it"
    assert made.inputs == {
        "a": Input("integer"),
        "b": Input(),
        "c": Input("list", False, [1], "x", ([1], [2])),
        "d": Input(required=False, secret=True),
        "e": Input(required=False),
    }
    assert made.facts == {"f": Fact(), "g": Fact("string"), "h": Fact("boolean", "q", False, (True, False))}
    assert made.roles == {
        "r": Role(("claude",)),
        "s": Role(("claude", "codex")),
        "t": Role(),
        "u": Role(("claude",), "m", "p", "T", "ask", "worktree", {"x": 1}),
    }
    assert made.limits == Limits(2, 3600, True, 5, 6, 3, 100, 10, 1, Budget(1.5))
    assert made.phases == (Phase("one"), Phase("two", "Two", "d"))
    assert made.gates == (Gate("command", {"script": "make check"}),)
    assert (made.outputs, made.merge, made.extra) == (
        {"o": "outputs.x.stdout"},
        {"*.md": "union"},
        {"k": "v"},
    )


def test_nothing_said_is_what_the_definition_says():
    made = workflow("steps: [{id: x, run: x}]")
    assert made.limits == Limits()
    assert (made.inputs, made.facts, made.roles, made.phases, made.gates) == ({}, {}, {}, (), ())

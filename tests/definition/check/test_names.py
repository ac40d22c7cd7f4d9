import pytest

from tests.formats.told import told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {id: a, run: x}\n- {id: a, run: y}",
            ["3:8: two steps are called `a`; rename one of them; the other stands in line 2"],
        ),
        (
            "- {id: a b, run: x}",
            ["2:8: the id `a b` may hold only letters, digits, `_` and `-`; write `a-b`"],
        ),
        ("- {id: '..', run: x}", ["2:8: the id `..` may hold only letters, digits, `_` and `-`"]),
        (f"- {{id: {'a' * 101}, run: x}}", ["2:8: an id may have 100 characters; shorten it"]),
        (
            "- {id: g, parallel: [{id: a, run: x}]}\n- {id: g, run: x}",
            ["3:8: a step and a group are called `g`; rename one of them"],
        ),
        ("- {id: a, run: x, needs: [a]}", ["2:27: `a` needs itself; remove it"]),
        (
            "- {id: build, run: x}\n- {id: b, run: x, needs: biuld}",
            ["3:26: there is no step `biuld`; did you mean build?"],
        ),
        ("- {id: a, run: x, needs: zzz}", ["2:26: there is no step `zzz`; define it, or remove it"]),
        (
            "- {id: build, run: x}\n- {id: b, run: x, back_to: biuld}",
            ["3:28: there is no step or group `biuld`; did you mean build?"],
        ),
        (
            "- {id: a, role: wirter, prompt: p}\nroles: {writer: claude}",
            ["2:17: there is no role `wirter`; did you mean writer?"],
        ),
        ("- {id: a, role: x, prompt: p}", ["2:17: there is no role `x`; describe it under `roles`"]),
        ("- {id: a, uses: teleprot}", ["2:17: there is no step kind `teleprot`; did you mean teleport?"]),
        ("- {id: a, uses: zzz}", ["2:17: there is no step kind `zzz`; `ropewalk doctor` lists the plug-ins"]),
        ("- {id: a, gate: {uses: speling}}", ["2:24: there is no gate `speling`; did you mean spelling?"]),
        (
            "- {id: a, run: x}\ngate: [{uses: zzz}]",
            ["3:15: there is no gate `zzz`; `ropewalk doctor` lists the plug-ins"],
        ),
        (
            "- {id: a, run: x, gate: {verdict: {role: zz, criteria: c}}}",
            ["2:42: there is no role `zz`; describe it under `roles`"],
        ),
        (
            "- {id: a, run: x}\nroles: {r: [claude, cluade]}",
            ["3:21: there is no agent `cluade`; did you mean claude?"],
        ),
        (
            "- {id: a, run: x}\nroles: {r: {agent: [zz]}}",
            ["3:21: there is no agent `zz`; `ropewalk agents` lists them"],
        ),
        (
            "- {id: a, run: x, phase: plna}\nphases: [plan]",
            ["2:26: there is no phase `plna`; did you mean plan?"],
        ),
        (
            "- {id: a, run: x}\nphases: [plan, plan]",
            ["3:16: two phases are called `plan`; rename one of them"],
        ),
        (
            "- {id: a, run: x, facts: [k, nkow]}\nfacts: {k: , know: }",
            ["2:30: there is no fact `nkow`; did you mean know?"],
        ),
        ("- {id: a, run: x, sets: {k: 'true'}}", ["2:29: there is no fact `k`; describe it under `facts`"]),
        ("- {id: a, ask: {fact: k}}", ["2:23: there is no fact `k`; describe it under `facts`"]),
        (
            "- {id: a, decide: {fact: k, routes: {x: {end: true}}}}",
            ["2:26: there is no fact `k`; describe it under `facts`"],
        ),
        (
            "- {id: a, run: x}\ninputs: {a-b: string}",
            ["3:10: `a-b` cannot be read as `inputs.a-b`; write `a_b`"],
        ),
        ("- {id: a, run: x}\nfacts: {a b: }", ["3:9: `a b` cannot be read as `facts.a b`; write `a_b`"]),
        (
            "- {id: a, run: x, foreach: [1], as: run}",
            ["2:37: the item cannot be called `run`: that name is taken; choose another"],
        ),
        ("- {id: a, run: x, foreach: [1], as: a-b}", ["2:37: `a-b` is no word; use letters, digits and `_`"]),
    ],
)
def test_a_name_that_belongs_to_nothing_is_told_with_the_nearest(text, said):
    assert told(f"steps:\n{text}") == [f"f.yaml:{line}" for line in said]


def test_what_is_installed_is_looked_at_only_where_it_is_known():
    from ropewalk.definition.check import Known

    text = "roles: {r: zz}\nsteps: [{id: a, uses: zz, gate: {uses: zz}}, {id: b, call: zz}]"
    assert told(text, known=Known()) == []


def test_a_name_of_any_length_is_told_in_one_line():
    (said,) = told(f"steps: [{{id: a, run: x, needs: {'n' * 5000}}}]")
    assert len(said) < 600
    assert "nnn…" in said


def test_plug_ins_are_looked_up_only_for_names_that_are_not_ropewalks_own():
    from collections.abc import Collection, Iterator

    from ropewalk.definition.check import Known

    class Unasked(Collection[str]):
        def __contains__(self, name: object) -> bool:
            raise AssertionError(name)

        def __iter__(self) -> Iterator[str]:
            raise AssertionError

        def __len__(self) -> int:
            raise AssertionError

    known = Known(kinds=Unasked(), gates=Unasked())
    assert told("steps: [{id: a, run: x, gate: y}, {id: b, uses: noop}]", known=known) == []

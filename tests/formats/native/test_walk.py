"""All that does not fit is told at its place, once, and what only follows from it is not."""

import pytest

from tests.formats.told import told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: [{id: a, rnu: b}]", "1:17: unknown key `rnu` in a step; did you mean run?"),
        (
            "steps: [{id: a, run: b, depends_on: a2}, {id: a2, run: c}]",
            "1:25: unknown key `depends_on` in a step; did you mean needs?",
        ),
        ("jobs: [{id: a, run: b}]", "1:1: unknown key `jobs` in the file; did you mean steps?"),
        ("steps: [{id: a, run: b, quux: 1}]", "1:25: unknown key `quux` in a step"),
        (
            "steps: [{id: a, run: b, back_to: {to: a, xyz: 1}}]",
            "1:42: unknown key `xyz` in `back_to`; known are to, when, at_most",
        ),
        (
            "steps: [{id: a, run: b}]\nlimits: {paralel: 3}",
            "2:10: unknown key `paralel` in `limits`; did you mean parallel?",
        ),
        (
            "steps: [{id: a, run: true}]",
            "1:22: `run` takes text or a list of texts or values, not true; put it in quotes",
        ),
        (
            "steps: [{id: a, run: b, title: 5}]",
            "1:32: `title` takes text, not the number 5; put it in quotes",
        ),
        (
            "steps: [{id: a, run: b, optional: yes}]",
            "1:35: `optional` takes true or false, not the text `yes`; write true or false",
        ),
        ("steps: [{id: a, run: b, cache: 'x'}]", "1:32: `cache` takes true or false, not the text `x`"),
        (
            "steps: [{id: a, run: b, at_most: '3', back_to: a}]",
            "1:34: `at_most` takes a whole number of at least 1, not the text `3`; remove the quotes",
        ),
        (
            "steps: [{id: a, run: b, retry: 0}]",
            "1:32: `retry` takes true or false, a whole number of at least 1 or a mapping, not the number 0",
        ),
        (
            "steps: [{id: a, run: b, retry: {factor: 0.5}}]",
            "1:41: `factor` takes a number of at least 1, not the number 0.5",
        ),
        (
            "steps: [{id: a, run: b, needs: }]",
            "1:31: `needs` takes text or a list of texts, not nothing; write a value, or remove the key",
        ),
        (
            "steps: [{id: a, run: b, needs: {a: b}}]",
            "1:32: `needs` takes text or a list of texts, not a mapping",
        ),
        ("steps: [{id: a, run: b, env: [a]}]", "1:30: `env` takes a mapping, not a list"),
        ("steps: [{id: a, run: []}]", "1:22: `run` is an empty list; write an item, or remove the key"),
        ("steps: [{id: a, run: ''}]", "1:22: `run` takes text or a list of texts or values, not the text ``"),
        (
            "steps: [{id: a, decide: {routes: {}}}]",
            "1:34: `routes` is empty; write an entry, or remove the key",
        ),
        ("steps: [{id: a, decide: {by: person}}]", "1:25: `routes` is missing in `decide`"),
        (
            "steps: [{id: a, run: b, timeout: 5 minutes}]",
            "1:34: `timeout` takes a duration such as 90s, 5m or 1h30m, a number of seconds or a mapping, not the text `5 minutes`",
        ),
        (
            "steps: [{id: a, run: b, timeout: -1}]",
            "1:34: `timeout` takes a duration such as 90s, 5m or 1h30m",
        ),
        (
            "steps: [{id: a, run: b, join: quorum}]",
            "1:31: `join` takes `all`, `any` or `quorum 2` or a mapping, not the text `quorum`",
        ),
        (
            "steps: [{id: a, function: 'x y'}]",
            "1:27: `function` takes a function such as `package.module:name`, not the text `x y`",
        ),
        (
            "steps: [{id: a, run: b, workspace: own1}]",
            "1:36: `workspace` takes `none`, `own` or `read`, not the text `own1`; did you mean own?",
        ),
        (
            "steps: [{id: a, run: b, retry: {on: transiend}}]",
            "1:37: `on` takes `conflict`, `gate`, `invalid_output`, `lost`, `permanent`, `quota`, `refused`, `timeout` or `transient`, or a list of them, not the text `transiend`; did you mean transient?",
        ),
        ("steps: [{id: a, run: b, retry: {on: [lots]}}]", "1:38: this takes `conflict`,"),
        ("ropewalk: 2\nsteps: [{id: a, run: b}]", "1:11: `ropewalk` takes `1`, not the number 2"),
        (
            "steps: [{id: a, gate: [[a], 5]}]",
            "1:29: this takes text, a list of texts or values or a mapping, not the number 5; put it in quotes",
        ),
        (
            "steps: [just text, {id: b, run: c, needs: b2}, {id: b2, run: d}]",
            "1:9: this takes a mapping, not the text `just text`",
        ),
        (
            "steps: [{id: a, run: b, prompt: [a-very-long-list-of-things]}]",
            "1:33: `prompt` takes text, not a list",
        ),
        (
            "steps: [{id: a, run: b, join: this-is-a-text-of-more-than-forty-characters}]",
            "1:31: `join` takes `all`, `any` or `quorum 2` or a mapping, not the text `this-is-a-text-of-more-than-forty-cha...`",
        ),
        ("name: [x]\nsteps: 5", "2:8: `steps` takes a list of mappings, not the number 5"),
    ],
)
def test_what_does_not_fit_is_told_in_the_words_of_the_file(text, said):
    found = told(text)
    assert any(line.startswith(f"f.yaml:{said}") for line in found), found


def test_a_key_that_is_nearly_right_is_read_as_meant_and_hides_nothing():
    found = told("steps:\n  - id: a\n    neds: [c]\n    run: x\n  - id: b\n    rnu: [x, '{{ y }}']\n")
    assert found == [
        "f.yaml:3:5: unknown key `neds` in a step; did you mean needs?",
        "f.yaml:3:12: there is no step `c`; define it, or remove it",
        "f.yaml:6:5: unknown key `rnu` in a step; did you mean run?",
        "f.yaml:6:18: there is no name `y`; there are facts, inputs, outputs, run",
    ]


def test_a_key_that_is_nearly_right_but_unfit_is_told_once():
    assert told("steps: [{id: a, run: b, neds: {}}]") == [
        "f.yaml:1:25: unknown key `neds` in a step; did you mean needs?"
    ]


def test_a_key_that_would_make_two_works_of_one_step_is_only_told():
    assert told("steps: [{id: a, kind: x, run: b}]") == [
        "f.yaml:1:17: unknown key `kind` in a step; did you mean uses?"
    ]


def test_a_key_beside_the_one_that_was_meant_does_not_take_its_place():
    assert told("steps: [{id: a, run: b, needs: [], neds: [x]}]") == [
        "f.yaml:1:36: unknown key `neds` in a step; did you mean needs?"
    ]


def test_places_stay_right_behind_items_that_were_left_out():
    text = "steps:\n  - 5\n  - {id: a, run: b, needs: [x, 7, y]}\n  - 6\n  - {id: a, run: c}\n"
    assert [line.split(" ")[0] for line in told(text)] == [
        "f.yaml:2:5:",
        "f.yaml:3:29:",
        "f.yaml:3:32:",
        "f.yaml:3:35:",
        "f.yaml:4:5:",
        "f.yaml:5:10:",
    ]


def test_what_only_follows_from_something_left_out_is_not_told():
    assert told("steps: [{id: [a], run: b}]") == ["f.yaml:1:14: `id` takes text, not a list"]
    assert told("steps: [{id: a, run: [[]]}]") == [
        "f.yaml:1:23: this takes text, a whole number or a number, not a list"
    ]


def test_a_step_behind_items_that_were_left_out_is_still_known_as_the_one_that_lost_a_part():
    text = "steps: [5, {id: a, run: [[]]}, 6, {parallel: [7, {id: b, quux: 1}, 8, {id: c, title: x}]}]"
    follow_ups = [line for line in told(text) if "does nothing" in line]
    assert follow_ups == [
        "f.yaml:1:71: the step `c` does nothing; add one of run, uses, function, decide, call, role, sleep, until, parallel, ask, gate"
    ]


def test_a_step_whose_list_lost_an_item_is_not_judged_by_what_is_left_of_it():
    text = "steps: [{id: a, run: x}, {id: b, run: x}, {id: c, run: x, needs: [a, 2], join: quorum 2}]"
    assert told(text) == ["f.yaml:1:70: this takes text, not the number 2; put it in quotes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "steps: [{id: a, run: b, labels: gpu}]",
            "1:25: unknown key `labels` in a step; remove it: every step runs on the host that drives the run",
        ),
        (
            "steps: [{id: a, run: b, workspace: shared}]",
            "1:36: `workspace` takes `none`, `own` or `read`, not the text `shared`; remove it: what a step writes reaches",
        ),
        (
            "steps: [{id: a, run: b}]\nland: pull-request",
            "2:7: `land` takes `branch` or `merge`, not the text `pull-request`; write `land: branch`, and open the pull request",
        ),
        (
            "steps: [{id: a, ask: ok?, env: {A: b}}]",
            "1:27: `env` stands without `run` or `role` or `uses` or `gate`",
        ),
    ],
)
def test_what_nothing_would_act_on_is_refused_with_what_to_do_instead(text: str, said: str) -> None:
    assert any(said in fault for fault in told(text)), told(text)

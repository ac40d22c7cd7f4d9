import pytest

from tests.formats.told import told

HEAD = "inputs: {token: {secret: true}, plain: string}\nsecrets: {GH: {env: GH_TOKEN}}\nsteps:\n"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("run: x, secrets: GHH", "4:28: there is no secret `GHH`; did you mean GH?"),
        ("run: x, secrets: other", "there is no secret `other`; say under `secrets` where it is found"),
        ("run: x, secrets: [plain]", "the input `plain` is no secret; write `plain: {secret: true}`"),
        ("run: x, secrets: {A-B: GH}", "4:34: `A-B` cannot be a variable; write `{A_B: GH}`"),
        ("run: x, secrets: {ROPEWALK_A: GH}", "variables that begin with ROPEWALK_ are ropewalk's own"),
        ("run: x, secrets: {A: GH}, env: {A: b}", "`A` stands under `env` as well; keep one of them"),
        ("ask: Well?, secrets: GH", "nothing is started here that could be given a secret"),
        ("run: x, cache: true, secrets: GH", "a step that is given a secret cannot be cached"),
        ("run: 'x {{ secrets.GH }}'", 'write `secrets: {GH: GH}` on the step, and read it there as `"$GH"`'),
        ("run: 'x {{ inputs.token }}'", "write `secrets: {TOKEN: token}` on the step"),
        ("run: [x, '{{ secrets.GH }}']", "4:24: a secret is never part of a text; write `secrets: {GH: GH}`"),
        ("run: [x, '{{ secrets }}']", "a secret is never part of a text"),
        (
            "run: x, env: {A: '{{ inputs.token }}'}",
            "4:32: `inputs.token` is a secret, and never part of a text",
        ),
        ("run: x, env: {A: \"{{ inputs['token'] }}\"}", "`inputs.token` is a secret"),
        ("run: x, when: inputs.token != ''", "4:25: `inputs.token` is a secret"),
        ("run: x, gate: {condition: inputs.token == 'a'}", "`inputs.token` is a secret"),
        ("run: x, gate: [[x, '{{ inputs.token }}']]", "`inputs.token` is a secret"),
        ("ask: 'Is it {{ inputs.token }}?'", "`inputs.token` is a secret"),
        ("run: x, foreach: '[inputs.token]'", "`inputs.token` is a secret"),
        ("run: x, back_to: {to: a, when: inputs.token == ''}", "`inputs.token` is a secret"),
        ("decide: {routes: {x: {when: inputs.token == '', end: true}}}", "`inputs.token` is a secret"),
        ("call: c, with: {a: '{{ inputs.token }}'}", "give it on with `secrets: {token: token}`"),
    ],
)
def test_a_secret_that_cannot_be_given_so_is_told(step, said):
    assert any(said in one for one in told(f"{HEAD}- {{id: a, {step}}}")), told(f"{HEAD}- {{id: a, {step}}}")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (
            "secrets: {A: {}}",
            "1:14: the secret `A` is found in no way; say one of `env`, `file` and `command`",
        ),
        ("secrets: {A: {env: X, file: y}}", "the secret `A` is found in several ways"),
        ("secrets: {A: {env: sk-live-1}}", "the `env` of `A` is no name of a variable"),
        ("secrets: {A: sk-live-1}", "1:14: `A` takes a mapping, not a text"),
        ("secrets: {A: {environment: X}}", "unknown key `environment`"),
        ("secrets: {A: {env: X}}\ninputs: {A: string}", "an input and a secret are called `A`"),
        (
            "inputs: {A: {secret: true, default: sk-live-1}}",
            "the default of the secret input `A` would stand",
        ),
        ("inputs: {A: {secret: true, type: list}}", "the secret input `A` is a text; write `type: string`"),
        ("roles: {r: {agent: claude, secrets: [B]}}", "1:38: there is no secret `B`"),
        ("inputs: {A: {secret: true}}\noutputs: {o: inputs.A}", "`inputs.A` is a secret"),
    ],
)
def test_a_secret_that_is_said_wrong_is_told_without_its_value(head, said):
    faults = told(f"{head}\nsteps:\n- {{id: a, run: x}}")
    assert any(said in one for one in faults), faults
    assert "sk-live" not in "".join(faults)


@pytest.mark.parametrize(
    "step",
    [
        "run: 'cat secrets.yaml inputs.token', secrets: [GH, token]",
        "run: x, secrets: {T: token, G: GH}, env: {A: '{{ inputs.plain }} inputs.token'}",
        "run: x, gate: 'test \"$GH\"', secrets: GH",
        "uses: noop, gate: 'test \"$GH\"', secrets: GH",
        "call: c, secrets: {key: token}",
    ],
)
def test_what_is_right_is_said_nothing_of(step):
    assert told(f"{HEAD}- {{id: a, {step}}}") == []

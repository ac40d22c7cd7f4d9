"""Which secrets a step names."""

from ropewalk.definition.secrets import (
    named_secrets,
    rehearsal_needs_none,
    secret_inputs,
    secret_source,
    secrets_of_judges,
)
from ropewalk.definition.workflow import Secret
from tests.formats.told import workflow

FLOW = workflow("""
inputs: {the_token: {secret: true}, plain: string}
secrets: {E: {env: X}, F: {file: y}}
roles: {writer: {agent: claude, secrets: [E]}, judge: {agent: claude, secrets: {J: F, the_token: the_token}}}
steps:
- {id: script, run: 'echo "$ROPEWALK_INPUT_THE_TOKEN$ROPEWALK_INPUT_PLAIN"'}
- {id: other, run: 'echo "$ROPEWALK_INPUT_THE_TOKENS"'}
- {id: env, run: [x], env: {Y: $ROPEWALK_INPUT_THE_TOKEN}}
- {id: gate, run: x, gate: 'test "$ROPEWALK_INPUT_THE_TOKEN"'}
- {id: listed, run: x, secrets: [E, the_token]}
- {id: mapped, run: x, secrets: {A: E, B: the_token}}
- {id: role, role: writer, prompt: x, secrets: {A: F}, gate: {verdict: {role: judge, criteria: [good]}}}
- {id: calls, call: child, secrets: [the_token], with: {a: ROPEWALK_INPUT_THE_TOKEN}}
""")
STEPS = {step.id: step for step in FLOW.steps}


def test_a_command_that_mentions_the_variable_of_a_secret_input_names_it():
    for name in ("script", "env", "gate"):
        assert named_secrets(FLOW, STEPS[name]) == {"ROPEWALK_INPUT_THE_TOKEN": "the_token"}
    assert named_secrets(FLOW, STEPS["other"]) == {}


def test_a_list_gives_each_by_its_own_name_and_an_input_by_the_variable_of_inputs():
    assert named_secrets(FLOW, STEPS["listed"]) == {"E": "E", "ROPEWALK_INPUT_THE_TOKEN": "the_token"}
    assert named_secrets(FLOW, STEPS["mapped"]) == {"A": "E", "B": "the_token"}
    assert named_secrets(FLOW, STEPS["calls"]) == {"the_token": "the_token"}


def test_a_role_brings_its_own_to_its_steps_and_to_what_it_judges():
    assert named_secrets(FLOW, STEPS["role"]) == {"E": "E", "A": "F"}
    assert secrets_of_judges(FLOW, STEPS["role"]) == {"J": "F", "the_token": "the_token"}
    assert secrets_of_judges(FLOW, STEPS["gate"]) == {}


def test_a_secret_is_found_where_the_file_says_or_given():
    assert secret_inputs(FLOW) == ("the_token",)
    assert secret_source(FLOW, "E") == Secret(env="X")
    assert secret_source(FLOW, "the_token") == Secret()
    assert secret_source(FLOW, "plain") is None
    assert secret_source(FLOW, "nothing") is None


def test_a_rehearsed_role_needs_no_secret_but_for_its_command_gates():
    assert rehearsal_needs_none(STEPS["role"])
    assert not rehearsal_needs_none(STEPS["gate"])

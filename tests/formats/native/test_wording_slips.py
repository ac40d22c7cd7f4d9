"""Slips of people who come from another system: each is refused at its place, and doing what the fault says mends it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.formats.told import told


class Slip(NamedTuple):
    """`place` and words of the one fault, and what of the text becomes what when its advice is followed."""

    text: str
    place: str
    says: str
    wrong: str
    right: str


STEP = "inputs: {deploy: boolean}\nsteps:\n  - id: a\n    run: x\n    "
BEGUN = "remove it: a run is begun by `ropewalk run`"
CONTAINER = "start the container by the command: `docker run …`"


def key(wrong: str, right: str, says: str) -> Slip:
    """One line more on a step."""
    return Slip(f"{STEP}{wrong}\n", "5:5", says, wrong, right)


def top(wrong: str, says: str, right: str = "") -> Slip:
    """One line more at the top of a file."""
    return Slip(f"{wrong}\nsteps: [{{id: a, run: x}}]", "1:1", says, wrong, right)


def when(wrong: str, right: str, says: str, column: int = 11) -> Slip:
    return Slip(f"{STEP}when: {wrong}\n", f"5:{column}", says, f"when: {wrong}", right and f"when: {right}")


SLIPS = {
    "a template as condition": when(
        "'{{ inputs.deploy }}'", "inputs.deploy", "`{{` cannot stand here; write the condition itself", 12
    ),
    "and": when("inputs.deploy and true", "inputs.deploy && true", "`and` is no operator; write `&&`", 25),
    "or": when("inputs.deploy or true", "inputs.deploy || true", "`or` is no operator; write `||`", 25),
    "not": when("not inputs.deploy", "'!inputs.deploy'", "`not` is no operator; write `!`"),
    "one equals sign": when("inputs.deploy = true", "inputs.deploy == true", "write `==` to compare", 25),
    "a boolean in quotes": when(
        "inputs.deploy == 'true'", "inputs.deploy == true", "write true without quotes", 25
    ),
    "True": when("inputs.deploy == True", "inputs.deploy == true", "write `true`", 28),
    "success()": when("success()", "", "remove it: a step begins when all that it needs has succeeded"),
    "always()": when("always()", "true\n    finally: true", "remove it, and write `finally: true`"),
    "failure()": when("failure()", "true\n    finally: true", "remove it, and write `finally: true`"),
    "steps.b": Slip(
        f"{STEP}when: steps.b.exit_code == 0\n    needs: b\n  - {{id: b, run: x}}",
        "5:11",
        "the name `steps` is not known here; write `outputs.STEP`",
        "steps.b",
        "outputs.b",
    ),
    "env in a condition": when("env.deploy", "inputs.deploy", "declare an input, and read `inputs.NAME`"),
    "if": key("if: inputs.deploy", "when: inputs.deploy", "did you mean when?"),
    "continue-on-error": key("continue-on-error: true", "optional: true", "write `optional: true`"),
    "allow_failure": key("allow_failure: true", "optional: true", "write `optional: true`"),
    "ignore": key("on_failure: ignore", "on_failure: continue", "did you mean continue?")._replace(
        place="5:17"
    ),
    "retries": key("retries: 3", "retry: 3", "did you mean retry?"),
    "a number in quotes": key("retry: '3'", "retry: 3", "remove the quotes")._replace(place="5:12"),
    "yes": key("optional: yes", "optional: true", "write true or false")._replace(place="5:15"),
    "5 minutes": key("timeout: 5 minutes", "timeout: 5m", "; write `5m`")._replace(place="5:14"),
    "timeout-minutes": key("timeout-minutes: 5", "timeout: 5m", "write `timeout: 5m`"),
    "working-directory": key("working-directory: pkg", "dir: pkg", "did you mean dir?"),
    "cwd": key("cwd: pkg", "dir: pkg", "did you mean dir?"),
    "environment": key("environment: {A: b}", "env: {A: b}", "did you mean env?"),
    "depends_on": key("depends_on: []", "needs: []", "did you mean needs?"),
    "runs-on": key(
        "runs-on: ubuntu-latest", "", "remove it: every step runs on the host that drives the run"
    ),
    "container": key("container: node", "", CONTAINER),
    "strategy": key(
        "strategy: {matrix: {os: [a]}}",
        "matrix: {os: [a]}",
        "write `matrix` and `at_most` on the step itself",
    ),
    "max_parallel": Slip(
        f"{STEP}foreach: [a]\n    max_parallel: 2\n",
        "6:5",
        "did you mean at_most?",
        "max_parallel",
        "at_most",
    ),
    "a list without brackets": key(
        "foreach: a, b", "foreach: [a, b]", "write the items as a list: `[a, b]`"
    )._replace(place="5:15"),
    "a list of a step that is not there": Slip(
        f"{STEP}foreach: outputs.list.found\n",
        "5:22",
        "`outputs` has no field `list`; `outputs` holds what each step gave: write a step `list`, or name one",
        "foreach: outputs.list.found\n",
        "foreach: outputs.list.found\n  - {id: list, uses: noop, with: {outputs: {found: [1]}}}\n",
    ),
    "gates": key("gates: [make test]", "gate: [make test]", "did you mean gate?"),
    "a gate's command": key("gate: {command: make}", "gate: {run: make}", "did you mean run?")._replace(
        place="5:12"
    ),
    "outputs of a step": key("outputs: {type: object}", "output: {type: object}", "did you mean output?"),
    "a step without its id": Slip(
        "steps:\n  - name: a\n    run: x\n", "2:5", "did you mean id?", "name: a", "id: a"
    ),
    "an id with a space": Slip("steps:\n  - id: a b\n    run: x\n", "2:9", "write `a-b`", "a b", "a-b"),
    "steps by name": Slip(
        "steps:\n  a:\n    run: x\n", "2:3", "write a list: begin each entry with `- `", "  a:", "  - id: a"
    ),
    "inputs in a list": Slip(
        "inputs:\n  - x: string\nsteps: [{id: a, run: x}]",
        "2:3",
        "write a mapping: each entry by its name, `NAME: …`",
        "- x",
        "  x",
    ),
    "int": Slip(
        "inputs: {x: int}\nsteps: [{id: a, run: x}]", "1:13", "did you mean integer?", "int}", "integer}"
    ),
    "bool": Slip(
        "inputs: {x: bool}\nsteps: [{id: a, run: x}]", "1:13", "did you mean boolean?", "bool}", "boolean}"
    ),
    "an action of GitHub": Slip(
        "steps:\n  - id: c\n    uses: actions/checkout@v4\n",
        "3:11",
        "an action of another system is none: write what it does as `run`",
        "uses: actions/checkout@v4",
        "run: git fetch",
    ),
    "a template in a script": Slip(
        f"{STEP[:-5].replace('run: x', 'run: echo {{ inputs.deploy }}')}\n",
        "4:15",
        'set it under `env` and read it as `"$NAME"`',
        "run: echo {{ inputs.deploy }}",
        'run: echo "$NAME"\n    env: {NAME: "{{ inputs.deploy }}"}',
    ),
    "a tab": Slip("steps:\n\t- id: a\n\t  run: x", "2:1", "indent with spaces", "\t", "  "),
    "a key twice": Slip(
        "steps:\n  - id: a\n    run: x\n    run: y\n",
        "4:5",
        "line 3 has it too: keep one",
        "    run: y\n",
        "",
    ),
    "jobs": Slip("jobs: [{id: a, run: x}]", "1:1", "did you mean steps?", "jobs", "steps"),
    "schedule": top("schedule: '0 3 * * *'", BEGUN),
    "on": top("on: {push: {branches: [main]}}", BEGUN),
    "triggers": top("triggers: [push]", BEGUN),
    "env of the whole file": top("env: {A: b}", "write it under `defaults`", "defaults: {env: {A: b}}"),
    "concurrency": top("concurrency: deploy", "let the command take a lock: `flock FILE COMMAND`"),
    "labels": key("labels: [gpu]", "", "remove it: every step runs on the host that drives the run"),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refused_at_its_place_and_what_the_fault_says_mends_it(slip: Slip):
    (fault,) = told(slip.text)
    assert fault.startswith(f"f.yaml:{slip.place}: "), fault
    assert slip.says in fault
    assert slip.wrong in slip.text
    assert told(slip.text.replace(slip.wrong, slip.right)) == []

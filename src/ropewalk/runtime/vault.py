"""Secrets while they are used: values of secret inputs, in the memory of this process only, and what an attempt is given.

Nothing here is ever written anywhere; a process that was not told the values asks for them by pausing the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ropewalk.agents import Redactor, look_up_secret
from ropewalk.core import STEP_ENDED, State
from ropewalk.definition import (
    SECRET_MARK,
    Secret,
    named_secrets,
    secret_inputs,
    secret_source,
    secrets_of_judges,
)
from ropewalk.errors import SecretError
from ropewalk.runtime.assignment import Assignment


class Vault:
    """By run and input a value, or where the run that called it says that the value is found."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, str | Secret]] = {}

    def put(self, run: str, values: Mapping[str, str | Secret]) -> None:
        """Hold these for the run."""
        if values:
            self._held.setdefault(run, {}).update(values)

    def of(self, run: str) -> Mapping[str, str | Secret]:
        """What is held for the run."""
        return self._held.get(run, {})

    def forget(self, run: str) -> None:
        """The run is over."""
        self._held.pop(run, None)

    def pass_on(self, state: State, key: str, child: str) -> None:
        """Hold for a called run what the step that called it gives on."""
        step = state.step(key)
        for name, wanted in named_secrets(state.workflow, step).items():
            place = secret_source(state.workflow, wanted)
            value = self.of(state.run).get(wanted) if place == Secret() else place
            if value is not None:
                self.put(child, {name: value})

    def lacking(self, state: State) -> tuple[str, ...]:
        """The inputs whose values were given once, are not here, and are named by a step that has not ended."""
        held = self.of(state.run)
        missing = [
            name
            for name in secret_inputs(state.workflow)
            if state.inputs.get(name) == SECRET_MARK and name not in held
        ]
        if not missing:
            return ()
        needed: set[str] = set()
        for st in state.steps.values():
            if not st.parent and st.status not in STEP_ENDED:
                step = state.graph.steps[st.index]
                needed.update(
                    named_secrets(state.workflow, step).values(),
                    secrets_of_judges(state.workflow, step).values(),
                )
        return tuple(name for name in missing if name in needed)


class HeldSecrets:
    """What one attempt is given: `variables` are its environment, `by_name` all that it or its judges may see."""

    def __init__(
        self, by_name: Mapping[str, str] | None = None, variables: Mapping[str, str] | None = None
    ) -> None:
        self.by_name = dict(by_name or {})
        self.variables = {
            variable: self.by_name[name]
            for variable, name in (variables or {}).items()
            if name in self.by_name
        }
        self.redactor = Redactor(self.by_name)


NOTHING = HeldSecrets()


class Secrets:
    """Finds what an attempt is given, on the host on which it is done. `project` is where relative files are."""

    def __init__(self, vault: Vault, project: Path) -> None:
        self._vault = vault
        self._project = project

    async def held(self, assignment: Assignment, spool: Path) -> HeldSecrets:
        """Raises SecretError, before anything of the attempt has begun."""
        if not assignment.secrets:
            return NOTHING
        run = assignment.spot.run
        values: dict[str, str] = {}
        for name, secret in assignment.secrets.items():
            place = secret
            if secret == Secret():
                known = self._vault.of(run).get(name)
                if known is None:
                    raise SecretError(
                        name=name, reason=f"its value is not here: {how_to_give_secrets(run, (name,))}"
                    )
                if isinstance(known, str):
                    values[name] = known
                    continue
                place = known
            values[name] = await look_up_secret(name, place, self._project, spool)
        return HeldSecrets(values, assignment.brief.secrets)


def how_to_give_secrets(run: str, names: tuple[str, ...]) -> str:
    """The command that gives a run the values of its secret inputs again."""
    return " ".join(["ropewalk drive", run, *(f"-i {name}=@env:NAME" for name in names)])

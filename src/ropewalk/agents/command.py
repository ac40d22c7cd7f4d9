"""Any other command as an agent: it reads the prompt from a file or its input, works in the folder, and ends.

Its exit code and the evidence decide; what it says about itself in the answer's JSON is data like all else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ropewalk.agents import bubblewrap, environment, exchange
from ropewalk.agents.answer import handoff_of, last_object, outcome_of
from ropewalk.agents.confine import NOT_CONFINED, Confinement, Reach, named_files, near, reach_of
from ropewalk.agents.failures import EXIT_CODES, RULES, Rule, classify
from ropewalk.agents.inside import folder_inside
from ropewalk.agents.port import Desk, Probe
from ropewalk.agents.prompt import compose
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.definition import Confine, ErrorClass
from ropewalk.errors import Unconfinable
from ropewalk.processes import Exit, ProcessLimits, call_program, run_process
from ropewalk.transient import passing_trouble

_PROBE_SECONDS = 20.0
_PROBE_BYTES = 1_048_576
_SUMMARY_CHARS = 2_000


class CommandSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a command is an agent. These stand in `argv` as elements of their own and nowhere else: `{prompt_file}`,
    `{result_file}`, `{folder}`, `{model}` (left out, with the element before it, where the role names no model).

    Without `{prompt_file}` the prompt is the standard input. `passed` are names or patterns of our variables that the
    command may see; `env` is given as it is. `version` is an argv that prints a version. `rules` are tried before
    ropewalk's own. `limits` hold for the command and all that it starts. `confine` puts it into bubblewrap; there it writes of your
    home what `keeps` names, and `readable` is what else it must read.
    """

    argv: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    env: dict[str, str] = {}
    passed: tuple[str, ...] = ()
    confine: Confine = "none"
    network: bool = True
    keeps: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    exit_codes: dict[int, ErrorClass] = {}
    limits: ProcessLimits | None = None
    hint: str = ""


class CommandAgent:
    """Outputs, facts, route and handoff come from the file ROPEWALK_OUTPUT, else from a JSON block that ends its output."""

    rehearses = False
    confines = True

    def __init__(self, name: str, settings: CommandSettings, confinement: Confinement = NOT_CONFINED) -> None:
        self.name = name
        self.confine = settings.confine
        self._settings = settings
        self._confinement = confinement
        self._probed: dict[bool, Probe] = {}

    async def probe(self, *, confined: bool = False) -> Probe:
        """Looks for the program once it was found, anew each time while it is not."""
        confined = confined or self._confinement.wanted(self._settings.confine)
        if confined not in self._probed or not self._probed[confined].usable:
            self._probed[confined] = await self._look(confined=confined)
        return self._probed[confined]

    async def perform(self, brief: Brief, desk: Desk) -> Outcome:
        variables = {**self._settings.env, **brief.env, **exchange.brief_variables(brief, desk)}
        result = desk.spool / exchange.OUTPUT_FILE
        prompt = desk.spool / "prompt.md"
        prompt.write_text(compose(brief, result), encoding="utf-8")
        argv = self._argv(
            {"{prompt_file}": prompt, "{result_file}": result, "{folder}": desk.folder}, brief.role.model
        )
        env = environment.clean_environment(variables, self._settings.passed)
        try:
            env = environment.clean_environment(variables, self._settings.passed)
            exchange.refuse_too_long(argv, env)
            exited = await run_process(
                self._wrapped(argv, brief, desk, env),
                desk,
                env=env,
                folder=folder_inside(desk.folder, brief.folder),
                stdin=None if "{prompt_file}" in self._settings.argv else prompt,
                output_bytes=brief.output_bytes,
                grace_seconds=brief.timeout.grace_seconds,
                limits=self._settings.limits,
            )
        except (Unconfinable, OSError, ValueError) as fault:
            if passing_trouble(fault):
                raise
            return self._failed(
                Failure(kind="permanent", message=f"{self.name} could not be started: {fault}")
            )
        if exited.code:
            rules = (*self._settings.rules, *RULES)
            codes = {**EXIT_CODES, **self._settings.exit_codes}
            return self._failed(
                classify(exited.code, f"{exited.out}\n{exited.err}", desk.now(), rules, codes)
            )
        try:
            return self._answered(exited, result, brief)
        except ValueError as fault:
            return self._failed(Failure(kind="invalid_output", message=f"{self.name}: {fault}"))

    def _wrapped(self, argv: list[str], brief: Brief, desk: Desk, env: Mapping[str, str]) -> list[str]:
        settings = self._settings
        if not self._confinement.wanted(settings.confine, brief.role.confine, brief.confine):
            return argv
        return self._confined(argv, settings.argv, env, reach_of(desk))

    def _confined(
        self, argv: list[str], named_in: Sequence[str], env: Mapping[str, str], reach: Reach
    ) -> list[str]:
        """`named_in` are words of it that the settings say: what they name can be read."""
        settings = self._settings
        words = tuple(word for word in named_in if os.path.isabs(word))
        readable = (*settings.readable, *words, *named_files(env, (*settings.passed, *settings.env)))
        keeps = tuple(Path.home() / name for name in settings.keeps)
        reach = msgspec.structs.replace(
            reach, writable=(*reach.writable, *keeps), readable=(*reach.readable, *readable)
        )
        return self._confinement.wrap(reach, network=settings.network)(argv)

    def _argv(self, places: Mapping[str, Path], model: str) -> list[str]:
        argv: list[str] = []
        for element in self._settings.argv:
            if element == "{model}" and not model:
                argv = argv[:-1]
            else:
                argv.append(model if element == "{model}" else str(places.get(element, element)))
        return argv

    def _answered(self, exited: Exit, result: Path, brief: Brief) -> Outcome:
        answer: dict[str, Any] | None = exchange.read_output(result)
        if answer is None:
            wanted = bool(brief.output_schema or brief.wants_facts or brief.wants_route)
            answer = last_object(exited.out) if wanted or exited.out.rstrip().endswith("```") else {}
        outcome = outcome_of(answer, brief, self.name)
        if outcome.handoff is None and exited.out.strip():
            summary = exited.out.strip()[-_SUMMARY_CHARS:]
            return msgspec.structs.replace(outcome, handoff=handoff_of(summary, brief))
        return outcome

    def _failed(self, failure: Failure) -> Outcome:
        return Outcome(failure=failure, agent=self.name)

    async def _look(self, *, confined: bool) -> Probe:
        program = self._settings.argv[0]
        if shutil.which(program) is None:
            hint = self._settings.hint or f"install {program}, or put it on the PATH"
            return Probe(
                self.name, installed=False, usable=False, reason=f"{program} was not found", hint=hint
            )
        if confined and (fault := bubblewrap.fault()):
            return Probe(self.name, installed=True, usable=False, reason=fault.reason, hint=fault.hint)
        if not self._settings.version:
            return Probe(self.name, installed=True, usable=True)
        code, printed = await self._printed_by(self._settings.version, confined=confined)
        first = next(iter(printed.strip().splitlines()), "")[:100]
        if code:
            reason = f"`{' '.join(self._settings.version)}` ended with {code}: {first}"
            return Probe(self.name, installed=True, usable=False, reason=reason, hint=self._settings.hint)
        return Probe(self.name, installed=True, usable=True, version=first)

    async def _printed_by(self, argv: tuple[str, ...], *, confined: bool) -> tuple[int, str]:
        """Exit code and output of a short command; a code of 124 when it does not end."""
        env = environment.clean_environment({})
        with tempfile.TemporaryDirectory(prefix="ropewalk-") as folder:
            reach = Reach(Path(folder), readable=near(argv))
            words = self._confined(list(argv), argv, env, reach) if confined else argv
            try:
                code, out, err = await call_program(
                    words, folder=os.getcwd(), env=env, seconds=_PROBE_SECONDS, cap=_PROBE_BYTES
                )
            except ChildProcessError as fault:
                return 124, str(fault)
            except (OSError, ValueError) as fault:
                return 127, str(fault)
        return code, (out + err).decode("utf-8", "replace")

"""Templates: each can be parsed, uses names and filters that there are, and reads only what is there by then.

Jinja2 is loaded only for a workflow that has a template with something to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from weft.definition.check.scope import Scope
from weft.definition.check.subject import Subject
from weft.definition.fault import nearest
from weft.definition.findings import Path
from weft.definition.workflow import Gate, Step

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

MARKS: Final = ("{{", "{%", "{#")
BLANK: Final = re.compile(r"\{\{-?\s*[A-Za-z_][\w.\[\]'\"]*\s*(?:\||-?\}\})")
"""A blank of ours in a script; `{{.State}}` and `{{json .}}` belong to programs that the script calls."""
GUARDS: Final = re.compile(r"\bis\s+(not\s+)?defined\b|\|\s*(default|d)\b")


def check_templates(subject: Subject, scope: Scope) -> None:
    """Prompts, arguments, environments and criteria of every step; scripts are none, and say so."""
    for path, step in subject.steps():
        for place, script in _scripts(step):
            match = BLANK.search(script)
            if match:
                what = "a script is no template: what `{{ … }}` would fill in could run as a command"
                mend = 'set it under `env` and read it as `"$NAME"`, or write `run` as a list of arguments'
                subject.findings.fault((*path, *place), what, mend, offset=match.start())
        names: Mapping[str, Any] | None = None
        for place, text in _templates(step):
            if any(mark in text for mark in MARKS):
                names = names or scope.of(step, own=place[0] == "gates")
                _Template(subject, scope, step, (*path, *place), text).check(names)


def _scripts(step: Step) -> Iterator[tuple[Path, str]]:
    if "script" in step.args and step.kind == "run":
        yield ("args", "script"), str(step.args["script"])
    for index, gate in enumerate(step.gates):
        if gate.kind == "command" and "script" in gate.args:
            yield ("gates", index, "script"), str(gate.args["script"])


def _templates(step: Step) -> Iterator[tuple[Path, str]]:
    yield ("prompt",), step.prompt
    yield ("handoff",), step.handoff
    for name, value in step.env.items():
        yield ("env", name), value
    key = {"run": "argv", "function": "with", "call": "inputs", "noop": "outputs"}.get(step.kind)
    if key:
        yield from _texts(("args", key), step.args.get(key))
    if step.decision is not None:
        yield ("decision", "prompt"), step.decision.prompt
    for name, approval in (("ask", step.ask), ("approve", step.approve)):
        if approval is not None:
            yield (name, "prompt"), approval.prompt
    for index, gate in enumerate(step.gates):
        yield from _of_gate(("gates", index), gate)


def _of_gate(path: Path, gate: Gate) -> Iterator[tuple[Path, str]]:
    if gate.kind == "command":
        yield from _texts((*path, "argv"), gate.args.get("argv"))
    elif gate.kind == "verdict":
        yield from _texts((*path, "verdict"), gate.args)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts((*path, key), one)
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _texts((*path, index), one)


class _Template:
    """One template of one step."""

    def __init__(self, subject: Subject, scope: Scope, step: Step, path: Path, text: str) -> None:
        self.subject = subject
        self.scope = scope
        self.step = step
        self.path = path
        self.text = text

    def check(self, names: Mapping[str, Any]) -> None:
        """Syntax first; then names, filters, and what is read of inputs, facts and outputs."""
        from jinja2 import Environment, TemplateSyntaxError, meta, nodes

        environment = Environment(autoescape=False)  # noqa: S701 - parsed, never rendered
        try:
            tree = environment.parse(self.text)
        except TemplateSyntaxError as error:
            self._fault(self._line(error.lineno), f"the template cannot be read: {error.message}")
            return
        for name in sorted(meta.find_undeclared_variables(tree) - names.keys() - environment.globals.keys()):
            self._fault(self._find(rf"\b{re.escape(name)}\b"), f"there is no name `{name}`", name, names)
        self._words(tree, environment)
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            self._read(node, names)

    def _words(self, tree: nodes.Template, environment: Environment) -> None:
        from jinja2 import nodes

        for kind, known, sign in (
            (nodes.Filter, environment.filters, r"\|\s*"),
            (nodes.Test, environment.tests, r"\bis\s+(?:not\s+)?"),
        ):
            for node in tree.find_all(kind):
                name: str = node.name
                if name not in known:
                    word = "filter" if kind is nodes.Filter else "test"
                    self._fault(
                        self._find(sign + re.escape(name)), f"there is no {word} `{name}`", name, known
                    )

    def _read(self, node: Any, names: Mapping[str, Any]) -> None:
        """`inputs.x`, `facts.x` and `outputs.x`, or the same in brackets."""
        from jinja2 import nodes

        if not isinstance(node.node, nodes.Name) or node.node.name not in ("inputs", "facts", "outputs"):
            return
        base = node.node.name
        name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        if not isinstance(name, str):
            return
        at = self._find(rf"\b{base}\s*(?:\.\s*|\[\s*['\"]){re.escape(name)}")
        fields = names[base].fields
        if name not in fields and names[base].closed:
            dashed = [one for one in fields if one.startswith(f"{name}-") and f"{base}.{one}" in self.text]
            if dashed:
                mend = f"write {base}['{dashed[0]}']"
                self.subject.findings.fault(
                    self.path, f"`{base}.{dashed[0]}` would be a subtraction", mend, offset=at
                )
            else:
                self._fault(at, f"there is no `{base}.{name}`", name, fields)
        elif base == "outputs" and name in self.subject.by_id and self.path[2] != "gates":
            why = self.scope.missing(self.step, name)
            if why and not GUARDS.search(self.text):
                mend = "" if name == self.step.id else f"add `needs: [{name}]`"
                self.subject.findings.fault(
                    self.path, f"`outputs.{name}` is not there yet: {why}", mend, offset=at
                )

    def _fault(self, at: int, what: str, name: str = "", names: Any = ()) -> None:
        near = nearest(name, names) if name else ""
        mend = f"there are {', '.join(sorted(names))}" if not near and 0 < len(names) <= 8 else ""
        self.subject.findings.fault(self.path, what, mend, nearest=near, offset=at)

    def _find(self, pattern: str) -> int:
        match = re.search(pattern, self.text)
        return match.start() if match else 0

    def _line(self, number: int) -> int:
        """Where a line of the template begins, or rather its first mark."""
        start = sum(len(row) + 1 for row in self.text.split("\n")[: number - 1])
        marks = [at for mark in MARKS if (at := self.text.find(mark, start)) >= 0]
        return min(marks, default=start)

"""Templates: each can be parsed, uses names and filters that there are, and reads only what is there by then.

Jinja2 is loaded only for a workflow that has a template with something to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ropewalk.definition.check.conditions import DASHED
from ropewalk.definition.check.scope import AT_LANDING, BEFORE, Scope
from ropewalk.definition.check.secrets import secret_in, way_right
from ropewalk.definition.check.subject import Subject
from ropewalk.definition.check.texts import OWN, plain_texts, role_texts, scripts_of, templates_of
from ropewalk.definition.condition import ANY, Type
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.workflow import Step
from ropewalk.rendering import MARKS, is_template, literal

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

SECRETS: Final = "secrets"
NATIVE: Final = "ropewalk"
PLACEHOLDER: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
BLANK: Final = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)[\w.\[\]'\"]*\s*(?:\||-?\}\})")
"""A placeholder in a script that may be meant for us; `{{.State}}` and `{{json .}}` belong to programs that the script calls."""
GUARDS: Final = re.compile(r"\bis\s+(not\s+)?defined\b|\|\s*(default|d)\b")


def check_templates(subject: Subject, scope: Scope) -> None:
    """Every template of the workflow; scripts and texts that are shown as they are written are none, and say so."""
    for path, step in subject.steps():
        for place, script in scripts_of(step):
            _script(subject, scope, step, (*path, *place), script)
        scopes: dict[bool, Mapping[str, Any]] = {}
        for place, text in templates_of(step):
            if is_template(text):
                own = place[0] in OWN
                if own not in scopes:
                    scopes[own] = scope.of(step, own=own)
                _Template(subject, scope, step, (*path, *place), text).check(scopes[own])
    names = {name: scope.names[name] for name in ("inputs", "run")}
    if is_template(subject.workflow.title):
        title = _Template(subject, scope, _NO_STEP, ("title",), subject.workflow.title)
        title.check({**names, "run": BEFORE})
    if is_template(subject.workflow.squash):
        message = _Template(subject, scope, _NO_STEP, ("squash",), subject.workflow.squash)
        message.check({**names, "run": AT_LANDING})
    for name, role in subject.workflow.roles.items():
        for place, text in role_texts(role):
            if is_template(text):
                template = _Template(subject, scope, _NO_STEP, ("roles", name, *place), text)
                template.check(names)
    if subject.workflow.format == NATIVE:
        for place, text in plain_texts(subject.workflow):
            _plain(subject, place, text)


def _script(subject: Subject, scope: Scope, step: Step, path: Path, script: str) -> None:
    """Only what means a name of ours is a slip: other programs have such braces too."""
    ours = {*scope.of(step), SECRETS, "item"}
    match = next((m for m in BLANK.finditer(script) if m[1] in ours or nearest(m[1], ours)), None)
    if match is None:
        return
    message = "a script is no template: what `{{ … }}` would fill in could run as a command"
    hint = (
        'set it under `env` and read it as `"$NAME"`, or write `run` as a list of arguments; braces of another program '
        f"stand under `env` as `{literal('{{')}`"
    )
    if secret := secret_in(subject, match[0]):
        hint = way_right(secret, step.kind)
    subject.findings.fault(path, message, hint, offset=match.start())


def _plain(subject: Subject, path: Path, text: str) -> None:
    match = PLACEHOLDER.search(text)
    if match:
        message = "nothing is filled in here: this text is shown as it is written"
        hint = "say it in a `prompt` or a `title`; where braces are meant, write `{ {`"
        subject.findings.fault(path, message, hint, offset=match.start())


_NO_STEP: Final = Step("", "role")
"""In whose name the texts of roles are looked at."""


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
        from jinja2 import Environment, TemplateSyntaxError, meta, nodes, pass_context

        # A finalizer that asks for the context, and no optimizer: else Jinja2 works out `[1] * 10**9` while it looks for names.
        late = pass_context(lambda _, value: value)
        environment = Environment(autoescape=False, finalize=late)  # noqa: S701 - parsed, never rendered
        tracker = meta.TrackingCodeGenerator(environment)
        tracker.optimizer = None
        try:
            tree = environment.parse(self.text)
            if self._dashed() | self._words(tree, environment):
                return
            tracker.visit(tree)
            undeclared = tracker.undeclared_identifiers
        except TemplateSyntaxError as error:
            self._fault(self._line(error.lineno), f"the template cannot be read: {error.message}")
            return
        except (RecursionError, ValueError, OverflowError):
            self._fault(0, "the template cannot be read: it is nested too deep, or holds too large a number")
            return
        for name in sorted(undeclared - names.keys() - environment.globals.keys()):
            at = self._find(rf"\b{re.escape(name)}\b")
            if name == SECRETS:
                message = "a secret is never part of a text"
                hint = way_right(secret_in(self.subject, self.text) or "NAME", self.step.kind)
                self.subject.findings.fault(self.path, message, hint, offset=at)
            else:
                self._fault(at, f"there is no name `{name}`", name, names)
        set_here = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
        ours = {name: type_ for name, type_ in names.items() if name not in set_here}
        for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
            self._read(node, ours)

    def _dashed(self) -> bool:
        matches = [match for match in DASHED.finditer(self.text) if match[1] in self.subject.named]
        for match in matches:
            message = f"`outputs.{match[1]}` would be a subtraction"
            hint = f"write outputs['{match[1]}']"
            self.subject.findings.fault(self.path, message, hint, offset=match.start())
        return bool(matches)

    def _words(self, tree: nodes.Template, environment: Environment) -> bool:
        """Filters and tests that there are not, and tags that would need other files."""
        from jinja2 import nodes

        before = len(self.subject.findings.faults)
        filters = (nodes.Filter, environment.filters, "filter", r"\|\s*")
        tests = (nodes.Test, environment.tests, "test", r"\bis\s+(?:not\s+)?")
        for kind, known, word, sign in (filters, tests):
            for node in tree.find_all(kind):
                if node.name not in known:
                    at = self._find(sign + re.escape(node.name))
                    self._fault(at, f"there is no {word} `{node.name}`", node.name, known)
        for part in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            self._fault(self._line(part.lineno), "a template cannot take in another one")
        return len(self.subject.findings.faults) > before

    def _read(self, node: Any, names: Mapping[str, Any]) -> None:
        """`inputs.x`, `facts.x` and `outputs.x`, or the same in brackets; and what is read of these."""
        from jinja2 import nodes

        name = _field(node)
        item = self.step.foreach.name if self.step.foreach else ""
        if not isinstance(node.node, nodes.Name) or node.node.name == item:
            self._read_deeper(node, name, names)
            return
        base = node.node.name
        if not name or base not in names or base not in ("inputs", "facts", "outputs", "run"):
            return
        at = self._find(rf"\b{base}\s*(?:\.\s*|\[\s*['\"]){re.escape(name)}")
        fields = names[base].fields
        if name not in fields and names[base].closed:
            self._fault(at, f"there is no `{base}.{name}`", name, fields)
        elif base == "outputs" and name in self.subject.by_id and self.path[2] not in OWN:
            why = self.scope.missing(self.step, name)
            if why and not GUARDS.search(self.text):
                hint = "" if name == self.step.id else f"add `needs: [{name}]`"
                self.subject.findings.fault(
                    self.path, f"`outputs.{name}` is not there yet: {why}", hint, offset=at
                )

    def _read_deeper(self, node: Any, name: str, names: Mapping[str, Any]) -> None:
        owner = _type_of(node.node, names)
        if not name or not owner.closed or name in owner.fields or hasattr(dict, name):
            return
        if not GUARDS.search(self.text):
            at = self._find(rf"(?:\.\s*|\[\s*['\"]){re.escape(name)}")
            self._fault(at, f"there is no `{_written(node)}`", name, owner.fields)

    def _fault(self, at: int, message: str, name: str = "", names: Any = ()) -> None:
        near = nearest(name, names) if name else ""
        hint = f"there are {', '.join(sorted(names))}" if not near and 0 < len(names) <= 8 else ""
        self.subject.findings.fault(self.path, message, hint, nearest=near, offset=at)

    def _find(self, pattern: str) -> int:
        match = re.search(pattern, self.text)
        return match.start() if match else 0

    def _line(self, number: int) -> int:
        """Where a line of the template begins, or rather its first mark."""
        start = sum(len(row) + 1 for row in self.text.split("\n")[: number - 1])
        marks = [at for mark in MARKS if (at := self.text.find(mark, start)) >= 0]
        return min(marks, default=start)


def _field(node: Any) -> str:
    """The name that is read; empty where it is worked out."""
    name = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", None)
    return name if isinstance(name, str) else ""


def _type_of(node: Any, names: Mapping[str, Any]) -> Type:
    """What a chain of names stands for, as far as that is declared."""
    way: list[Any] = []
    while hasattr(node, "node"):
        way.append(node)
        node = node.node
    type_: Type = names.get(getattr(node, "name", ""), ANY)
    for part in reversed(way):
        type_ = type_.fields.get(_field(part), ANY)
    return type_


def _written(node: Any) -> str:
    """The chain as people write it."""
    parts: list[str] = []
    while hasattr(node, "node"):
        parts.append(_field(node))
        node = node.node
    return ".".join([getattr(node, "name", ""), *reversed(parts)])

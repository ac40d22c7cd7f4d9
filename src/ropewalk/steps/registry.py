"""What there is by name: built-in kinds and gates, and the plug-ins of entry points. Nothing is imported before it is used.

A plug-in that cannot be loaded is a PluginError for the one who asks for it and a line in `faults`; it takes nothing down.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ropewalk.errors import PluginError
from ropewalk.steps.plugged import Plugged
from ropewalk.steps.port import GateKind, Kind

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KINDS = {
    "run": "ropewalk.steps.run:Run",
    "role": "ropewalk.steps.role:RoleKind",
    "decide": "ropewalk.steps.role:Decide",
    "function": "ropewalk.steps.function:FunctionKind",
    "noop": "ropewalk.steps.noop:Noop",
}
CORE_KINDS = ("ask", "call", "sleep")
"""Kinds that nobody performs: the core does them."""
INTERNAL_KINDS = {"merge": "ropewalk.steps.merge:Merge"}
"""Kinds that no file may ask for: ropewalk itself adds their steps to a workflow."""

GATES = {
    "command": "ropewalk.steps.gates.command:CommandGate",
    "condition": "ropewalk.steps.gates.condition:ConditionGate",
    "thresholds": "ropewalk.steps.gates.thresholds:Thresholds",
    "artifacts": "ropewalk.steps.gates.artifacts:ArtifactsGate",
    "document": "ropewalk.steps.gates.document:DocumentGate",
    "verdict": "ropewalk.steps.gates.verdict:Reviewed",
}


class Registry:
    """The things of one entry point group. `needs` are the attributes that a thing must have to be of use.

    `look_up` gives the entry points of a group; it is asked once, and only for a name that is not built in.
    """

    def __init__(
        self,
        group: str,
        built_in: Mapping[str, str],
        needs: tuple[str, ...],
        look_up: Callable[[str], Iterable[EntryPoint]] | None = None,
    ) -> None:
        self.group = group
        self.faults: list[PluginError] = []
        self._built_in = built_in
        self._needs = needs
        self._found = look_up or _installed
        self._points: dict[str, EntryPoint] | None = None
        self._loaded: dict[str, Any] = {}
        self._failed: dict[str, PluginError] = {}

    def names(self) -> tuple[str, ...]:
        """Every name, built-in ones first, without importing any."""
        return (*self._built_in, *sorted(self._plugins()))

    def get(self, name: str) -> Any:
        """The thing of that name, one for all who ask. Raises PluginError when there is none or it cannot be loaded."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def load_all(self) -> list[PluginError]:
        """Try every plug-in, as `ropewalk doctor` does; gives all that is wrong with any of them."""
        for name in self._plugins():
            try:
                self.get(name)
            except PluginError:
                continue
        return self.faults

    def _load(self, name: str) -> Any:
        if name in self._failed:
            raise self._failed[name]
        if name in self._built_in:
            module, _, attribute = self._built_in[name].partition(":")
            return getattr(importlib.import_module(module), attribute)()
        point = self._plugins().get(name)
        if point is None:
            raise PluginError(name=name, reason=f"nothing of that name is installed for {self.group}")
        try:
            loaded = point.load()
            made = loaded() if isinstance(loaded, type) else loaded
        except (Exception, SystemExit, KeyboardInterrupt) as fault:
            raise self._fault(name, f"{point.value} raised {type(fault).__name__}: {fault}") from fault
        lacking = [need for need in self._needs if not hasattr(made, need)]
        if lacking:
            raise self._fault(name, f"{point.value} lacks {', '.join(lacking)}")
        return Plugged(name, made)

    def _plugins(self) -> dict[str, EntryPoint]:
        if self._points is None:
            self._points = {}
            for point in self._found(self.group):
                earlier = self._built_in.get(point.name) or getattr(
                    self._points.get(point.name), "value", None
                )
                if earlier:
                    self._fault(point.name, f"{point.value} takes a name that {earlier} has", known=False)
                else:
                    self._points[point.name] = point
        return self._points

    def _fault(self, name: str, reason: str, *, known: bool = True) -> PluginError:
        fault = PluginError(name=name, reason=reason, group=self.group)
        self.faults.append(fault)
        if known:
            self._failed[name] = fault
        return fault


class Kinds(Registry):
    """Step kinds, group `ropewalk.steps`."""

    def __init__(self, look_up: Callable[[str], Iterable[EntryPoint]] | None = None) -> None:
        built_in = {**KINDS, **INTERNAL_KINDS}
        super().__init__("ropewalk.steps", built_in, ("name", "schema", "workspace", "perform"), look_up)

    def names(self) -> tuple[str, ...]:
        """Those that a file may ask for."""
        return tuple(name for name in super().names() if name not in INTERNAL_KINDS)

    def kind(self, name: str) -> Kind:
        """Raises PluginError."""
        kind: Kind = self.get(name)
        return kind


class Gates(Registry):
    """Gates, group `ropewalk.gates`."""

    def __init__(self, look_up: Callable[[str], Iterable[EntryPoint]] | None = None) -> None:
        super().__init__("ropewalk.gates", GATES, ("name", "schema", "judge"), look_up)

    def gate(self, name: str) -> GateKind:
        """Raises PluginError."""
        gate: GateKind = self.get(name)
        return gate


def plugin_agents(look_up: Callable[[str], Iterable[EntryPoint]] | None = None) -> Registry:
    """Agents of plug-ins, group `ropewalk.agents`; those of ropewalk itself are made from the settings."""
    return Registry("ropewalk.agents", {}, ("name", "probe", "perform"), look_up)


def notifiers(look_up: Callable[[str], Iterable[EntryPoint]] | None = None) -> Registry:
    """What tells of events in a way of its own (`steps.port.Notifier`), group `ropewalk.notifiers`."""
    return Registry("ropewalk.notifiers", {}, ("name", "notify"), look_up)


def _installed(group: str) -> Iterable[EntryPoint]:
    from importlib.metadata import entry_points

    return entry_points(group=group)

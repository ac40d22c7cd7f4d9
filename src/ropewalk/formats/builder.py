"""Workflows written in Python: the keys of the file format as keyword arguments, functions as steps.

What is built goes the same way as a file: same defaults, same checks, same Workflow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from ropewalk.definition import Known, Workflow
from ropewalk.formats.loading import Loaded, load_data

Function = TypeVar("Function", bound=Callable[..., Any])
KEYS: Final = "_ropewalk_step"
PYTHON: Final = {"with_": "with", "as_": "as", "finally_": "finally"}
"""Keys that are words of Python are written with an underscore behind."""


def step(**keys: Any) -> Callable[[Function], Function]:
    """Mark a function as a step: `@ropewalk.step(needs=[fetch], retry=3)`; `flow.add` then takes it.

    The keys are those of a step in a file; `needs` also takes functions. The step's id is the function's name by
    default. The function itself stays as it is and can be called.
    """

    def mark(function: Function) -> Function:
        setattr(function, KEYS, keys)
        return function

    return mark


def flow(name: str, **keys: Any) -> Flow:
    """A workflow to be built: `name` and the keys at the top of a file (`inputs`, `limits`, `outputs`, ...)."""
    return Flow(name, **keys)


class Flow:
    """Collects steps in order. `functions` are the functions by the names under which the steps refer to them."""

    def __init__(self, name: str, **keys: Any) -> None:
        self.name = name
        self.functions: dict[str, Callable[..., Any]] = {}
        self._keys = _written(keys)
        self._steps: list[dict[str, Any]] = []

    def add(self, *functions: Callable[..., Any], **keys: Any) -> Flow:
        """Add functions as steps, or one step by its keys alone (`flow.add(id="say", run=["echo", "hi"])`)."""
        if not functions:
            self._steps.append(_written(keys))
        for function in functions:
            self._function(function, {**getattr(function, KEYS, {}), **keys})
        return self

    def step(self, **keys: Any) -> Callable[[Function], Function]:
        """The same as a decorator: mark the function and add it at once."""

        def mark(function: Function) -> Function:
            self._function(function, {**getattr(function, KEYS, {}), **keys})
            return function

        return mark

    def load(self, known: Known = Known()) -> Loaded:  # noqa: B008 - frozen, all None
        """The checked workflow with its digest and warnings. InvalidDefinition: all faults, each naming its step."""
        data = {**self._keys, "name": self.name, "steps": self._steps}
        return load_data(data, name=self.name, known=known)

    def workflow(self) -> Workflow:
        """The checked workflow. InvalidDefinition as above."""
        return self.load().workflow

    def _function(self, function: Callable[..., Any], keys: dict[str, Any]) -> None:
        name = f"{function.__module__}:{function.__qualname__}"
        if "<" in name:
            name = function.__name__.strip("<>")
        self.functions[name] = function
        self._steps.append(_written({"id": function.__name__, "function": name, **keys}))


def _written(keys: dict[str, Any]) -> dict[str, Any]:
    """The keys as a file would have them."""
    return {PYTHON.get(key, key): _plain(value) for key, value in keys.items()}


def _plain(value: Any) -> Any:
    """Functions by the names of their steps, tuples as lists."""
    if callable(value):
        return getattr(value, KEYS, {}).get("id", value.__name__)
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else value

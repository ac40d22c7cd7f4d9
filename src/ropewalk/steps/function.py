"""The kind `function`: a Python function as a step. It says by the names of its parameters what it wants to be given.

An async function runs on the loop; another one in a thread of its own, or on the loop when it is declared `inline`.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import importlib
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.definition import Step, Workflow, secret_inputs
from ropewalk.errors import TemplateError
from ropewalk.nesting import TooDeep, holds_deep, read_json
from ropewalk.rendering import render_within
from ropewalk.steps.port import Tools
from ropewalk.steps.scope import template_scope

Given = Mapping[str, Any]
_FIXED = ("inputs", "outputs", "facts", "run", "item", "brief", "desk", "folder", "secrets")


class FunctionKind:
    """Args: `name` (as registered, or `module:function`), `inline`, `with` (values by parameter name).

    A parameter is filled from `with`, the fixed names (`inputs`, `outputs`, `facts`, `run`, `item`, `brief`, `desk`,
    `folder`, and `secrets`: values by variable), the item's own name, the run's inputs, the outputs of a step of that name, or its default, in this order.
    Outputs: a mapping or Struct as it is, anything else as `result`; an Outcome is taken as it is.
    """

    name = "function"
    workspace = "own"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "inline": {"type": "boolean"},
            "with": {"type": "object"},
        },
        "required": ["name"],
        "additionalProperties": False,
    }

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        name = str(brief.args["name"])
        try:
            function = tools.functions.get(name) or _imported(name)
            arguments = _arguments(function, brief, desk)
        except (TemplateError, ImportError, AttributeError, ValueError) as fault:
            return Outcome(failure=Failure(kind="permanent", message=f"the function {name}: {fault}"))
        except (Exception, SystemExit, KeyboardInterrupt) as fault:  # noqa: BLE001 - its module is somebody's code
            return Outcome(failure=_failure(f"the module of {name}", fault))
        inline = brief.args.get("inline", getattr(function, "inline", False))
        try:
            if inspect.iscoroutinefunction(function):
                value = await function(**arguments)
            elif inline:
                value = function(**arguments)
            else:
                value = await _in_thread(function, arguments)
            return value if isinstance(value, Outcome) else Outcome(outputs=_outputs(value))
        except (Exception, SystemExit, KeyboardInterrupt) as fault:  # noqa: BLE001 - whatever somebody's function raises is this attempt's failure
            return Outcome(failure=_failure(name, fault))


def function_fault(step: Step, workflow: Workflow, tools: Tools) -> str:
    """What keeps a step's function from being called, as far as that can be told before the run; "" for nothing."""
    name = str(step.args.get("name", ""))
    try:
        function = tools.functions.get(name) or _imported(name)
        wanted = list(_needed(function))
    except Exception as fault:  # noqa: BLE001 - its module is somebody's code and may raise anything
        return f"the function `{name}`: {fault}"
    except (SystemExit, KeyboardInterrupt) as fault:  # its module ends the program; only the step is at fault
        return f"the function `{name}`: {_failure('its module', fault).message}"
    secret = secret_inputs(workflow)
    known = {*step.args.get("with", {}), *_FIXED, *(n for n in workflow.inputs if n not in secret)}
    known |= {other.id for other in workflow.steps} | ({step.foreach.name} if step.foreach else set())
    missing = [parameter for parameter in wanted if parameter not in known]
    return (
        f"the function `{name}`: nothing is known for its parameter(s) {', '.join(missing)}"
        if missing
        else ""
    )


def _needed(function: Callable[..., Any]) -> Iterator[str]:
    """The parameters that have to be given a value."""
    for parameter in inspect.signature(function).parameters.values():
        several = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if not several and parameter.default is parameter.empty:
            yield parameter.name


def _imported(name: str) -> Callable[..., Any]:
    module, colon, path = name.partition(":")
    if not colon or not path:
        raise ValueError("is not registered; write it as `module:function`")
    if module == "__main__":
        raise ValueError(
            "`__main__` is another program in the process that goes on with the run; put the function into a module of its own"
        )
    target: Any = importlib.import_module(module)
    for part in path.split("."):
        target = getattr(target, part)
    if not callable(target):
        raise ValueError(f"is not a function but {type(target).__name__}")
    function: Callable[..., Any] = target
    return function


def _arguments(function: Callable[..., Any], brief: Brief, desk: Desk) -> dict[str, Any]:
    names = template_scope(brief)
    names["outputs"] = dict(brief.outputs)  # the function's own, whatever it does with them
    places: list[Given] = [
        render_within(brief.args.get("with", {}), names),
        {
            **names,
            "item": brief.item,
            "brief": brief,
            "desk": desk,
            "folder": desk.folder,
            "secrets": desk.secrets,
        },
        brief.inputs,
        brief.outputs,
    ]
    arguments: dict[str, Any] = {}
    missing: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        place = next((place for place in places if parameter.name in place), None)
        if place is not None:
            value = place[parameter.name]
            arguments[parameter.name] = _unwrapped(value) if place is brief.outputs else value
        elif parameter.default is parameter.empty:
            missing.append(parameter.name)
    if missing:
        known = ", ".join(sorted({name for place in places for name in place}))
        raise ValueError(f"nothing is known for its parameter(s) {', '.join(missing)}; known are {known}")
    return arguments


def _unwrapped(outputs: Any) -> Any:
    """A function that gave a plain value handed it on as `result`; the next function gets the value."""
    return outputs["result"] if isinstance(outputs, Mapping) and set(outputs) == {"result"} else outputs


def _outputs(value: Any) -> dict[str, Any]:
    if holds_deep(value):
        raise TooDeep
    plain = read_json(msgspec.json.encode(value))
    if plain is None:
        return {}
    return plain if isinstance(plain, dict) else {"result": plain}


def _failure(name: str, fault: BaseException) -> Failure:
    try:
        message = f"{name} raised {type(fault).__name__}: {fault}"
    except Exception:  # noqa: BLE001 - what it says of itself is somebody's code too
        message = f"{name} raised {type(fault).__name__}, which says nothing of itself"
    if isinstance(fault, ConnectionError | TimeoutError):
        return Failure(kind="transient", message=message)
    return Failure(kind="permanent", message=message)


async def _in_thread(function: Callable[..., Any], arguments: Given) -> Any:
    """A thread of its own: a shared pool would be a second, hidden limit of places. A cancelled one is left to itself."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(value: Any, fault: BaseException | None) -> None:
        if done.cancelled():
            return
        if fault is None:
            done.set_result(value)
        else:
            done.set_exception(fault)

    def work() -> None:
        value, fault = None, None
        try:
            value = context.run(function, **arguments)
        except BaseException as raised:  # noqa: BLE001 - it is raised again where the attempt waits
            # A future takes no StopIteration, and the one who waits for it would wait for ever.
            plain = isinstance(raised, Exception) and not isinstance(raised, StopIteration)
            fault = raised if plain else RuntimeError(repr(raised))
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(settle, value, fault)

    threading.Thread(
        target=work, name=f"ropewalk-{getattr(function, '__name__', 'function')}", daemon=True
    ).start()
    return await done

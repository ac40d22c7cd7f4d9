"""A plug-in as the rest of ropewalk meets it: whatever it raises or gives is a fault of its own, in its own name.

`sys.exit` in it ends nothing but its attempt. A trouble of the host, and being stopped, are no faults of a plug-in.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final

from ropewalk.agents.port import Probe
from ropewalk.core import Outcome, Verdict
from ropewalk.errors import PluginFailed, RopewalkError
from ropewalk.transient import passing_trouble

_GIVES: Final[Mapping[str, type]] = {
    "perform": Outcome,
    "judge": Verdict,
    "probe": Probe,
    "notify": type(None),
}
"""What each coroutine of a plug-in has to give."""


class Plugged:
    """Everything of the plug-in as it is, but for its coroutines."""

    def __init__(self, name: str, made: object) -> None:
        self._registered = name
        self._made = made

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._made, attribute)
        if attribute == "probe":
            return partial(self._probe, value)
        return partial(self._call, attribute, value) if attribute in _GIVES else value

    async def _call(
        self, verb: str, method: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **named: Any
    ) -> Any:
        """Raises PluginFailed."""
        wanted = _GIVES[verb].__name__
        try:
            result = await method(*args, **named)
        except BaseException as error:
            if _no_fault(error):
                raise
            raise PluginFailed(name=self._registered, reason=what_it_raised(error)) from error
        if not isinstance(result, _GIVES[verb]):
            reason = f"its `{verb}` gave {type(result).__name__}, {wanted} is wanted"
            raise PluginFailed(name=self._registered, reason=reason)
        return result

    async def _probe(
        self, method: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **named: Any
    ) -> Probe:
        """One that cannot even be asked is not usable; nobody else's probe fails by that."""
        try:
            probe: Probe = await self._call("probe", method, *args, **named)
        except PluginFailed as fault:
            return Probe(
                agent=self._registered, installed=True, usable=False, reason=fault.message, hint=fault.how
            )
        return probe


def _no_fault(error: BaseException) -> bool:
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, RopewalkError | GeneratorExit) or bool(passing_trouble(error))


def what_it_raised(error: BaseException) -> str:
    """The exception in a line, with the place in the plug-in's code where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - what it says of itself is somebody's code too
        words = "it says nothing of itself"
    return f"{type(error).__name__}{f': {words}' if words else ''}{where}"

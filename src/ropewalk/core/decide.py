"""What is allowed, and what follows from it: a command becomes the events that it leads to, or is refused.

Pure but for its state, which it moves forward with the events that it returns (docs/decisions/0001): when those cannot
be appended, throw the state away and fold the history again. A refusal leaves the state as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.core import commands as c
from ropewalk.core import reports, verbs
from ropewalk.core.advance import advance
from ropewalk.core.answers import answer, answer_all, answer_known
from ropewalk.core.events import Event
from ropewalk.core.recorder import Recorder
from ropewalk.core.state import State
from ropewalk.errors import Refused


def decide(state: State, command: c.Command, now: float) -> list[Event]:
    """The events of one command at `now` (unix seconds). Raises Refused, NoSuchStep or NoSuchAsk."""
    recorder = Recorder(state, now, command.owner if isinstance(command, c.Advance | c.ExecuteStep) else "")
    if not state.created and not isinstance(command, c.Create):
        raise Refused(verb=type(command).__name__, reason="the run is not there")
    if isinstance(command, c.Advance):
        advance(recorder, command.slots, command.around)
        return recorder.events
    _HANDLERS[type(command)](recorder, command)
    if isinstance(command, c.Report) and recorder.events and _has_too_many_events(state):
        verbs.abort(recorder, c.Abort(reason=f"the run has more than {state.workflow.limits.events} events"))
    if state.wanted:
        answer_known(recorder)
    if state.options.answer_all:
        answer_all(recorder)
    return recorder.events


def _has_too_many_events(state: State) -> bool:
    return state.version > state.workflow.limits.events and not state.ended


_HANDLERS: dict[type[c.Command], Callable[[Recorder, Any], None]] = {
    c.Create: verbs.create,
    c.Import: verbs.take_in,
    c.Report: reports.report,
    c.ReportLost: reports.report_lost,
    c.ReportChild: reports.report_child,
    c.Note: reports.note,
    c.Wait: reports.wait,
    c.OpenAsk: reports.open_ask,
    c.Answer: answer,
    c.SetFact: verbs.set_fact,
    c.Pause: verbs.pause,
    c.Hold: verbs.hold,
    c.Resume: verbs.resume,
    c.Abort: verbs.abort,
    c.RetryStep: verbs.retry_step,
    c.SkipStep: verbs.skip,
    c.ExecuteStep: verbs.execute,
    c.Land: verbs.land,
    c.RaiseBudget: verbs.raise_budget,
    c.Publish: verbs.publish,
}

"""A step that does nothing but give what was written down."""

from __future__ import annotations

from ropewalk.core.work import Outcome
from ropewalk.steps.noop import Noop
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

TOOLS = Tools(agents={})


async def test_nothing_written_gives_an_empty_success(tmp_path):
    assert await Noop().perform(brief("noop"), ListeningDesk(tmp_path), TOOLS) == Outcome()


async def test_the_outputs_are_rendered_wherever_a_text_stands(tmp_path):
    args = {"outputs": {"a": ["{{ inputs.x }}", 1], "b": {"c": "{{ facts.y }}"}, "d": None}}
    given = brief("noop", args=args, inputs={"x": "X"}, known={"y": True})
    outcome = await Noop().perform(given, ListeningDesk(tmp_path), TOOLS)
    assert outcome.outputs == {"a": ["X", 1], "b": {"c": "true"}, "d": None}


async def test_a_template_that_cannot_be_filled_in_is_a_failure(tmp_path):
    given = brief("noop", args={"outputs": {"a": "{{ nobody.here }}"}})
    outcome = await Noop().perform(given, ListeningDesk(tmp_path), TOOLS)
    assert outcome.failure is not None
    assert outcome.failure.kind == "permanent"
    assert "nobody" in outcome.failure.message

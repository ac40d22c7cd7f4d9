"""A box says what is true of its steps together: the gravest status, how many have ended, and for whom they wait."""

import pytest

from ropewalk.core import commands as c
from ropewalk.testing.given import broken, done, given
from ropewalk.web.page.drawing import Look, drawing, look
from ropewalk.web.page.layout import LARGE, Box, layout
from ropewalk.web.page.markup import Piece, whole
from tests.observe.written import written


def many(count: int) -> str:
    return "\n".join(f"{{id: s{n}, run: echo, on_failure: continue}}" for n in range(count))


def test_a_node_says_what_its_step_does():
    flow = written(
        "{id: a, run: echo, retry: {attempts: 3, delay: 0}}\n{id: q, needs: [a], ask: Well?}\n{id: z, needs: [q], run: echo}"
    )
    run = given(flow).after(c.Advance(), broken("a", "transient", "busy"), c.Advance())
    drawn = layout(flow, run.state.graph)
    a, q, z = drawn.boxes
    assert look(run.state, a).caption == "attempt 2"
    run.after(done("a"), c.Advance())
    assert look(run.state, q).caption == "waits for a person"
    assert look(run.state, z) == ("pending", "run", 0, 0)
    parts = drawing(run.state, drawn, "q")
    pieces = {part.id: part.html for part in parts if isinstance(part, Piece)}
    assert 'aria-pressed="true"' in pieces["box-q"]
    assert 'aria-pressed="false"' in pieces["box-a"]
    assert whole(parts).startswith('<div class="canvas"')


def test_a_foreach_and_a_block_count_and_the_gravest_status_is_shown():
    flow = written('{id: each, foreach: \'["x", "y"]\', role: dev, prompt: p}', "roles: {dev: {}}")
    run = given(flow).after(c.Advance(), done("each[x]"))
    assert look(run.state, layout(flow, run.state.graph).boxes[0]).caption == "dev · 1 of 2 items"
    many_of = written(many(LARGE + 1))
    state = given(many_of).after(c.Advance(), broken("s0", message="no")).state
    block = layout(many_of, state.graph).boxes[0]
    assert look(state, block).status == "failed"
    assert look(state, block).caption == "1 of 50 steps"


def test_a_block_in_which_some_have_ended_and_none_runs_is_under_way():
    flow = written("{id: a, run: echo}\n{id: b, needs: [a], run: echo}")
    run = given(flow).after(c.Advance())
    run.after(done("a"))
    box = Box("(all)", "All", ("a", "b"))
    assert look(run.state, box) == Look("running", "1 of 2 steps", 1, 2)


@pytest.mark.parametrize("keys", [(), ("nobody",), ("nobody", "neither")])
def test_a_box_of_steps_that_the_run_does_not_have_is_pending(keys):
    state = given(written("{id: a, run: echo}")).state
    assert look(state, Box("x", "X", keys)) == Look("pending", "")


def test_a_title_that_looks_like_html_stays_text():
    flow = written("{id: a, title: '<script>x</script> | y', run: echo}")
    run = given(flow).after(c.Advance())
    made = str(whole(drawing(run.state, layout(flow, run.state.graph), "")))
    assert "<script" not in made
    assert "&lt;script&gt;x&lt;/script&gt; | y" in made
    assert made.count('<div class="canvas"') == 1
    assert made.endswith("</div>")


def test_only_what_has_changed_makes_another_piece():
    flow = written("{id: a, run: echo}\n{id: b, run: echo}")
    run = given(flow).after(c.Advance())
    drawn = layout(flow, run.state.graph)
    before = drawing(run.state, drawn, "")
    run.after(done("a"))
    after = drawing(run.state, drawn, "")
    changed = [
        new.id for old, new in zip(before, after, strict=True) if old != new and isinstance(new, Piece)
    ]
    assert changed == ["box-a"]

from ropewalk.core import commands as c
from ropewalk.core.state import Graph
from ropewalk.testing.given import broken, done, given
from ropewalk.web.page.drawing import drawing, look
from ropewalk.web.page.layout import LARGE, layout, owner
from ropewalk.web.page.markup import Piece, whole
from tests.observe.written import written

PHASES = "phases: [{id: one, title: First}, two]"
STEPS = """{id: a, phase: one, run: echo}
{id: b, phase: two, needs: [a], run: echo}
{id: c, phase: two, needs: [a], run: echo}
{id: d, phase: two, needs: [a, b, c], run: echo, gate: "true", back_to: b}"""


def laid(steps: str, head: str = ""):
    flow = written(steps, head)
    return layout(flow, Graph(flow))


def test_a_step_stands_below_what_it_needs_and_phases_are_bands():
    drawn = laid(STEPS, PHASES)
    at = {box.id: box for box in drawn.boxes}
    assert at["a"].y < at["b"].y == at["c"].y < at["d"].y
    assert at["b"].x < at["c"].x
    assert [band.title for band in drawn.bands] == ["First", "two"]
    assert drawn.bands[0].y + drawn.bands[0].high <= drawn.bands[1].y
    assert not drawn.collapsed


def test_an_edge_that_another_way_says_already_is_not_drawn_and_ways_back_are_dotted():
    drawn = laid(STEPS, PHASES)
    assert sum(not edge.back for edge in drawn.edges) == 4
    assert sum(edge.back for edge in drawn.edges) == 1


def test_no_two_nodes_cover_each_other_however_many_stand_side_by_side():
    drawn = laid("\n".join(f"{{id: s{n}, run: echo}}" for n in range(23)))
    places = {(box.x, box.y) for box in drawn.boxes}
    assert len(places) == 23
    assert max(box.x for box in drawn.boxes) < drawn.wide
    assert max(box.y for box in drawn.boxes) < drawn.high


def many(count: int, phase: str = "") -> str:
    return "\n".join(f"{{id: s{n}, run: echo{phase.format(n // 100)}}}" for n in range(count))


def test_a_large_workflow_is_drawn_by_its_phases_or_so_many_at_a_time():
    phased = laid(many(1000, ", phase: p{}"), f"phases: [{', '.join(f'p{n}' for n in range(10))}]")
    assert phased.collapsed
    assert [len(box.keys) for box in phased.boxes] == [100] * 10
    assert owner(phased, ["s150", "s150[x]", "nobody"])["s150[x]"].title == "p1"
    loose = laid(many(LARGE + 41))
    assert [box.title for box in loose.boxes] == ["s0 … s49", "s50 … s99", "s100 … s120"]


def test_groups_stand_for_their_steps_where_there_are_no_phases():
    members = ", ".join(f"{{id: m{n}, run: echo}}" for n in range(LARGE))
    drawn = laid(
        f"{{id: start, run: echo}}\n{{id: all, needs: [start], parallel: [{members}]}}\n{{id: end, needs: [all], run: echo}}"
    )
    assert [(box.title, len(box.keys)) for box in drawn.boxes] == [("start … end", 2), ("all", LARGE)]


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
    many_of = written(many(LARGE + 1).replace("run: echo", "run: echo, on_failure: continue"))
    state = given(many_of).after(c.Advance(), broken("s0", message="no")).state
    block = layout(many_of, state.graph).boxes[0]
    assert look(state, block).status == "failed"
    assert look(state, block).caption == "1 of 50 steps"

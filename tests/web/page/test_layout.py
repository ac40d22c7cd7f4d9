"""Steps stand below what they need, and no drawing has more than some tens of boxes."""

from ropewalk.core.state import Graph
from ropewalk.web.page.layout import LARGE, layout, owner
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

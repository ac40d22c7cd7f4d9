from ropewalk.observe.timeline import Bar
from ropewalk.web.page.gantt import MOST_ROWS, axis, gantt
from ropewalk.web.page.markup import Piece, whole

DAY = 86_400.0


def test_times_are_places_between_the_first_and_the_last():
    places = axis([Bar("a", "attempt", 0, 10)], 0, 10, ended=True)
    assert [places.at(t) for t in (0, 5, 10, 99)] == [0, 50, 100, 100]


def test_days_without_work_are_drawn_short_and_said():
    bars = [
        Bar("a", "attempt", 0, 10),
        Bar("a", "waiting", 10, DAY, what="a person"),
        Bar("a", "attempt", DAY, DAY + 10),
    ]
    places = axis(bars, 0, DAY + 10, ended=True)
    assert [stretch.folded for stretch in places.stretches] == [False, True, False]
    assert places.at(10) > 40
    assert places.at(DAY) < 60
    assert "not to scale" in whole(gantt(bars, {"a": "A"}, places, DAY + 10, ""))


def test_the_axis_of_a_run_under_way_ends_after_now_and_stays_where_it_is():
    bars = [Bar("a", "attempt", 0, None)]
    assert axis(bars, 0, 12, ended=False) == axis(bars, 0, 18, ended=False)
    assert axis(bars, 0, 12, ended=False).at(12) == 60


def test_a_run_that_only_waits_for_a_person_ends_now_and_is_folded():
    bars = [Bar("a", "attempt", 0, 10), Bar("a", "waiting", 10, None, what="a person")]
    places = axis(bars, 0, DAY, ended=False)
    assert places.stretches[-1].folded
    assert places.at(DAY) == 100


def test_a_run_in_which_nothing_happened_yet_has_an_axis_too():
    assert axis([], 5, 5, ended=False).at(5) == 0


def test_each_kind_of_bar_says_what_it_was():
    bars = [
        Bar("a", "failed", 0, 2, 1, 1, "busy"),
        Bar("a", "retry", 2, 4, 1, 1, "transient"),
        Bar("a", "lost", 4, 5, 1, 2),
        Bar("a", "waiting", 5, 6, 1, 0, "a person"),
        Bar("a", "attempt", 6, None, 2, 1),
    ]
    made = str(whole(gantt(bars, {"a": "A step", "b": "Another"}, axis(bars, 0, 10, ended=True), 10, "a")))
    for said in (
        "failed after 2.0 s: busy",
        "before it was tried again",
        "was lost after",
        "waited 1.0 s for a person",
        "b-attempt open",
    ):
        assert said in made
    assert "Another" not in made
    assert 'aria-pressed="true"' in made


def test_of_very_many_rows_the_last_to_begin_are_drawn_and_the_chosen_one():
    bars = [Bar(f"s{n}", "attempt", n, n + 1) for n in range(MOST_ROWS + 50)]
    rows = {bar.step: bar.step for bar in bars}
    parts = gantt(bars, rows, axis(bars, 0, 300, ended=True), 300, "s3")
    names = [part.id for part in parts if isinstance(part, Piece)]
    assert names[0] == "line-s3"
    assert len(names) == MOST_ROWS + 1
    assert "50 steps that began earlier" in whole(parts)

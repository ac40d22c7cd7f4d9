"""The words of every page: a status has its own shape, a time that goes on is counted by the browser, an unknown cost is no zero."""

from datetime import datetime

import pytest

from ropewalk.web.page import words as w


def test_each_status_has_a_sign_of_its_own_shape():
    shapes = {w.sign(status).partition(">")[2] for status in w.SIGNS if status != "completed"}
    assert len(shapes) == len(w.SIGNS) - 1
    assert w.sign("unheard of").startswith("<svg")


def test_times_that_go_on_are_counted_by_the_browser_and_ended_ones_are_not():
    assert 'data-since="1.0"' in w.since(1.0, None, 5.0)
    assert "data-since" not in w.since(1.0, 3.0, 5.0)
    assert "2.0 s" in w.since(1.0, 3.0, 5.0)
    assert "–" in w.since(None, None, 5.0)
    assert "–" in w.moment(None, 5.0)
    assert w.moment(0.0, 86_400.0 * 5).count(":") > w.moment(0.0, 1.0).count("zzz")
    assert "4.0 s ago" in w.ago(1.0, 5.0)


def test_an_unknown_cost_is_never_shown_as_nothing():
    assert "unknown" in w.cost(0.0, unknown=True)
    assert "≥ $1.50" in w.cost(1.5, unknown=True)
    assert "$0.00" in w.cost(0.0, unknown=False)


def test_one_tab_is_chosen_and_in_the_order_of_the_tab_key():
    made = w.tabs([("a", "A"), ("b", "B")], "b")
    assert made.count('aria-selected="true"') == 1
    assert made.index('tabindex="0"') > made.index('id="tab-b"')


def test_small_parts():
    assert "nobody" in w.empty("nobody", "more")
    assert w.dialog("d", "Sure?", "x").startswith('<dialog id="d"')
    assert w.key("a") == "<kbd>a</kbd>"
    assert "rehearsed" in w.rehearsed()
    assert "paused" in w.chip("paused")


def test_a_time_of_another_day_is_shown_with_its_day():
    noon = datetime(2026, 5, 4, 12, 30).astimezone().timestamp()
    assert ">12:30:00</time>" in w.moment(noon, noon + 60)
    assert ">04 May, 12:30</time>" in w.moment(noon, noon + 86_400)


def test_a_clock_that_was_set_back_shows_no_negative_age():
    assert "0.0 s ago" in w.ago(9.0, 5.0)
    assert "-" not in w.since(9.0, None, 5.0).partition(">")[2]


@pytest.mark.parametrize(("usd", "unknown"), [(None, True), (0.0, True)])
def test_a_cost_of_which_nothing_is_known_has_no_figure(usd, unknown):
    assert "$" not in w.cost(usd, unknown)


def test_a_label_is_text_whatever_it_holds():
    for made in (
        w.chip("failed", "<b>"),
        w.button("<b>", "go"),
        w.empty("<b>", "<b>"),
        w.dialog("d", "<b>", "<b>"),
    ):
        assert "<b>" not in made
        assert "&lt;b&gt;" in made

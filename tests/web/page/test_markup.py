from markupsafe import Markup

from ropewalk.web.page import words as w
from ropewalk.web.page.markup import Piece, el, whole

BAD = '<script>alert("x")</script>'


def test_whatever_is_put_into_an_element_becomes_text():
    made = el("p", BAD, el("b", BAD), [BAD, None], title=BAD)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == 4
    assert isinstance(made, Markup)


def test_attributes_lose_their_line_and_false_ones_are_left_out():
    made = el("input", class_="a", data_do="go", hidden=True, disabled=False, title=None)
    assert made == '<input class="a" data-do="go" hidden>'


def test_a_whole_is_made_of_text_and_pieces_in_order():
    assert whole([el("i"), Piece("x", el("b", 1)), Markup("<hr>")]) == "<i></i><b>1</b><hr>"


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

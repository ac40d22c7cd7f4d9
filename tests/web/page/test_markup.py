"""Whatever is put into markup is escaped."""

from markupsafe import Markup

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

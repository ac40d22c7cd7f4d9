import pytest

from ropewalk.web.page.document import MOST_CHARS, decoded, plain, rendered, source

ATTACKS = [
    "<script>hack()</script>",
    '<img src=x onerror="hack()">',
    "[click](javascript:hack())",
    "[click](JaVaScRiPt:hack())",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='javascript:hack()'>x</a>",
    "![x](https://elsewhere.example/track.png)",
    '<iframe srcdoc="<script>hack()</script>">',
    "<svg/onload=hack()>",
    '[x](https://a.example/"onmouseover="hack())',
    "`</code><script>hack()</script>`",
    "```html\n</code></pre><script>hack()</script>\n```",
    "| a |\n| - |\n| <script>hack()</script> |",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_markdown_becomes_an_element_that_acts(attack):
    made = str(rendered("a.md", f"# T\n\n{attack}\n".encode())).lower()
    for bad in (
        "<script",
        "<img",
        "<iframe",
        "<svg",
        'href="javascript',
        'href="data',
        ' onerror="',
        ' onload="',
        '" onmouseover',
    ):
        assert bad not in made


def test_markdown_is_read_as_people_do():
    made = rendered("a.MD", b"# T\n\n- one\n\n| a |\n| - |\n| b |\n\n[x](https://a.example)")
    assert "<h1>T</h1>" in made
    assert "<table>" in made
    assert 'rel="noopener noreferrer nofollow" target="_blank" href="https://a.example"' in made


def test_html_is_shown_in_a_frame_that_may_do_nothing_and_as_text():
    made = str(rendered("a.html", b'<p>x</p><script>hack()</script>"'))
    assert '<iframe sandbox=""' in made
    assert "<script" not in made


def test_json_is_indented_and_broken_json_is_left_alone():
    assert "&#34;a&#34;: 1" in rendered("a.json", b'{"a":1}')
    assert "{broken" in rendered("a.json", b"{broken")
    assert "&#34;ä&#34;" in plain({"ä": 1})


def test_what_is_no_text_is_not_shown_as_one_and_what_is_long_is_cut():
    assert "is binary, 3 bytes" in rendered("a.bin", b"a\0b")
    assert decoded(b"\xff") == "\ufffd"
    assert "9 more characters" in source("x" * (MOST_CHARS + 9))
    assert "<code>a &lt; b</code>" in rendered("a.py", b"a < b")

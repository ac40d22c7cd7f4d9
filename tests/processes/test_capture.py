"""Output in bounded memory."""

from __future__ import annotations

from ropewalk.processes.capture import Capture
from ropewalk.testing.desk import ListeningDesk


def test_bytes_that_are_no_text_are_replaced_and_a_letter_may_come_in_two_parts(tmp_path):
    desk = ListeningDesk(tmp_path)
    capture = Capture(desk)
    letter = "é".encode()
    capture.take("out", b"a" + letter[:1])
    capture.take("out", letter[1:] + b"\xff")
    capture.take("err", letter[:1])
    capture.close()
    assert desk.heard("out") == "aé\ufffd"
    assert desk.heard("err") == "\ufffd"
    assert capture.text() == "aé\ufffd"


def test_a_small_limit_still_says_the_beginning_and_the_end(tmp_path):
    desk = ListeningDesk(tmp_path)
    capture = Capture(desk, output_bytes=40, tail_bytes=100)
    for number in range(100):
        capture.take("out", b"%03d\n" % number)
    capture.close()
    heard = desk.heard()
    assert heard.startswith("000\n")
    assert heard.endswith("099\n")
    assert capture.cut_bytes == 400 - 20 - 10
    assert len(capture.text()) == 100


def test_no_room_at_all_says_only_how_much_was_left_out(tmp_path):
    desk = ListeningDesk(tmp_path)
    capture = Capture(desk, output_bytes=0)
    capture.take("err", b"abc")
    capture.close()
    assert desk.heard() == "\n[ropewalk left out 3 bytes here]\n"


def test_one_channel_does_not_take_the_others_end(tmp_path):
    desk = ListeningDesk(tmp_path)
    capture = Capture(desk, output_bytes=100, tail_bytes=10)
    capture.take("out", b"o" * 1000)
    capture.take("err", b"the reason")
    capture.close()
    assert desk.heard("err").endswith("the reason")

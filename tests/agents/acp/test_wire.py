import pytest

from ropewalk.agents.acp import wire
from ropewalk.agents.acp.wire import Wire, mapping, mappings
from ropewalk.agents.redaction import Redactor
from ropewalk.testing.desk import ListeningDesk


@pytest.fixture
def desk(tmp_path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_a_message_may_come_in_pieces_and_several_at_once(desk):
    line = Wire(desk, Redactor(), 10_000)
    line.take("out", b'{"a":')
    line.take("out", b' 1}\n{"b": 2}\n\n{"c"')
    line.close()
    assert [await line.receive() for _ in range(3)] == [{"a": 1}, {"b": 2}, None]


async def test_a_line_that_never_ends_is_left_out(desk, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST_LINE_BYTES", 100)
    line = Wire(desk, Redactor(), 10_000)
    line.take("out", b"x" * 101)
    line.take("out", b"the rest of it\n" + b'{"a": 1}\n')
    line.close()
    assert await line.receive() == {"a": 1}
    assert line.strange_lines == 1
    assert "left out" in desk.heard("err")


async def test_the_spool_is_bounded(desk, monkeypatch):
    monkeypatch.setattr(wire, "MOST_SPOOLED_BYTES", 30)
    line = Wire(desk, Redactor({"KEY": "secret-value"}), 10_000)
    for _ in range(9):
        line.take("out", b'{"a": "secret-value"}\n')
    line.close()
    line.take("out", b'{"late": 1}\n')
    assert (desk.spool / wire.SPOOL).read_text() == '< {"a": "[redacted KEY]"}\n[the rest is left out]\n'


async def test_nobody_is_there_to_hear(desk):
    line = Wire(desk, Redactor(), 10_000)
    with pytest.raises(ConnectionError):
        await line.send({})
    await line.end_input()
    line.close()


async def test_a_message_that_is_nested_without_end_is_left_out_like_any_other_strange_line(desk):
    line = Wire(desk, Redactor(), 1_000_000)
    line.take("out", b"[" * 100_000 + b'\n{"a":' + b"[" * 500 + b"]" * 500 + b'}\n{"a": 1}\n')
    line.close()
    assert await line.receive() == {"a": 1}
    assert line.strange_lines == 2


def test_parts_of_a_message_have_the_shape_that_the_protocol_gives_them():
    assert mapping({"a": 1}) == {"a": 1}
    assert [mapping(part) for part in (None, "x", 5, [{"a": 1}])] == [{}] * 4
    assert mappings([{"a": 1}, "x", None, [], {}]) == [{"a": 1}, {}]
    assert [mappings(part) for part in (None, "x", 5, {"a": 1})] == [[]] * 4

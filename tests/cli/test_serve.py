import socket


def test_a_port_in_use_is_one_clear_error(ropewalk):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = ropewalk("serve", "--port", str(taken.getsockname()[1]))
    assert ended.code == 2
    assert "address already in use" in ended.err
    assert "--port" in ended.err


def test_another_address_needs_a_token(ropewalk):
    ended = ropewalk("serve", "--host", "0.0.0.0", "--port", "0")
    assert ended.code == 2
    assert "ropewalk token create" in ended.err

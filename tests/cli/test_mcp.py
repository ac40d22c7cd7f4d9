def test_the_help_says_how_an_agent_uses_it(ropewalk):
    assert "Be a tool server" in ropewalk("mcp", "--help").out


def test_an_unknown_role_is_refused(ropewalk):
    ended = ropewalk("mcp", "--role", "boss")
    assert ended.code == 2
    assert "--role is viewer" in ended.err

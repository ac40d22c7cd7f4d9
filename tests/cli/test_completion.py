import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_words_for_each_shell(ropewalk, shell):
    ended = ropewalk("completion", shell)
    assert ended.code == 0
    assert "_ROPEWALK_COMPLETE" in ended.out


def test_an_unknown_shell_is_refused(ropewalk, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert "tcsh is not known here" in ropewalk("completion").err

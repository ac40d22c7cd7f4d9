import pytest

from ropewalk.cli.answering import hint, read
from ropewalk.core.events import AskOpened
from ropewalk.core.work import Artifact
from ropewalk.errors import UsageError

PLAIN = AskOpened("s", ask="a1", about="question", prompt="Well?")
SHOWN = AskOpened("s", ask="a1", about="approval", prompt="Good?", show=(Artifact("a.md", "d"),))
CHOICES = AskOpened("s", ask="a1", about="question", prompt="Which?", choices=("red", "blue"))
PERMISSION = AskOpened("s", ask="p1", about="permission", prompt="May I?", choices=("allow", "deny"))


def test_what_may_be_typed_is_said():
    assert hint(PLAIN) == "[a]pprove, [r]eject, or type an answer, [l]ater:"
    assert hint(SHOWN) == "[a]pprove, [r]eject, a[m]end, [l]ater:"
    assert hint(CHOICES) == "[1-2] choose, or its name, [r]eject, [l]ater:"
    assert hint(PERMISSION) == "[1-2] choose, or its name, [r]eject, [l]ater:"


@pytest.mark.parametrize(
    ("opened", "line", "verdict", "reason", "value"),
    [
        (SHOWN, "a", "approve", "", None),
        (SHOWN, "approve fine by me", "approve", "fine by me", None),
        (SHOWN, "R too short", "reject", "too short", None),
        (SHOWN, "m", "amend", "", None),
        (SHOWN, "l", "later", "", None),
        (CHOICES, "2", "blue", "", None),
        (CHOICES, "red because", "red", "because", None),
        (PERMISSION, "1", "allow", "", None),
        (PLAIN, "yes", "approve", "", None),
        (PLAIN, "forty two", "approve", "", "forty two"),
        (PLAIN, "42", "approve", "", 42),
    ],
)
def test_a_line_means_an_answer(opened, line, verdict, reason, value):
    given = read(opened, line)
    assert (given.verdict, given.reason, given.value) == (verdict, reason, value)


@pytest.mark.parametrize(
    ("opened", "line"), [(SHOWN, "perhaps"), (CHOICES, "3"), (PLAIN, ""), (PERMISSION, "m")]
)
def test_what_is_no_answer_says_what_would_be(opened, line):
    with pytest.raises(UsageError, match="takes"):
        read(opened, line)

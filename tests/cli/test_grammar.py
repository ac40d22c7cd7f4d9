import pytest

from ropewalk.cli.grammar import Argument, Option, Verb, parse
from ropewalk.errors import UsageError

COMMAND = Verb(
    "try",
    "Try it",
    lambda: 0,
    Argument("run", "a run"),
    Argument("step", "a step", required=False),
    Option("--input -i", "an input", "many", name="inputs"),
    Option("--parallel -p", "how many", "whole"),
    Option("--cost", "how much", "number"),
    Option("--assume", "what", "text", choices=("true", "false")),
    Option("--rehearse", "a script", "maybe", metavar="FILE"),
    Option("--dry-run", "only say"),
)


def test_every_way_to_write_an_option():
    words = [
        "r",
        "--input",
        "a=1",
        "-ib=2",
        "-i",
        "c=3",
        "--input=d=4",
        "-p",
        "3",
        "--cost=-1.5",
        "--dry-run",
    ]
    values = parse(COMMAND, words)
    assert values["inputs"] == ["a=1", "b=2", "c=3", "d=4"]
    assert (values["parallel"], values["cost"], values["dry_run"]) == (3, -1.5, True)
    assert (values["run"], values["step"], values["rehearse"], values["json"]) == ("r", None, None, False)


def test_a_value_that_may_be_left_out_never_takes_the_next_word():
    values = parse(COMMAND, ["--rehearse", "r", "s"])
    assert (values["rehearse"], values["run"], values["step"]) == ("", "r", "s")
    assert parse(COMMAND, ["--rehearse=x.yaml", "r"])["rehearse"] == "x.yaml"


def test_after_two_dashes_everything_is_plain():
    values = parse(COMMAND, ["--", "--input", "-x"])
    assert (values["run"], values["step"]) == ("--input", "-x")


def test_negative_numbers_and_a_lone_dash_are_plain_words():
    values = parse(COMMAND, ["-5", "-"])
    assert (values["run"], values["step"]) == ("-5", "-")


def test_many_words_are_a_list():
    many = Verb("try", "Try", lambda: 0, Argument("files", "files", many=True))
    assert parse(many, ["a", "b"])["files"] == ["a", "b"]
    assert many.usage() == "ropewalk try FILES… [OPTIONS]"
    with pytest.raises(UsageError, match="needs FILES: files"):
        parse(many, [])
    some = Verb("try", "Try", lambda: 0, Argument("files", "files", many=True, required=False))
    assert parse(some, [])["files"] == []
    assert "[FILES…]" in some.usage()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["r", "--dryrun"], "has no option --dryrun.*did you mean --dry-run"),
        (["r", "--zzz"], "`ropewalk try --help` lists them"),
        (["r", "-z"], "has no option -z"),
        (["r", "--dry-run=yes"], "takes no value, got 'yes'"),
        (["r", "--cost"], "--cost needs a value.*--cost N"),
        (["r", "--parallel", "x"], "is a whole number, got 'x'"),
        (["r", "--cost", "x"], "is a number, got 'x'"),
        (["r", "--assume", "maybe"], "is true, false; got 'maybe'"),
        (["r", "s", "t"], "does not know what to do with 't'"),
        ([], "needs RUN: a run.*ropewalk try RUN"),
    ],
)
def test_a_slip_says_what_and_how(words, said):
    with pytest.raises(UsageError, match=said):
        parse(COMMAND, words)

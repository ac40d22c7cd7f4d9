import inspect

import msgspec
import pytest

from ropewalk.core import events as e
from ropewalk.core.work import Artifact, Failure, Usage, Verdict
from ropewalk.observe.wording import duration, event_subject, event_words, money, short_value

KINDS = [
    kind
    for _, kind in inspect.getmembers(e, inspect.isclass)
    if issubclass(kind, e.Event) and kind.__struct_config__.tag and "." in str(kind.__struct_config__.tag)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_has_words_even_with_nothing_in_it(kind):
    wanted = {field.name for field in msgspec.structs.fields(kind) if field.required}
    event = kind(**dict.fromkeys(wanted, "x"))
    assert "\n" not in event_words(event) + event_subject(event)


@pytest.mark.parametrize(
    ("event", "told", "said"),
    [
        (
            e.RunCreated("w", "d", inputs={"who": "me"}, forked_from="r0/a"),
            "",
            "of w with who=me, forked from r0/a",
        ),
        (e.RunPaused("quota", detail="a"), "", "quota: a"),
        (e.RunRecovered(lost=("a", "b")), "", "a, b will be done again"),
        (e.StepStarted("a", round=2, attempt=3, child="r.1"), "a", "round 2, attempt 3, as run r.1"),
        (e.StepAdmitted("a", expression="x"), "a", "`x` holds"),
        (e.StepExpanded("a", keys=("k",)), "a", "1 item"),
        (e.StepSkipped("a", cause="route"), "a", "route"),
        (e.StepWaiting("a", on="quota", detail="used up"), "a", "for quota: used up"),
        (
            e.AttemptFailed("a", failure=Failure("transient", "busy"), retry_at=1),
            "a",
            "transient: busy, will be tried again",
        ),
        (e.StepFailed("a", failure=Failure("gate", "no")), "a", "gate: no"),
        (
            e.StepSucceeded(
                "a",
                result=e.Outcome(
                    artifacts=tuple(Artifact(f"{n}.md", "d") for n in range(4)),
                    rehearsed=True,
                    cached_from="r0",
                    usage=Usage(cost_usd=0.5),
                ),
            ),
            "a",
            "made 0.md, 1.md, 2.md and 1 more, rehearsed, taken from r0, $0.50",
        ),
        (
            e.GateJudged("a", verdict=Verdict("tests", "WAIVED", ("one", "two"), by="ann")),
            "a",
            "WAIVED by ann (tests): one (and 1 more)",
        ),
        (
            e.RoundOpened("b", "a", ("a", "b"), 2, findings=("bad",)),
            "b",
            "sends the work back to a, turn 2: bad",
        ),
        (e.DecisionMade("a", route="left", by="ann"), "a", "takes left (ann)"),
        (e.AskOpened("a", ask="a1", prompt="Well?", choices=("x", "y")), "a", "a1: Well? (x, y)"),
        (e.AskAnswered("a", ask="a1", verdict="reject", reason="no"), "a", "a1: reject by nobody: no"),
        (e.FactSet("ready", True, "ann"), "ready", "is true (ann)"),
        (e.BudgetRaised(cost_usd=5, tokens=10), "", "5 $, 10 tokens"),
        (e.RunMerged("ropewalk/r", "c" * 40, "t"), "", f"ropewalk/r at {'c' * 12}"),
        (e.ConflictFound("a", report={"conflicts": [{"path": "x.md"}]}), "a", "x.md"),
        (e.PhaseStarted("think"), "think", ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, e.Event) else None,
)
def test_what_is_said_of_an_event(event, told, said):
    assert (event_subject(event), event_words(event)) == (told, said)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (273600, "3 d 4 h"),
    ],
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_money_and_numbers():
    assert (money(None), money(0), money(0.004), money(12.345)) == (
        "cost unknown",
        "$0.00",
        "$0.0040",
        "$12.35",
    )
    assert short_value("a  b\nc") == "a b c"
    assert short_value("x" * 70, 10) == "x" * 9 + "…"


def test_values_are_told_as_json_and_texts_as_they_are():
    values = [True, None, {"a": [1, None]}, 1.5, "two"]
    assert [short_value(value) for value in values] == ["true", "null", '{"a":[1,null]}', "1.5", "two"]
    assert event_words(e.FactSet(name="x", value=True, by="ann")) == "is true (ann)"


def test_a_cost_of_which_a_part_is_unknown_is_the_least():
    assert [money(1.5, unknown=True), money(None, unknown=True), money(1.5)] == [
        "at least $1.50",
        "cost unknown",
        "$1.50",
    ]

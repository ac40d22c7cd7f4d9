from ropewalk.core import events as e
from ropewalk.core.work import Failure
from ropewalk.observe.timeline import Bar, bars_of


def test_an_attempt_is_a_bar_from_its_start_to_its_end():
    found = bars_of([(1, e.StepStarted("a")), (3, e.StepSucceeded("a"))])
    assert found == [Bar("a", "attempt", 1, 3, 1, 1)]


def test_a_failure_and_the_wait_for_the_next_try_are_bars_of_their_own():
    lost = Failure("lost", "gone")
    broken = Failure("transient", "busy")
    found = bars_of(
        [
            (0, e.StepStarted("a")),
            (2, e.AttemptFailed("a", failure=broken, retry_at=5)),
            (5, e.StepDue("a")),
            (5, e.StepStarted("a", attempt=2)),
            (7, e.AttemptFailed("a", attempt=2, failure=lost)),
            (8, e.StepStarted("a", attempt=3)),
            (9, e.StepFailed("a")),
        ]
    )
    assert [(bar.kind, bar.since, bar.until) for bar in found] == [
        ("failed", 0, 2),
        ("retry", 2, 5),
        ("lost", 5, 7),
        ("failed", 8, 9),
    ]
    assert found[0].what == "busy"


def test_waiting_for_a_person_is_a_bar_and_a_permission_of_a_running_attempt_is_not():
    found = bars_of(
        [
            (0, e.AskOpened("a", ask="a1")),
            (4, e.AskAnswered("a", ask="a1")),
            (4, e.StepStarted("a")),
            (5, e.AskOpened("a", ask="p1")),
            (6, e.AskAnswered("a", ask="p1")),
            (8, e.StepProduced("a")),
            (8, e.StepWaiting("a", on="answer")),
            (9, e.AskOpened("a", ask="a2")),
            (9, e.AskWithdrawn("a", ask="a2")),
        ]
    )
    assert [(bar.kind, bar.since, bar.until) for bar in found] == [
        ("waiting", 0, 4),
        ("attempt", 4, 8),
        ("waiting", 8, 9),
        ("waiting", 9, 9),
    ]


def test_what_is_still_going_on_has_no_end():
    (bar,) = bars_of([(0, e.RunStarted()), (1, e.StepStarted("a")), (2, e.FactSet("f", True))])
    assert bar.until is None


def test_a_new_round_and_the_end_of_the_run_end_every_bar():
    found = bars_of(
        [
            (0, e.StepWaiting("a", on="quota")),
            (1, e.RoundOpened(step="b", to="a", steps=("a", "b"), turn=1)),
            (2, e.StepStarted("a", round=2)),
            (3, e.StepStarted("b")),
            (4, e.StepAborted("b")),
            (5, e.RunAborted()),
        ]
    )
    assert [(bar.step, bar.kind, bar.until) for bar in found] == [
        ("a", "waiting", 1),
        ("a", "attempt", 5),
        ("b", "failed", 4),
    ]

"""What gates said, read off a state."""

from __future__ import annotations

from ropewalk.core import commands as c
from ropewalk.core.work import Outcome, Verdict
from ropewalk.observe.explain import explain_state
from ropewalk.observe.verdicts import not_believed, verdicts_of
from ropewalk.testing.given import done, given
from tests.observe.written import written

WITH = {"base": "b", "as_at_the_base": {"Makefile": "make"}, "left_out": {"x.mk": "make"}}
HELD = Verdict("make check", "PASS", ("judged with Makefile",), {"judged_with": WITH})
PLAIN = Verdict("true", "PASS", evidence={"exit_code": 0})


def test_verdicts_stand_in_written_order_with_what_did_not_count():
    run = given(written("{id: a, run: echo, gate: x}\n{id: b, run: echo, gate: y}"))
    run.after(c.Advance(), done("b", Outcome(verdicts=(PLAIN,))), done("a", Outcome(verdicts=(HELD,))))
    first, second = verdicts_of(run.state)
    assert (first["step"], first["gate"], first["judged_with"]) == ("a", "make check", WITH)
    assert (second["step"], second["judged_with"]) == ("b", {})
    assert not_believed(run.state) == ["Makefile", "x.mk"]


def test_a_completed_run_is_explained_with_what_its_gates_did_not_believe():
    run = given(written("{id: a, run: echo, gate: x}"))
    run.after(c.Advance(), done("a", Outcome(verdicts=(HELD,))), c.Advance())
    assert (
        explain_state(run.state, 1.0, driven=False).sentence
        == "The run is completed, judged with Makefile, x.mk as when it began."
    )
    many = {"judged_with": {"as_at_the_base": {f"tests/t{n}.py": "test" for n in range(5)}}}
    run = given(written("{id: a, run: echo, gate: x}"))
    run.after(c.Advance(), done("a", Outcome(verdicts=(Verdict("g", "PASS", (), many),))), c.Advance())
    assert "tests/t2.py and 2 more as when it began" in explain_state(run.state, 1.0, driven=False).sentence

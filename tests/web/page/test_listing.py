from msgspec import convert

from ropewalk.app.choosing import WorkflowRow, WorkflowView
from ropewalk.store.port import RunRow
from ropewalk.web.page.listing import Filter, bar, head, read, row, rows, starting, waits
from ropewalk.web.page.markup import whole


def one(**how) -> RunRow:
    given = {
        "run": "r1", "workflow": "sdlc", "status": "running", "reason": "", "created_at": 0.0, "updated_at": 0.0,
        "ended_at": None, "steps_total": 4, "steps_done": 2, "steps_failed": 0, "asks_open": 0, "cost_usd": 0.0,
        "cost_unknown": False, "parent": "", "phase": "Build", "error": "", "version": 3,
    }  # fmt: skip
    return RunRow(**{**given, **how})


def flow(inputs, **how) -> WorkflowView:
    shown = {
        "name": "f",
        "title": "",
        "description": "Does it",
        "format": "native",
        "digest": "",
        "facts": {},
    }
    return convert(
        {**shown, "phases": [], "steps": [], "warnings": [], "inputs": inputs, **how}, WorkflowView
    )


def listed(name, problem="") -> WorkflowRow:
    return WorkflowRow(name, "", "workflows", "native", "", problem)


FLOW = flow(
    {
        "idea": {"type": "string", "required": True, "description": "What"},
        "name": {"type": "string", "default": "It"},
        "long": {"type": "string", "default": "a\nb"},
        "pages": {"type": "integer", "default": 2},
        "share": {"type": "number", "required": False},
        "fast": {"type": "boolean", "default": True},
        "tags": {"type": "list", "default": ["a"]},
        "size": {"type": "string", "choices": ["S", "M"], "default": "M"},
        "key": {"type": "string", "secret": True},
    }
)


def test_a_run_says_how_far_it_is_and_that_it_was_rehearsed():
    made = row(one(steps_failed=1), 10.0, rehearsed=True)
    assert made.id == "run-r1"
    for said in (
        "rehearsed",
        "width:50.0%",
        "width:25.0%",
        "2 of 4, 1 failed",
        'data-since="0.0"',
        'href="/runs/r1"',
    ):
        assert said in made.html
    assert "0 of 0" in bar(one(steps_total=0, steps_done=0))


def test_who_is_waited_for_is_said_in_words():
    assert "a person" in waits(one(status="paused", reason="asked", asks_open=2))
    assert "2 questions" in waits(one(status="paused", reason="asked", asks_open=2))
    assert waits(one(status="paused", reason="by request")) == "somebody to resume it"
    assert waits(one(status="paused", reason="quota")) == "quota"
    assert "no way" in waits(one(status="failed", error="no way"))
    assert "Build" in waits(one())
    assert "done" in waits(one(status="completed", reason="done"))


def test_no_run_at_all_and_more_than_fit_are_both_said():
    assert "No run is here" in whole(rows([], {}, 0.0, more=False))
    assert "Older runs" in whole(rows([one()], {"r1": True}, 0.0, more=True))


def test_what_is_looked_for_is_kept_in_the_address():
    assert Filter().path == "/"
    assert Filter("a b", "failed", "w").path == "/?text=a+b&status=failed&workflow=w"
    made = head(Filter("milk", "failed", "w"), ["v", "w"])
    assert 'value="milk"' in made
    assert '<option value="w" selected>' in made
    assert made.count('aria-pressed="true"') == 1


def test_each_type_of_input_has_its_field():
    made = str(starting([listed("f"), listed("no", "broken")], FLOW, "pages wants a number"))
    for said in (
        '<textarea rows="3" name="in:idea" class="field" required>', 'type="text" value="It"', ">a\nb</textarea>",
        'type="number" step="1" value="2"', 'step="any"', 'type="checkbox" name="in:fast" checked', "[&#34;a&#34;]",
        '<option value="&#34;M&#34;" selected>', 'type="password"', "pages wants a number", 'name="rehearse"',
    ):  # fmt: skip
        assert said in made, said
    assert "broken" not in made
    assert "It takes no inputs" in starting([], flow({}))
    assert "Choose a workflow" in starting([], None)


def test_a_form_is_read_back_as_the_types_that_were_asked_for():
    form = {
        "in:idea": "tea", "in:name": "", "in:pages": "3", "in:share": "", "in:fast": False, "in:tags": '["x"]',
        "in:size": '"S"', "in:key": "", "in:long": "a",
    }  # fmt: skip
    found, faults = read(FLOW, form)
    assert not faults
    assert found == {
        "idea": "tea",
        "name": "",
        "pages": 3,
        "fast": False,
        "tags": ["x"],
        "size": "S",
        "long": "a",
    }


def test_what_cannot_be_read_is_said_by_the_name_of_its_field():
    _, faults = read(FLOW, {"in:tags": "[", "in:pages": "x"})
    assert faults == ["pages wants a value of type integer", "tags wants JSON"]

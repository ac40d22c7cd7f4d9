"""The other tabs of a run: its files, handoffs, merge and events, also of a run that has none and of events nobody can read."""

import msgspec

from ropewalk.core import events as e
from ropewalk.store.port import Record
from ropewalk.web.page import shelves
from ropewalk.web.page.markup import text
from tests.web.page.reviewed import asked, started


def test_files_handoffs_and_merge_of_a_run():
    run = asked()
    files = str(shelves.files(run.state, "a.md", shelves.file("a.md", "", "rendered", text(["body"]))))
    assert 'id="file-a.md"' in files
    assert "old.md" not in files
    assert "as it was merged" in files
    assert "No file" in shelves.files(started().state, "", None)
    assert "<strong>Done</strong>" in shelves.handoffs(run.state)
    assert "passed on yet" in shelves.handoffs(started().state)
    assert "Nothing is merged" in shelves.merge(run.state, [])


def test_conflicts_name_both_steps_and_show_their_sides():
    run = asked()
    run.state.base = {"commit": "f" * 40}
    report = {
        "conflicts": [
            {"path": "x.md", "kind": "content", "steps": ["a", "b"], "hunks": [{"ours": "1", "theirs": "2"}]}
        ]
    }
    made = str(shelves.merge(run.state, [e.ConflictFound("c", report=report)]))
    assert "1 conflict" in made
    assert "a and b disagree; found when c was merged." in made
    assert "<h4>theirs</h4>" in made
    assert "clean" in str(shelves.merge(run.state, []))
    assert "left a commit" in str(shelves.merge(_based(started().state), []))


def _based(state):
    state.base = {"commit": "f" * 40}
    return state


def test_a_step_is_marked_with_each_conflict_that_it_was_part_of():
    run = asked()
    run.state.base = {"commit": "f" * 40}
    report = {"conflicts": [{"path": f"{n}.md", "steps": ["a", "b"], "hunks": ["torn"]} for n in range(2)]}
    made = str(
        shelves.merge(run.state, [e.ConflictFound("c", report=report), e.ConflictFound("c", report={})])
    )
    assert "2 conflicts" in made
    assert "clean" not in made
    assert "torn" not in made


def record(event, version=1, body=None, kind=""):
    tag = str(type(event).__struct_config__.tag)
    return Record(
        version + 7, "r", version, 0.0, kind or tag, "ada", "", body or msgspec.json.encode(event), ""
    )


def test_events_come_newest_first_each_with_its_body_and_who_caused_it():
    records = [record(e.StepStarted("a"), 1), record(e.StepFailed("a"), 2)]
    made = str(shelves.events(records, 0.0, older=True))
    assert made.index('id="event-2"') < made.index('id="event-1"')
    assert "version 1 · position 8 · ada" in made
    assert 'class="k-failed"' in made
    assert 'class="k-step"' in made
    assert 'data-do="older"' in made
    assert 'data-do="older"' not in shelves.events(records, 0.0)
    assert "Nothing has happened yet" in shelves.events([], 0.0)


def test_an_event_that_cannot_be_read_stands_in_no_others_way():
    unreadable = record(e.StepStarted("a"), 3, body=b'{"step": ["<b>"]}', kind="step.started")
    made = str(shelves.events([record(e.StepStarted("b"), 2), unreadable], 0.0))
    assert 'id="event-3"' in made
    assert 'id="event-2"' in made
    assert "&lt;b&gt;" in made
    assert "<b>step.started</b>" in made


def test_the_file_that_is_looked_at_is_marked_and_a_name_stays_text():
    state = asked().state
    made = str(shelves.files(state, "other.md", None))
    assert 'aria-pressed="true"' not in made
    assert "Choose a file" in made
    assert "&lt;i&gt;.md" in shelves.file("<i>.md", "a", "source", text(["body"]))

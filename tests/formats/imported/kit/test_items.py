import pytest

from ropewalk.formats.imported.kit.items import items_of, verbs
from ropewalk.yaml.positions import Positions


def item(raw):
    [found] = items_of([raw], ("sequence",), Positions())
    return found


@pytest.mark.parametrize(
    "raw",
    [
        {"workflow_end": None, "action": "x", "notes": "n"},
        {"workflow_end": {"action": "x", "notes": "n"}},
        {"step": "workflow_end", "action": "x", "notes": "n"},
        {"workflow_end": True, "action": "x", "notes": "n"},
        {"workflow_end": "", "action": "x", "notes": "n"},
    ],
)
def test_a_marker_is_the_same_in_all_its_spellings(raw):
    found = item(raw)
    assert (found.kind, found.name) == ("end", "workflow_end")
    assert found.data["action"] == "x"
    assert found.data["notes"] == "n"


@pytest.mark.parametrize(
    ("raw", "kind", "name"),
    [
        ({"agent": "pm", "creates": "x"}, "task", ""),
        ({"agent": "pm", "step": "one"}, "task", "one"),
        ({"step": 3, "agent": "pm", "id": "own"}, "task", "own"),
        ({"repeat_development_cycle": None, "action": "x"}, "repeat", "repeat_development_cycle"),
        ({"step": "repeat_development_cycle"}, "repeat", "repeat_development_cycle"),
        ({"meta": "repeat"}, "repeat", "repeat"),
        ({"meta": "end"}, "end", "end"),
        ({"workflow_end": "project_complete"}, "end", "workflow_end"),
        ({"repeat_development_cycle": "for all stories"}, "repeat", "repeat_development_cycle"),
        ({"go_gate": "advice_is_positive"}, "halt", "go_gate"),
        ({"go_no_go": "the board decides"}, "halt", "go_no_go"),
        ({"cycle": "weekly"}, "guide", ""),
        ({"step": "q", "decision_point": {"outcomes": {"A": "x"}}}, "halt", "q"),
        ({"step": "q", "decision": {"A": "x", "B": "y"}}, "halt", "q"),
        ({"decision_point": {"options": ["A", "B"]}}, "halt", "decision_point"),
        ({"meta": "guidance"}, "guide", "guidance"),
        ({"project_setup_guidance": None, "condition": "x"}, "guide", "project_setup_guidance"),
        ({"phase": 4, "name": "Development Cycle"}, "header", "Development Cycle"),
        ({"phase": 4, "task": "x"}, "task", ""),
        ({"import": "modules/x.yaml"}, "import", ""),
        ({"orchestrator": "hub", "action": "route"}, "task", "hub"),
        ({"decision_point": "good", "outcomes": {"yes": "go on"}}, "halt", "good"),
        ({"decision": "what now", "options": ["GO"]}, "halt", "what now"),
        ({"agent": "pm", "decision": "what now", "options": ["GO"]}, "task", "what now"),
        ({"step_name": "tool", "command": "x"}, "guide", "tool"),
        ({"step": "choose", "action": "choose approach"}, "task", "choose"),
        ({"agent": "system", "action": "increment_and_check"}, "guide", ""),
        ({"step": "routing", "routes": {"a": {}}}, "route", "routing"),
        ({"branch": {"general": {"agent": "dev"}}}, "route", "branch"),
        ({"agent": "qa", "on_verdict": {"A": {}}}, "route", ""),
        ({"agent": "x", "condition_check": [{"condition": "a"}]}, "route", ""),
        ({"manual_halt_1": None, "notes": "x"}, "halt", "manual_halt_1"),
        ({"agent": "pm", "human_checkpoint": True}, "halt", ""),
        ({"action": "human_checkpoint", "step": "go"}, "halt", "go"),
        ({"agent": "user", "action": "x"}, "halt", ""),
        ({"agent": "pm", "on_complete": {"GO": "next", "ABORT": "end"}}, "route", ""),
        ({"agent": "pm", "on_complete": {"next": "x", "notes": "y"}}, "task", ""),
        ({"agent": "user", "on_complete": {"GO": "next", "ABORT": "end"}}, "halt", ""),
        ({"agent": "pm", "human_checkpoint": True, "decisions": {"GO": {}}}, "halt", ""),
        ({"step": "x", "options": [{"A": "b"}], "on_complete": {"A": "end"}}, "halt", "x"),
        ({"step": "both", "agents": [{"agent": "a"}]}, "parallel", "both"),
        ({"parallel_groups": [{"agents": [{"agent": "a"}]}]}, "parallel", ""),
        ({"agents": ["a", "b"], "task": "x"}, "task", ""),
        ({"migration_phases": None, "sequence": [{"agent": "a"}]}, "group", "migration_phases"),
        ({"conditional_halt": None, "condition": "x"}, "halt", "conditional_halt"),
        ({"workflow_completion": None}, "end", "workflow_completion"),
        ({"agent": "pm", "workflow_end": None}, "task", ""),
        ({"step": "x", "workflow_end": None}, "end", "workflow_end"),
    ],
)  # fmt: skip
def test_what_kind_of_item_it_is(raw, kind, name):
    found = item(raw)
    assert (found.kind, found.name) == (kind, name)


def test_a_text_under_a_marker_is_what_is_done_or_told_there():
    assert item({"go_gate": "advice_is_positive"}).data == {"action": "advice_is_positive"}
    assert item({"go_gate": "The board decides."}).data == {"notes": "The board decides."}


def test_a_decision_with_keys_inside_says_the_same_as_with_them_beside():
    inside = item({"step": "q", "decision": {"outcomes": {"A": "x"}}, "notes": "n"}).data
    assert inside == {"step": "q", "decision": "decision", "outcomes": {"A": "x"}, "notes": "n"}
    assert item({"step": "q", "decision_point": {True: "x", "B": "y"}}).data["outcomes"] == {
        "True": "x",
        "B": "y",
    }


def test_nested_items_have_numbers_and_places_of_their_own():
    found = item(
        {"phases_of_it": {"repeats": "for_each_phase", "sequence": [{"agent": "a"}, {"agent": "b"}]}}
    )
    assert [(one.number, one.path) for one in found.inner] == [
        ("1.1", ("sequence", 0, "phases_of_it", "sequence", 0)),
        ("1.2", ("sequence", 0, "phases_of_it", "sequence", 1)),
    ]


def test_what_is_no_mapping_is_passed_over():
    assert items_of([None, "x", {"agent": "a"}], (), Positions())[0].number == "3"


def test_verbs_name_what_is_acted_on():
    assert verbs(
        {
            "reviews": "story.md",
            "tests": ["a.md"],
            "focus": "x",
            "notes": "y",
            "plans": {"a": 1},
            "drafts": "",
            "improves": "x" * 200,
        }
    ) == ["reviews", "tests"]


def test_a_plural_is_no_verb_and_an_unknown_verb_acts_on_files_alone():
    said = {
        "checks": "a.md",
        "scripts": "build.sh",
        "gates": "quality",
        "decides": "go",
        "translates": "a.md",
    }
    assert verbs(said) == ["translates"]

import pytest

from ropewalk.formats.imported.kit.people import crew, role_id


@pytest.mark.parametrize(
    ("data", "sort", "names"),
    [
        ({"agent": "pm"}, "role", ("pm",)),
        ({"agent": "@PM"}, "role", ("PM",)),
        ({"agent": "analyst/pm"}, "role", ("analyst", "pm")),
        ({"agent": "pm|po|sm"}, "role", ("pm", "po", "sm")),
        (
            {"agent": "react-developer OR node-backend-developer"},
            "role",
            ("react-developer", "node-backend-developer"),
        ),
        ({"agent": ["dev", "qa"]}, "role", ("dev", "qa")),
        ({"agents": ["dev", "qa"]}, "role", ("dev", "qa")),
        ({"agent": "pm", "alternative_agent": "analyst"}, "role", ("pm", "analyst")),
        ({"role": "writer"}, "role", ("writer",)),
        ({"orchestrator": "check_it"}, "engine", ()),
        ({"agent": "various"}, "owners", ("various",)),
        ({"agent": "any_development_agent"}, "anybody", ("any_development_agent",)),
        ({"agent": "user"}, "person", ("user",)),
        ({"agent": "system"}, "engine", ("system",)),
        ({}, "engine", ()),
    ],
)
def test_who_is_meant(data, sort, names):
    found = crew(data)
    assert (found.sort, found.names) == (sort, names)


def test_helpers_are_kept_apart_from_who_does_it():
    assert crew({"agent": "po", "delegates_to": ["analyst", "pm"]}).others == ("analyst", "pm")
    assert crew({"delegates_to": ["analyst"]}).others == ("analyst",)


def test_a_name_that_is_not_filled_in_is_unclear():
    assert crew({"agent": "{{SQUADNAME}}-chief"}).names == ("chief",)
    assert crew({"agent": "{{SQUADNAME}}-chief"}).unclear


def test_two_people_who_are_not_filled_in_are_two():
    assert crew({"agent": "${story.executor}"}).names == ("story-executor",)
    assert crew({"agent": "${story.quality_gate}"}).names == ("story-quality_gate",)


def test_an_orchestrators_name_is_a_role_where_the_pack_has_it():
    assert crew({"orchestrator": "hub"}, frozenset({"hub"})).names == ("hub",)


def test_a_name_that_the_pack_has_stays_whole():
    assert crew({"agent": "ux/ui"}, frozenset({"ux/ui"})).names == ("ux/ui",)


def test_names_for_programs():
    assert role_id("UX Expert") == "ux-expert"
    assert role_id("개발자", 3) == "role-3"


def test_an_agent_that_is_named_by_its_file_is_called_as_the_file_is():
    assert crew({"agent": "../agents/x/one.md"}).names == ("one",)
    assert crew({"agent": "agents/two.yaml"}).names == ("two",)

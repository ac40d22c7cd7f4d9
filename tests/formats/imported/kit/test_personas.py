import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.imported.kit.personas import is_agent, is_team, persona, team
from ropewalk.yaml.reading import yaml_document
from tests.formats.samples import DATA

PM = """\
# pm

ACTIVATION-NOTICE: greet the user and HALT.

```yaml
activation-instructions:
  - STEP 1: read everything
agent:
  name: John
  id: pm
  title: Product Manager
  whenToUse: For requirements
  customization: Be brief.
persona:
  role: Strategist
  style: Analytical
  core_principles:
    - Understand why
commands:
  - help: Show them
  - create-prd
  - [nested, {deep: x}]
  - "*yolo"
dependencies:
  tasks: [create-doc.md]
  templates:
    - prd-tmpl.yaml
  data: null
```
"""


def test_an_agent_file_becomes_a_role_without_what_it_tells_a_chat():
    found = persona(PM, "agents/pm.md")
    assert (found.id, found.role.title, found.when) == ("pm", "Product Manager", "For requirements")
    assert (
        found.role.persona
        == "You are John, Product Manager.\nRole: Strategist\nStyle: Analytical\nPrinciples:\n- Understand why\nBe brief."
    )
    assert found.files == {"tasks": ("create-doc.md",), "templates": ("prd-tmpl.yaml",)}
    assert list(found.commands) == ["help", "create-prd", "nested", "deep", "yolo"]


def test_commands_may_be_a_mapping_and_principles_at_the_top():
    found = persona(
        "agent: {id: x}\npersona: A careful writer\ncore_principles: [One]\ncommands: {go: y}\n", "x.yaml"
    )
    assert found.role.persona == "You are x.\nA careful writer\nPrinciples:\n- One"
    assert list(found.commands) == ["go"]


def test_plain_markdown_is_the_persona_itself():
    found = persona("# The Critic\n\nYou judge.", "critic.md")
    assert (found.id, found.role.title) == ("critic", "The Critic")
    assert found.role.persona.endswith("You judge.")
    assert persona("You judge.", "critic.md").role.title == "critic"


def test_a_broken_block_is_told_by_its_line_in_the_whole_file():
    with pytest.raises(InvalidDefinition) as caught:
        persona("# x\n\n```yaml\nagent:\n  a: b: c\n```\n", "x.md")
    assert caught.value.faults[0].line == 5
    with pytest.raises(InvalidDefinition, match="holds no agent"):
        persona("- a\n- b\n", "x.yaml")


def test_teams_and_their_wildcard():
    data = {"bundle": {"name": "All", "description": "d"}, "agents": ["pm", "*"], "workflows": None}
    found = team(data)
    assert (found.name, found.workflows) == ("All", ())
    assert found.members({"pm", "dev"}) == ("pm", "dev")
    assert team({"bundle": {"name": "x", "agents": ["a"], "workflows": ["w.yaml"]}}).workflows == ("w.yaml",)
    assert is_team(data)
    assert not is_team({"team": {}})
    assert is_agent({"agent": {}, "persona": {}})
    assert not is_agent({"agent": "pm"})


def test_our_own_agent_files_and_their_team():
    found = {
        path.name: persona(path.read_text(), path.name) for path in sorted((DATA / "agents").glob("*.md"))
    }
    assert [(one.id, one.role.title) for one in found.values()] == [
        ("clerk", "The Clerk"),
        ("gardener", "Keeper of the Sensors"),
    ]
    gardener = found["gardener.md"]
    assert "A number without a unit is a rumour" in gardener.role.persona
    assert "Greet" not in gardener.role.persona
    assert gardener.files["templates"] == ("notice-tmpl.yaml",)
    desk = team(yaml_document((DATA / "agents" / "team-desk.yaml").read_text()).data)
    assert desk.members({"clerk", "gardener", "pm"}) == ("gardener", "clerk", "pm")

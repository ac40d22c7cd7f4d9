from pathlib import Path
from typing import Any

import pytest

from ropewalk.formats.imported.kit import pack as module
from ropewalk.formats.imported.kit.pack import find_pack
from tests.formats.imported.bmad.flow import flow


def Pack(*said) -> Any:  # noqa: N802 - stands for the class
    return module.Pack(*said)


AGENT = "```yaml\nagent: {id: pm, title: Manager}\npersona: {role: R}\n```\n"


def made(root: Path) -> Path:
    folder = root / ".bmad-core"
    files = {
        "agents/pm.md": AGENT,
        "agents/broken.md": "```yaml\na: b: c\n```\n",
        "tasks/create-doc.md": "Ask, then write.",
        "checklists/po-master-checklist.md": "- [ ] all there",
        "templates/prd-tmpl.yaml": "template: {id: prd}\nsections: [{id: a, title: A}]\n",
        "core-config.yaml": "devStoryLocation: stories\n",
        "workflows/w.yaml": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_pack_is_found_beside_a_workflow_or_above_it(tmp_path):
    folder = made(tmp_path)
    assert find_pack(folder / "workflows" / "w.yaml").root == folder
    (tmp_path / "deep" / "er").mkdir(parents=True)
    assert find_pack(tmp_path / "deep" / "er").root == folder
    (tmp_path / "deep" / ".git").mkdir()
    assert find_pack(tmp_path / "deep" / "er").root is None


def test_names_lead_to_files_and_never_out_of_the_pack(tmp_path):
    pack = Pack(made(tmp_path))
    (tmp_path / "secret.md").write_text("x")
    assert pack.agents == {"pm", "broken"}
    for name in ("create-doc", "create-doc.md", "create-doc task", "tasks/create-doc.md"):
        assert pack.find(name)[0] == "tasks"
    assert pack.place(pack.find("prd", "templates")[1]) == ".bmad-core/templates/prd-tmpl.yaml"
    assert pack.find("po-master-checklist", "checklists") is not None
    for name in ("../../secret", "nothing", "", "/etc/passwd", "x\0y", "y" * 300):
        assert pack.find(name) is None
    (pack.root / "tasks" / "link.md").symlink_to(tmp_path / "secret.md")
    assert pack.find("link") is None


def test_personas_are_read_once_and_a_broken_one_is_a_fault_to_tell(tmp_path):
    pack = Pack(made(tmp_path))
    assert pack.persona("@PM").role.title == "Manager"
    assert pack.persona("nobody") is None
    assert pack.persona("broken") is None
    assert "broken.md:2" in pack.faults[0]


def test_configuration_that_cannot_be_read_is_told(tmp_path):
    folder = made(tmp_path)
    (folder / "core-config.yaml").write_text("a: b: c\n")
    (folder / "tasks" / "bytes.md").write_bytes(b"\xff")
    pack = Pack(folder)
    assert pack.location("devStoryLocation") == ""
    assert pack.text(pack.find("bytes")[1]) == ""
    assert len(pack.faults) == 2
    (folder / "core-config.yaml").write_text("- a\n")
    assert Pack(folder).location("x.y") == ""


@pytest.mark.parametrize("place", ["../../x.md", "/etc/x.md", "~/x.md", "a/../../x.md", " ../x.md "])
def test_configuration_that_leads_out_of_the_project_is_told_once_and_not_followed(tmp_path, place):
    folder = made(tmp_path)
    (folder / "core-config.yaml").write_text(f"prd: {{prdFile: '{place}'}}\ndevStoryLocation: ./stories\n")
    pack = Pack(folder)
    assert [pack.location("prd.prdFile"), pack.location("prd.prdFile")] == ["", ""]
    assert pack.location("devStoryLocation") == "stories"
    assert pack.faults == [
        ".bmad-core/core-config.yaml: `prd.prdFile` leads out of the project: it is not followed"
    ]


def test_a_pack_without_a_folder_knows_nothing():
    assert Pack().agents == frozenset()
    assert Pack().persona("pm") is None
    assert Pack().location("x") == ""


def test_tasks_checklists_templates_and_personas_reach_the_step(tmp_path):
    pack = Pack(made(tmp_path))
    made_ = flow(
        """\
        - {agent: pm, creates: prd.md, uses: prd-tmpl, task: create-doc}
        - {agent: nobody/pm, creates: story.md, notes: "using prd-tmpl"}
        - {agent: po, validates: all_artifacts, uses: po-master-checklist}
        - {agent: pm, action: analyze it and use task create-doc}
        - {agent: dev, uses: unknown-thing}
        """,
        pack=pack,
    )
    first, second, third, fourth, _ = made_.steps
    assert first.template == ".bmad-core/templates/prd-tmpl.yaml"
    assert "id: prd" in made_.documents[first.template]
    assert "Task `.bmad-core/tasks/create-doc.md`:\n\nAsk, then write." in first.notes
    assert made_.roles["pm"].title == "Manager"
    assert second.role == "pm"
    assert second.template == first.template
    assert second.creates[0].name == "stories/*.*.story.md"
    assert any(note.startswith("Checklist") for note in third.notes)
    assert any("Ask, then write." in note for note in fourth.notes)
    assert any("no agent file for po" in one for one in made_.warnings)
    assert any("`unknown-thing` is not in .bmad-core" in one for one in made_.warnings)


def test_a_pack_in_a_folder_of_its_own_name_is_found_from_below(tmp_path):
    folder = made(tmp_path)
    folder.rename(tmp_path / ".bmad-film")
    (tmp_path / "deep").mkdir()
    assert find_pack(tmp_path / "deep").root == tmp_path / ".bmad-film"
    assert "create-doc" in find_pack(tmp_path / "deep").names("tasks")

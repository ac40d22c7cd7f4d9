import json
from pathlib import Path

import pytest

from ropewalk.cli.main import main

TEMPLATE = """\
template: {id: note, name: Note, output: {format: markdown, filename: "docs/{{name}}.md", title: "{{name}}"}}
sections:
  - {id: goals, title: Goals, type: bullet-list, elicit: true, instruction: One line each.}
  - {id: log, title: Log, type: table, columns: [Date], owner: qa}
  - {id: state, title: State, type: choice, choices: [Draft, Done], elicit: true}
"""


@pytest.fixture
def ropewalk(tmp_path, capsys):
    (tmp_path / "note-tmpl.yaml").write_text(TEMPLATE, encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        code = main(["-C", str(tmp_path), *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_template_is_filled_with_what_is_known(ropewalk, tmp_path):
    (tmp_path / "values.yaml").write_text("name: Ropewalk\ngoals: [hold]\n")
    code, said = ropewalk("doc", "render", "note-tmpl.yaml", "--values", "values.yaml")
    assert code == 0
    assert "# Ropewalk\n\n## Goals\n\n- hold" in said
    code, said = ropewalk("doc", "render", "note-tmpl.yaml", "--values", "values.yaml", "-o", "out/note.md")
    assert code == 0
    assert (tmp_path / "out" / "note.md").read_text().startswith("# Ropewalk")


def test_a_document_is_checked_and_what_lacks_is_told_with_its_line(ropewalk, tmp_path):
    assert ropewalk("doc", "sample", "note-tmpl.yaml", "-o", "good.md")[0] == 0
    assert ropewalk("doc", "check", "note-tmpl.yaml", "good.md") == (
        0,
        "good.md has what its template asks.\n",
    )
    (tmp_path / "bad.md").write_text("# x\n\n## Goals\n\n## Log\n\nwords\n\n## State\n\nLate\n")
    code, said = ropewalk("doc", "check", "note-tmpl.yaml", "bad.md")
    assert code == 1
    assert "bad.md:3: the section “Goals” is empty" in said
    assert "concern: the section “Log” has no table" in said
    assert "2 thing(s) lack." in said
    assert ropewalk("doc", "check", "note-tmpl.yaml", "bad.md", "--role", "dev")[0] == 1


def test_the_form_is_told_and_is_a_schema(ropewalk):
    code, said = ropewalk("doc", "form", "note-tmpl.yaml")
    assert code == 0
    assert "state: State [choice: Draft | Done]" in said
    assert "    One line each." in said
    found = json.loads(ropewalk("doc", "form", "note-tmpl.yaml", "--whole", "--json")[1])
    assert set(found["schema"]["properties"]) == {"name", "goals", "log", "state"}


def test_what_an_agent_is_told(ropewalk):
    code, said = ropewalk("doc", "guide", "note-tmpl.yaml", "--role", "dev")
    assert code == 0
    assert "Leave this section to qa" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("fill", "note-tmpl.yaml"), "say one of render, check, form, guide, sample"),
        (("check", "note-tmpl.yaml"), "there is no document to check"),
        (("check", "note-tmpl.yaml", "nix.md"), "nix.md cannot be read"),
        (("render", "nix.yaml"), "cannot be read"),
        (("render", "note-tmpl.yaml", "--values", "list.yaml"), "holds no values by name"),
        (("render", "note-tmpl.yaml", "-o", "note-tmpl.yaml/x"), "cannot be written"),
        (("form", "list.yaml"), "is not a document template"),
    ],
)
def test_what_cannot_be_done_is_one_message(ropewalk, tmp_path, words, told):
    (tmp_path / "list.yaml").write_text("- a\n")
    code, said = ropewalk("doc", *words)
    assert code == 2
    assert told in said


BMAD = "workflow:\n  id: w\n  sequence:\n    - {agent: a, creates: a.md}\n    - {agent: b, requires: a.md}\n"


def test_another_systems_workflow_is_written_as_ours_with_the_same_plan(ropewalk, tmp_path):
    (tmp_path / "w.yaml").write_text(BMAD)
    assert ropewalk("import", "w.yaml", "-o", "ours.yaml")[0] == 0
    assert Path(tmp_path / "ours.yaml").read_text().startswith("ropewalk: 1\n")
    assert ropewalk("plan", "ours.yaml") == ropewalk("plan", "w.yaml")
    assert "ropewalk: 1" in ropewalk("import", "w.yaml")[1]
    code, said = ropewalk("import", "w.yaml", "-o", "ours.yaml")
    assert code == 2
    assert "cannot be written" in said

"""The document templates that ship can be read, rendered, told to an agent, and checked."""

from __future__ import annotations

import pytest

from ropewalk.definition.document import walk_sections
from ropewalk.documents.check import check_document
from ropewalk.documents.form import document_form
from ropewalk.documents.guide import writing_instructions
from ropewalk.documents.read import read_template
from ropewalk.documents.render import render_document
from ropewalk.documents.sample import sample_document
from ropewalk.formats.discovery import list_workflows
from ropewalk.formats.locations import library_folder

SHIPPED = sorted(library_folder("templates").glob("*.yaml"))


def template(path):
    return read_template(path.read_text(encoding="utf-8"), path.name)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_can_be_read_and_says_what_each_section_is_for(path):
    found = template(path)
    assert found.id == path.stem
    assert (found.format, found.extra) == ("markdown", {})
    for *_, section in walk_sections(found.sections):
        assert section.extra == {}, section.id
        assert section.instruction or section.sections, section.id


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_it_renders_has_every_section_and_its_check_finds_what_is_empty(path):
    found = template(path)
    text = render_document(found, {"name": "Loom"}).text
    assert text.startswith("# Loom: ")
    titles = [line.lstrip("# ") for line in text.splitlines() if line.startswith("## ")]
    assert [title.split()[0] for title in titles] == [section.title.split()[0] for section in found.sections]
    assert check_document(found, text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_its_sample_passes_its_own_check_without_a_concern(path):
    found = template(path)
    assert check_document(found, sample_document(found, {"name": "Loom"}).text) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_becomes_instructions_and_a_form(path):
    found = template(path)
    told = writing_instructions(found)
    assert all(section.title.split(" {{")[0] in told for *_, section in walk_sections(found.sections))
    assert document_form(found)


def test_no_template_is_taken_for_a_workflow(tmp_path):
    folder = tmp_path / ".ropewalk" / "workflows"
    folder.mkdir(parents=True)
    (folder / "prd.yaml").write_text((library_folder("templates") / "prd.yaml").read_text())
    found = next(entry for entry in list_workflows(tmp_path) if entry.name == "prd")
    assert found.problem

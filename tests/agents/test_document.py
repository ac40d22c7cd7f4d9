"""The template of a brief: told to agents, sampled by a rehearsal, and checked as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.agents.document import document_gaps, document_in, sampled, template_in, template_in_words
from ropewalk.agents.prompt import compose
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.definition.workflow import Ref
from ropewalk.steps.evidence import check_outcome
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

PRD = """
template: {id: prd, name: Requirements, output: {filename: docs/prd.md, title: "{{project}} Requirements"}}
sections:
  - {id: goals, title: Goals, type: bullet-list, instruction: List the goals.}
  - {id: why, title: Background, instruction: Say why.}
"""


def test_a_template_is_told_as_instructions_and_any_other_text_as_it_is():
    assert "List the goals." in template_in_words(brief(template=PRD))
    assert "sections:" not in template_in_words(brief(template=PRD))
    assert template_in_words(brief(template="# Skeleton\n\n## Part\n")) == "# Skeleton\n\n## Part"
    assert template_in_words(brief(template="prd-tmpl")) == "prd-tmpl"
    assert template_in_words(brief()) == ""
    text = compose(brief(template=PRD, creates=(Ref("docs/prd.md"),)))
    assert "## `docs/prd.md` follows this template" in text
    assert "## The document follows" in compose(brief(template=PRD))


@pytest.mark.parametrize(
    ("creates", "name"),
    [
        (
            (
                Ref("src/"),
                Ref("a.py"),
                Ref("l.md", label=True),
                Ref("s.md", soft=True),
                Ref("b.md"),
                Ref("c.md"),
            ),
            "b.md",
        ),
        ((Ref("", any_of=("x.md",)), Ref("plan.yaml")), "plan.yaml"),
        ((Ref("a.py"),), None),
    ],
)
def test_the_template_is_for_the_first_document(creates, name):
    ref = document_in(brief(creates=creates))
    assert (ref.name if ref else None) == name


def test_a_sample_is_what_the_check_accepts_and_a_stranger_lacks_something():
    given = brief(template=PRD, inputs={"project": "Loom"})
    template = template_in(given)
    assert template is not None
    text = sampled(template, given)
    assert text.startswith("# Loom Requirements\n")
    assert document_gaps(template, text, given) == []
    assert any("Background" in lack for lack in document_gaps(template, "# Loom Requirements\n", given))


async def test_a_rehearsal_writes_the_document_and_evidence_wants_all_of_it(tmp_path: Path):
    desk = ListeningDesk(tmp_path)
    given = brief(template=PRD, rehearse="", creates=(Ref("notes.py"), Ref("docs/prd.md"), Ref("other.md")))
    outcome = await Rehearsal().perform(given, desk)
    document = desk.folder / "docs" / "prd.md"
    assert "## Goals" in document.read_text()
    assert "## Goals" not in (desk.folder / "other.md").read_text()
    assert check_outcome(given, outcome, None, desk.folder) is None
    document.write_text("# project Requirements\n\n## Goals\n\n- one\n")
    failure = check_outcome(given, outcome, None, desk.folder)
    assert failure is not None
    assert "docs/prd.md: " in failure.message
    assert "Background" in failure.message


def test_a_sample_says_what_the_run_was_started_with_in_plain_words():
    given = brief(template=PRD, inputs={"count": 2, "idea": "a *list* for | two"})
    template = template_in(given)
    assert template is not None
    text = sampled(template, given)
    assert "Rehearsed: nobody has thought about “a list for two” yet." in text
    assert document_gaps(template, text, given) == []

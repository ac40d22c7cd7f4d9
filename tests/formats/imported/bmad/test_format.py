from ropewalk.formats.imported.bmad.format import read
from ropewalk.formats.loading import load_workflow
from ropewalk.formats.reading import ReadOptions
from ropewalk.yaml.reading import yaml_document

TEXT = "workflow:\n  id: w\n  sequence:\n    - agent: a\n      condition: x == 'y'\n    - both:\n      agents: [{agent: b}, {agent: c}]\n"


def test_faults_of_the_check_have_the_places_of_the_items():
    reading = read(yaml_document(TEXT, "w.yaml"), "w.yaml", "w")
    where = reading.where
    assert where.value(("steps", 0, "when")) == (5, 18)
    assert where.value(("steps", 0, "gates")) == (4, 7)
    assert where.key(("steps", 0, "when")) == (5, 7)
    assert where.inside(("steps", 0, "when"), 3) == (5, 18)
    assert where.value(("steps", 1)) == (6, 7)
    assert where.value(("steps", 99)) == (1, 1)
    assert where.value(("name",)) == (1, 1)


def test_a_file_is_read_with_the_pack_around_it(tmp_path):
    core = tmp_path / ".bmad-core"
    (core / "agents").mkdir(parents=True)
    (core / "tasks").mkdir()
    (core / "workflows").mkdir()
    (core / "agents" / "a.md").write_text("```yaml\nagent: {title: The A}\npersona: {}\n```\n")
    path = core / "workflows" / "w.yaml"
    path.write_text(TEXT)
    loaded = load_workflow(path, options=ReadOptions())
    assert loaded.workflow.roles["a"].title == "The A"
    assert any("no agent file for b" in one for one in loaded.workflow.warnings)

from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.places import place


def packed(tmp_path):
    (tmp_path / "core-config.yaml").write_text(
        "prd: {prdFile: ./specs/prd.md, prdShardedLocation: specs/prd}\ndevStoryLocation: specs/stories\nqa: {qaLocation: specs/qa}\n"
    )
    return Pack(tmp_path)


def test_without_a_pack_documents_are_where_bmad_keeps_them():
    found = [
        place(name, Pack())
        for name in (
            "prd.md",
            "architecture.md",
            "story.md",
            "brief.md",
            "x.py",
            "out/",
            "a/b.md",
            "./a/b.md",
        )
    ]
    assert found == [
        "docs/prd.md",
        "docs/architecture.md",
        "docs/stories/*.*.story.md",
        "docs/brief.md",
        "x.py",
        "out/",
        "a/b.md",
        "a/b.md",
    ]


def test_a_read_me_stays_at_the_top():
    assert [place(name, Pack()) for name in ("README.md", "CHANGELOG.md", "./CONTRIBUTING.md")] == [
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
    ]  # fmt: skip


def test_the_projects_configuration_says_otherwise(tmp_path):
    pack = packed(tmp_path)
    assert place("prd.md", pack) == "specs/prd.md"
    assert place("story.md", pack) == "specs/stories/*.*.story.md"
    assert place("qa.qaLocation/gates/x.yml", pack) == "specs/qa/gates/x.yml"
    assert place("architecture.md", pack) == "docs/architecture.md"


def test_a_note_names_the_folder_for_its_file():
    note = "Do it.\nSAVE OUTPUT: Copy final screenplay.md to your project's docs/script/ folder."
    assert place("screenplay.md", Pack(), note) == "docs/script/screenplay.md"
    assert place("other.md", Pack(), note) == "docs/other.md"
    assert place("x.md", Pack(), "save x.md to your project's ../out/ folder") == "docs/x.md"

import pytest

from tests.formats.told import told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {id: a, run: x, requires: p.md}",
            ["2:29: no step creates `p.md`; let a step create it, or write {path: …, external: true}"],
        ),
        (
            "- {id: a, run: x, creates: prd.md}\n- {id: b, run: x, requires: prb.md}",
            ["3:29: no step creates `prb.md`; did you mean prd.md?"],
        ),
        (
            "- {id: a, run: x, updates: p.md}",
            ["2:28: no step creates `p.md`; let a step create it, or write"],
        ),
        (
            "- {id: a, run: x, requires: p.md}\n- {id: b, run: x, creates: p.md}",
            ["2:29: `p.md` is created by `b`, which stands later; move `b` up, or add `needs: [b]`"],
        ),
        (
            "- {id: a, run: x, requires: p}\n- {id: b, run: x, creates: p, finally: true}",
            ["2:29: no step creates `p`;"],
        ),
        ("- {id: a, run: x, requires: p, creates: p}", ["2:29: no step creates `p`;"]),
        (
            "- {id: a, ask: {prompt: ok?, show: p.md}}",
            ["2:36: no step creates `p.md`; let a step create it, or name a file of the repository"],
        ),
        (
            "- {id: a, ask: {prompt: ok?, show: spce.md}}\n- {id: b, run: x, creates: spec.md}",
            ["2:36: no step creates `spce.md`; did you mean spec.md?"],
        ),
        (
            "- {id: a, ask: {prompt: ok?, show: p.md}}\n- {id: b, run: x, creates: p.md}",
            ["2:36: `p.md` is created by `b`, which stands later; move `b` up, or add `needs: [b]`"],
        ),
        ("- {id: a, ask: {prompt: ok?, show: ../p}}", ["2:36: `../p` leads out of the repository"]),
    ],
)
def test_a_file_that_cannot_be_there_is_told(text, said):
    found = told(f"steps:\n{text}")
    assert [line.startswith(f"f.yaml:{one}") for line, one in zip(found, said, strict=True)] == [True], found


@pytest.mark.parametrize(
    "text",
    [
        "- {id: a, run: x, creates: p}\n- {id: b, run: x, requires: p, updates: p}",
        "- {id: a, run: x, requires: p, needs: b}\n- {id: b, run: x, creates: p}",
        "- {id: a, run: x, requires: [{path: p, external: true}, {path: q, optional: true}, {path: r, label: true}]}",
        "- {id: a, run: x, requires: [{path: all, aggregate: true}]}",
        "- {id: a, run: x, creates: p}\n- {id: b, run: x, requires: [{any_of: [q, p]}]}",
        "- {id: a, run: x, finally: true, requires: p}\n- {id: b, run: x, creates: p}",
        "- {id: a, run: x, creates: d/}\n- {id: b, run: x, requires: d/p.md}",
    ],
)
def test_a_file_that_will_be_there_is_fine(text):
    assert told(f"steps:\n{text}") == []


def test_a_file_that_is_there_already_needs_no_creator():
    text = "steps:\n- {id: a, run: x, requires: [README.md, other.md]}"
    (said,) = told(text, exists=lambda name: name == "README.md")
    assert "no step creates `other.md`" in said


def test_a_circle_is_told_alone():
    text = "steps:\n- {id: a, run: x, requires: p, needs: c}\n- {id: b, run: x, creates: p, needs: a}\n- {id: c, run: x, needs: b}"
    (said,) = told(text)
    assert "wait for each other" in said


@pytest.mark.parametrize("key", ["creates", "updates", "requires"])
@pytest.mark.parametrize("name", ["/etc/passwd", "../x.md", "a/../../x.md", ".."])
def test_a_path_that_leads_out_of_the_repository_is_told_alone(key, name):
    (line,) = told(f"steps:\n- {{id: a, run: x, {key}: {name}}}")
    assert f"`{name}` leads out of the repository; write it from the top" in line


def test_a_path_may_go_up_inside_the_repository_and_an_alternative_may_not_lead_out():
    assert told("steps:\n- {id: a, run: x, creates: a/../x.md}") == []
    (line,) = told("steps:\n- {id: a, run: x, creates: [{any_of: [x.md, ../y.md]}]}")
    assert "`../y.md` leads out" in line


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("run: x, dir: ../a", "2:24: `../a` is no folder inside the repository; name a folder below the top"),
        ("run: x, dir: /etc", "2:24: `/etc` is no folder inside"),
        ("run: x, dir: /", "2:24: `/` is no folder inside"),
        ("run: x, dir: .", "2:24: `.` is no folder inside"),
        ("run: x, dir: .git", "2:24: `.git` is no folder inside"),
        ("run: x, dir: b", "2:24: there is no folder `b`; write it from the top of the repository"),
        ("run: x, dir: a, workspace: none", "2:24: with `workspace: none` there is no folder; remove `dir`"),
        ("ask: ok?, dir: a", "2:21: `dir` stands without `run` or `role` or `uses` or `gate`"),
        ("run: x, dir: 'a/{{ nobody }}'", "2:30: there is no name `nobody`"),
    ],
)
def test_a_folder_in_which_no_step_can_begin_is_told(step, said):
    (found,) = told(f"steps:\n- {{id: s, {step}}}", exists=lambda name: name == "a")
    assert found.startswith(f"f.yaml:{said}")


@pytest.mark.parametrize("folder", ["a", "a/", "'{{ inputs.x }}'", "later, needs: b"])
def test_a_folder_that_is_there_or_may_be_by_then_is_fine(folder):
    text = f"inputs: {{x: string}}\nsteps:\n- {{id: s, run: x, dir: {folder}}}\n- {{id: b, run: mkdir later}}"
    assert told(text, exists=lambda name: name == "a") == []

"""The table of steering files."""

from __future__ import annotations

import pytest

from ropewalk.workspace.judging.steering import AGENTS, CHECKS, family_of, is_test


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("Makefile", "make"),
        ("web/rules.mk", "make"),
        ("web/package.json", "package.json"),
        ("tests/unit/conftest.py", "Python checks"),
        ("pytest.py", "modules that would hide a tool of Python"),
        ("pytest/__main__.py", "modules that would hide a tool of Python"),
        (".github/workflows/ci.yml", "CI"),
        (".husky/pre-commit", "husky"),
        ("web/vitest.config.ts", "JavaScript checks"),
        (".cargo/config.toml", "cargo"),
    ],
)
def test_a_file_that_steers_checks_is_in_the_table(path, family):
    found = family_of(path, CHECKS)
    assert found is not None
    assert found.name == family


@pytest.mark.parametrize(
    "path", ["src/app.py", "lib/pytest.py", "README.md", "github/workflows/x", "makefile.txt"]
)
def test_other_files_are_not(path):
    assert family_of(path, CHECKS) is None


@pytest.mark.parametrize(
    "path", ["CLAUDE.md", "sub/AGENTS.md", ".claude/settings.json", ".github/copilot-instructions.md"]
)
def test_what_tells_agents_how_to_work_is_a_table_of_its_own(path):
    assert family_of(path, AGENTS) is not None
    assert family_of(path, CHECKS) is None


@pytest.mark.parametrize(
    "path",
    ["tests/a.txt", "pkg/test/x.go", "test_a.py", "src/a_test.py", "a_test.go", "src/a.spec.ts", "x/__tests__/a.js",
     "src/test/java/AppTest.java", "TestApp.java", "spec/a_spec.rb", "t/a.t", "a.bats"],
)  # fmt: skip
def test_tests_are_known_by_the_customs_of_their_language(path):
    assert is_test(path)


@pytest.mark.parametrize(
    "path", ["src/testing.py", "contest.py", "Testimonial.java", "docs/spec/prd.md", "latest.go"]
)
def test_what_only_sounds_like_a_test_is_none(path):
    assert not is_test(path)

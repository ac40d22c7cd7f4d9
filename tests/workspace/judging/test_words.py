"""What a command names."""

from __future__ import annotations

import pytest

from ropewalk.workspace.judging.words import lines_of, named


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("./check.sh --fast", "check.sh"),
        ("bash check.sh", "check.sh"),
        ("sh -eu 'my check.sh'", "my check.sh"),
        ("true && sh scripts/check.sh", "scripts/check.sh"),
        ("cd sub && ./check.sh", "sub/check.sh"),
        ("cd sub && ../check.sh", "check.sh"),
        ("python -m tools.check --all", "tools/check.py"),
        ("python3 -m tools", "src/tools/__main__.py"),
        ("X=1 timeout 10 python3 -W error tools/check.py", "tools/check.py"),
        ("if ! node scripts/check.js; then exit 1; fi", "scripts/check.js"),
        ("$PWD/check.sh", "check.sh"),
        ('"$DIR/check.sh"', "deep/down/check.sh"),
        ("$(pwd)/check.sh", "check.sh"),
        ("sh -c './check.sh | tee log'", "check.sh"),
        (". scripts/lib.sh", "scripts/lib.sh"),
        ("make -f ci.mk \\\n  check", "ci.mk"),
        ("uv run ./check.sh", "check.sh"),
        ("run --config=lint.toml src", "lint.toml"),
        ("grep -q -f patterns.txt out.txt", "patterns.txt"),
        ("diff expected.txt out.txt", "expected.txt"),
        ("say it's ./check.sh", "check.sh"),
    ],
)
def test_a_command_names_a_file(command, path):
    assert named(command).names(path)
    assert named(command).mentions(path)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("grep -q good result.txt", "result.txt"),
        ("test -s result.txt", "result.txt"),
        ("pytest tests", "tests/test_a.py"),
        ("sort < result.txt", "result.txt"),
        ("python3 check.py > result.txt", "result.txt"),
        ("# ./check.sh", "check.sh"),
        ("/usr/bin/check.sh", "usr/bin/check.sh"),
    ],
)
def test_what_is_only_looked_at_is_not_named(command, path):
    assert not named(command).names(path)


def test_programs_are_told_from_what_they_are_given():
    words = named("python tools/compare.py expected.json")
    assert words.runs("tools/compare.py")
    assert not words.runs("expected.json")
    assert words.names("expected.json")


def test_runners_read_files_of_tasks():
    assert "package.json" in named("npm run check").task_files
    assert {"Makefile", "sub/Makefile"} <= named("make -C sub check").task_files
    assert not named("pytest").task_files


def test_commands_are_found_among_tasks():
    text = "check: build\n\t@./scripts/check.sh\n    run: python tools/x.py\n  - sh y.sh\n"
    words = named(lines_of(text))
    assert all(words.runs(path) for path in ("scripts/check.sh", "tools/x.py", "y.sh"))

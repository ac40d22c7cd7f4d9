"""The table of files that steer checks: task runners, test and lint configuration, CI, and what tells an agent how to work.

A run may change them like any other file; a gate does not believe the change. One place, shown in the reference.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

Reach = Literal["same folder", "tests below", "always", "never"]
"""When a *new* file of the family is left out of a judge's folder: next to one of its family that was there at the base;
also above tests that were there; wherever it is; or not at all."""


class Family(Struct, frozen=True):
    """Files that steer one kind of tool. A pattern with a slash is a path from the top, else a name in any folder."""

    name: str
    patterns: tuple[str, ...]
    reach: Reach
    languages: tuple[str, ...] = ()


PYTHON = (".py",)
JAVASCRIPT = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".snap")
JVM = (".java", ".kt", ".kts", ".groovy", ".scala")

_MAKE = "GNUmakefile makefile Makefile *.mk"
_TASKS = (
    "justfile Justfile .justfile *.just Taskfile.y*ml taskfile.y*ml Taskfile.dist.y*ml mise.toml .mise.toml "
    "Rakefile rakefile Earthfile magefile.go CMakeLists.txt CMakePresets.json CTest*.cmake mix.exs .bazelrc"
)
_PYTHON = (
    "pyproject.toml setup.cfg pytest.ini .pytest.ini pytest.toml .pytest.toml tox.ini tox.toml conftest.py noxfile.py "
    ".coveragerc mypy.ini .mypy.ini ruff.toml .ruff.toml .flake8 pylintrc .pylintrc .pylintrc.toml pyrightconfig.json "
    ".isort.cfg .bandit .pre-commit-config.yaml"
)
_SHADOWS = "pytest unittest coverage tox nox mypy ruff sitecustomize usercustomize"
_JAVASCRIPT = (
    "jest.config.* jest.setup.* jest-*.config.* vitest.config.* vitest.workspace.* vitest.setup.* vite.config.* "
    "karma.conf.* playwright.config.* cypress.config.* wdio.conf.* ava.config.* web-test-runner.config.* .mocharc* "
    ".taprc .nycrc* .c8rc* babel.config.* .babelrc* .swcrc tsconfig*.json jsconfig.json eslint.config.* .eslintrc* "
    ".eslintignore .prettierrc* prettier.config.* .prettierignore biome.json* .stylelintrc* .lintstagedrc* .npmrc "
    ".yarnrc .yarnrc.yml .pnpmfile.cjs bunfig.toml nx.json turbo.json lerna.json"
)
_JVM = (
    "build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradlew gradlew.bat pom.xml "
    "mvnw mvnw.cmd build.sbt build.xml checkstyle*.xml detekt.yml"
)
_RUST = "Cargo.toml clippy.toml .clippy.toml rustfmt.toml .rustfmt.toml deny.toml rust-toolchain rust-toolchain.toml"
_OTHERS = (
    ".golangci.y*ml .golangci.toml .golangci.json .rspec .rubocop.yml phpunit.xml* phpunit.dist.xml phpstan.neon* "
    "psalm.xml* .php-cs-fixer*.php *.runsettings Directory.Build.props Directory.Build.targets .formatter.exs .credo.exs"
)
_CI = (
    ".github/workflows/** .github/actions/** .gitlab-ci.yml .gitlab/** .circleci/** .buildkite/** .forgejo/workflows/** "
    ".gitea/workflows/** .woodpecker/** .woodpecker.y*ml .drone.yml .travis.yml azure-pipelines*.yml "
    "bitbucket-pipelines.yml appveyor.yml Jenkinsfile .ci/**"
)
_AGENTS = (
    "CLAUDE.md CLAUDE.local.md AGENTS.md AGENT.md GEMINI.md QWEN.md .claude/** .codex/** .gemini/** .qwen/** .cursor/** "
    ".cursorrules .windsurf/** .windsurfrules .clinerules .clinerules/** .roo/** .roorules .continue/** .junie/** "
    ".kiro/** .amp/** .opencode/** opencode.json* .mcp.json .aider* .goosehints .goose/** "
    ".github/copilot-instructions.md .github/instructions/**"
)

CHECKS = (
    Family("make", tuple(_MAKE.split()), "same folder"),
    Family("task runners", tuple(_TASKS.split()), "same folder"),
    Family("package.json", ("package.json", "composer.json", "deno.json", "deno.jsonc"), "same folder"),
    Family("Python checks", tuple(_PYTHON.split()), "tests below", PYTHON),
    Family(
        "modules that would hide a tool of Python",
        tuple(pattern for name in _SHADOWS.split() for pattern in (f"./{name}.py", f"./{name}/__*__.py")),
        "always",
    ),
    Family("JavaScript checks", tuple(_JAVASCRIPT.split()), "tests below", JAVASCRIPT),
    Family("husky", (".husky/**",), "same folder"),
    Family("JVM builds", tuple(_JVM.split()), "same folder", JVM),
    Family("Gradle and Maven wrappers", ("gradle/wrapper/**", ".mvn/**"), "same folder"),
    Family("Rust checks", tuple(_RUST.split()), "same folder"),
    Family("cargo", (".cargo/**", ".config/nextest.toml"), "tests below", (".rs",)),
    Family("other checks", tuple(_OTHERS.split()), "same folder"),
    Family("CI", tuple(_CI.split()), "never"),
)
AGENTS = (Family("instructions for agents", tuple(_AGENTS.split()), "always"),)

TEST_FOLDERS = ("tests", "test", "__tests__", "__snapshots__", "__mocks__", "testdata", "e2e", "cypress")
TEST_NAMES = (
    "test_*.py *_test.py tests.py *_test.go *.test.* *.spec.* *.e2e.* *.cy.* *_spec.rb *_test.rb *Test.java *Tests.java "
    "*TestCase.java *IT.java Test[A-Z]*.java *Test.kt *Tests.kt *Spec.groovy *Spec.scala *Test.scala *Test.cs *Tests.cs "
    "*Test.php *Tests.swift *_test.exs *_test.dart *_test.rs *_test.c *_test.cc *_test.cpp *.bats *.t test_*.sh test-*.sh "
    "*_test.sh"
)
_TEST_NAME = re.compile(
    "|".join(pattern.replace(".", r"\.").replace("*", ".*") for pattern in TEST_NAMES.split())
)


def family_of(path: str, families: tuple[Family, ...]) -> Family | None:
    """The family that a path from the top of the folder belongs to."""
    name = path.rpartition("/")[2]
    for family in families:
        if any(_fits(path, name, pattern) for pattern in family.patterns):
            return family
    return None


def is_test(path: str) -> bool:
    """Whether a file is one of the tests of its project, by the customs of its language."""
    *folders, name = path.split("/")
    return any(folder in TEST_FOLDERS for folder in folders) or _TEST_NAME.fullmatch(name) is not None


def _fits(path: str, name: str, pattern: str) -> bool:
    if pattern.startswith("./"):
        return fnmatchcase(path, pattern[2:])
    if pattern.endswith("/**"):
        folder = pattern[:-2]
        return path.startswith(folder) or f"/{folder}" in path
    return fnmatchcase(path if "/" in pattern else name, pattern)

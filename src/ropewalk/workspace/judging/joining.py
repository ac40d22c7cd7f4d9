"""Files in which what steers checks stands next to what does not: the run's dependencies with the base's scripts and tools."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ropewalk.nesting import read_json, read_toml

Keys = tuple[str, ...]

_PACKAGING_TOOLS = (
    "poetry pdm setuptools setuptools_scm setuptools-scm flit hatch uv maturin scikit-build meson-python cibuildwheel rye "
    "pixi bumpversion commitizen towncrier semantic_release"
)
_PACKAGING = frozenset(_PACKAGING_TOOLS.split())
_NOT_PACKAGING: tuple[Keys, ...] = (
    ("tool", "pdm", "scripts"),
    ("tool", "hatch", "envs"),
    ("tool", "pixi", "tasks"),
    ("tool", "rye", "scripts"),
)
_PACKAGE_KEYS = (
    "scripts config jest mocha ava tap nyc c8 vitest karma cypress playwright babel eslintConfig eslintIgnore prettier "
    "stylelint lint-staged husky simple-git-hooks xo standard wireit nx turbo tsd size-limit ts-node"
)
_PACKAGE_JSON = tuple((key,) for key in _PACKAGE_KEYS.split())
_CARGO: tuple[Keys, ...] = (
    ("lints",),
    ("workspace", "lints"),
    ("profile",),
    ("test",),
    ("package", "autotests"),
    ("lib", "test"),
    ("lib", "doctest"),
    ("lib", "harness"),
)
_LIFECYCLE = re.compile(r"(?:pre|post).+|install|prepare|dependencies")
_STEERING_SECTION = re.compile(
    r"(?:tool:|coverage|mypy|flake8|pytest|tox|isort|pylint|pycodestyle|pydocstyle|aliases|test).*",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^(?=\[)", re.MULTILINE)


def joined(name: str, base: bytes, ours: bytes) -> bytes | None:
    """The run's file with the base's steering; None where a file of this name cannot be joined (take the base's whole).

    `base` is b"" where there was none.
    """
    join = _JOINS.get(name)
    if join is None:
        return None
    try:
        return join(base.decode(), ours.decode())
    except (ValueError, RecursionError):  # Either is no text, or none of its format: the base's judges.
        return None


def _toml(steering: Callable[[Mapping[str, Any], Mapping[str, Any]], list[Keys]]) -> _Join:
    def join(base: str, ours: str) -> bytes:
        import tomlkit

        base_data, made = read_toml(base), read_toml(ours)
        if not _overlaid(made, base_data, steering(base_data, made)):
            return ours.encode()
        return tomlkit.dumps(made).encode()

    return join


def _json(steering: tuple[Keys, ...]) -> _Join:
    def join(base: str, ours: str) -> bytes:
        base_data, made = read_json(base or "{}"), read_json(ours)
        if not isinstance(base_data, dict) or not isinstance(made, dict):
            raise ValueError("no object")
        added = _added_scripts(base_data.get("scripts"), made.get("scripts"))
        changed = _overlaid(made, base_data, list(steering))
        if added:
            made["scripts"] = {**made.get("scripts", {}), **added}
        if not changed or made == read_json(ours):
            return ours.encode()
        return (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()

    return join


def _added_scripts(base_scripts: Any, made: Any) -> dict[str, Any]:
    """Scripts that the run added. One that npm runs around another, or when it installs, would steer what was there."""
    if not isinstance(made, dict):
        return {}
    known = base_scripts if isinstance(base_scripts, dict) else {}
    return {name: text for name, text in made.items() if name not in known and not _LIFECYCLE.fullmatch(name)}


def _ini(base: str, ours: str) -> bytes:
    def sections(text: str) -> list[str]:
        return [section for section in _SECTION.split(text) if section]

    def steers(section: str) -> bool:
        return bool(_STEERING_SECTION.fullmatch(section[1:].partition("]")[0]))

    kept = [section for section in sections(ours) if not steers(section)]
    laid_over = [section for section in sections(base) if steers(section)]
    if laid_over == [section for section in sections(ours) if steers(section)]:
        return ours.encode()
    return "".join(
        section if section.endswith("\n") else f"{section}\n" for section in kept + laid_over
    ).encode()


def _pyproject(base_data: Mapping[str, Any], made: Mapping[str, Any]) -> list[Keys]:
    tools = {**_table(base_data.get("tool")), **_table(made.get("tool"))}
    return [*(("tool", name) for name in tools if name not in _PACKAGING), *_NOT_PACKAGING]


def _cargo(base_data: Mapping[str, Any], made: Mapping[str, Any]) -> list[Keys]:
    return list(_CARGO)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _overlaid(made: dict[str, Any], base_data: Mapping[str, Any], keys: list[Keys]) -> bool:
    """Give each of these keys the value that it had; whether that changed anything."""
    changed = False
    for *above, last in keys:
        old: Any = base_data
        for name in above:
            old = _table(_table(old).get(name))
        inner: Any = made
        for name in above:
            inner = inner.setdefault(name, {}) if last in old else inner.get(name, {})
            if not isinstance(inner, dict):
                raise ValueError("no table")
        if last in old:
            changed = changed or inner.get(last) != old[last]
            inner[last] = old[last]
        elif last in inner:
            changed = True
            del inner[last]
    return changed


_Join = Callable[[str, str], bytes]
_JOINS: dict[str, _Join] = {
    "pyproject.toml": _toml(_pyproject),
    "Cargo.toml": _toml(_cargo),
    "package.json": _json(_PACKAGE_JSON),
    "composer.json": _json((("scripts",), ("scripts-aliases",))),
    "deno.json": _json((("tasks",), ("test",), ("lint",), ("fmt",))),
    "setup.cfg": _ini,
}

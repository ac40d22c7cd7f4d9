"""The locks name all that an install needs, each pinned and hashed, so that no release of tomorrow changes or breaks it.

What a locked distribution requires is read off the one that is installed here; nothing is asked of an index.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.architecture.tree import ROOT, listed

LOCKS = ("all", "base", "full", "test")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))
NEWER = "9999.1"
"""The release that an index offers tomorrow of everything that is locked today."""


def lock_text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


@cache
def entries(lock: str) -> tuple[str, ...]:
    """Each locked requirement with the lines that belong to it."""
    return tuple(re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", lock_text(lock), re.MULTILINE))


@cache
def pins(lock: str) -> tuple[Requirement, ...]:
    return tuple(Requirement(entry.splitlines()[0].rstrip(" \\")) for entry in entries(lock))


def environments() -> list[dict[str, str]]:
    return [
        {
            **{name: str(value) for name, value in default_environment().items()},
            "python_version": python,
            "python_full_version": f"{python}.1",
            "implementation_version": f"{python}.1",
            "sys_platform": platform,
            "platform_system": system,
            "platform_machine": machine,
        }
        for python in PYTHONS
        for platform, system, machine in SYSTEMS
    ]


def applies(need: Requirement, environment: dict[str, str], extras: set[str]) -> bool:
    return need.marker is None or any(
        need.marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras)
    )


def version(pin: Requirement) -> str:
    return next(iter(pin.specifier)).version


@cache
def requirements_of(pin: Requirement) -> list[Requirement] | None:
    """What the distribution requires; None where another version or none is installed here."""
    try:
        installed = importlib.metadata.distribution(pin.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return (
        [Requirement(text) for text in installed.requires or ()]
        if installed.version == version(pin)
        else None
    )


def asked_of(lock: str) -> list[Requirement]:
    """What `make locks` resolves for this lock, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    tested = re.search(r"^TEST_EXTRAS := (.*)$", makefile, re.MULTILINE)
    assert tested
    every = [name for name in extras if name != "all"]
    chosen = {"base": (), "test": tested[1].split(), "all": every, "full": every}[lock]
    texts = [*project["project"]["dependencies"], *(text for extra in chosen for text in extras[extra])]
    for group in ("build",) if lock in {"base", "full"} else ("build", "test"):
        texts += [text for text in groups[group] if isinstance(text, str)]
    return [Requirement(text) for text in texts]


def lacking(
    needs: list[Requirement], locked: Mapping[NormalizedName, Requirement], environment, extras: set[str]
) -> list[str]:
    """The needs that nothing in the lock satisfies: by name, version and extras."""
    return [
        str(need)
        for need in needs
        if applies(need, environment, extras)
        and not (
            (pin := locked.get(canonicalize_name(need.name)))
            and need.specifier.contains(version(pin), prereleases=True)
            and need.extras <= pin.extras
        )
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_pinned_and_hashed(lock):
    assert entries(lock)
    faults = [
        entry.splitlines()[0]
        for entry in entries(lock)
        if not re.match(r"\S+(?:, \S+)*==[^\s*]+", entry) or "--hash=sha256:" not in entry
    ]
    assert not faults, listed(faults)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_it_needs_on_every_python_and_system(lock):
    """Transitively, with extras and markers: what `pip check` would say there, for the twelve of them at once."""
    faults, unknown = set(), set()
    for environment in environments():
        locked = {canonicalize_name(pin.name): pin for pin in pins(lock) if applies(pin, environment, set())}
        where = f"{environment['python_version']} {environment['sys_platform']}"
        faults |= {
            f"pyproject.toml: {need} ({where})"
            for need in lacking(asked_of(lock), locked, environment, set())
        }
        for name, pin in locked.items():
            needs = requirements_of(pin)
            if needs is None:
                unknown.add(name)
            else:
                lacks = lacking(needs, locked, environment, pin.extras)
                faults |= {f"{name}: {need} ({where})" for need in lacks}
    assert not faults, listed(["make locks", *sorted(faults)])
    tested = {canonicalize_name(pin.name) for pin in pins("test")}
    assert not unknown & tested, listed(
        ["not installed as locked; make test installs it", *sorted(unknown & tested)]
    )


def test_the_locks_agree_on_every_version():
    chosen = {(canonicalize_name(pin.name), version(pin)) for pin in pins("all")}
    assert {(canonicalize_name(pin.name), version(pin)) for lock in LOCKS for pin in pins(lock)} <= chosen


def test_every_install_takes_the_lock_alone_and_checks_its_hashes():
    """With dependencies, pip also asks the index for `uvicorn` where the lock says `uvicorn[standard]`, and refuses the
    lock on the day when a newer release is there."""
    installs = [
        f"{name}: {line.strip()}"
        for name in ("Makefile", ".ci/run", "README.md", "benchmarks/environment.py", "docs/how-to/serve.md")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if re.search(r"requirements/\S+\.txt|\"-r\", str\(ROOT", line) and re.search(r"install|_pip", line)
    ]
    assert len(installs) >= 5, installs
    assert not [line for line in installs if "--no-deps" not in line or "--require-hashes" not in line], (
        listed(installs)
    )


# --------------------------------------------------------------------------------------- a fresh environment, tomorrow


def wheel(folder: Path, name: str, release: str, metadata: list[str]) -> str:
    """An empty wheel of that name and release; answers its sha256."""
    stem = f"{name.replace('-', '_')}-{release}"
    path = folder / f"{stem}-py3-none-any.whl"
    files = {
        f"{stem}.dist-info/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {release}", *metadata, ""]
        ),
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        lines = []
        for file, text in files.items():
            archive.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{file},sha256={digest},{len(text)}")
        archive.writestr(f"{stem}.dist-info/RECORD", "\n".join([*lines, f"{stem}.dist-info/RECORD,,", ""]))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_their_dependents(extras: set[str]) -> list[Requirement]:
    """The pins of these names, and those that require one of them: where pip would go and ask the index."""
    here = {name: str(value) for name, value in default_environment().items()}
    return [
        pin
        for pin in pins("test")
        if applies(pin, here, set())
        and extras & {canonicalize_name(one.name) for one in (pin, *(requirements_of(pin) or ()))}
    ]


def test_a_newer_release_of_everything_changes_nothing_in_a_fresh_environment(tmp_path):
    """Really installed: with --dry-run some releases of pip look at neither pins nor hashes. That nothing is missing then is
    what `pip check` says after each install that make does."""
    index, lock, place = tmp_path / "index", tmp_path / "test.txt", tmp_path / "venv"
    index.mkdir()
    chosen = with_their_dependents({canonicalize_name(pin.name) for pin in pins("test") if pin.extras})
    lines = []
    for pin in chosen:
        installed = importlib.metadata.metadata(pin.name)
        metadata = [
            f"{key}: {value}"
            for key in ("Requires-Dist", "Provides-Extra")
            for value in installed.get_all(key, [])
        ]
        digest = wheel(index, pin.name, version(pin), metadata)
        wheel(index, pin.name, NEWER, metadata)
        extras = f"[{','.join(sorted(pin.extras))}]" if pin.extras else ""
        lines.append(f"{pin.name}{extras}=={version(pin)} --hash=sha256:{digest}")
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)

    def pip(*arguments: str | Path) -> str:
        argv = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--python", place]
        done = subprocess.run([*argv, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    offered = ("--no-index", "--find-links", index)
    pip("install", "--no-compile", *offered, "--no-deps", "--require-hashes", "-r", lock)
    frozen = pip("freeze", "--all")
    assert len(frozen.splitlines()) == len(chosen) > 6
    assert NEWER not in frozen

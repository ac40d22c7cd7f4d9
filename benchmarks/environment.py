"""Each program's own environment under `.peers/`, made once from the pins in `peers/` and anew when a pin changes.

A peer whose environment cannot be made is left out, with the reason; the others are measured.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PLACE = HERE / ".peers"
OURS = {"ropewalk": "requirements/base.txt", "doors": "requirements/test.txt"}
"""The locks of ropewalk's own environments: what a user has, and that with the extras of the doors."""


class NotMade(Exception):
    """An environment could not be made; the text says what was tried and what came back."""


def make(name: str) -> Path:
    """The environment's folder, ready to use. Raises NotMade."""
    place, pins = PLACE / name, _pins(name)
    mark = place / "made"
    wanted = hashlib.sha256("\n".join([sys.version, *pins.values()]).encode()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return place
    print(f"making the environment of {name} ...", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True, symlinks=True)
    if name in OURS:
        _install_ropewalk(place, OURS[name])
    else:
        _pip(place, "-r", str(HERE / "peers" / f"{name}.txt"))
    if f"{name}.npm.txt" in pins:
        _npm(place, pins[f"{name}.npm.txt"].split())
    mark.write_text(wanted)
    return place


def python(place: Path) -> Path:
    """The environment's interpreter."""
    return place / "bin" / "python"


def versions(place: Path, name: str) -> dict[str, str]:
    """What is installed of the packages that the pins name, by package."""
    ask = "import importlib.metadata as m, sys; print(*(m.version(n) for n in sys.argv[1:]))"
    found: dict[str, str] = {}
    names = ["ropewalk"] if name in OURS else [_package(pin) for pin in _pins(name)[f"{name}.txt"].split()]
    told = subprocess.run(
        [python(place), "-c", ask, *names], capture_output=True, text=True, check=True, env=clean()
    )
    found.update(zip(names, told.stdout.split(), strict=True))
    for pin in _pins(name).get(f"{name}.npm.txt", "").split():
        package, _, version = pin.rpartition("@")
        found[package] = version
    return found


def clean() -> dict[str, str]:
    """The variables that a measured program sees: nothing that slows an import, reports home or points at a store."""
    dropped = (
        "PYTHON",
        "COV_",
        "COVERAGE_",
        "ROPEWALK_",
        "DBOS_",
        "RESTATE_",
        "TEMPORAL_",
        "LANG",
        "LANGSMITH",
        "LANGCHAIN",
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    server = next(
        (PLACE / "restate").glob("npm/node_modules/@restatedev/restate-server-*/bin/restate-server"), None
    )
    return {
        **kept,
        **({"RESTATE_SERVER": str(server)} if server else {}),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        "LANGSMITH_TRACING": "false",
    }


def _package(pin: str) -> str:
    return pin.split("==")[0].split("[")[0]


def _pins(name: str) -> dict[str, str]:
    if name in OURS:
        return {file: (ROOT / file).read_text() for file in (OURS[name], "pyproject.toml")}
    return {file.name: file.read_text() for file in sorted((HERE / "peers").glob(f"{name}.*txt"))}


def _install_ropewalk(place: Path, lock: str) -> None:
    """As `make` does: what the lock names, then this checkout, so that a cold start is that of a user."""
    _pip(place, "--no-deps", "--require-hashes", "-r", str(ROOT / lock))
    _pip(place, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _pip(place: Path, *arguments: str) -> None:
    _run([str(python(place)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def _npm(place: Path, packages: list[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotMade("npm is not installed; it brings the server")
    (place / "npm").mkdir()
    flags = ["--prefix", str(place / "npm"), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    _run([npm, "install", *flags, *packages])


def _run(argv: list[str]) -> None:
    try:
        done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired as late:
        raise NotMade(f"{Path(argv[0]).name} took more than {late.timeout:.0f} s") from late
    if done.returncode != 0:
        print(done.stderr or done.stdout, file=sys.stderr)  # and not in the results: it may name hosts
        raise NotMade(f"{Path(argv[0]).name} ended with {done.returncode}")

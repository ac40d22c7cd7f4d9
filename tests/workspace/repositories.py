"""Real repositories for the tests of the workspace: made by git itself, dated by hand."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import structs

from ropewalk.ownership import new_owner
from ropewalk.workspace.port import Part

LINES = "".join(f"line {number}\n" for number in range(1, 41))

DATES = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}


def git(where: Path, *argv: str, stdin: str | bytes = b"", ok: bool = True) -> str:
    """What a git command of the user's says in a folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | DATES
    said = subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", *argv],
        cwd=where,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=env,
        check=False,
    )
    assert said.returncode == 0 or not ok, said.stderr.decode()
    return said.stdout.decode(errors="surrogateescape").strip()


def write(where: Path, files: Mapping[str, str | bytes]) -> None:
    """Put files into a folder."""
    for name, content in files.items():
        file = where / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(where: Path, files: Mapping[str, str | bytes], message: str = "more") -> str:
    """A commit of the user's with these files."""
    write(where, files)
    git(where, "add", "-A")
    git(where, "commit", "-q", "--allow-empty", "-m", message)
    return git(where, "rev-parse", "HEAD")


def repository(where: Path, files: Mapping[str, str | bytes], *options: str) -> Path:
    """A repository with one commit on `main`."""
    where.mkdir(parents=True, exist_ok=True)
    git(where, "init", "-q", "-b", "main", *options)
    commit(where, files, "first")
    return where


def commits(
    where: Path, made: Mapping[str, Mapping[str, str | bytes | None]], on: str = "main"
) -> dict[str, str]:
    """One commit a name on top of another commit, all in one go; None deletes, a name `mode:path` sets the mode."""
    start = git(where, "rev-parse", on)
    lines: list[bytes] = []
    for number, (name, files) in enumerate(made.items(), 1):
        lines.append(f"commit refs/test/{number}\nmark :{number}\n".encode())
        lines.append(b"committer Ann <ann@example.com> 1700000000 +0000\n" + _data(name.encode()))
        lines.append(f"from {start}\n".encode())
        for path, content in files.items():
            mode, _, plain = path.rpartition(":")
            if content is None:
                lines.append(f"D {plain}\n".encode())
            else:
                raw = content.encode() if isinstance(content, str) else content
                lines.append(f"M {mode or '100644'} inline {plain}\n".encode() + _data(raw))
    marks = where / ".git" / "marks" if (where / ".git").is_dir() else where / "marks"
    git(where, "fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=b"".join(lines))
    by_mark = dict(line.split(" ") for line in marks.read_text().splitlines())
    return {name: by_mark[f":{number}"] for number, name in enumerate(made, 1)}


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"


def fingerprint(where: Path) -> dict[str, str | bytes]:
    """Everything of a user's that a run must leave byte for byte: status, HEAD, index, branches, stash, hooks, config, files."""
    private = where / ".git"
    kept: dict[str, str | bytes] = {
        "status": git(where, "--no-optional-locks", "status", "--porcelain=v2", "--branch"),
        "refs": "\n".join(
            line
            for line in git(where, "for-each-ref").splitlines()
            if "refs/ropewalk/" not in line and "refs/heads/ropewalk/" not in line
        ),
        "worktrees": git(where, "worktree", "list", "--porcelain"),
    }
    files = [private / name for name in ("HEAD", "index", "config", "logs/HEAD", "logs/refs/stash")]
    files += [*(private / "hooks").glob("*"), *private.rglob("*.lock")]
    files += [file for file in where.rglob("*") if private not in file.parents and file.is_file()]
    kept |= {str(file.relative_to(where)): file.read_bytes() for file in files if file.is_file()}
    return kept


def parts(made: dict[str, str], *names: str) -> list[Part]:
    return [Part(name, made[name]) for name in names or made]


def changed(number: int, text: str) -> str:
    return LINES.replace(f"line {number}\n", f"{text}\n")


def dead_owner() -> str:
    """The name of a driver that is proved dead: there is no such process any more."""
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, check=True)
    return str(structs.replace(new_owner(), pid=int(gone.stdout)))

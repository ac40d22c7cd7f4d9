"""Which files a command names, read off its text as a shell would split it; nothing is run and nothing is expanded.

A word may name a file in the folder of the command or in one that the command goes to (`cd`, `-C`, `--prefix`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath
from posixpath import join, normpath

from msgspec import Struct

from ropewalk.workspace.judging.globs import fits

_READING = (
    "test [ [[ grep egrep fgrep rg ag cat wc ls head tail stat file du sort uniq cut tr jq yq echo printf touch mkdir rm "
    "cp mv chmod sha256sum md5sum"
)
"""Programs whose operands are what is looked at, never what judges; a file of patterns (`grep -f`) is an option."""
_READERS = frozenset(_READING.split())
_WRAPPING = (
    "env sudo time timeout nice xargs exec command if then else elif while until do ! { ( nohup stdbuf uv poetry pipenv "
    "pdm hatch rye run npx pnpx bunx bundle mise eatmydata"
)
_WRAPPERS = frozenset(_WRAPPING.split())
_INTERPRETER = re.compile(
    r"(?:.*/)?(?:sh|bash|dash|zsh|ksh|fish|python[\d.]*|pypy[\d.]*|node|deno|bun|tsx|ts-node|ruby|perl|php|lua|Rscript|"
    r"pwsh|awk|gawk|sed|source|\.|-?include|exec)"
)
_RUNNERS = {
    **dict.fromkeys(("make", "gmake"), ("GNUmakefile", "makefile", "Makefile", "*.mk")),
    **dict.fromkeys(("npm", "npx", "yarn", "pnpm", "bun"), ("package.json",)),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.y*ml", "taskfile.y*ml"),
    "tox": ("tox.ini", "tox.toml"),
    "nox": ("noxfile.py",),
    "rake": ("Rakefile", "rakefile"),
    "composer": ("composer.json",),
    "pre-commit": (".pre-commit-config.yaml",),
}
_INTO = ("cd", "-C", "--prefix", "--cwd", "--directory", "--dir")
_OPERATORS = frozenset(";&|()<>\n")
_UNKNOWN_FOLDER = re.compile(r"\$\([^()]*\)/|`[^`]*`/|\$\{?\w+\}?/|\{\{.*?\}\}/")
_MAKE_ITSELF = re.compile(r"\$[({]MAKE[)}]")
_LEADING = re.compile(r"^\s*(?:[-@+]+\s*)?(?:\"?[\w-]+\"?\s*[:=]\s*)?")


class Named(Struct, frozen=True):
    """What a command names: `programs` that it runs, `operands` that they are given, files of tasks that they read.

    All are patterns from the top of the folder. `words` are all that may be files, also those that are only looked at.
    """

    programs: frozenset[str]
    operands: frozenset[str]
    task_files: frozenset[str]
    words: frozenset[str]

    def names(self, path: str) -> bool:
        return any(fits(path, pattern) for pattern in self.programs | self.operands)

    def mentions(self, path: str) -> bool:
        return any(fits(path, pattern) for pattern in self.programs | self.words)

    def runs(self, path: str) -> bool:
        return any(fits(path, pattern) for pattern in self.programs)


def named(text: str) -> Named:
    """Read a command line or a script."""
    programs: set[str] = set()
    operands: set[str] = set()
    tasks: set[str] = set()
    mentioned: set[str] = set()
    folders = {""}
    for words in _simple(text):
        folders |= {word for before, word in pairwise(words) if before in _INTO and _is_path(word)}
        run = list(_run_by(words))
        programs.update(run)
        name = PurePosixPath(run[0]).name if run else ""
        tasks.update(pattern for word in words for pattern in _RUNNERS.get(PurePosixPath(word).name, ()))
        mentioned.update(_all(words))
        operands.update(_options(words) if name in _READERS else _all(words))
    return Named(*(_placed(some, folders) for some in (programs, operands, tasks, mentioned)))


def lines_of(text: str) -> str:
    """The commands in a file of tasks (a Makefile, a YAML file), as far as they can be told from the rest."""
    return "\n".join(_LEADING.sub("", line).strip("\"'`,") for line in text.splitlines())


def _simple(text: str) -> Iterator[list[str]]:
    """The simple commands of a text, each as words; of redirections only where they lead to is left out."""
    text = _UNKNOWN_FOLDER.sub("**/", _MAKE_ITSELF.sub("make", text.replace("\\\n", " ")))
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        words: list[str] = []
        to_file = False
        for token in _tokens(line):
            if token and set(token) <= _OPERATORS:
                to_file = token[-1] in "<>"
                if not to_file and words:
                    yield words
                    words = []
                continue
            if not to_file:
                words.append(token)
            to_file = False
        if words:
            yield words
        for inner in (word for word in words if " " in word.strip() or "\n" in word):
            yield from _simple(inner)


def _tokens(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # A quote that a later line closes.
        return [token.strip("'\"") for token in re.split(r"\s+|([;&|()<>]+)", line) if token]


def _run_by(words: list[str]) -> Iterator[str]:
    """The program of a command, and the script that it is given when it is an interpreter."""
    rest = iter(words)
    interpreter = False
    for word in rest:
        if word == "-m" and interpreter:
            yield from _module(next(rest, ""))
            return
        if word.startswith("-") or word in _WRAPPERS or re.match(r"\w+=|\d", word):
            continue
        yield word
        if not _INTERPRETER.fullmatch(word):
            return
        interpreter = True


def _module(name: str) -> Iterator[str]:
    path = name.replace(".", "/")
    for top in ("", "src/"):
        yield from (f"{top}{path}.py", f"{top}{path}/__main__.py", f"{top}{path}/__init__.py")


def _options(words: list[str]) -> Iterator[str]:
    for before, word in pairwise(words):
        if before in ("-f", "--file", "--from-file", "-L"):
            yield word
    yield from (word.partition("=")[2] for word in words if word.startswith("-") and "=" in word)


def _all(words: list[str]) -> Iterator[str]:
    for word in words:
        yield word
        if "=" in word:
            yield word.partition("=")[2]


def _is_path(word: str) -> bool:
    return bool(word) and not word.startswith(("-", "/", "~")) and "\0" not in word


def _placed(words: set[str], folders: set[str]) -> frozenset[str]:
    placed = {normpath(join(folder, word)) for word in words if _is_path(word) for folder in folders}
    return frozenset(path for path in placed if path != "." and not path.startswith("../"))

"""What a rehearsal writes where a real agent would write: short, valid for the file's kind, and saying that it rehearsed.

Titles, names and inputs come from anywhere: each stands on one line, in a comment or quoted, and never becomes code.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from ropewalk.core import Brief
from ropewalk.definition import Ref
from ropewalk.nesting import read_json
from ropewalk.rendering import as_text

_NUMBERS = re.compile(r"(?<![^/])\*(?:\.\*)+(?=\.)")


def concrete(ref: Ref, brief: Brief) -> str:
    """The file to write for what is asked: a folder gets one for this step, the stars of a pattern become its name.

    Stars with dots between them are numbers (`*.*.story.md`): the last one is the round, so that each has its own file.
    """
    name = (ref.name or next(iter(ref.any_of), "")).replace("**/", "").replace("**", "*")
    own = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in brief.step).strip("-")
    if name.endswith("/"):
        return f"{name}{own}.md"
    name = _NUMBERS.sub(lambda stars: "1." * (stars[0].count("*") - 1) + str(brief.round), name)
    return name.replace("*", own).replace("?", "x")


def placeholder(path: str, brief: Brief) -> str:
    """The text of a new file, never empty."""
    kind = PurePosixPath(path).suffix.lower()
    return _KINDS.get(kind, _plain)(path, brief)


def addition(path: str, brief: Brief, before: str) -> str:
    """The text of a file that is to be updated, changed in a way that keeps it valid, and that fits what others add."""
    kind = PurePosixPath(path).suffix.lower()
    if not before.strip():
        return placeholder(path, brief)
    if kind == ".json":
        return _json_changed(path, brief, before)
    line = f"Updated by {_role_of(brief)} in round {brief.round}."
    heading = f"## Rehearsed: {_line(brief.step)}" + (f", round {brief.round}" if brief.round > 1 else "")
    signs = {
        ".md": f"\n{heading}\n\n{line}\n",
        ".html": f"\n<p>{_escaped(line)}</p>\n",
        ".csv": _row(line, before),
    }
    commented = f"\n// {line}\n" if kind in _SLASHES else f"\n# {line}\n"
    return before.rstrip("\n") + "\n" + signs.get(kind, commented)


def _line(text: str) -> str:
    """The text on one line, without what a terminal or a parser would take for a sign of its own."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _role_of(brief: Brief) -> str:
    return _line(brief.role.title) or _line(brief.role_name) or "somebody"


def _title(path: str) -> str:
    return _line(PurePosixPath(path).stem.replace("-", " ").replace("_", " ")).capitalize() or "Document"


def _facts(brief: Brief) -> dict[str, str]:
    read = [artifact.path for artifact in brief.artifacts] + [ref.name for ref in brief.requires]
    rows = {
        "step": _line(brief.step),
        "role": _role_of(brief),
        "round": str(brief.round),
        "read": ", ".join(dict.fromkeys(_line(name) for name in read if name)) or "nothing",
    }
    rows |= {_line(f"input {name}"): _line(as_text(value)[:200]) for name, value in brief.inputs.items()}
    return rows


def _markdown(path: str, brief: Brief) -> str:
    rows = "".join(f"- {name}: {value}\n" for name, value in _facts(brief).items())
    findings = "".join(
        f"- {_line(finding)}\n" for feedback in brief.feedback for finding in feedback.findings
    )
    answered = f"\n## What came back and was looked at\n\n{findings}" if findings else ""
    work = _line(brief.title or brief.step)
    return (
        f"# {_title(path)}\n\n> Rehearsed: no agent wrote this.\n\n## Summary\n\n{work}, as {_role_of(brief)} would do it."
        f"\n\n## Where it comes from\n\n{rows}{answered}"
    )


def _json(path: str, brief: Brief) -> str:
    return (
        json.dumps({"title": _title(path), "rehearsed": True, **_facts(brief)}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _python(path: str, brief: Brief) -> str:
    rows = "".join(f"    {name!r}: {value!r},\n" for name, value in _facts(brief).items())
    return f"{f'{_title(path)}: rehearsed, no agent wrote this.'!r}\n\nORIGIN = {{\n{rows}}}\n"


def _html(path: str, brief: Brief) -> str:
    rows = "".join(f"<li>{_escaped(name)}: {_escaped(value)}</li>" for name, value in _facts(brief).items())
    return f"<!doctype html>\n<title>{_escaped(_title(path))}</title>\n<p>Rehearsed.</p>\n<ul>{rows}</ul>\n"


def _csv(path: str, brief: Brief) -> str:
    rows = "".join(f'"{name}","{_quoted(value)}"\n' for name, value in _facts(brief).items())
    return f'"name","value"\n{rows}'


def _row(line: str, before: str) -> str:
    """One more row, with as many fields as the first has."""
    first = next(csv.reader(before.splitlines()), [""])
    return ",".join([f'"{_quoted(line)}"', *['""'] * (len(first) - 1)]) + "\n"


def _commented(path: str, brief: Brief) -> str:
    sign = "//" if PurePosixPath(path).suffix.lower() in _SLASHES else "#"
    rows = "".join(f"{sign} {name}: {value}\n" for name, value in _facts(brief).items())
    return f"{sign} {_title(path)}: rehearsed, no agent wrote this.\n{rows}"


def _toml(path: str, brief: Brief) -> str:
    return _commented(path, brief) + "rehearsed = true\n"


def _yaml(path: str, brief: Brief) -> str:
    return _commented(path, brief) + "rehearsed: true\n"


def _plain(path: str, brief: Brief) -> str:
    rows = "".join(f"{name}: {value}\n" for name, value in _facts(brief).items())
    return f"{_title(path)} (rehearsed)\n\n{rows}"


def _json_changed(path: str, brief: Brief, before: str) -> str:
    try:
        data = read_json(before)
    except ValueError:
        return _json(path, brief)
    mark = {"updated_by": _role_of(brief), "round": brief.round}
    changed = {**data, f"rehearsed {brief.step}": mark} if isinstance(data, dict) else [*_listed(data), mark]
    return json.dumps(changed, indent=2, ensure_ascii=False) + "\n"


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else [data]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    return text.replace('"', '""')


_SLASHES = frozenset(
    {".js", ".ts", ".tsx", ".jsx", ".go", ".rs", ".java", ".c", ".h", ".cpp", ".cs", ".swift", ".kt"}
)
_KINDS: dict[str, Callable[[str, Brief], str]] = {
    ".md": _markdown,
    ".json": _json,
    ".py": _python,
    ".html": _html,
    ".csv": _csv,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".sh": _commented,
    **dict.fromkeys(sorted(_SLASHES), _commented),
}

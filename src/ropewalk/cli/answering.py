"""What an ask shows to a person, and what the words mean that the person types."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ropewalk.app import AskOpened, counted, form_fields, possible_verdicts, printable
from ropewalk.cli.screen import Screen
from ropewalk.cli.values import read_value
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

SHORT = {"a": "approve", "y": "approve", "yes": "approve", "r": "reject", "n": "reject", "no": "reject"}
SHORT |= {"m": "amend", "l": "later", "": ""}
SHOWN_LINES = 30


class AnswerWords(NamedTuple):
    """An answer as it was typed; `content` are amended files by path."""

    verdict: str
    reason: str = ""
    value: Any = None
    content: dict[str, bytes] | None = None


async def shown(screen: Screen, ropewalk: Ropewalk, run: str, opened: AskOpened) -> list[str]:
    """The lines that tell a person what is asked, with the beginning of what there is to look at."""
    lines = [f"{screen.paint('magenta', opened.step)} asks ({opened.ask}): {printable(opened.prompt)}"]
    for place, choice in enumerate(opened.choices):
        title = opened.titles[place] if place < len(opened.titles) and opened.titles[place] else ""
        lines.append(f"  {place + 1}. {printable(choice)}" + (f"  {printable(title)}" if title else ""))
    lines += [
        f"  {printable(f'{name}: ' if name else '')}{printable(takes)}"
        for name, takes in form_fields(opened.form).items()
    ]
    if opened.about == "conflict":
        lines += [f"  {printable(line)}" for line in conflict_lines(run, opened)]
    else:
        lines += [
            f"  {name}: {printable(_listed(detail))}"
            for name, detail in opened.detail.items()
            if detail and name != "raise"
        ]
    for artifact in opened.show:
        from ropewalk.cli.editing import content

        text = printable(
            (await content(ropewalk, run, opened, artifact.path) or b"").decode("utf-8", "replace")
        )
        text_lines = text.splitlines()
        lines.append(screen.paint("dim", f"  {artifact.path} ({counted(len(text_lines), 'line')})"))
        lines += [f"  │ {line}" for line in text_lines[:SHOWN_LINES]]
        if len(text_lines) > SHOWN_LINES:
            lines.append(
                f"  │ … {len(text_lines) - SHOWN_LINES} more: ropewalk artifacts {run} {artifact.path}"
            )
    return lines


def conflict_lines(run: str, opened: AskOpened) -> Iterator[str]:
    """What of a conflict is settled by whom, what is left, and how one settles a part of it."""
    hunks: Counter[str] = Counter()
    for conflict in opened.detail.get("conflicts", ()):
        hunks[str(conflict.get("path", ""))] += len(conflict.get("hunks", ()))
    for path, count in hunks.items():
        yield f"{path}" + (f": {counted(count, 'hunk')}" if count else "")
    for part in opened.detail.get("settled", ()):
        place = f"{part.path}, hunk {part.hunk}" if part.hunk else part.path
        what = part.take or ("no such file" if part.text is None else "a text")
        yield f"settled: {place}: {what} ({part.by or 'nobody'})"
    left = opened.detail.get("left") or list(hunks)
    yield f"left: {'; '.join(left)}"
    most = max(hunks, key=lambda path: hunks[path], default="PATH")
    path = shlex.quote(most)
    command = f"ropewalk answer {run} {opened.ask} ours --path {path}"
    yield f"a part of it: `{command}`" + (" (and `--hunk N`)" if hunks[most] else "")
    yield f"a text of your own: `ropewalk amend {run} {opened.ask} --path {path} --file FILE`"
    yield f"both sides: `ropewalk conflicts {run}`"


def _listed(detail: Any) -> str:
    return ", ".join(map(str, detail)) if isinstance(detail, list | tuple) else str(detail)


def hint(opened: AskOpened) -> str:
    """What may be typed."""
    if opened.choices:
        return f"[1-{len(opened.choices)}] choose, or its name" + _plain(opened) + ":"
    return f"[a]pprove, [r]eject{_amend(opened)}, [l]ater:"


def _plain(opened: AskOpened) -> str:
    rest = [word for word in possible_verdicts(opened) if word not in opened.choices]
    named = {"approve": "[a]pprove", "reject": "[r]eject", "amend": "a[m]end"}
    return "".join(f", {named[word]}" for word in rest if word in named and word != "amend") + ", [l]ater"


def _amend(opened: AskOpened) -> str:
    if "amend" not in possible_verdicts(opened):
        return ""
    return ", a[m]end" if opened.show else ", or type an answer"


def read(opened: AskOpened, line: str) -> AnswerWords:
    """The answer that a typed line means; a reason may follow the word. Raises UsageError."""
    word, _, rest = line.strip().partition(" ")
    allowed = possible_verdicts(opened)
    if word.isdigit() and opened.choices and 1 <= int(word) <= len(opened.choices):
        return AnswerWords(opened.choices[int(word) - 1], reason=rest.strip())
    chosen = word if word in allowed or word == "later" else SHORT.get(word.lower(), "")
    if chosen == "later" or (chosen and chosen in allowed):
        return AnswerWords(chosen, reason=rest.strip())
    if line.strip() and not opened.choices and not opened.show and "approve" in allowed:
        return AnswerWords("approve", value=read_value(line.strip(), opened.form))
    raise UsageError(
        what=f"{line.strip()!r} is no answer here", hint=f"{opened.ask} takes {', '.join(allowed)}"
    )

"""`ropewalk amend`: the third answer next to yes and no: a better version of what is shown, and the run goes on with that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ropewalk.app import AskOpened, read_bytes
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.editing import edited
from ropewalk.cli.grammar import Option, Verb
from ropewalk.cli.inbox import OF_ASK, OF_RUN, REASON, tell_status, the_ask
from ropewalk.cli.values import read_value
from ropewalk.errors import NoSuchAsk, Refused, UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk


async def perform(
    context: CommandContext,
    run: str,
    ask: str | None,
    file: str | None,
    text: str | None,
    path: str | None,
    hunk: int | None,
    value: str | None,
    reason: str | None,
) -> int:
    """Content from a file, from the words, or from the person's editor."""
    async with context.ropewalk() as ropewalk:
        of, name = await the_ask(ropewalk, await context.find(ropewalk, run), ask)
        opened = await _opened(ropewalk, of, name)
        content = None
        if file is not None or text is not None:
            content = {_path(opened, path): _bytes(context, file, text)}
        elif value is None:
            if opened.about == "conflict":
                raise UsageError(
                    what=f"{name} is about a conflict",
                    hint="give the joined text of a file: --path PATH, --hunk N for a part of it, and --file or --text",
                )
            if not sys.stdin.isatty():
                raise UsageError(
                    what="`ropewalk amend` has nothing to amend with",
                    hint="add --file FILE, --text TEXT or --value JSON",
                )
            content = await edited(ropewalk, of, opened)
        outputs = read_value(value) if value is not None else None
        await ropewalk.answer(
            of,
            name,
            "amend",
            reason=reason or "",
            value=outputs,
            content=content,
            digest=opened.digest,
            hunk=hunk,
        )
        part = f", hunk {hunk}" if hunk else ""
        done = f"{name}: amended {', '.join(content or ('its outputs',))}{part}"
        await tell_status(context, ropewalk, of, done, name)
    return exits.COMPLETED


async def _opened(ropewalk: Ropewalk, run: str, ask: str) -> AskOpened:
    state = await ropewalk.engine.fold(run)
    if ask in state.answers:
        earlier = state.answers[ask]
        raise Refused(verb="amend", reason=f"{ask} was already answered ({earlier.verdict} by {earlier.by})")
    if ask not in state.asks:
        raise NoSuchAsk(run=run, ask=ask)
    return state.asks[ask]


def _path(opened: AskOpened, path: str | None) -> str:
    """Which of the files that are shown is meant."""
    shown = [artifact.path for artifact in opened.show]
    if opened.about == "conflict":
        shown = sorted({str(conflict.get("path", "")) for conflict in opened.detail.get("conflicts", ())})
    if path is not None:
        return path
    if len(shown) == 1:
        return shown[0]
    raise UsageError(what=f"{opened.ask} shows {', '.join(shown) or 'no file'}", hint="say which with --path")


def _bytes(context: CommandContext, file: str | None, text: str | None) -> bytes:
    if text is not None:
        return (text if text.endswith("\n") else f"{text}\n").encode()
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return read_bytes(context.folder / str(file), pipes=True)
    except OSError as error:
        raise UsageError(
            what=f"{file} cannot be read: {error.strerror}", hint="name a file that is there"
        ) from error


AMEND = Verb(
    "amend",
    "Answer with a better version: edit what is shown, then go on",
    perform,
    OF_RUN,
    OF_ASK,
    Option("--file", "The better version is in this file (- is standard input).", "text", complete="file"),
    Option("--text", "The better version, right here.", "text"),
    Option("--path", "Which artifact, when several are shown, or which file of a conflict.", "text"),
    Option("--hunk", "Of a conflict: the text is for this hunk of the file.", "whole"),
    Option("--value", "Better outputs: a JSON object.", "text"),
    REASON,
    more="Without --file, --text or --value your editor opens ($VISUAL, $EDITOR).",
    reads=True,
)

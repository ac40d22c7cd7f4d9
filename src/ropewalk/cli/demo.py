"""`ropewalk demo`: a small program taken through all six phases of `sdlc` by the rehearsal agent, in a folder of its own.

Only the thinking is rehearsed, and every screen says so; git, worktrees, files, tests and gates are real.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Option, Verb
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk, State
    from ropewalk.cli.screen import Screen

ACTOR = "demo"
NAME = "Todo"
IDEA = "A to-do list for the terminal: note a task, see all tasks, tick one off."
SHARED = "docs/design.md"
TRIAL = """export TASKS="$(mktemp -d)/todo.json"; PY -m todo add buy milk; PY -m todo done 1"""
README = """# Todo

Nothing is here yet. `ropewalk demo` takes this program from an idea to a release; see its branch `ropewalk/…`.
"""
SAID = """A small to-do program goes through six phases, from an idea to a release.
A rehearsal agent plays all eight roles from a script: no key, no network, no
cost, and nothing is thought about. Git, files, tests and gates are real."""
ASKED = "Once you are asked whether the requirements are right: type a to approve them."

MORE = """It works in a new folder, or in the one that --into names; a git repository there is
used as it is.

In a terminal you are asked whether the requirements are right, as a person would
be; --yes answers for you. When the output is piped the demo answers, on record
as `demo`."""


async def perform(context: CommandContext, *, into: str | None, plain: bool, yes: bool) -> int:
    """Lay out the folder, run `sdlc` in it, tell what happened."""
    folder = _folder(context, into, plain)
    screen = context.screen
    attended = screen.terminal and sys.stdin.isatty() and not yes
    _begin(screen, folder, attended)
    from ropewalk.app import open_ropewalk
    from ropewalk.cli.driving import follow

    async with open_ropewalk(folder, store=context.store) as ropewalk:
        run = await _start(ropewalk, attended)
        state, interrupted = await follow(context, ropewalk, run)
        return await _end(context, ropewalk, folder, state, interrupted)


async def _start(ropewalk: Ropewalk, attended: bool) -> str:
    from ropewalk.app import Options, library_folder

    python = "python3" if shutil.which("python3") else shlex.quote(sys.executable)
    script = (library_folder("demo") / "script.yaml").read_text(encoding="utf-8")
    inputs = {
        "idea": IDEA,
        "name": NAME,
        "tests": f"{python} -m unittest discover -s tests",
        "trial": TRIAL.replace("PY", python),
    }
    options = Options(rehearse=script, answer_all="" if attended else ACTOR)
    workflow = ropewalk.load(str(library_folder() / "sdlc.yaml")).workflow
    return await ropewalk.start(workflow, inputs=inputs, options=options, labels={"demo": "todo"})


def _folder(context: CommandContext, into: str | None, plain: bool) -> Path:
    """The folder to work in, made and committed where there is nothing yet. Raises UsageError."""
    if not shutil.which("git"):
        raise UsageError(what="git was not found", hint="install git 2.38 or newer, then try again")
    if into is None:
        folder = Path(tempfile.mkdtemp(prefix="ropewalk-demo-"))
    else:
        folder = context.folder / into
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            hint = "name a folder that can be made"
            raise UsageError(what=f"{folder} cannot be used: {error.strerror}", hint=hint) from error
    if not any(folder.iterdir()):
        (folder / "README.md").write_text(README, encoding="utf-8")
        (folder / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
        if not plain:
            _git(folder, "init", "-q", "--template=", "--initial-branch=main")
            _git(folder, "add", "README.md", ".gitignore")
            _git(folder, *_AS_DEMO, "commit", "-q", "-m", "Begin with nothing")
    return folder.resolve()


_AS_DEMO = (
    *("-c", "user.name=ropewalk demo", "-c", "user.email=demo@localhost"),
    *("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"),
)


def _git(folder: Path, *words: str) -> None:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
        raise UsageError(what=f"git failed in {folder}: {complaint}", hint="try another folder with --into")


def _begin(screen: Screen, folder: Path, attended: bool) -> None:
    screen.line(screen.paint("bold", "ropewalk demo") + screen.paint("magenta", "  (rehearsed)"))
    screen.line(SAID)
    if attended:
        screen.line(ASKED)
    screen.line()
    screen.line(f"It happens in {folder}")
    screen.line()
    screen.flush()


async def _end(
    context: CommandContext, ropewalk: Ropewalk, folder: Path, state: State, interrupted: bool
) -> int:
    from ropewalk.app import run_of
    from ropewalk.cli.recap import recap

    context.screen.give(run_of(state, ropewalk.engine.clock.now()))
    if not context.screen.json:
        records = await ropewalk.store.read(state.run)
        recap(context.screen, state, [(record.at, record.event) for record in records])
        if not state.ended:
            from ropewalk.app import explain_state

            context.screen.line(explain_state(state, ropewalk.engine.clock.now(), driven=False).sentence)
            context.screen.line()
        _onwards(context.screen, folder, state)
    code = exits.OF_STATUS.get(state.status, exits.PAUSED)
    return exits.INTERRUPTED if interrupted and not state.ended else code


def _onwards(screen: Screen, folder: Path, state: State) -> None:
    """Three commands that work when they are pasted here."""
    ropewalk, where = _called(), shlex.quote(str(folder))
    if not state.ended:
        tries = [
            (f"{ropewalk} -C {where} explain last", "why the run stands still"),
            (f"{ropewalk} -C {where} approve last", "answer what it asks"),
            (f"{ropewalk} -C {where} drive last", "go on from here"),
        ]
    else:
        python = "python3" if shutil.which("python3") else shlex.quote(sys.executable)
        use = f"cd {where} && git switch -q {state.branch} && {python} -m todo add 'try ropewalk'"
        if state.base.get("private"):
            made = next((folder / ".ropewalk" / "repositories").glob("*.git"))
            use = f"cd {where} && git clone -q -b {state.branch} {shlex.quote(str(made))} todo && cd todo && {python} -m todo add 'try ropewalk'"
        tries = [
            (use, "use what was built"),
            (f"{ropewalk} -C {where} show last", "look at the run: every step, its rounds, every file"),
            (
                f"{ropewalk} -C {where} artifacts last {SHARED}",
                "the page that three roles wrote at the same time",
            ),
        ]
    screen.line(screen.paint("bold", "Try next"))
    for command, meaning in tries:
        screen.line(f"  {screen.paint('dim', '# ' + meaning)}")
        screen.line(f"  {command}")
    screen.line()
    screen.line(f"A workflow of your own: `{ropewalk} init` in any folder, then `{ropewalk} run hello`.")


def _called() -> str:
    """How somebody who stands here calls ropewalk."""
    mine = Path(sys.argv[0])
    if mine.name != "ropewalk":
        return f"{shlex.quote(sys.executable)} -m ropewalk"
    program = shutil.which("ropewalk")
    if program and os.path.realpath(program) == os.path.realpath(mine):
        return "ropewalk"
    return shlex.quote(str(mine.absolute()))


DEMO = Verb(
    "demo",
    "Take a small program through six phases by rehearsal: no key, no network, no cost",
    perform,
    Option(
        "--into",
        "Work in this folder; it is made if it is not there.",
        "text",
        metavar="FOLDER",
        complete="file",
    ),
    Option("--plain", "Without a git repository of the folder's own: ropewalk keeps a private one."),
    Option("--yes -y", "Approve what is asked, on record as `demo`."),
    more=MORE,
)

"""Confinement: who may ask for it, what a confined process reaches, and the one place that wraps an argv into it.

Anybody who has a say can ask for more of it, never for less. Asked for and not to be had, it fails closed: nothing is started.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from ropewalk.agents import bubblewrap, exposure
from ropewalk.agents.bubblewrap import Mount
from ropewalk.definition import Confine
from ropewalk.errors import Unconfinable

Wrap = Callable[[Sequence[str]], list[str]]


class Reach(Struct, frozen=True):
    """What one attempt needs next to what everybody sees. `folder` and `writable` it may write; `readable` are files and
    folders that it must be able to read, also in hidden places; `hidden` are further places that are not its business.
    """

    folder: Path
    writable: tuple[Path, ...] = ()
    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class Confinement(Struct, frozen=True):
    """What a project says of it for everything: `rule` is for those that say nothing, `network` for commands of steps and
    gates, `readable` are places that it gives back, `hidden` those of ropewalk itself and of the project.
    """

    rule: Confine = "none"
    network: bool = True
    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def wanted(self, *rules: str) -> bool:
        """Whether anybody asks for it. A word that means nothing here asks for it too: in doubt it is closed."""
        return any(word not in ("", "none") for word in (self.rule, *rules))

    def wrap(self, reach: Reach, *, network: bool) -> Wrap:
        """Puts an argv into it. Raises Unconfinable when it cannot be had."""
        demand_confinement()
        head = bubblewrap.argv(_mounts(self, reach), network=network)
        return lambda argv: [*head, *argv]


NOT_CONFINED: Final[Confinement] = Confinement()


def demand_confinement() -> None:
    """Raises Unconfinable when there is no confinement on this host."""
    if fault := bubblewrap.fault():
        raise Unconfinable(reason=fault.reason, hint=fault.hint)


def reach_of(desk: Any) -> Reach:
    """The reach of an attempt: its folder, the part of its spool that it answers in, what its git borrows from."""
    from ropewalk.agents.exchange import BACK

    back: Path = desk.spool / BACK
    back.mkdir(parents=True, exist_ok=True)
    reads = (str(desk.spool), *getattr(desk, "reads", ()))
    return Reach(desk.folder, (back,), reads, getattr(desk, "hides", ()))


def named_files(env: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Files and folders that these variables name; never a socket."""
    paths = (env.get(name, "") for name in (*exposure.CERTIFICATES, *names))
    return tuple(
        path for path in paths if os.path.isabs(path) and (os.path.isfile(path) or os.path.isdir(path))
    )


def near(argv: Sequence[str]) -> tuple[str, ...]:
    """The program of an argv that is named from here on: the folder that it lies in may be hidden."""
    program = argv[0]
    return (os.path.abspath(program),) if os.sep in program and not os.path.isabs(program) else ()


def _mounts(project: Confinement, reach: Reach) -> Iterator[Mount]:
    """What is taken away, then what of that is given back; what lies deeper wins, wherever it stands here."""
    home, homes, fresh = os.path.realpath(Path.home()), exposure.homes(), exposure.fresh()
    private = [path for path in exposure.for_root_only() if os.path.exists(path)]
    places = [os.path.realpath(path) for path in (*project.hidden, *reach.hidden) if os.path.exists(path)]
    away = [path for path in (*homes, *places, *private) if path not in ("/", home)]
    for path in away:
        yield Mount(path, "hidden" if os.path.isdir(path) else "masked")
    for path in (*fresh, *(path for path in homes if path == home)):
        yield Mount(path, "fresh")
    hidden = tuple(dict.fromkeys((*away, *fresh, *homes)))
    programs = (*exposure.tools(home), *exposure.programs(hidden))
    for path in exposure.masked(programs):
        yield Mount(path, "masked")
    asked = tuple(map(os.path.expanduser, (*project.readable, *reach.readable)))
    for path in filter(os.path.exists, (*programs, *asked, *exposure.resolver(hidden))):
        yield Mount(path, "readable")
    own = [str(path) for path in (reach.folder, *reach.writable) if path.exists()]
    for path in own:
        yield Mount(path, "writable")
    readable, written = (tuple(map(os.path.realpath, some)) for some in ((*programs, *asked), own))
    for path in exposure.sockets():
        within = exposure.within
        if not within(path, written) and (within(path, readable) or not within(path, hidden)):
            yield Mount(path, "masked")

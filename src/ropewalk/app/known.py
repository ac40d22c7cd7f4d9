"""Loads a workflow file against the names that are installed here, which are looked up only when one is not built in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ropewalk.app.settings import Settings, load_settings
from ropewalk.definition import Known
from ropewalk.formats import Loaded, load_workflow


class Names(frozenset[str]):
    """A set that is made when it is first looked at."""

    _look: Callable[[], tuple[str, ...]]
    _names: frozenset[str] | None = None

    def __new__(cls, look: Callable[[], tuple[str, ...]]) -> Names:
        made = super().__new__(cls)
        made._look = look
        return made

    def _all(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset(self._look())
        return self._names

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def load_known(path: Path, top: Path, settings: Settings | None = None, **how: Any) -> Loaded:
    """A workflow of the project at `top`, checked whole, also for kinds, gates and agents that are not there; `settings` are
    those of the project unless told. Raises InvalidDefinition, and SettingsError where an agent's table is not usable.
    """
    known = known_here(lambda: settings or load_settings(top, {}))
    return load_workflow(path, known=known, exists=lambda file: (_top(top) / file).exists(), **how)


def _top(folder: Path) -> Path:
    """Where the names of files count from: the top of the repository that the project is in, else the project itself."""
    around = (place for place in (folder, *folder.absolute().parents) if (place / ".git").exists())
    return next(around, folder)


def known_here(settings: Callable[[], Settings]) -> Known:
    """The names that are installed here, or stand in the settings."""

    def agents() -> tuple[str, ...]:
        from ropewalk.app.agents import agents_of

        return tuple(agents_of(settings()))

    return Known(kinds=Names(_kinds), gates=Names(_gates), agents=Names(agents))


def _kinds() -> tuple[str, ...]:
    from ropewalk.steps import CORE_KINDS, Kinds

    return (*Kinds().names(), *CORE_KINDS)


def _gates() -> tuple[str, ...]:
    from ropewalk.steps import Gates

    return Gates().names()

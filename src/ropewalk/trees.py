"""Folders that somebody else filled, gone through and taken away however deep they are: nothing here calls itself for a folder in
a folder, and links are never followed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import AnyStr


def walk(top: AnyStr | os.PathLike[AnyStr]) -> Iterator[tuple[AnyStr, list[AnyStr], list[AnyStr]]]:
    """As `os.walk` from the top down: each folder with the names of the folders (links to some too) and of all else in it. The
    folders that the caller leaves in the list are gone through next. One that cannot be read is passed over."""
    todo = [os.fspath(top)]
    while todo:
        place = todo.pop()
        folders: list[AnyStr] = []
        files: list[AnyStr] = []
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                (folders if _is_folder(entry) else files).append(entry.name)
        yield place, folders, files
        todo += [path for name in folders if not os.path.islink(path := os.path.join(place, name))]


def _is_folder(entry: os.DirEntry[AnyStr]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def files_below(folder: Path) -> list[Path]:
    """Every file, and every link, below a folder."""
    paths = []
    for place, folders, files in walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        paths += [Path(place, name) for name in (*files, *links)]
    return paths


def remove_tree(folder: str | os.PathLike[str]) -> None:
    """As `shutil.rmtree`, and no deeper than any stack."""
    try:
        shutil.rmtree(folder)
    except RecursionError:
        _flatten(os.fspath(folder))
        shutil.rmtree(folder)


def _flatten(top: str) -> None:
    """Bring every folder to the first floor, emptied of files: so no path is longer than the way there."""
    mark, serial = os.urandom(8).hex(), 0  # nobody has put a folder of that name there
    os.chmod(top, stat.S_IRWXU)
    todo = [top]
    while todo:
        place = todo.pop()
        with os.scandir(place) as entries:
            listed = list(entries)
        for entry in listed:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, stat.S_IRWXU)  # a folder that is shut can neither be emptied nor moved
            if place == top:
                todo.append(entry.path)
            else:
                serial += 1
                raised = os.path.join(top, f"{mark}-{serial}")
                os.rename(entry.path, raised)
                todo.append(raised)

"""How a child becomes the program that was asked for: its own session, its files, its limits, and exec.

A program without limits is spawned. For one with limits a fork of the keeper becomes the program, in twice the time, and
tells by a pipe that exec closes what went wrong, and at which stage.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from ropewalk.processes.kernel import die_with_parent
from ropewalk.processes.messages import Request
from ropewalk.processes.signals import USUAL, reset_signals

_SIGKILL = 9
_NOT_HERE = (errno.ENOENT, errno.ENOTDIR)


def become(request: Request, files: Sequence[int], keeper: int, status: int) -> None:
    """Never returns. Writes `errno stage` to `status` when it cannot become the program."""
    stage = "start"
    try:
        os.setsid()
        die_with_parent(_SIGKILL)
        if os.getppid() != keeper:
            os._exit(126)  # it died before it would have been noticed
        reset_signals()
        for number, descriptor in enumerate(files):
            os.dup2(descriptor, number)
        stage = "folder"
        os.chdir(request.folder)
        stage = "limits"
        _limit(request.limits)
        stage = "program"
        _execute(request)
    except OSError as error:
        os.write(status, f"{error.errno or errno.EINVAL} {stage}".encode())
    except ValueError:
        os.write(status, f"{errno.EPERM} {stage}".encode())
    finally:
        os._exit(127)


def spawn(request: Request, files: Sequence[int]) -> int:
    """Its process id. Raises OSError with the stage as a note, NotImplementedError."""
    stage = "folder"
    try:
        os.chdir(request.folder)
        stage = "program"
        return os.posix_spawn(
            _runnable(request),
            request.argv,
            request.environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, descriptor, number) for number, descriptor in enumerate(files)
            ],
            setsid=True,
            setsigmask=(),
            setsigdef=USUAL,
        )
    except OSError as error:
        error.add_note(stage)
        raise
    finally:
        os.chdir("/")


def _runnable(request: Request) -> bytes:
    """The program, looked for before: each attempt to run one that is not there costs a fork. Raises OSError."""
    program = request.argv[0]
    if b"/" in program:
        return program
    places = (os.path.join(folder, program) for folder in _path(request))
    files = [place for place in places if os.path.isfile(place)]
    if not files:
        raise FileNotFoundError(errno.ENOENT, "not found")
    return next((place for place in files if os.access(place, os.X_OK)), files[0])


def _path(request: Request) -> list[bytes]:
    return request.environment.get(b"PATH", os.fsencode(os.defpath)).split(b":")


def _limit(limits: Sequence[tuple[int, int]]) -> None:
    if limits:
        import resource

        for which, value in limits:
            resource.setrlimit(which, (value, value))


def _execute(request: Request) -> None:
    """The program by its path, or the first of that name on the PATH that it was given. Raises OSError."""
    program = request.argv[0]
    if b"/" in program:
        os.execve(program, request.argv, request.environment)  # noqa: S606 - never a shell
    fault: OSError = FileNotFoundError(errno.ENOENT, "not found")
    for folder in _path(request):
        try:
            os.execve(os.path.join(folder, program), request.argv, request.environment)  # noqa: S606
        except OSError as error:
            # One that may not be run is told rather than the many folders in which there is none.
            if error.errno not in _NOT_HERE:
                fault = error
    raise fault

"""What somebody tries who wants out of the confinement; prints as JSON what came of it. Uses nothing but the standard library.

Its first argument is JSON: files to write and to read, sockets to reach, processes to end.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import termios


def tried(attempt, *words):
    """`done`, or the name of what was in the way."""
    try:
        value = attempt(*words)
    except OSError as error:
        return type(error).__name__
    return "done" if value is None else value


def write(path):
    with open(path, "a") as file:
        file.write("escaped\n")


def read(path):
    with open(path) as file:
        return file.read(1000)


def reach(family, address):
    with socket.socket(family) as made:
        made.settimeout(5)
        made.connect(address)
        made.sendall(b"hello")


def command(*words):
    done = subprocess.run(words, capture_output=True, check=False)
    if done.returncode:
        raise PermissionError
    return


def through_link(path):
    link = os.path.join(os.getcwd(), "link")
    os.symlink(path, link)
    write(link)


def by_hard_link(path):
    link = os.path.join(os.getcwd(), "hard")
    os.link(path, link)
    write(link)


def new_user_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(0x10000000 | 0x00020000):
        raise PermissionError
    command("mount", "-o", "remount,rw,bind", "/")


def type_into_the_terminal():
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), termios.TIOCSTI, b"x")


def make_device():
    os.mknod("disk", 0o060600, os.makedev(8, 0))


def status(name):
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name))


def main(todo):
    found = {
        "remount": tried(command, "mount", "-o", "remount,rw,bind", "/"),
        "bind": tried(command, "mount", "--bind", "/etc", "/home"),
        "unmount": tried(command, "umount", "/home"),
        "namespace": tried(new_user_namespace),
        "device": tried(make_device),
        "terminal": tried(type_into_the_terminal),
        "capabilities": [status(name) for name in ("CapPrm", "CapEff", "CapBnd")],
        "no new privileges": status("NoNewPrivs"),
        "processes": sorted(name for name in os.listdir("/proc") if name.isdigit()),
        "variables": sorted(os.environ),
    }
    for path in todo["write"]:
        found[f"write {path}"] = tried(write, path)
        found[f"link {path}"] = tried(through_link, path)
        found[f"hard link {path}"] = tried(by_hard_link, path)
        for name in ("link", "hard"):
            if os.path.lexists(name):
                os.unlink(name)
    for path in todo["open"]:
        found[f"open {path}"] = tried(lambda path=path: os.close(os.open(path, os.O_WRONLY)))
    for path in todo["read"]:
        found[f"read {path}"] = tried(read, path)
    for path in todo["sockets"]:
        address = "\0" + path[1:] if path[0] == "@" else path
        found[f"socket {path}"] = tried(reach, socket.AF_UNIX, address)
    for port in todo["ports"]:
        found[f"port {port}"] = tried(reach, socket.AF_INET, ("127.0.0.1", port))
    for process in todo["processes"]:
        found[f"kill {process}"] = tried(os.kill, process, signal.SIGKILL)
    with open("mine.txt", "w") as file:
        file.write("mine\n")
    sys.stdout.write(json.dumps(found))


main(json.loads(sys.argv[1]))

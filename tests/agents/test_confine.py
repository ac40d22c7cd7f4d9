"""Confinement against somebody who wants out, as root and as an ordinary user; and closed where it is not to be had."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from ropewalk.agents import exposure
from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.confine import NOT_CONFINED, Confinement, Reach, named_files, reach_of
from ropewalk.errors import Unconfinable
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

HOSTILE = Path(__file__).with_name("hostile.py")
PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NOBODY = 65534
CREDENTIALS = (
    *(
        ".ssh/id_ed25519",
        ".netrc",
        ".cargo/credentials.toml",
        ".config/ropewalk/token",
        ".config/op/config",
        ".kube/config",
    ),
    *(
        ".terraform.d/credentials.tfrc.json",
        ".mozilla/firefox/x/logins.json",
        ".bash_history",
        ".npmrc",
        ".pgpass",
    ),
    *(
        ".config/git/credentials",
        ".local/share/keyrings/login.keyring",
        "notes/passwords.txt",
        ".m2/settings.xml",
    ),
)
USERS = [
    pytest.param("the one who runs this", id="own"),
    pytest.param("nobody", id="ordinary", marks=pytest.mark.needs("root")),
]


@pytest.fixture
def place(monkeypatch):
    """A folder that everybody on this host can reach, with a home and a project in it, and only programs of the system."""
    folder = Path(tempfile.mkdtemp(prefix="ropewalk-confine-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in CREDENTIALS:
        path = folder / "home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("private")
    for name in (
        "project/.ropewalk/folders/a/back",
        "project/.git/objects",
        "project/.git/ropewalk/folders/a",
    ):
        (folder / name).mkdir(parents=True)
    (folder / "project/.ropewalk/ropewalk.db").write_text("private")
    (folder / "project/.ropewalk/serve.token").write_text("private")
    (folder / "project/.git/config").write_text("private")
    (folder / "project/.env").write_text("private")
    (folder / "project/.git/objects/pack").write_text("objects")
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("PATH", PLAIN_PATH)
    yield folder
    shutil.rmtree(folder)


def reach(place):
    project = place / "project"
    return Reach(
        project / ".git/ropewalk/folders/a",
        (project / ".ropewalk/folders/a/back",),
        (str(project / ".ropewalk/folders/a"), str(project / ".git/objects"), str(HOSTILE)),
        (str(project / ".git"),),
    )


def attack(place, user, *, network=True, **todo):
    """What came of it, seen from inside."""
    python = next((p for p in ("/usr/local/bin/python3", "/usr/bin/python3") if Path(p).exists()), "")
    if not python:
        pytest.skip(
            "no python that every user of this host can run; to enable it: apt-get install python3-minimal"
        )
    confinement = Confinement(hidden=(str(place / "project"), str(place / "project/.ropewalk")))
    wrap = confinement.wrap(reach(place), network=network)
    tasks = {name: todo.get(name, []) for name in ("write", "open", "read", "sockets", "ports", "processes")}
    argv = wrap([python, "-I", str(HOSTILE), json.dumps(tasks)])
    if user == "nobody":
        argv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *argv]
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", place], check=True)
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, cwd=place / "project/.git/ropewalk/folders/a",
        env={**os.environ, "SSH_AUTH_SOCK": "/run/agent", "XDG_RUNTIME_DIR": "/run/user/0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("user", USERS)
def test_it_has_no_capability_cannot_mount_and_sees_no_process_of_the_host(place, user):
    with subprocess.Popen(["sleep", "60"]) as outside:
        found = attack(place, user, processes=[outside.pid])
        assert outside.poll() is None
        outside.kill()
    assert found["capabilities"] == ["0000000000000000"] * 3
    assert found["no new privileges"] == "1"
    for way in ("remount", "bind", "unmount", "namespace", "device", "terminal"):
        assert found[way] != "done", way
    assert found[f"kill {outside.pid}"] == "ProcessLookupError"
    assert len(found["processes"]) <= 3
    assert not {"SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"} & set(found["variables"])


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("user", USERS)
def test_it_writes_in_its_own_folders_and_nowhere_else(place, user):
    project = place / "project"
    victims = [
        *("/etc/ropewalk-escaped", "/etc/passwd", "/usr/bin/ropewalk-escaped", "/var/lib/ropewalk-escaped", f"{Path('/proc/1') / 'root'}/etc/passwd"),
        *(str(project / name) for name in (".git/objects/pack", ".git/config", ".ropewalk/ropewalk.db", ".env")),
        *(str(place / "home" / name) for name in CREDENTIALS),
        str(project / ".ropewalk/folders/a/script"),
    ]  # fmt: skip
    before = Path("/etc/passwd").read_bytes()
    control = (
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/modprobe",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
        "/dev/mem",
        "/dev/vda",
        "/dev/sda",
    )
    found = attack(place, user, write=victims, open=control)
    assert (project / ".git/ropewalk/folders/a/mine.txt").read_text() == "mine\n"
    assert Path("/etc/passwd").read_bytes() == before
    assert not any(Path(path).exists() for path in victims[:4] if path.endswith("escaped"))
    assert (project / ".git/objects/pack").read_text() == "objects"
    assert not (project / ".ropewalk/folders/a/script").exists()
    hidden = [
        project / name for name in (".git/config", ".ropewalk/ropewalk.db", ".ropewalk/serve.token", ".env")
    ]
    assert {path.read_text() for path in (*hidden, *(place / "home" / name for name in CREDENTIALS))} == {
        "private"
    }
    assert not [path for path in control if found[f"open {path}"] == "done"]


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("user", USERS)
def test_it_reads_no_credential_nothing_of_ropewalk_and_nothing_of_the_checkout(place, user):
    project = place / "project"
    private = [str(place / "home" / name) for name in CREDENTIALS]
    private += [
        str(project / name)
        for name in (".git/config", ".ropewalk/ropewalk.db", ".ropewalk/serve.token", ".env")
    ]
    private += ["/etc/shadow", "/etc/gshadow", str(Path("/root") / ".bash_history"), "/run/docker.sock"]
    found = attack(place, user, read=[*private, str(project / ".git/objects/pack"), "/etc/passwd"])
    assert not [
        path for path in private if found[f"read {path}"] not in ("FileNotFoundError", "PermissionError", "")
    ]
    assert found[f"read {project / '.git/objects/pack'}"] == "objects"
    assert "root" in found["read /etc/passwd"]


@pytest.fixture
def listening(place):
    """Sockets of the host: in a place for them, in one that can be read inside, in no place at all, on loopback."""
    made = []
    readable = Path(
        tempfile.mkdtemp(prefix="ropewalk-sockets-", dir="/var/lib" if os.geteuid() == 0 else "/var/tmp")
    )
    readable.chmod(0o755)
    paths = [str(place / "home.sock"), str(readable / "d.sock"), f"@ropewalk-{os.getpid()}"]
    for path in paths:
        made.append(socket.socket(socket.AF_UNIX))
        made[-1].bind("\0" + path[1:] if path[0] == "@" else path)
        made[-1].listen()
        if path[0] == "/":
            os.chmod(path, 0o777)
            os.utime(path, (0, 0))
    made.append(socket.create_server(("127.0.0.1", 0)))
    yield paths, made[-1].getsockname()[1]
    for one in made:
        one.close()
    shutil.rmtree(readable)


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("user", USERS)
def test_no_socket_of_the_host_is_there_and_without_the_network_no_port_either(place, listening, user):
    paths, port = listening
    found = attack(place, user, network=False, sockets=paths, ports=[port])
    assert not [
        name for name, value in found.items() if name.startswith(("socket", "port")) and value == "done"
    ]


@pytest.mark.needs("bwrap")
def test_with_the_network_sockets_that_have_a_path_are_still_not_there(place, listening):
    """What is not closed then is in the reference: ports of the host, and sockets that have a name and no path."""
    paths, port = listening
    found = attack(place, "the one who runs this", sockets=paths, ports=[port])
    assert [found[f"socket {path}"] for path in paths[:2]] != ["done", "done"]
    assert found[f"socket {paths[0]}"] != "done"
    assert found[f"socket {paths[1]}"] != "done"
    assert found[f"port {port}"] == "done"


@pytest.mark.needs("bwrap")
def test_what_it_keeps_is_written_and_the_rest_of_its_home_is_fresh(place):
    keep = place / "home/.agent"
    keep.mkdir()
    wrap = NOT_CONFINED.wrap(Reach(reach(place).folder, (keep, place / "absent")), network=True)
    script = "echo kept > ~/.agent/kept; echo gone > ~/.cache && cat ~/.cache; ls ~/.ssh ~/.bash_history"
    done = subprocess.run(wrap(["sh", "-c", script]), capture_output=True, text=True, check=False)
    assert done.stdout == "gone\n", done.stderr
    assert (keep / "kept").read_text() == "kept\n"
    assert not (place / "home/.cache").exists()


@pytest.mark.needs("bwrap")
def test_programs_in_hidden_places_are_there_with_what_they_link_to_and_without_their_credentials(
    place, monkeypatch
):
    home = place / "home"
    for name in ("tool/bin", ".local/bin", ".local/share/made", "one"):
        (home / name).mkdir(parents=True)
    (home / "tool/word").write_text("hello")
    (home / "tool/.npmrc").write_text("private")
    (home / ".local/share/made/secret").write_text("private")
    (home / "tool/bin/greet").write_text(
        '#!/bin/sh\ncat "$(dirname "$0")/../word"; cat "$(dirname "$0")/../.npmrc"\n'
    )
    (home / "alone").write_text("#!/bin/sh\necho alone\n")
    (home / "tool/bin/greet").chmod(0o755)
    (home / "alone").chmod(0o755)
    (home / ".local/bin/alone").symlink_to(home / "alone")
    (home / ".local/bin/notes").symlink_to(home / "notes/passwords.txt")
    monkeypatch.setenv("PATH", f"{home}:{home / 'tool/bin'}:{home / '.local/bin'}:{PLAIN_PATH}")
    wrap = NOT_CONFINED.wrap(Reach(reach(place).folder), network=True)
    script = f"greet; alone; cat {home}/.local/share/made/secret {home}/notes/passwords.txt {home}/.netrc"
    done = subprocess.run(wrap(["sh", "-c", script]), capture_output=True, text=True, check=False)
    assert done.stdout == "helloalone\n", done.stderr


@pytest.mark.needs("bwrap")
def test_places_that_are_given_back_can_be_read_and_a_readable_folder_gives_back_no_socket(place):
    shared = place / "home/shared"
    shared.mkdir()
    (shared / "data").write_text("data")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(shared / "s"))
        os.utime(shared / "s", (0, 0))
        made.listen()
        confinement = Confinement(readable=("~/shared", str(place / "absent")))
        wrap = confinement.wrap(Reach(reach(place).folder), network=True)
        script = "cat ~/shared/data; test -S ~/shared/s && echo socket; echo x > ~/shared/data"
        done = subprocess.run(wrap(["sh", "-c", script]), capture_output=True, text=True, check=False)
    assert done.stdout == "data"
    assert (shared / "data").read_text() == "data"


@pytest.mark.needs("bwrap")
def test_git_settings_that_hold_a_token_are_not_given_back(place):
    wrap = NOT_CONFINED.wrap(Reach(reach(place).folder), network=True)
    settings = place / "home/.gitconfig"
    for text, there in (("[user]\nname = Ada\n", True), ('[url "https://me:tok@x/"]\n', False)):
        settings.write_text(text)
        wrap = NOT_CONFINED.wrap(Reach(reach(place).folder), network=True)
        done = subprocess.run(wrap(["cat", str(settings)]), capture_output=True, text=True, check=False)
        assert (done.stdout == text) == there


@pytest.mark.needs("bwrap")
def test_it_begins_in_the_folder_that_it_is_started_in(place):
    inner = reach(place).folder / "inner"
    inner.mkdir()
    wrap = NOT_CONFINED.wrap(reach(place), network=True)
    done = subprocess.run(wrap(["pwd"]), capture_output=True, text=True, check=True, cwd=inner)
    assert done.stdout.strip() == str(inner)


# Asked for, and by whom -------------------------------------------------------------------------------------------------


def test_anybody_can_ask_for_it_nobody_can_take_it_back_and_a_strange_word_closes():
    assert not Confinement().wanted("", "none")
    assert Confinement().wanted("none", "worktree")
    assert Confinement(rule="worktree").wanted("none")
    assert Confinement().wanted("Worktree")


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A bubblewrap that may not make namespaces."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_where_no_namespaces_may_be_made_nothing_is_wrapped_and_the_program_is_quoted(broken, tmp_path):
    with pytest.raises(Unconfinable, match="setting up uid map"):
        NOT_CONFINED.wrap(Reach(tmp_path), network=True)


async def test_asked_for_and_not_to_be_had_nothing_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unconfinable, match=r"bwrap was not found.*install bubblewrap"):
        NOT_CONFINED.wrap(Reach(tmp_path), network=True)
    agent = AcpAgent("x", AcpSettings(argv=("/bin/sh", "-c", "echo started > started"), confine="worktree"))
    desk = ListeningDesk(tmp_path / "desk")
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "config"}
    assert not (desk.folder / "started").exists()
    probe = await agent.probe()
    assert not probe.usable
    assert "bubblewrap" in probe.hint


def test_an_attempt_reaches_what_its_desk_says(tmp_path):
    desk = ListeningDesk(tmp_path)
    desk.reads, desk.hides = ("/objects",), ("/repository",)
    found = reach_of(desk)
    assert found.writable == (desk.spool / "back",)
    assert found.readable == (str(desk.spool), "/objects")
    assert found.hidden == ("/repository",)


def test_what_a_variable_names_is_a_file_or_a_folder_and_never_a_socket(tmp_path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "agent"))
        env = {"A": str(tmp_path), "B": str(tmp_path / "agent"), "C": "relative", "D": "/absent"}
        assert named_files(env, env) == (str(tmp_path),)


@pytest.mark.needs("root", "linux")
def test_what_only_root_reads_of_the_system_is_found_for_root():
    assert "/etc/shadow" in exposure.for_root_only()
    assert "/etc/passwd" not in exposure.for_root_only()

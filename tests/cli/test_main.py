import subprocess
import sys

import pytest

from ropewalk.cli import main as main_module
from ropewalk.cli.finding import find
from ropewalk.cli.main import overview
from ropewalk.cli.table import GROUPS, entries


def test_the_first_page_names_every_command_with_its_line(ropewalk):
    for words in ((), ("--help",), ("-h",), ("help",)):
        ended = ropewalk(*words)
        assert ended.code == 0
        assert ended.out == overview()
    for group in GROUPS.values():
        for name, (_, line) in group.items():
            assert f"  {name:<11} {line}" in overview()
    assert all(len(line) <= 100 for line in overview().splitlines())


def test_the_first_page_imports_nothing_of_ropewalk_but_its_table():
    script = "import sys; from ropewalk.cli.main import main; main(['--help']); sys.stderr.write(' '.join(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = ended.stderr.split()
    assert [name for name in loaded if name.startswith("ropewalk.")] == [
        "ropewalk.exports",
        "ropewalk.cli",
        "ropewalk.app",
        "ropewalk.observe",
        "ropewalk.observe.plain",
        "ropewalk.cli.exits",
        "ropewalk.cli.table",
        "ropewalk.cli.finding",
        "ropewalk.cli.main",
    ]
    assert not {"typer", "rich", "msgspec", "asyncio", "argparse"} & {*loaded}


def test_a_run_imports_no_drawing_and_nothing_of_plug_ins(tmp_path):
    (tmp_path / "w.yaml").write_text("name: w\nsteps:\n  - {id: a, uses: noop}\n")
    script = (
        "import sys; from ropewalk.cli.main import main; code = main(['run', 'w.yaml', '--json']);"
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    unwanted = {"typer", "rich", "jinja2", "structlog", "jsonschema", "cel", "importlib.metadata", "pydantic"}
    assert not unwanted & {*ended.stderr.split()}


@pytest.mark.parametrize("name", list(entries()))
def test_every_line_of_the_table_leads_to_a_command_with_a_help_page(ropewalk, name):
    command = find(name)
    assert command.name == name
    assert command.summary == entries()[name][1]
    ended = ropewalk(name, "--help")
    assert ended.code == 0
    for argument in command.arguments:
        assert argument.meaning.split()[0] in ended.out
    for option in command.options:
        assert option.flags[0] in ended.out


def test_the_version_is_said(ropewalk):
    assert ropewalk("--version").out.startswith("ropewalk ")


def test_help_of_a_command_in_either_order(ropewalk):
    assert ropewalk("help", "runs").out == ropewalk("runs", "--help").out == ropewalk("--help", "runs").out


@pytest.mark.parametrize(
    ("word", "near"),
    [("rnu", "`ropewalk run`"), ("aprove", "`ropewalk approve`"), ("zzzzz", "`ropewalk --help`")],
)
def test_a_slip_gets_the_nearest_command(ropewalk, word, near):
    ended = ropewalk(word)
    assert ended.code == 2
    assert near in ended.err


def test_what_every_command_takes_may_stand_before_its_name(ropewalk):
    assert ropewalk("--json", "runs").out == '{"runs":[],"next":null}\n'
    other = ropewalk.folder / "other"
    other.mkdir()
    assert ropewalk("-C", "other", "init").code == 0
    assert (other / ".ropewalk").is_dir()
    assert ropewalk("--store", "x.db", "runs").code == 0
    assert (ropewalk.folder / "x.db").is_file()


def test_options_without_a_command_are_bad_input(ropewalk):
    assert ropewalk("--json").code == 2


def test_an_interrupt_ends_with_its_code(ropewalk, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("ropewalk.cli.main.perform", interrupted)
    ended = ropewalk("runs")
    assert (ended.code, "Interrupted" in ended.err) == (130, True)


def test_a_bug_is_told_with_a_file(ropewalk, monkeypatch):
    def broken(*given):
        raise ValueError("no such thing")

    monkeypatch.setattr("ropewalk.cli.main.perform", broken)
    ended = ropewalk("runs", "--text", "x")
    assert ended.code == 70
    path = ended.err.split("file: ")[1].strip()
    with open(path) as file:
        text = file.read()
    assert "ropewalk runs --text x" in text
    assert "ValueError: no such thing" in text
    assert "Traceback" not in ended.err
    told = ropewalk.json("runs")
    assert told["error"]["code"] == "bug"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(24, "Too many open files"), "no file descriptors left"),
        (BlockingIOError(11, "Resource temporarily unavailable"), "no room for another process"),
        (RuntimeError("can't start new thread"), "no room for another process"),
    ],
)
def test_a_machine_without_room_is_no_bug(ropewalk, monkeypatch, error, said):
    def fails(*words: object, **how: object) -> None:
        raise error

    monkeypatch.setattr(main_module, "_do", fails)
    ended = ropewalk("runs")
    assert ended.code == 2
    assert said in ended.err
    assert "ulimit -a" in ended.err
    assert "bug" not in ended.err

import subprocess
import sys

import pytest

from weft.cli import main as main_module
from weft.cli.finding import find
from weft.cli.main import overview
from weft.cli.table import GROUPS, entries


def test_the_first_page_names_every_command_with_its_line(weft):
    for words in ((), ("--help",), ("-h",), ("help",)):
        ended = weft(*words)
        assert ended.code == 0
        assert ended.out == overview()
    for group in GROUPS.values():
        for name, (_, line) in group.items():
            assert f"  {name:<11} {line}" in overview()
    assert all(len(line) <= 100 for line in overview().splitlines())


def test_the_first_page_imports_nothing_of_weft_but_its_table():
    script = "import sys; from weft.cli.main import main; main(['--help']); sys.stderr.write(' '.join(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = ended.stderr.split()
    assert [name for name in loaded if name.startswith("weft.")] == [
        "weft.cli",
        "weft.cli.exits",
        "weft.cli.table",
        "weft.cli.finding",
        "weft.observe",
        "weft.observe.plain",
        "weft.cli.main",
    ]
    assert not {"typer", "rich", "msgspec", "asyncio", "argparse"} & {*loaded}


def test_a_run_imports_no_drawing_and_nothing_of_plug_ins(tmp_path):
    (tmp_path / "w.yaml").write_text("name: w\nsteps:\n  - {id: a, uses: noop}\n")
    script = (
        "import sys; from weft.cli.main import main; code = main(['run', 'w.yaml', '--json']);"
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    unwanted = {"typer", "rich", "jinja2", "structlog", "jsonschema", "cel", "importlib.metadata", "pydantic"}
    assert not unwanted & {*ended.stderr.split()}


@pytest.mark.parametrize("name", list(entries()))
def test_every_line_of_the_table_leads_to_a_command_with_a_help_page(weft, name):
    command = find(name)
    assert command.name == name
    assert command.summary == entries()[name][1]
    ended = weft(name, "--help")
    assert ended.code == 0
    for argument in command.arguments:
        assert argument.meaning.split()[0] in ended.out
    for option in command.options:
        assert option.flags[0] in ended.out


def test_the_version_is_said(weft):
    assert weft("--version").out.startswith("weft ")


def test_help_of_a_command_in_either_order(weft):
    assert weft("help", "runs").out == weft("runs", "--help").out == weft("--help", "runs").out


@pytest.mark.parametrize(
    ("word", "near"), [("rnu", "`weft run`"), ("aprove", "`weft approve`"), ("zzzzz", "`weft --help`")]
)
def test_a_slip_gets_the_nearest_command(weft, word, near):
    ended = weft(word)
    assert ended.code == 2
    assert near in ended.err


def test_what_every_command_takes_may_stand_before_its_name(weft):
    assert weft("--json", "runs").out == '{"runs":[],"next":null}\n'
    other = weft.folder / "other"
    other.mkdir()
    assert weft("-C", "other", "init").code == 0
    assert (other / ".weft").is_dir()
    assert weft("--store", "x.db", "runs").code == 0
    assert (weft.folder / "x.db").is_file()


def test_options_without_a_command_are_bad_input(weft):
    assert weft("--json").code == 2


def test_an_interrupt_ends_with_its_code(weft, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("weft.cli.main.perform", interrupted)
    ended = weft("runs")
    assert (ended.code, "Interrupted" in ended.err) == (130, True)


def test_a_bug_is_told_with_a_file(weft, monkeypatch):
    def broken(*given):
        raise ValueError("no such thing")

    monkeypatch.setattr("weft.cli.main.perform", broken)
    ended = weft("runs", "--text", "x")
    assert ended.code == 70
    path = ended.err.split("file: ")[1].strip()
    with open(path) as file:
        text = file.read()
    assert "weft runs --text x" in text
    assert "ValueError: no such thing" in text
    assert "Traceback" not in ended.err
    told = weft.json("runs")
    assert told["error"]["code"] == "bug"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(24, "Too many open files"), "no file descriptors left"),
        (BlockingIOError(11, "Resource temporarily unavailable"), "no room for another process"),
        (RuntimeError("can't start new thread"), "no room for another process"),
    ],
)
def test_a_machine_without_room_is_no_bug(weft, monkeypatch, error, said):
    def fails(*words: object, **how: object) -> None:
        raise error

    monkeypatch.setattr(main_module, "_do", fails)
    ended = weft("runs")
    assert ended.code == 2
    assert said in ended.err
    assert "ulimit -a" in ended.err
    assert "bug" not in ended.err

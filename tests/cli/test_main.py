import subprocess
import sys

from ropewalk.cli.main import overview
from ropewalk.cli.table import GROUPS


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


def test_help_of_a_command_in_either_order(ropewalk):
    assert ropewalk("help", "runs").out == ropewalk("runs", "--help").out == ropewalk("--help", "runs").out


def test_what_every_command_takes_may_stand_before_its_name(ropewalk):
    assert ropewalk("--json", "runs").out == '{"runs":[],"next":null}\n'
    other = ropewalk.folder / "other"
    other.mkdir()
    assert ropewalk("-C", "other", "init").code == 0
    assert (other / ".ropewalk").is_dir()
    ropewalk.write("w.yaml", "name: w\nsteps:\n- {id: a, uses: noop}\n")
    assert ropewalk("--store", "x.db", "run", "w.yaml").code == 0
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

"""The picture in the README: what `ropewalk demo` really prints, as an SVG that needs no network and has its own ground.

python -m tools.docs.picture docs/images/demo.svg
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
FIRST, LAST = "What happened", "Made:"
COLUMNS = 100


def shown() -> str:
    """A real demo's summary, in colours: that of the quickest of three, which the machine disturbed least."""
    return min((_once() for _ in range(3)), key=_seconds)


def _seconds(text: str) -> float:
    found = re.search(r"0 s +([\d.]+) s", text)
    return float(found[1]) if found else 60.0


def _once() -> str:
    env = {**os.environ, "FORCE_COLOR": "1"}
    env.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "ropewalk", "demo", "--into", f"{folder}/todo"]
        said = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    lines = said.splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    begin = next(i for i, line in enumerate(plain) if line.startswith(FIRST))
    end = next(i for i, line in enumerate(plain) if line.startswith(LAST))
    return "\n".join(lines[begin : end + 1])


def drawn(text: str) -> str:
    """The text as SVG: no web fonts, widths as they are told."""
    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title="ropewalk demo", theme=MONOKAI, unique_id="ropewalk")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")


def main() -> None:
    """Write the picture."""
    target = Path(sys.argv[1])
    target.write_text(drawn(shown()) + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {target}\n")


if __name__ == "__main__":
    main()

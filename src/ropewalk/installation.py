"""How ropewalk was installed, so that a hint to add an extra is a command that works here.

What is installed already is named again: installing a tool anew keeps only the extras that are asked for.
"""

from __future__ import annotations

import json
import shlex
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

_BRINGS = {
    "agents": "acp",
    "mcp": "mcp",
    "models": "pydantic_ai",
    "telemetry": "opentelemetry",
    "web": "fastapi",
}
"""A module of each extra."""


def install(extra: str) -> str:
    """The command that adds an extra to this installation, by pipx, uv or pip, from a checkout where it came from one."""
    folder, editable = _checkout()
    extras = ",".join(sorted({extra, *(name for name, module in _BRINGS.items() if find_spec(module))}))
    wanted = shlex.quote(f"{folder or 'ropewalk'}[{extras}]")
    option = "-e " if editable else ""
    home = Path(sys.prefix)
    if (home / "pipx_metadata.json").is_file():
        return f"pipx install --force {option}{wanted}"
    if (home / "uv-receipt.toml").is_file():
        return f"uv tool install --force {option}{wanted}"
    python = shlex.quote(sys.executable)
    pip = f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
    return f"{pip} {option}{wanted}"


def _checkout() -> tuple[str, bool]:
    """The folder that this installation was made from ("" for an index), and whether it runs from there (PEP 610)."""
    try:
        direct_url = json.loads(metadata.distribution("ropewalk").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError):
        return "", False
    url = urlsplit(str(direct_url.get("url", "")))
    if url.scheme != "file":
        return "", False
    return unquote(url.path), bool(direct_url.get("dir_info", {}).get("editable"))

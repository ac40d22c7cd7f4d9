"""Where the real agent programs lie: those that package.json pins, or those of a folder that ROPEWALK_AGENTS names."""

from __future__ import annotations

import os
from pathlib import Path

AGENT_PROGRAMS = Path(
    os.environ.get("ROPEWALK_AGENTS") or Path(__file__).parents[1] / "node_modules" / ".bin"
).absolute()

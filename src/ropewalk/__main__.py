"""`python -m ropewalk` is the command `ropewalk`."""

from __future__ import annotations

import sys

from ropewalk.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

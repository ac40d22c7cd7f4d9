"""The list of decisions, read from the pages themselves: number, title, date."""

from __future__ import annotations

import re
from pathlib import Path

from tools.docs.blocks import generates

FOLDER = Path(__file__).parents[3] / "docs" / "decisions"


@generates("decisions")
def table() -> str:
    rows = ["| | decision | taken |", "|---|---|---|"]
    for page in sorted(FOLDER.glob("[0-9]*.md")):
        text = page.read_text(encoding="utf-8")
        title = re.search(r"^# (.+)$", text, re.MULTILINE)
        date = re.search(r"\d{4}-\d{2}-\d{2}", text)
        if title is None or date is None:
            raise ValueError(f"{page.name} wants a title and a date")
        rows.append(f"| {page.name[:4]} | [{title[1]}]({page.name}) | {date[0]} |")
    return "\n".join(rows)

"""A workflow of sixty commands: chains, a fan-out of 8 and its fan-in, a foreach of 10, a loop that goes round three times.

Each appends who it is to a ledger outside of every workspace, so that doing something twice cannot be hidden.
"""

from __future__ import annotations

from pathlib import Path

LINE = 'echo "$ROPEWALK_STEP $ROPEWALK_ROUND $ROPEWALK_ATTEMPT" >> "$LEDGER"'
WRITTEN = 60
PERFORMED = 59 + 10 + 2 * 3
"""Every step once, the items of the foreach next to it, the loop's three steps two rounds more; the foreach has no command."""


def sixty(ledger: Path, pause: str = "0.02") -> str:
    """The text of the file."""
    steps: list[str] = []

    def add(name: str, needs: str = "", more: str = "") -> None:
        needed = f", needs: [{needs}]" if needs else ""
        steps.append(
            f"  - {{id: {name}, env: {{LEDGER: {ledger}}}, run: 'sleep {pause}; {LINE}'{needed}{more}}}"
        )

    for chain in ("a", "b"):
        for number in range(1, 17):
            add(f"{chain}{number}", f"{chain}{number - 1}" if number > 1 else "")
    for number in range(1, 9):
        add(f"fan{number}", "a4")
    add("join", ", ".join(f"fan{number}" for number in range(1, 9)))
    add("each", "b4", ", foreach: ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8', 'k9']")
    add("draft", "b8")
    add("build", "draft")
    add("judge", "build", ", back_to: {to: draft, when: run.round < 3, at_most: 5}")
    for number in range(1, 15):
        add(f"end{number}", "join, each, judge, a16, b16" if number == 1 else f"end{number - 1}")
    assert len(steps) == WRITTEN - 1
    add("last", "end14")
    return "name: sixty\nlimits: {parallel: 4}\nsteps:\n" + "\n".join(steps) + "\n"

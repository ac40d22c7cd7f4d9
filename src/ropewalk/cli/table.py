"""Every command by group: its name, where it is written (`module:attribute` below `ropewalk.cli`), and one line.

Only names and texts, so that `ropewalk --help` imports nothing; a new command is a new line here and a module.
"""

from __future__ import annotations

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Begin": {
        "demo": (
            "demo:DEMO",
            "Take a small program through six phases by rehearsal: no key, no network, no cost",
        ),
    },
    "Write": {
        "init": ("init:INIT", "Make this folder a project, with a first workflow to try"),
        "validate": ("validate:VALIDATE", "Check workflow files; print every fault with its place"),
        "schema": ("validate:SCHEMA", "Print the JSON Schema of the workflow format, for editors"),
        "workflows": ("workflows:WORKFLOWS", "List the workflows that are found here"),
        "plan": ("plan:PLAN", "Show what would run, in which order and what side by side"),
        "graph": ("plan:GRAPH", "Draw a workflow as Mermaid, DOT or SVG"),
        "doc": ("doc:DOC", "Fill in, check or ask for a document by its template"),
    },
    "Run": {
        "run": ("run:RUN", "Start a run and drive it to its end"),
        "drive": ("drive:DRIVE", "Go on with a run, or with all that is unfinished"),
        "runs": ("runs:RUNS", "List runs, newest first"),
        "show": ("show:SHOW", "Show a run: its steps, times, results; also as it was earlier"),
        "watch": ("watch:WATCH", "Look on while somebody else drives a run"),
        "events": ("watch:EVENTS", "Print what has happened, one line an event"),
        "logs": ("logs:LOGS", "Print what a step's attempts said"),
        "explain": ("explain:EXPLAIN", "Say in one sentence why a run is where it is"),
    },
    "Steer": {
        "pause": ("verbs:PAUSE", "Start nothing new; what runs finishes"),
        "resume": ("verbs:RESUME", "Go on after a pause by request or a block"),
        "abort": ("verbs:ABORT", "End a run now, and what runs in it"),
        "retry": ("verbs:RETRY", "Try a failed step again, or all failed ones"),
        "exec": ("verbs:EXEC", "Run exactly one step of a paused run"),
        "skip": ("verbs:SKIP", "Leave a step out; what follows goes on as if it were done"),
        "fork": ("verbs:FORK", "Begin a new run from a step of an earlier one"),
        "fact": ("verbs:FACT", "Make something known to a run: NAME=VALUE"),
        "budget": ("verbs:BUDGET", "Allow a run to spend more"),
    },
    "Answer": {
        "inbox": ("inbox:INBOX", "List what people are asked, in all runs"),
        "approve": ("inbox:APPROVE", "Agree to what a run asks"),
        "reject": ("inbox:REJECT", "Refuse what a run asks, with a reason"),
        "amend": ("amend:AMEND", "Answer with a better version: edit what is shown, then go on"),
        "answer": ("inbox:ANSWER", "Answer with one of the choices, or with a value"),
    },
    "Results": {
        "artifacts": ("artifacts:ARTIFACTS", "List the files that a run made, or print one"),
        "diff": ("diff:DIFF", "Compare a run at two versions, or two runs"),
        "conflicts": ("land:CONFLICTS", "Show what does not fit together: both sides, and how to settle it"),
        "land": ("land:LAND", "Bring a run's result to a branch, or into a patch"),
    },
    "Serve": {
        "serve": ("serve:SERVE", "Drive every run, and open the page and the API"),
        "token": ("token:TOKEN", "Make, list and revoke tokens for `ropewalk serve`"),
        "webhooks": ("webhooks:WEBHOOKS", "Tell others what happens; deliver again what they missed"),
        "mcp": ("mcp:MCP", "Be a tool server for a coding agent"),
    },
    "Upkeep": {
        "agents": ("agents:AGENTS", "List the agents, and which can be used here"),
        "doctor": ("doctor:DOCTOR", "Check this installation and say how to fix it"),
        "verify": ("upkeep:VERIFY", "Check the whole store for damage"),
        "cleanup": ("upkeep:CLEANUP", "Remove what ended long ago"),
        "backup": ("upkeep:BACKUP", "Copy the store while it is in use"),
        "export": ("upkeep:EXPORT", "Write a run as JSON lines"),
        "import": ("upkeep:IMPORT", "Take in an exported run, or write another system's workflow as ours"),
        "completion": ("completion:COMPLETION", "Print what makes the shell complete ropewalk's words"),
    },
}


def entries() -> dict[str, tuple[str, str]]:
    """All commands by name, in the order of the groups."""
    return {name: entry for group in GROUPS.values() for name, entry in group.items()}

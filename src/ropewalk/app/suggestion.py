"""What `ropewalk init` writes into `ropewalk.toml`: the agents that were found here, the first usable one as the one for every role."""

from __future__ import annotations

from collections.abc import Sequence

from ropewalk.agents.port import Probe
from ropewalk.app.agents import probe_all
from ropewalk.app.settings import Settings


async def suggest_settings(settings: Settings) -> str:
    """The text of a `ropewalk.toml` for this machine. Raises SettingsError."""
    return text_of(await probe_all(settings))


def text_of(probes: Sequence[Probe]) -> str:
    """The same from what was found."""
    own = [probe for probe in probes if probe.agent != "rehearsal"]
    usable = [probe for probe in own if probe.usable]
    lines = [
        "# Settings of ropewalk for this project; each key can also be set in the environment, ROPEWALK_ before it."
    ]
    if usable:
        lines += ["", "# Who works where a role names no agent.", f'agent = "{usable[0].agent}"']
    else:
        lines += [
            "",
            "# No agent is usable here yet; `ropewalk agents` says what each one lacks.",
            '# agent = "claude"',
        ]
    for probe in own:
        if probe.usable:
            lines += ["", f"# {probe.agent} {probe.version}".rstrip(), f"[agents.{probe.agent}]"]
            lines += [
                '# permissions = "ask"       # allow | deny | ask',
                '# confine = "worktree"      # by bubblewrap',
            ]
        elif probe.installed:
            lines += [
                "",
                f"# {probe.agent} is installed but not usable: {probe.reason}. {probe.hint}".rstrip(),
            ]
    return "\n".join(lines) + "\n"

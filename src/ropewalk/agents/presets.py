"""Known agents: how each is started, logged in, asked and told apart when it fails. `[agents.NAME]` may say any key otherwise."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.failures import Rule

_ROOT = {"IS_SANDBOX": "1"} if os.geteuid() == 0 else {}
"""Claude Code does not start for root without this word; what it may do is decided by its permission requests all the same."""

_OPENCODE_ASKS = (
    '{"*":"ask","read":{"*":"allow","*.env":"ask","*.env.*":"ask"},"glob":"allow","grep":"allow","list":"allow","todowrite":"allow",'
    '"todoread":"allow","edit":"ask","bash":"ask","webfetch":"ask","websearch":"ask","codesearch":"ask","task":"ask",'
    '"external_directory":"ask","doom_loop":"ask"}'
)
"""It allows itself all of this unless told; asked, ropewalk answers by the agent's `permissions` and `rules`. It goes before what a
project's own opencode.json says: a repository does not decide what an agent may do in it.
"""

PRESETS: dict[str, AcpSettings] = {
    "claude": AcpSettings(
        argv=("claude-agent-acp",),
        credentials=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"),
        logins=(".claude/.credentials.json", "$CLAUDE_CONFIG_DIR/.credentials.json"),
        passed=("ANTHROPIC_BASE_URL", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_EXECUTABLE", "IS_SANDBOX"),
        env={"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", **_ROOT},
        mode="default",  # the one in which it asks; newer versions begin in `auto` and never do
        careful="default",
        keeps=(".claude", ".claude.json"),
        login="run `claude` once and log in",
        hint="npm install -g @agentclientprotocol/claude-agent-acp",
        failures=(Rule("quota", r"credit balance is too low|out of extra usage|hit your .{0,20}limit"),),
    ),
    "codex": AcpSettings(
        argv=("codex-acp",),
        credentials=("CODEX_API_KEY", "OPENAI_API_KEY"),
        logins=(".codex/auth.json", "$CODEX_HOME/auth.json"),
        passed=("CODEX_HOME", "OPENAI_BASE_URL"),
        keeps=(".codex",),
        mode=(
            "auto",
            "workspace-write",
            "agent",
        ),  # from 2 on it is called otherwise, and `agent` may let a model judge requests
        careful="read-only",  # in the other ones it edits the working folder, or everything, without a question
        usage="codex",
        login="run `codex login`",
        hint="npm install -g @zed-industries/codex-acp",
    ),
    "opencode": AcpSettings(
        argv=("opencode", "acp"),
        version=("opencode", "--version"),
        credentials=("OPENCODE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"),
        logins=(".local/share/opencode/auth.json", ".config/opencode/opencode.json"),
        signs=("OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT"),
        passed=("OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT", "OPENCODE_CONFIG_DIR"),
        env={"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_PERMISSION": _OPENCODE_ASKS},
        keeps=(".local/share/opencode", ".local/state/opencode", ".cache/opencode", ".config/opencode"),
        login="run `opencode auth login`",
        hint="npm install -g opencode-ai",
    ),
    "gemini": AcpSettings(
        argv=("gemini", "--acp"),
        credentials=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        logins=(".gemini/oauth_creds.json",),
        passed=("GOOGLE_GEMINI_BASE_URL", "GOOGLE_CLOUD_PROJECT", "GOOGLE_GENAI_USE_VERTEXAI"),
        keeps=(".gemini",),
        mode="default",  # the user's own settings may begin in one that never asks
        careful="default",
        offers=("terminals",),  # 0.61 takes ropewalk's "not found" for a failure, and then makes no new file
        auth_method="gemini-api-key",
        login="run `gemini` once and log in",
        hint="npm install -g @google/gemini-cli",
    ),
    "goose": AcpSettings(
        argv=("goose", "acp"),
        version=("goose", "--version"),
        credentials=("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY"),
        logins=(".config/goose/config.yaml",),
        passed=("GOOSE_PROVIDER", "GOOSE_MODEL"),
        env={"GOOSE_MODE": "approve"},
        keeps=(".config/goose", ".local/share/goose", ".local/state/goose"),
        login="run `goose configure`",
        hint="see goose's own page for its installer",
    ),
    "copilot": AcpSettings(
        argv=("copilot", "--acp"),
        version=("copilot", "--version"),
        credentials=("COPILOT_GITHUB_TOKEN",),
        logins=(".copilot/config.json",),
        keeps=(".copilot",),
        login="run `copilot` once and log in",
        hint="npm install -g @github/copilot",
    ),
    "cursor": AcpSettings(
        argv=("cursor-agent", "acp"),
        version=("cursor-agent", "--version"),
        credentials=("CURSOR_API_KEY",),
        logins=(".config/cursor/auth.json", ".cursor/cli-config.json"),
        keeps=(".cursor", ".config/cursor"),
        login="run `cursor-agent login`",
        hint="see Cursor's own page for its installer",
    ),
    "qwen": AcpSettings(
        argv=("qwen", "--acp"),
        version=("qwen", "--version"),
        credentials=("DASHSCOPE_API_KEY", "OPENAI_API_KEY"),
        logins=(".qwen/oauth_creds.json",),
        passed=("OPENAI_BASE_URL", "OPENAI_MODEL"),
        keeps=(".qwen",),
        mode="default",
        careful="default",
        login="run `qwen` once and log in",
        hint="npm install -g @qwen-code/qwen-code",
    ),
    "openhands": AcpSettings(
        argv=("openhands", "acp"),
        version=("openhands", "--version"),
        credentials=("LLM_API_KEY",),
        logins=(".openhands/agent_settings.json",),
        passed=("LLM_MODEL", "LLM_BASE_URL"),
        keeps=(".openhands",),
        login="run `openhands` once and set its model",
        hint="uv tool install openhands",
    ),
    "kimi": AcpSettings(
        argv=("kimi", "acp"),
        version=("kimi", "--version"),
        credentials=("KIMI_API_KEY", "MOONSHOT_API_KEY"),
        logins=(".kimi/config.toml",),
        keeps=(".kimi",),
        login="run `kimi` once and log in",
        hint="uv tool install kimi-cli",
    ),
    "kiro": AcpSettings(
        argv=("kiro-cli", "acp"),
        version=("kiro-cli", "--version"),
        keeps=(".kiro", ".local/share/kiro-cli"),
        login="run `kiro-cli login`",
        hint="see Kiro's own page for its installer",
    ),
}


def agent_preset(name: str, table: Mapping[str, Any]) -> AcpSettings:
    """A preset with what a table says otherwise; `env` is added to. Raises ValueError: no such preset, a wrong key."""
    if name not in PRESETS:
        raise ValueError(f"there is no preset {name!r}; known are {', '.join(PRESETS)}")
    known: dict[str, Any] = msgspec.to_builtins(PRESETS[name])
    merged = {**known, **table, "env": {**known["env"], **dict(table.get("env", {}))}}
    return msgspec.convert(merged, AcpSettings)

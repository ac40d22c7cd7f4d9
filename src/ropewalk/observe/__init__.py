"""Readers of the feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.counting import counted as counted
    from ropewalk.observe.courier import Courier as Courier
    from ropewalk.observe.difference import state_difference as state_difference
    from ropewalk.observe.explain import Explanation as Explanation, Silent as Silent
    from ropewalk.observe.explain import answer_commands as answer_commands, explain_state as explain_state
    from ropewalk.observe.explain import landing_commands as landing_commands
    from ropewalk.observe.health import HealthCheck as HealthCheck, agents_check as agents_check
    from ropewalk.observe.health import disk_check as disk_check, git_check as git_check
    from ropewalk.observe.health import parts_check as parts_check, plugins_check as plugins_check
    from ropewalk.observe.health import probe_agent as probe_agent, python_check as python_check
    from ropewalk.observe.health import shell_check as shell_check
    from ropewalk.observe.health import state_check as state_check, store_check as store_check
    from ropewalk.observe.logs import log_to_standard_error as log_to_standard_error
    from ropewalk.observe.plain import escaped_json as escaped_json
    from ropewalk.observe.plain import hold_standard_streams as hold_standard_streams
    from ropewalk.observe.plain import stop_signals as stop_signals
    from ropewalk.observe.plain import printable as printable, steady_stream as steady_stream
    from ropewalk.observe.plain import visible as visible
    from ropewalk.observe.progress import Progress as Progress, StepLine as StepLine
    from ropewalk.observe.progress import progress_of as progress_of, step_line as step_line
    from ropewalk.observe.progress import step_lines as step_lines
    from ropewalk.observe.statistics import Figures as Figures, Statistics as Statistics
    from ropewalk.observe.statistics import run_statistics as run_statistics
    from ropewalk.observe.statistics import workflow_statistics as workflow_statistics
    from ropewalk.observe.summary import MadeFile as MadeFile, artifacts_of as artifacts_of
    from ropewalk.observe.summary import conflicts_of as conflicts_of, cost_of as cost_of
    from ropewalk.observe.summary import errors_of as errors_of, files_made_in as files_made_in
    from ropewalk.observe.summary import git_result as git_result, handoffs_of as handoffs_of
    from ropewalk.observe.summary import last_written as last_written, listed_steps as listed_steps
    from ropewalk.observe.summary import merged_result as merged_result, run_seconds as run_seconds
    from ropewalk.observe.summary import warnings_of as warnings_of
    from ropewalk.observe.telemetry import Telemetry as Telemetry
    from ropewalk.observe.timeline import Bar as Bar, Timeline as Timeline, bars_of as bars_of
    from ropewalk.observe.verdicts import verdicts_of as verdicts_of
    from ropewalk.observe.webhooks import DEFAULT_KINDS as DEFAULT_KINDS, Webhook as Webhook
    from ropewalk.observe.webhooks import Webhooks as Webhooks, webhook_view as webhook_view
    from ropewalk.observe.wording import duration as duration
    from ropewalk.observe.wording import event_subject as event_subject, event_words as event_words
    from ropewalk.observe.wording import money as money, short_value as short_value
else:
    __getattr__ = lazy(
        __name__,
        {
            "counting": "counted",
            "observe.courier": "Courier",
            "observe.difference": "state_difference",
            "observe.explain": "Explanation Silent answer_commands explain_state landing_commands",
            "observe.health": (
                "HealthCheck agents_check disk_check git_check parts_check plugins_check probe_agent "
                "python_check shell_check state_check store_check"
            ),
            "observe.logs": "log_to_standard_error",
            "observe.plain": "escaped_json hold_standard_streams printable steady_stream stop_signals visible",
            "observe.progress": "Progress StepLine progress_of step_line step_lines",
            "observe.statistics": "Figures Statistics run_statistics workflow_statistics",
            "observe.summary": (
                "MadeFile artifacts_of conflicts_of cost_of errors_of files_made_in git_result "
                "handoffs_of last_written listed_steps merged_result run_seconds warnings_of"
            ),
            "observe.telemetry": "Telemetry",
            "observe.timeline": "Bar Timeline bars_of",
            "observe.verdicts": "verdicts_of",
            "observe.webhooks": "DEFAULT_KINDS Webhook Webhooks webhook_view",
            "observe.wording": "duration event_subject event_words money short_value",
        },
    )

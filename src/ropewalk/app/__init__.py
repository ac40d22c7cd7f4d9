"""The facade: what the doors and library users do and see, and the one place where the parts are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.agents import read_script as read_script
    from ropewalk.agents.port import Probe as Probe
    from ropewalk.app.choosing import AgentRow as AgentRow, WorkflowRow as WorkflowRow
    from ropewalk.app.confining import own_paths as own_paths
    from ropewalk.app.doorkey import Listening as Listening, door_key as door_key
    from ropewalk.app.doors import opener as opener
    from ropewalk.app.driven import driving_run as driving_run, explain_run as explain_run
    from ropewalk.app.driven import is_driven as is_driven
    from ropewalk.app.folded import Folded as Folded
    from ropewalk.app.known import load_known as load_known
    from ropewalk.app.landing import land as land, landing_base as landing_base
    from ropewalk.app.landing import landing_warnings as landing_warnings
    from ropewalk.app.objects import ArtifactRow as ArtifactRow, AskView as AskView
    from ropewalk.app.objects import RecordView as RecordView, RunView as RunView, StepRow as StepRow
    from ropewalk.app.objects import StepView as StepView, artifact_rows as artifact_rows, ask_of as ask_of
    from ropewalk.app.objects import find_step as find_step, plain_data as plain_data
    from ropewalk.app.objects import record_of as record_of, run_of as run_of, step_of as step_of
    from ropewalk.app.open import STATE as STATE, Ropewalk as Ropewalk, open_ropewalk as open_ropewalk
    from ropewalk.app.open import state_folder as state_folder
    from ropewalk.app.preflight import faults_of as faults_of
    from ropewalk.app.project import Project as Project, open_project as open_project
    from ropewalk.app.results import shown_content as shown_content
    from ropewalk.app.served import note_served as note_served
    from ropewalk.app.settings import load_settings as load_settings
    from ropewalk.app.forms import form_fields as form_fields, takes_text as takes_text
    from ropewalk.app.showing import RunPage as RunPage, open_asks as open_asks
    from ropewalk.app.suggestion import suggest_settings as suggest_settings
    from ropewalk.app.supervisor import Supervisor as Supervisor, supervised as supervised
    from ropewalk.app.tokens import ROLES as ROLES, AccessToken as AccessToken, Person as Person
    from ropewalk.app.tokens import Role as Role, Tokens as Tokens
    from ropewalk.core import ENDED as ENDED, STEP_ENDED as STEP_ENDED, Graph as Graph, Options as Options
    from ropewalk.core import State as State, StepState as StepState, possible_verdicts as possible_verdicts
    from ropewalk.core import step_named as step_named
    from ropewalk.core.commands import Command as Command
    from ropewalk.core import events as events
    from ropewalk.core.events import AskOpened as AskOpened, ChildSpent as ChildSpent, Event as Event
    from ropewalk.core.events import RunCreated as RunCreated, StepSkipped as StepSkipped
    from ropewalk.core.events import StepStarted as StepStarted, StepSucceeded as StepSucceeded
    from ropewalk.definition import (
        Fault as Fault,
        Input as Input,
        Step as Step,
        Template as Template,
        Workflow as Workflow,
    )
    from ropewalk.definition import errors_in as errors_in, secret_inputs as secret_inputs
    from ropewalk.definition import shortened as shortened
    from ropewalk.documents import Author as Author, check_document as check_document
    from ropewalk.documents import document_form as document_form, form_schema as form_schema
    from ropewalk.documents import read_template as read_template, render_document as render_document
    from ropewalk.documents import sample_document as sample_document
    from ropewalk.documents import writing_instructions as writing_instructions
    from ropewalk.files import open_file as open_file, read_bytes as read_bytes, read_text as read_text
    from ropewalk.formats import Loaded as Loaded, ReadOptions as ReadOptions, account_of as account_of
    from ropewalk.formats import find_workflow as find_workflow, library_folder as library_folder
    from ropewalk.formats import project_folder as project_folder
    from ropewalk.formats import workflow_files as workflow_files, workflow_schema as workflow_schema
    from ropewalk.formats import workflow_yaml as workflow_yaml
    from ropewalk.observe import DEFAULT_KINDS as DEFAULT_KINDS, Bar as Bar, Courier as Courier
    from ropewalk.observe import Explanation as Explanation, Figures as Figures, HealthCheck as HealthCheck
    from ropewalk.observe import Progress as Progress, Statistics as Statistics, StepLine as StepLine
    from ropewalk.observe import Telemetry as Telemetry, Timeline as Timeline, Webhook as Webhook
    from ropewalk.observe import Webhooks as Webhooks, agents_check as agents_check
    from ropewalk.observe import answer_commands as answer_commands, artifacts_of as artifacts_of
    from ropewalk.observe import bars_of as bars_of, conflicts_of as conflicts_of, cost_of as cost_of
    from ropewalk.observe import counted as counted, disk_check as disk_check, duration as duration
    from ropewalk.observe import errors_of as errors_of, escaped_json as escaped_json
    from ropewalk.observe import event_subject as event_subject, event_words as event_words
    from ropewalk.observe import explain_state as explain_state, git_check as git_check
    from ropewalk.observe import handoffs_of as handoffs_of, hold_standard_streams as hold_standard_streams
    from ropewalk.observe import stop_signals as stop_signals
    from ropewalk.observe import landing_commands as landing_commands, listed_steps as listed_steps
    from ropewalk.observe import log_to_standard_error as log_to_standard_error, money as money
    from ropewalk.observe import parts_check as parts_check, plugins_check as plugins_check
    from ropewalk.observe import shell_check as shell_check
    from ropewalk.observe import printable as printable
    from ropewalk.observe import progress_of as progress_of, python_check as python_check
    from ropewalk.observe import run_seconds as run_seconds, run_statistics as run_statistics
    from ropewalk.observe import short_value as short_value, state_check as state_check
    from ropewalk.observe import state_difference as state_difference, steady_stream as steady_stream
    from ropewalk.observe import step_line as step_line, step_lines as step_lines
    from ropewalk.observe import store_check as store_check, verdicts_of as verdicts_of, visible as visible
    from ropewalk.observe import warnings_of as warnings_of, webhook_view as webhook_view
    from ropewalk.observe import workflow_statistics as workflow_statistics
    from ropewalk.preview import Plan as Plan, dot as dot, mermaid as mermaid, plan_as_lines as plan_as_lines
    from ropewalk.preview import plan_workflow as plan_workflow, svg as svg
    from ropewalk.processes import adopt_orphans as adopt_orphans, leave_init_behind as leave_init_behind
    from ropewalk.processes import spare_child as spare_child
    from ropewalk.runtime import Driver as Driver, Engine as Engine, Holder as Holder, Vault as Vault
    from ropewalk.runtime import how_to_give_secrets as how_to_give_secrets, is_at_rest as is_at_rest
    from ropewalk.runtime import secret_values as secret_values, until_ended as until_ended
    from ropewalk.steps import GATES as GATES, KINDS as KINDS, Gates as Gates, Kinds as Kinds
    from ropewalk.steps import notifiers as notifiers
    from ropewalk.steps import plugin_agents as plugin_agents
    from ropewalk.store import LINE_BYTES as LINE_BYTES, follow_feed as follow_feed
    from ropewalk.store import kind_matcher as kind_matcher, read_feed as read_feed
    from ropewalk.store.port import Record as Record, RunQuery as RunQuery, RunRow as RunRow, Store as Store
    from ropewalk.workspace import conflicts_as_markdown as conflicts_as_markdown
    from ropewalk.workspace.port import Base as Base
    from ropewalk.yaml import read_yaml_text as read_yaml_text, yaml_document as yaml_document
else:
    __getattr__ = lazy(
        __name__,
        {
            "agents": "read_script",
            "agents.port": "Probe",
            "app.choosing": "AgentRow WorkflowRow",
            "app.confining": "own_paths",
            "app.doorkey": "Listening door_key",
            "app.doors": "opener",
            "app.driven": "driving_run explain_run is_driven",
            "app.folded": "Folded",
            "app.known": "load_known",
            "app.landing": "land landing_base landing_warnings",
            "app.objects": (
                "ArtifactRow AskView RecordView RunView StepRow StepView artifact_rows ask_of "
                "find_step plain_data record_of run_of step_of"
            ),
            "app.open": "STATE Ropewalk open_ropewalk state_folder",
            "app.preflight": "faults_of",
            "app.project": "Project open_project",
            "app.results": "shown_content",
            "app.served": "note_served",
            "app.settings": "load_settings",
            "app.forms": "form_fields takes_text",
            "app.showing": "RunPage open_asks",
            "app.suggestion": "suggest_settings",
            "app.supervisor": "Supervisor supervised",
            "app.tokens": "ROLES AccessToken Person Role Tokens",
            "core": "ENDED STEP_ENDED Graph Options State StepState possible_verdicts step_named",
            "core.commands": "Command",
            "core.events": (
                "AskOpened ChildSpent Event RunCreated StepSkipped StepStarted StepSucceeded events"
            ),
            "definition": "Fault Input Step Template Workflow errors_in secret_inputs shortened",
            "documents": (
                "Author check_document document_form form_schema read_template render_document "
                "sample_document writing_instructions"
            ),
            "files": "open_file read_bytes read_text",
            "formats": (
                "Loaded ReadOptions account_of find_workflow library_folder "
                "project_folder workflow_files workflow_schema workflow_yaml"
            ),
            "observe": (
                "DEFAULT_KINDS Bar Courier Explanation Figures HealthCheck Progress Statistics "
                "StepLine Telemetry Timeline Webhook Webhooks agents_check answer_commands "
                "artifacts_of bars_of conflicts_of cost_of counted disk_check duration errors_of "
                "escaped_json event_subject event_words explain_state git_check handoffs_of "
                "hold_standard_streams landing_commands listed_steps log_to_standard_error money parts_check "
                "plugins_check printable progress_of python_check run_seconds "
                "run_statistics shell_check short_value state_check state_difference steady_stream step_line stop_signals "
                "step_lines store_check verdicts_of visible warnings_of webhook_view "
                "workflow_statistics"
            ),
            "preview": "Plan dot mermaid plan_as_lines plan_workflow svg",
            "processes": "adopt_orphans leave_init_behind spare_child",
            "runtime": "Driver Engine Holder Vault how_to_give_secrets is_at_rest secret_values until_ended",
            "steps": "GATES KINDS Gates Kinds notifiers plugin_agents",
            "store": "LINE_BYTES follow_feed kind_matcher read_feed",
            "store.port": "Record RunQuery RunRow Store",
            "workspace": "conflicts_as_markdown",
            "workspace.port": "Base",
            "yaml": "read_yaml_text yaml_document",
        },
    )

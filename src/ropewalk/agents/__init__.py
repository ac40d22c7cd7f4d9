"""The programs that do the work, under one port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.agents.acp.agent import AcpAgent as AcpAgent
    from ropewalk.agents.acp.settings import AcpSettings as AcpSettings
    from ropewalk.agents.breaker import Breakers as Breakers
    from ropewalk.agents.cassette import Player as Player, TapeRecorder as TapeRecorder
    from ropewalk.agents.command import CommandAgent as CommandAgent, CommandSettings as CommandSettings
    from ropewalk.agents.confine import NOT_CONFINED as NOT_CONFINED, Confinement as Confinement
    from ropewalk.agents.confine import demand_confinement as demand_confinement, named_files as named_files
    from ropewalk.agents.confine import reach_of as reach_of
    from ropewalk.agents.document import document_gaps as document_gaps, document_in as document_in
    from ropewalk.agents.document import readable_template as readable_template, template_in as template_in
    from ropewalk.agents.environment import clean_environment as clean_environment
    from ropewalk.agents.exchange import OUTPUT_FILE as OUTPUT_FILE, SCHEMA_TYPES as SCHEMA_TYPES
    from ropewalk.agents.exchange import brief_variables as brief_variables
    from ropewalk.agents.exchange import read_object as read_object, read_output as read_output
    from ropewalk.agents.exchange import refuse_too_long as refuse_too_long, wanted_fact as wanted_fact
    from ropewalk.agents.inside import files_matching as files_matching, folder_inside as folder_inside
    from ropewalk.agents.inside import name_covers as name_covers
    from ropewalk.agents.inside import path_inside as path_inside
    from ropewalk.agents.model import Model as Model, ModelSettings as ModelSettings
    from ropewalk.agents.presets import PRESETS as PRESETS, agent_preset as agent_preset
    from ropewalk.agents.prompt import fenced_value as fenced_value
    from ropewalk.agents.redaction import Redactor as Redactor, Stream as Stream
    from ropewalk.agents.rehearsal import Rehearsal as Rehearsal
    from ropewalk.agents.schema import schema_faults as schema_faults
    from ropewalk.agents.script import read_script as read_script
    from ropewalk.agents.scrub import Scrub as Scrub
    from ropewalk.agents.secrets import checked_secret as checked_secret
    from ropewalk.agents.secrets import look_up_plain_secret as look_up_plain_secret
    from ropewalk.agents.secrets import look_up_secret as look_up_secret
    from ropewalk.agents.spellings import without_spaces as without_spaces
    from ropewalk.agents.status import AgentStatus as AgentStatus, Status as Status
    from ropewalk.agents.status import Statuses as Statuses
    from ropewalk.agents.status import statuses_after as statuses_after
else:
    __getattr__ = lazy(
        __name__,
        {
            "agents.acp.agent": "AcpAgent",
            "agents.acp.settings": "AcpSettings",
            "agents.breaker": "Breakers",
            "agents.cassette": "Player TapeRecorder",
            "agents.command": "CommandAgent CommandSettings",
            "agents.confine": "NOT_CONFINED Confinement demand_confinement named_files reach_of",
            "agents.document": "document_gaps document_in readable_template template_in",
            "agents.environment": "clean_environment",
            "agents.exchange": (
                "OUTPUT_FILE SCHEMA_TYPES brief_variables read_object read_output refuse_too_long wanted_fact"
            ),
            "agents.inside": "files_matching folder_inside name_covers path_inside",
            "agents.model": "Model ModelSettings",
            "agents.presets": "PRESETS agent_preset",
            "agents.prompt": "fenced_value",
            "agents.redaction": "Redactor Stream",
            "agents.rehearsal": "Rehearsal",
            "agents.schema": "schema_faults",
            "agents.script": "read_script",
            "agents.scrub": "Scrub",
            "agents.secrets": "checked_secret look_up_plain_secret look_up_secret",
            "agents.spellings": "without_spaces",
            "agents.status": "AgentStatus Status Statuses statuses_after",
        },
    )

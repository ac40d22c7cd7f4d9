"""What a workflow is: pure data, checked whole before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.definition.check import Known as Known, check_workflow as check_workflow
    from ropewalk.definition.condition import CompiledCondition as CompiledCondition
    from ropewalk.definition.condition import compile_condition as compile_condition
    from ropewalk.definition.condition import translate_botarmy as translate_botarmy
    from ropewalk.definition.condition import translate_expression as translate_expression
    from ropewalk.definition.condition.native import pattern_found as pattern_found
    from ropewalk.definition.document import LISTS as LISTS, Finding as Finding, Section as Section
    from ropewalk.definition.document import Template as Template, may_write as may_write
    from ropewalk.definition.document import plain_role_name as plain_role_name
    from ropewalk.definition.document import walk_sections as walk_sections
    from ropewalk.definition.facts import fact_fault as fact_fault, fact_form as fact_form
    from ropewalk.definition.facts import fact_question as fact_question
    from ropewalk.definition.facts import fact_value as fact_value, unknown_fact as unknown_fact
    from ropewalk.definition.forms import form_schema as form_schema
    from ropewalk.definition.fault import Fault as Fault, definition_error as definition_error
    from ropewalk.definition.fault import errors_in as errors_in, faults_in_order as faults_in_order
    from ropewalk.definition.fault import nearest as nearest, shortened as shortened
    from ropewalk.definition.findings import Findings as Findings, Nowhere as Nowhere
    from ropewalk.definition.findings import Path as Path, Where as Where
    from ropewalk.definition.moments import WRITTEN as WRITTEN, moment as moment
    from ropewalk.definition.order import brought_along as brought_along, members_of as members_of
    from ropewalk.definition.order import may_be_left_out as may_be_left_out
    from ropewalk.definition.order import names_of as names_of, needs_of as needs_of
    from ropewalk.definition.policy import ASKED_RETURN as ASKED_RETURN, OWN_RETURN as OWN_RETURN
    from ropewalk.definition.policy import Budget as Budget, ErrorClass as ErrorClass
    from ropewalk.definition.policy import FailurePolicy as FailurePolicy, Join as Join, Limits as Limits
    from ropewalk.definition.policy import Retry as Retry, Timeouts as Timeouts
    from ropewalk.definition.secrets import SECRET_MARK as SECRET_MARK, input_variable as input_variable
    from ropewalk.definition.secrets import named_secrets as named_secrets
    from ropewalk.definition.secrets import rehearsal_needs_none as rehearsal_needs_none
    from ropewalk.definition.secrets import secret_inputs as secret_inputs, secret_marks as secret_marks
    from ropewalk.definition.secrets import secret_source as secret_source
    from ropewalk.definition.secrets import secret_variables as secret_variables
    from ropewalk.definition.secrets import secrets_of_judges as secrets_of_judges
    from ropewalk.definition.stored import decode_workflow as decode_workflow
    from ropewalk.definition.stored import encode_workflow as encode_workflow
    from ropewalk.definition.stored import workflow_digest as workflow_digest
    from ropewalk.definition.workflow import RESERVED_OPTIONS as RESERVED_OPTIONS
    from ropewalk.definition.workflow import Approval as Approval, BackTo as BackTo, Choice as Choice
    from ropewalk.definition.workflow import Confine as Confine, Decision as Decision, Fact as Fact
    from ropewalk.definition.workflow import Foreach as Foreach, Gate as Gate, Input as Input
    from ropewalk.definition.workflow import Permissions as Permissions, Phase as Phase, Ref as Ref
    from ropewalk.definition.workflow import Role as Role, Route as Route, Secret as Secret, Step as Step
    from ropewalk.definition.workflow import ValueType as ValueType, Workflow as Workflow
else:
    __getattr__ = lazy(
        __name__,
        {
            "definition.check": "Known check_workflow",
            "definition.condition": (
                "CompiledCondition compile_condition translate_botarmy translate_expression"
            ),
            "definition.condition.native": "pattern_found",
            "definition.document": "LISTS Finding Section Template may_write plain_role_name walk_sections",
            "definition.facts": "fact_fault fact_form fact_question fact_value unknown_fact",
            "definition.forms": "form_schema",
            "definition.fault": "Fault definition_error errors_in faults_in_order nearest shortened",
            "definition.findings": "Findings Nowhere Path Where",
            "definition.moments": "WRITTEN moment",
            "definition.order": "brought_along may_be_left_out members_of names_of needs_of",
            "definition.policy": (
                "ASKED_RETURN OWN_RETURN Budget ErrorClass FailurePolicy Join Limits Retry Timeouts"
            ),
            "definition.secrets": (
                "SECRET_MARK input_variable named_secrets rehearsal_needs_none secret_inputs "
                "secret_marks secret_source secret_variables secrets_of_judges"
            ),
            "definition.stored": "decode_workflow encode_workflow workflow_digest",
            "definition.workflow": (
                "Approval BackTo Choice Confine Decision Fact Foreach Gate Input Permissions Phase "
                "RESERVED_OPTIONS Ref Role Route Secret Step ValueType Workflow"
            ),
        },
    )

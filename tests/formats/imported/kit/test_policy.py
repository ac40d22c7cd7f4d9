"""Each choice that ropewalk makes for other people's words: which words mean it, and which only look alike."""

import re

import pytest

from ropewalk.formats.imported.kit import policy


def meant(pattern, words) -> list[str]:
    """Those of the words that a pattern takes."""
    return [word for word in words if pattern.search(word)]


@pytest.mark.parametrize(
    ("name", "words", "lookalikes"),
    [
        ("ENDS", "end workflow_end my_workflow_end project_completion complete_workflow", "the_end end_game epic_complete"),
        ("REPEATS", "repeat repeat_development_cycle story_cycle continue_with evolutionary_repeat", "recycle discontinue repeated"),
        ("GUIDES", "setup_guidance guideline guidelines notes project_overview introduction", "footnotes notes_x overview"),
        ("HALTS", "manual_halt_1 quality_gate go_no_go sign_off signoff human_x decision_point checkpoint", "manual gate_x superhuman_x"),
        ("ORDER_ONLY", "after_prd once_approved following_x Upon_x", "afterwards once_ hereafter_x after"),
        ("BY_ROUTE", "based_on_classification depends_on_x depending_on_x per_classification", "x_based_on_y independent_of_x"),
        ("ROUTE_ENDINGS", "major_path way_chosen fast_track x_branch", "path chosen pathfinder x_branches"),
        ("ISSUES", "issues_found gaps_found gap x_gaps needs_revision suggests_changes changes_requested not_approved", "agape changed needs_user"),
        ("ISSUES", "有问题 문제가_있음 problemas", "没有"),
        ("OF_PEOPLE", "user_wants if_user_agrees review_requested x_by_user stakeholders_agree", "by_user username_x request"),
        ("PROGRESS", "stories_remaining all_tests_done work_left more_stories epic_boundary", "incomplete leftovers moreover undone"),
        ("COUNTER", "iteration currentIteration attempts retry_count rounds retries currentround qa_cycle", "iterations_left rounding attempted background playground_count lifecycle"),
        ("MARKERS", "workflow_end repeat_cycle go_gate manual_halt manual_halt_2 conditional_halt go_no_go", "cycle continue gates halting story_cycle repeat"),
        ("COUNTER_CAP", "maxIterations max_x x_max limit capped", "x_maximum roundlimiter"),
        ("EVERYTHING", "all_artifacts all_artifacts_in_project any_document all_design_documents", "all all_users artifacts overall_artifacts"),
        ("ALREADY_THERE", "existing_x x_existing user_input project_idea source_code", "preexisting_x users_input resource_code"),
        ("READINESS", "format-validation-passed x_done x-approved", "done completed_x x_unavailable"),
        ("SEND_BACK_WORDS", "return_to_x returned_to_x back_to_x rerun_x re-run_x re_run_x redo_x restart_x", "return_to_ unreturn_to_x rerun"),
        ("END_WORDS", "end workflow_end completed stop abort_workflow workflow_stopped cancelled", "ending endgame workflow_ suspend"),
        ("ASK_WORDS", "escalate_to_human ask ask_user manual_review notify_user on_hold", "task mask holding"),
        ("PAUSE_WORDS", "pause on_hold wait deferred", "stop resume"),
        ("RETRY_WORDS", "retry try_again repeat rerun re-run re_run", "repeats rerun_x"),
    ],
)  # fmt: skip
def test_words_mean_what_they_say_and_their_lookalikes_do_not(name, words, lookalikes):
    pattern = getattr(policy, name)
    assert meant(pattern, words.split()) == words.split()
    assert meant(pattern, lookalikes.split()) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "HITL REQUIRED",
        "This step is HITL and approval is required.",
        "requires human approval",
        "Requires explicit\nstakeholder sign-off",
        "Manual sign-off is mandatory",
        "Wait for explicit user confirmation",
        "await stakeholder approval",
        "It must be approved by the customer.",
        "signoff required",
        "승인 필수",
        "사람의 승인 필요",
        "需要人工审批",
        "人間の承認が必要",
    ],
)
def test_a_note_that_demands_approval_is_heard_in_several_languages(sentence):
    assert policy.APPROVAL_WORDS.search(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Status: Draft → Approved. The user may review it.",
        "does not require approval",
        "HITL. Nothing is required",
        "HITL\nrequired",
        "requires review",
        "waiting for confirmation",
        "the human approves",
        "superhitl required",
    ],
)
def test_a_note_that_only_speaks_of_approval_demands_none(sentence):
    assert policy.APPROVAL_WORDS.search(sentence) is None


@pytest.mark.parametrize(
    "remark", ["optional", "Optionally", "if needed", "IF EXISTS", "when available", "or multiple documents"]
)
def test_a_remark_makes_a_reference_soft(remark):
    assert policy.SOFT_WORDS.search(remark)


@pytest.mark.parametrize("remark", ["required", "if approved", "when done", "from step 2", "for order"])
def test_another_remark_does_not(remark):
    assert policy.SOFT_WORDS.search(remark) is None


def test_nobody_is_at_once_a_person_the_engine_anybody_and_an_owner():
    groups = [policy.NOBODY, policy.PEOPLE, policy.ANYBODY, policy.OWNERS]
    assert len(frozenset().union(*groups)) == sum(len(group) for group in groups)
    assert all(name == name.lower() for group in groups for name in group)


def test_no_condition_is_at_once_always_never_and_optional():
    assert not policy.ALWAYS & policy.NEVER
    assert not (policy.ALWAYS | policy.NEVER) & policy.OPTIONAL
    assert meant(policy.END_WORDS, policy.GO_ON_WORDS) == meant(policy.ASK_WORDS, policy.GO_ON_WORDS) == []


def test_fixing_ends_before_looping_and_no_file_lifts_either_above_the_most():
    assert 0 < policy.FIX_CAP < policy.LOOP_CAP < policy.MOST_CAP == 100


@pytest.mark.parametrize(
    "text", ["requires " * 300, "all_" * 600, "max" * 800, "HITL " * 400, "return_to_" * 200, " " * 2_000]
)
def test_no_pattern_runs_away_on_a_long_text(text):
    patterns = [value for value in vars(policy).values() if isinstance(value, re.Pattern)]
    assert len(patterns) > 20
    matches = [pattern.search(text) for pattern in patterns]
    assert matches[patterns.index(policy.APPROVAL_WORDS)] is None

"""What ropewalk decides where a BMAD file leaves the decision to people: every such choice stands here and in
docs/reference/bmad.md. Nothing that a note says can take a check away; it can only add a question to a person.
"""

from __future__ import annotations

import re
from typing import Final

LOOP_CAP: Final = 10
"""How often a loop sends back before a person is asked, where the file names no number."""

FIX_CAP: Final = 3
"""The same for work that is fixed and looked at again."""

MOST_CAP: Final = 100
"""No number in a file lifts a cap above this."""


# ---------------------------------------------------------------------------------------------------- what an item is

ENDS: Final = re.compile(
    r"(?:\w*_)?workflow_end$|^end$|^(?:workflow|evolutionary|migration|project)_complet(?:e|ion)$|^complete_workflow$"
)
REPEATS: Final = re.compile(r"(?:^|_)(?:repeat|repeats|cycle|continue)(?:_|$)|^evolutionary_repeat$")
BEGINS: Final = re.compile(r"_(?:start|starts|begin|begins|kickoff|intro|overview|guidance)$")
"""Names of items that only announce a cycle; the end of it is another item."""
GATES: Final = re.compile(r"(?:^|_)gate(?:way)?$|decision_point$|sign_?off$|go_no_go")
"""Of the halts those that demand something before it goes on."""
GUIDES: Final = re.compile(r"guidance$|^guidelines?$|^notes?$|_overview$|^introduction$")
HALTS: Final = re.compile(
    r"manual_|halt|checkpoint|_gate$|decision_point|sign_?off|^pivot_or_stop$|^human_|approval_gate|go_no_go"
)
MARKERS: Final = re.compile(f"{ENDS.pattern}|^repeat_|{GATES.pattern}|^manual_|_halt(?:_\\d+)?$|checkpoint$")
"""Names of keys that say what kind of item it is, whatever stands under them."""
NOBODY: Final = frozenset(
    {"system", "orchestrator", "workflow", "engine", "none", "n/a", "-", "automated", "auto"}
)
PEOPLE: Final = frozenset(
    {"user", "human", "person", "stakeholder", "stakeholders", "customer", "client", "you", "developer-human"}
)
ANYBODY: Final = frozenset({"any", "any_agent", "any-agent", "anyone", "any_development_agent"})
OWNERS: Final = frozenset(
    {"various", "relevant", "relevant_agent", "relevant_agents", "multiple", "responsible"}
)

# -------------------------------------------------------------------------------------------------------- conditions

ALWAYS: Final = frozenset(
    {"", "true", "always", "required", "mandatory", "none", "n/a", "default", "sequential"}
)
NEVER: Final = frozenset({"false", "never", "disabled"})
OPTIONAL: Final = frozenset({"optional", "optionally"})
ORDER_ONLY: Final = re.compile(r"^(?:after|following|once|upon)[_ ]\w", re.IGNORECASE)
BY_ROUTE: Final = re.compile(r"^based_on_|^depend(?:s|ing)_on_|^per_classification")
ROUTE_ENDINGS: Final = re.compile(r"_(?:path|selected|chosen|route|track|branch|needed_path)$")
ISSUES: Final = re.compile(
    r"issue|unchecked|flagged|fail|reject|defect|violation|\bgaps?\b|(?:^|_)gaps?(?:_|$)|suggests?|need(?:s|ed)?_(?:work|revision"
    r"|fix|changes?|rework|update)|changes?_(?:needed|required|requested)|feedback|problem|not_approved|concern|error"
    r"|incomplete|inconsisten|missing|问题|문제|问题|problema"
)
OF_PEOPLE: Final = re.compile(
    r"^(?:if_)?(?:user|human|stakeholder|customer|client|team|owner)s?_|_requested$|_(?:by|from)_user|user_(?:wants|has|approve"
    r"|decide|confirm|select|request)|_preferred$|_desired$|_wanted$|(?:^|_)(?:midpoint|halfway|deadline)(?:_|$)"
)
OUTSIDE: Final = re.compile(r"(?:^|_)(?:accepted|awarded|funded|won|granted|received|signed|arrived|paid)$")
"""What somebody outside of the team decides or does: only a check of it knows, else a person is asked."""
PROGRESS: Final = re.compile(
    r"(?:^|_)(?:remaining|remain|complete|completed|done|finished|boundary|left|more_\w+|all_\w+_(?:done|complete))(?:_|$)"
)
COUNTER: Final = re.compile(
    r"(?:iteration|attempt|retry|retrie|(?:^|_|current|loop|fix|review|revision|test|qa|sprint|story)(?:round|cycle))s?(?:_?count)?$",
    re.IGNORECASE,
)
COUNTER_CAP: Final = re.compile(r"^(?:max|limit|cap)|(?:max|limit|cap)$", re.IGNORECASE)

# -------------------------------------------------------------------------------------------------------- references

EVERYTHING: Final = re.compile(
    r"^(?:all|any)_?(?:\w*_)?(?:artifacts?|documents?|docs|outputs|deliverables|files)(?:_in_project)?$"
)
FLAGGED: Final = re.compile(r"flagged|affected|impacted|relevant_documents|documents_with_issues")
ALREADY_THERE: Final = re.compile(
    r"^existing_|_existing$|^(?:user|project|current)_(?:input|request|idea|codebase)$|^source_code$"
)
SOFT_WORDS: Final = re.compile(
    r"optional|^or\b|if (?:needed|exists?|available|present|applicable|any|required)|when (?:needed|available)",
    re.IGNORECASE,
)
READINESS: Final = re.compile(
    r"[-_](?:complete|completed|passed|approved|ready|done|finished|available|validated)$"
)

# ------------------------------------------------------------------------------------------------------------ people

APPROVAL_WORDS: Final = re.compile(
    r"\bHITL\b[^.\n]{0,20}\brequired\b|\brequires?\s+(?:explicit\s+)?(?:human|manual|stakeholder|user)[\s-]+(?:approval|sign-?off"
    r"|review\s+and\s+approval|confirmation)|\b(?:human|manual|stakeholder)\s+(?:approval|sign-?off)\s+(?:is\s+)?(?:required|needed|mandatory)"
    r"|\b(?:wait|waits|waiting|await|awaits|awaiting)\s+(?:for\s+)?(?:explicit\s+)?(?:human|user|stakeholder|manual)\s+(?:approval|sign-?off"
    r"|confirmation)|\bmust\s+be\s+approved\s+by\s+(?:a\s+|the\s+)?(?:human|person|user|stakeholders?|customer|client)"
    r"|\bsign-?off\s+(?:is\s+)?required|sign-?off\s*필수|승인\s*필수|사람의?\s*승인\s*필요|需要人工(?:批准|审批|审核)|必须人工(?:批准|审批)|人間の承認(?:が)?必要",
    re.IGNORECASE,
)

SEND_BACK_WORDS: Final = re.compile(
    r"^return(?:s|ed)?_to_(.+)$|^back_to_(.+)$|^re[-_]?run_(.+)$|^redo_(.+)$|^restart_(.+)$"
)
GO_ON_WORDS: Final = frozenset(
    {
        "",
        "to_next_step",
        "next",
        "next_step",
        "continue",
        "proceed",
        "go",
        "go_on",
        "to_next",
        "next_phase",
        "pass",
        "skip",
    }
)
END_WORDS: Final = re.compile(
    r"^(?:workflow_)?(?:end|exit|complete[ds]?|finish(?:ed)?|done|stop(?:ped)?|halt(?:ed)?|abort(?:ed)?|terminate[ds]?|cancel(?:led)?)$"
    r"|^(?:end|exit|complete|finish|stop|halt|abort|terminate|cancel)_workflow$|^workflow_(?:end|complete|aborted|completed|stopped)$"
)
YES_WORDS: Final = re.compile(
    r"^(?:approved?|accept(?:ed)?|yes|ok|confirm(?:ed)?|commit|publish|ship|(?:go|continue|proceed)(?:_\w+)?)$"
)
NO_WORDS: Final = frozenset(
    {"no_go", "nogo", "no", "reject", "rejected", "decline", "declined", "kill", "quit"}
)
WAIT_WORDS: Final = frozenset({"pause", "hold", "wait", "defer", "postpone", "later"})
CHANGE_WORDS: Final = re.compile(
    r"^(?:revise|rework|redo|iterate|retry|refine|modify|change|adjust|update|fix|improve|edit|amend)(?:_(?:the_)?(\w+))?$"
)
"""Words of the choices that a person is given: go on, stop, wait, or change what was made."""
ASK_WORDS: Final = re.compile(r"escalat|manual|human|^ask|prompt|notify_user|hold$")
PAUSE_WORDS: Final = re.compile(r"pause|hold|wait|defer")
RETRY_WORDS: Final = re.compile(r"retry|try_again|repeat$|re[-_]?run$")

FIX_HINTS: Final = re.compile(
    r"re-?validat|re-?review|re-?check|return to (?:qa|po|review|validation)", re.IGNORECASE
)
"""In the notes of a step that fixes something: look again, even where the file draws no arrow back."""

"""Stage 2, items: every spelling of a sequence item as one shape that says what kind of item it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.references import FILE
from ropewalk.yaml import Path, Positions

Kind = Literal["task", "guide", "end", "repeat", "route", "halt", "parallel", "group", "import", "header"]

HEADS: Final = (
    "agent", "step", "meta", "orchestrator", "import", "phase", "stage", "step_name", "id", "decision_point", "decision",
)  # fmt: skip
KEYS: Final = frozenset(
    ["agent", "notes", "creates", "action", "requires", "condition", "step", "validates", "uses", "updates", "optional", "repeats", "optional_steps", "phase", "task", "uses_task", "using_task", "outputs", "inputs", "id", "routes", "next", "on_failure", "on_success", "on_fail", "on_complete", "depends_on", "meta", "target_steps", "delegates_to", "alternative_agent", "duration", "duration_estimate", "prerequisites", "elicit", "human_checkpoint", "checkpoint_type", "validators", "render", "skip_if", "parallel", "wait_for", "agents", "sequence", "options", "gate", "on_verdict", "condition_check", "loop_to", "goto", "runs_parallel_with", "requires_completion_of", "always_execute", "max_attempts", "exit_criteria", "on_condition_false", "name", "title", "description", "import", "orchestrator", "step_name", "interactive", "execution_mode", "parallel_groups", "quality_gate", "decisions", "when", "timeout", "phase_name", "owner", "command", "commands", "prompt", "instructions", "validation", "pass_threshold", "repeat", "for_each", "steps", "tasks", "metadata", "tags", "type", "role", "parallel_tasks", "message", "output", "input", "artifacts", "template", "templates", "checklist", "checklists", "data", "triggers", "trigger", "priority"]
)  # fmt: skip
BRANCHES: Final = ("routes", "branch", "branches", "decisions", "on_verdict", "condition_check")
JUMPS: Final = frozenset({"next_step", "next_phase", "to", "then", "continue", "notify"})
HEADER_KEYS: Final = frozenset(
    {"phase", "name", "title", "description", "notes", "duration", "duration_estimate", "phase_name", "id", "goal",
     "objective", "entry_criteria", "exit_criteria", "owner"}
)  # fmt: skip
MAKES: Final = (
    "creates",
    "updates",
    "validates",
    "task",
    "uses",
    "uses_task",
    "using_task",
    "outputs",
    "output",
)


class Item(Struct, frozen=True):
    """One item: its number from 1 (`7.2` in a nested list), where it stands, the name of its step or marker, and its
    keys with those of a marker's own mapping merged in. `marker` is the key that was the item's head, if it was one.
    """

    number: str
    path: Path
    line: int
    kind: Kind
    name: str
    data: dict[str, Any]
    marker: str = ""
    inner: tuple[Item, ...] = ()


def items_of(listed: list[Any], path: Path, positions: Positions, above: str = "") -> tuple[Item, ...]:
    """The items of a list of mappings, in order; anything else in the list is passed over (stage 1 has told it)."""
    items = []
    for index, raw in enumerate(listed):
        if isinstance(raw, Mapping):
            items.append(item_of(raw, (*path, index), positions, f"{above}{index + 1}"))
    return tuple(items)


def item_of(raw: Mapping[str, Any], path: Path, positions: Positions, number: str) -> Item:
    """One item, normalised: the four spellings of a marker give the same name and keys."""
    marker = _marker(raw)
    data = {str(key): value for key, value in raw.items() if key != marker}
    inside = _inside(raw.get(marker)) if marker else None
    if isinstance(inside, Mapping):
        data = {**{str(key): value for key, value in inside.items()}, **data}
    data = _with_ways_of_decision(data)
    name = _name(raw, marker)
    inner, branch = _nested(data), marker if marker in BRANCHES else ""
    if branch and isinstance(inside, Mapping):
        data = {**{key: value for key, value in raw.items() if key != marker}, branch: dict(inside)}
    kind = _kind(name, data, marker)
    children = (
        items_of(data[inner], (*path, *_place(raw, marker, inner)), positions, f"{number}.") if inner else ()
    )
    return Item(number, path, positions.value(path)[0], kind, name, data, marker, children)


def _marker(raw: Mapping[str, Any]) -> str:
    """The key that is the item's head where none of the usual ones is: a name with nothing, a flag or a mapping; one that
    says by itself what it is (`go_gate: advice_is_good`) may have a text too.
    """
    if any(raw.get(head) not in (None, "") for head in HEADS if head in raw):
        ends = [key for key in raw if policy.ENDS.search(str(key)) and raw[key] in (None, "", True)]
        return str(ends[0]) if ends and "agent" not in raw else ""
    for key, value in raw.items():
        if (value is None or isinstance(value, bool | Mapping) or value == "") and key not in KEYS:
            return str(key)
        if (
            isinstance(value, str)
            and key not in KEYS
            and policy.MARKERS.search(str(key))
            and key == next(iter(raw))
        ):
            return str(key)  # further down it is a remark on an item that has a head or work of its own
    return ""


def _inside(value: Any) -> Any:
    """What stands under a marker, as keys of the item: a word is what is done there, a sentence is told."""
    if not isinstance(value, str) or not value.strip():
        return value
    return {"notes" if " " in value.strip() else "action": value}


_ABOUT_A_DECISION = {"question", "criteria", "type", "owner", "name", "description", "if", "then", "else"}
"""Keys by which a mapping tells of the decision, and lists no outcomes."""


def _with_ways_of_decision(data: dict[str, Any]) -> dict[str, Any]:
    """`decision: {outcomes: {…}}` says the same as its keys next to it, and `decision: {A: x, B: y}` lists its outcomes."""
    for key in ("decision_point", "decision"):
        inside = data.get(key)
        if not isinstance(inside, Mapping) or not inside:
            continue
        keys = {str(name): value for name, value in inside.items()}
        if keys.keys() & _ABOUT_A_DECISION:
            continue
        if not keys.keys() & {"options", "outcomes", "condition", *BRANCHES}:
            keys = {"outcomes": keys}
        return {**keys, **data, key: key.replace("_", " ")}
    return data


def _name(raw: Mapping[str, Any], marker: str) -> str:
    if marker:
        return marker
    for head in ("step", "step_name", "meta", "id", "decision_point", "decision", "orchestrator"):
        name = as_text(raw.get(head)) if not isinstance(raw.get(head), Mapping) else head
        if name and not name.replace(".", "").isdigit():
            return name
    return as_text(raw.get("name"))


def _nested(data: Mapping[str, Any]) -> str:
    """The key under which a list of further items stands, if one does."""
    for key in ("sequence", "steps", "tasks"):
        value = data.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, Mapping) for item in value):
            continue
        if key == "sequence" or all("agent" in item or "step" in item for item in value):
            return key
    return ""


def _place(raw: Mapping[str, Any], marker: str, key: str) -> Path:
    return (key,) if key in raw else (marker, key)


def _kind(name: str, data: Mapping[str, Any], marker: str) -> Kind:
    agent = as_text(data.get("agent")).lower()
    plain = re.sub(r"[\s-]+", "_", name.lower())
    meta = as_text(data.get("meta")).lower()
    if _nested(data):
        return "group"
    if data.get("import") and not agent:
        return "import"
    if is_parallel(data):
        return "parallel"
    if meta in ("end", "repeat", "guidance", "guide") and not agent:
        return {"end": "end", "repeat": "repeat"}.get(meta, "guide")  # type: ignore[return-value]
    if policy.ENDS.search(plain) and not data.get("creates"):
        return "end"
    if data.get("human_checkpoint") is not True and (
        any(data.get(key) and isinstance(data[key], Mapping | list) for key in BRANCHES)
        or (_leads_several_ways(data) and not data.get("options") and agent not in policy.PEOPLE)
    ):
        return "route"
    if _is_halt(plain, agent, data):
        return "halt"
    if not agent or agent in policy.NOBODY:
        return _without_agent(plain, data)
    return "task"


def _without_agent(plain: str, data: Mapping[str, Any]) -> Kind:
    if "phase" in data and set(data) <= HEADER_KEYS:
        return "header"
    makes = any(data.get(key) for key in MAKES) or verbs(data)
    if policy.REPEATS.search(plain) and not policy.BEGINS.search(plain) and not makes:
        return "repeat"
    if makes or data.get("orchestrator") or _names_agents(data):
        return "task"
    action = as_text(data.get("action"))
    return "task" if " " in action.strip() and not policy.GUIDES.search(plain) else "guide"


def _leads_several_ways(data: Mapping[str, Any]) -> bool:
    """Whether `on_complete` lists ways (`{GO: next_step, ABORT: workflow_aborted}`) and is no single jump or action."""
    ways = data.get("on_complete")
    return isinstance(ways, Mapping) and len(ways) > 1 and not any(str(key) in KEYS | JUMPS for key in ways)


def _names_agents(data: Mapping[str, Any]) -> bool:
    """`agents: [pm, architect]`: the first of them does it, with the others."""
    agents = data.get("agents")
    return isinstance(agents, list) and bool(agents) and all(isinstance(entry, str) for entry in agents)


def _is_halt(plain: str, agent: str, data: Mapping[str, Any]) -> bool:
    if data.get("human_checkpoint") is True or as_text(data.get("action")) == "human_checkpoint":
        return True
    if agent in policy.PEOPLE:
        return True
    if (data.get("decision_point") or data.get("decision")) and (data.get("options") or data.get("outcomes")):
        return not agent or agent in policy.NOBODY
    if data.get("checkpoint_type") or (isinstance(data.get("on_complete"), Mapping) and data.get("options")):
        return True
    return (
        bool(policy.HALTS.search(plain)) and (not agent or agent in policy.NOBODY) and not data.get("creates")
    )


def is_parallel(data: Mapping[str, Any]) -> bool:
    """Whether an item itself lists what may be done at the same time."""
    agents = data.get("agents")
    if isinstance(agents, list) and any(isinstance(entry, Mapping) for entry in agents):
        return True
    if isinstance(data.get("parallel_groups"), list):
        return True
    return any(
        isinstance(data.get(key), list) and any(isinstance(entry, Mapping) for entry in data[key])
        for key in ("parallel", "parallel_tasks", "parallel_steps")
    )


VERB: Final = re.compile(r"[a-z]+(?:s|es)$")
NOT_VERBS: Final = KEYS | frozenset(
    {"focus", "status", "process", "progress", "address", "success", "access", "deliverables", "steps", "tools", "goals",
     "inputs", "outputs", "questions", "constraints", "requirements", "criteria", "tags", "topics", "examples", "references",
     "risks", "dependencies", "metrics", "includes", "covers", "sections", "features", "variables", "settings", "results",
     "benefits", "techniques", "methods", "options", "conditions", "participants", "capabilities", "responsibilities",
     "estimates", "minutes", "hours", "days", "times", "thresholds", "details", "rules", "limits", "values", "fields",
     "stories", "epics", "issues", "comments", "objectives", "activities", "considerations", "repeats", "personas", "files",
     "checks", "scripts", "gates", "hooks", "roles", "phases", "stages", "links", "docs", "sources", "types", "names", "notes",
     "calls", "orchestrates", "skills", "prompts", "models", "paths", "folders", "labels", "assets", "outcomes", "milestones", "targets"}
)  # fmt: skip
LOOKING_VERBS: Final = frozenset(
    {"reviews", "verifies", "tests", "assesses", "evaluates", "analyzes", "analyses", "audits", "inspects", "examines",
     "studies", "reads", "consults", "compares"}
)  # fmt: skip
"""What is done to something that stays as it is; every other verb may change it."""
CHANGING_VERBS: Final = frozenset(
    {"finalizes", "revises", "implements", "improves", "edits", "optimizes", "executes", "extracts", "drafts", "polishes",
     "secures", "fixes", "compiles", "develops", "modifies", "refines", "rewrites", "extends", "completes", "approves"}
)  # fmt: skip


def verbs(data: Mapping[str, Any]) -> list[str]:
    """The keys that say what is done to something: `reviews: story.md`. Their values are names of artifacts; a word that
    is not known as a verb is one only above files, since it may as well be a plural.
    """
    return [
        key
        for key, value in data.items()
        if VERB.fullmatch(key)
        and key not in NOT_VERBS
        and value
        and all(_is_name(entry) for entry in as_list(value))
        and (key in LOOKING_VERBS | CHANGING_VERBS or all(FILE.search(entry) for entry in as_list(value)))
    ]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 120 and "\n" not in value

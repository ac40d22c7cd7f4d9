"""The names that steps read and the shapes that they give: variables, fields of `run`, outputs by kind, acts of a rehearsal."""

from __future__ import annotations

import msgspec

from ropewalk.agents.script import ScriptedAct
from ropewalk.definition.check.names import KINDS
from ropewalk.definition.check.scope import RUN, outputs_of_kind
from ropewalk.definition.workflow import Approval, Decision, Step
from tools.docs.blocks import generates

VARIABLES = {
    "ROPEWALK_RUN": "the name of the run",
    "ROPEWALK_WORKFLOW": "the name of its workflow",
    "ROPEWALK_RUN_TITLE": "its title, or the name of its workflow",
    "ROPEWALK_RUN_OUTCOME": "`completed`, `failed` or `aborted`: how it ends if nothing else happens",
    "ROPEWALK_RUN_ERROR": "its first error, at most 4,000 characters; empty where there is none",
    "ROPEWALK_STEP": "the step, an item as `step[key]`",
    "ROPEWALK_ROUND": "the round, from 1",
    "ROPEWALK_ATTEMPT": "the try of this round, from 1",
    "ROPEWALK_KEY": "the same for all tries of a round, for whatever outside must not be done twice",
    "ROPEWALK_BASE": "in a git repository, the commit that the run began with",
    "ROPEWALK_OUTPUT": "the file for the outputs",
    "ROPEWALK_FEEDBACK": "a file (Markdown) with why the work came back; empty in the first round",
    "ROPEWALK_ITEM": "the item of a `foreach`, a text as it is and all else as JSON",
    "ROPEWALK_INPUT_NAME": "the input `name`, in the same way; a secret one is not there",
    "ROPEWALK_INPUT_NAME_FILE": "in its place the file with an input that is too large for a variable; `ROPEWALK_ITEM_FILE` likewise",
}
"""What a child finds in its environment; a test compares it with what is set."""
RUN_MEANS = {
    "id": "the name of the run",
    "workflow": "the name of its workflow",
    "title": "its title, or the name of its workflow",
    "status": "what it does now",
    "outcome": "how it ends if nothing else happens: in a `finally` step, how it ended",
    "error": "the first step that failed and why, with the names of the others; or why the run was ended",
    "round": "the round of the step",
    "turns": "how many times the step has sent its work back",
    "attempt": "the try of this round",
}
ACTS = {
    "round": "only in this round",
    "attempt": "only in this attempt of the round",
    "item": "only for this item, as a variable would have it",
    "say": "a text, or a list of them, that the agent says",
    "note": "an object that is put on record and that the next attempt is given if this one is lost, as real agents do with their session",
    "publish": "an event of its own, `{name: …, data: {…}}`",
    "ask": "a permission to ask for, `{title: …, kind: …, paths: […], choices: [allow, deny]}`",
    "run_for": "seconds that it works",
    "write": "files to write, by path",
    "append": "texts to append, by path",
    "delete": "files to delete",
    "nothing": "say that it is done, and write nothing",
    "outputs": "outputs to give; what the schema asks for beyond is made up",
    "facts": "facts to give",
    "route": "the route to take; else the first",
    "verdict": "as a judge, `PASS`, `CONCERNS`, `FAIL` or `WAIVED`, or `{verdict: …, findings: […]}`",
    "handoff": "what it passes on: a text, or an object",
    "tokens_in": "tokens that it took",
    "tokens_out": "tokens that it gave",
    "cost_usd": "dollars that it cost",
    "quota": "run into a quota, `{resets_in: SECONDS}`",
    "fail": "fail, `{class: permanent, message: …, retry_in: SECONDS}`",
}


MORE = {
    "run": "what it wrote to `$ROPEWALK_OUTPUT`. Of `stdout` the last 64 KiB are kept",
    "call": "the outputs of the workflow that it calls",
    "function": "what it returns: a mapping as it is, anything else as `result`",
    "noop": "what its `with: {outputs: …}` says",
    "role": "the `outputs` of its answer",
}
"""What a kind gives that no type tells."""


@generates("variables")
def variables() -> str:
    return _table("variable", VARIABLES)


@generates("run-fields")
def run_fields() -> str:
    return _table("`run` has", {name: f"{RUN_MEANS[name]} ({RUN.fields[name]})" for name in RUN.fields})


@generates("outputs-of-kinds")
def outputs() -> str:
    rows = {}
    for kind in KINDS:
        step = Step("x", kind, ask=Approval(), decision=Decision())
        fields = outputs_of_kind(step)
        own = [f"`{name}` ({fields[name]})" for name in fields]
        rows[kind] = "; ".join([*own, *([MORE[kind]] if kind in MORE else [])]) or "nothing of its own"
    return _table("kind", rows)


@generates("acts")
def acts() -> str:
    fields = [field.encode_name for field in msgspec.structs.fields(ScriptedAct)]
    return _table("an act may have", {name: ACTS[name] for name in fields})


def _table(head: str, rows: dict[str, str]) -> str:
    written = [f"| `{name}` | {meaning} |".replace("\n", " ") for name, meaning in rows.items()]
    return "\n".join([f"| {head} | |", "|---|---|", *written])

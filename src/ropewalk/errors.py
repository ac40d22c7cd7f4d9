"""Every exception that ropewalk raises, under one root.

The class docstring is the message; fields in braces are filled from the keyword arguments.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar


class RopewalkError(Exception):
    """ropewalk could not do what was asked."""

    hint: ClassVar[str] = ""
    """What the reader can do about it; a template like the docstring."""
    passing: ClassVar[bool] = False
    """Whether it may pass by itself: then a run under way waits for that, and tries again."""

    def __init__(self, message: str | None = None, **where: Any) -> None:
        template = message if message is not None else (type(self).__doc__ or "").strip()
        self.where = where
        self.message = _filled(template, where)
        self.how = _filled(self.hint, where)
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """A stable name for programs: `NoSuchRun` is `no-such-run`."""
        name = type(self).__name__
        return "".join(("-" if i and c.isupper() else "") + c.lower() for i, c in enumerate(name))

    def __str__(self) -> str:
        return f"{self.message} ({self.how})" if self.how else self.message


def _filled(template: str, where: dict[str, Any]) -> str:
    """What is no field, or one that is not known, stays as it is written, so that a message never fails to print."""

    def value(field: re.Match[str]) -> str:
        if field["name"] not in where:
            return field[0]
        return repr(where[field["name"]]) if field["exact"] else str(where[field["name"]])

    return _FIELD.sub(value, template)


_FIELD = re.compile(r"\{(?P<name>\w+)(?P<exact>!r)?\}")


class UsageError(RopewalkError):
    """{what}."""

    hint = "{hint}"


class Refused(RopewalkError):
    """{verb} makes no sense now: {reason}."""


class NotLanded(RopewalkError):
    """The result of run {run} did not land: {reason}."""

    hint = "the run is as it was; when that is fixed, `ropewalk land {run}` tries again"


class NoSuchRun(RopewalkError):
    """There is no run {run} in this store."""

    hint = "`ropewalk runs` lists them; a unique beginning of an id is enough"


class NoSuchStep(RopewalkError):
    """Run {run} has no step {step}."""

    hint = "did you mean {nearest}?"


class NoSuchAsk(RopewalkError):
    """Run {run} has no ask {ask}."""

    hint = "`ropewalk inbox` lists what is open"


class NoSuchAgent(RopewalkError):
    """There is no agent {name}."""

    hint = "`ropewalk agents` lists them"


class NoSuchWorkflow(RopewalkError):
    """There is no workflow {name}."""

    hint = "`ropewalk workflows` lists them; {nearest}"


class VariantNeeded(RopewalkError):
    """{file} holds {count} workflows in one; choose one of them."""

    hint = "add `--variant` {choices}"

    @property
    def names(self) -> tuple[str, ...]:
        """What may be chosen, in the order of the file."""
        return tuple(self.where.get("names", ()))


class InvalidDefinition(RopewalkError):
    """{count} fault(s) in {file}."""

    @property
    def faults(self) -> list[Any]:
        """The `Fault`s, in the order of the file."""
        return list(self.where.get("faults", ()))

    def __str__(self) -> str:
        return "\n".join([self.message, *map(str, self.faults)])


class CannotStart(InvalidDefinition):
    """{count} fault(s) keep {file} from being started here."""


class InvalidInput(RopewalkError):
    """Input {name}: {reason}."""


class SecretError(RopewalkError):
    """The secret {name} cannot be used: {reason}."""


class SecretStays(RopewalkError):
    """The secret {name} stands in {path} and cannot be taken out: {reason}."""

    hint = "nothing of the attempt is kept; remove {folder} yourself"


class SecretsMissing(RopewalkError):
    """Secrets of this workflow cannot be used: {reasons}."""


class ConditionError(RopewalkError):
    """The condition `{expression}` cannot be used: {reason}."""

    hint = "{hint}"

    def __init__(self, message: str | None = None, *, hint: str = "", **where: Any) -> None:
        super().__init__(message, hint=hint, **where)

    @property
    def column(self) -> int:
        """Where in the expression, counted from 0; 0 when the whole is meant."""
        return int(self.where.get("column", 0))


class StoreError(RopewalkError):
    """The store {store} cannot be used: {reason}."""


class Unrecordable(StoreError):
    """What run {run!r} is to be told ({what}) cannot be stored: {reason}."""


class StoreBusy(StoreError):
    """The store {store} cannot be used now: {reason}."""

    passing = True


class Corrupted(StoreError):
    """Record {position} (run {run}, version {version}) does not match its hash: {reason}."""


class NoSuchBlob(StoreError):
    """The store {store} has no blob {digest}."""


class Unreadable(StoreError):
    """Record {position} (run {run}, version {version}) is a {kind} that this ropewalk cannot read: {reason}."""

    hint = "a newer ropewalk may have written it; upgrade this one"


class SettingsError(RopewalkError):
    """The setting {name} is not usable: {reason}."""


class PluginError(RopewalkError):
    """The plug-in {name} could not be loaded: {reason}."""


class PluginFailed(RopewalkError):
    """The plug-in {name} failed: {reason}."""

    hint = (
        "this is a fault of the plug-in, not of ropewalk: tell the people who maintain it, or do without it"
    )


class AgentError(RopewalkError):
    """The agent {agent} cannot be used: {reason}."""


class Unconfinable(RopewalkError):
    """What is to be confined is not started: {reason}."""

    hint = "{hint}"

    def __init__(self, message: str | None = None, *, hint: str = "", **where: Any) -> None:
        super().__init__(message, hint=hint, **where)


class WorkspaceError(RopewalkError):
    """The workspace {place} cannot be used: {reason}."""


class FolderHeld(WorkspaceError):
    """The folder {place} belongs to {owner}, which may still work in it."""

    hint = "stop that process, or wait until it is done"
    passing = True


class HostHasNoRoom(RopewalkError):
    """This machine has no room for that now: {reason}."""

    hint = "`ulimit -a` shows the limits of this shell, `df` and `df -i` the disk; make room, and try again"
    passing = True


class FileRefused(RopewalkError):
    """{file} cannot be used: {reason}."""

    hint = "let this user read and write there, or move what stands in the way"


class StateFolderUnusable(RopewalkError):
    """ropewalk cannot keep its files in {place}: {reason}."""

    hint = "{hint}"


class TakesTooLong(RopewalkError):
    """{what} takes more than {steps} steps or {seconds} s"""


class TemplateError(RopewalkError):
    """The template `{template}` cannot be filled in: {reason}."""


class LinkInTheWay(WorkspaceError):
    """The file {place} cannot be used: a symbolic link stands in the way, and none is followed."""


class DirtyCheckout(WorkspaceError):
    """{place} has {count} uncommitted change(s): {listed}."""

    hint = "commit or stash them, or take them along with --with-changes"


class TargetCheckedOut(WorkspaceError):
    """{target} is checked out in {place}, and a checkout is never moved under its user."""

    hint = "land there with: git -C {place} merge --ff-only {commit}"


class CheckoutInTheWay(WorkspaceError):
    """{target} is checked out in {place}, and to land there would overwrite what is not committed: {listed}."""

    hint = "commit it, stash it or move it away there, and try again"


class TargetRewritten(WorkspaceError):
    """{target} was rewritten and no longer contains {seen}, which the run started from."""

    hint = "the run's branch is kept; take its commits over with: git rebase --onto {target} {seen} {branch}"


class GitFailed(WorkspaceError):
    """git {verb} failed in {place}: {reason}."""


class GitBusy(GitFailed):
    """git {verb} had to give up in {place}: {reason}."""

    passing = True


class LeaseHeld(RopewalkError):
    """Run {run} is being driven by {owner}."""

    hint = "watch it with `ropewalk watch {run}`, wait until it is done, or end that process (kill {pid}) to drive it here"


class StillRunning(RopewalkError):
    """Processes of an earlier attempt of {step} in run {run} still run on this host; they are kept by {keepers}."""

    hint = "another driver may be at work; else end these processes (0 is one that is not known), and drive the run again"


class GateError(RopewalkError):
    """The gate {gate} cannot judge: {reason}."""


class MissingExtra(RopewalkError):
    """{door} needs what is not installed: {missing}."""

    hint = "{install}"


class AddressTaken(RopewalkError):
    """{address} cannot be listened on: {reason}."""

    hint = "stop what uses it, or choose another with --port"


class TokensNeeded(RopewalkError):
    """{host} can be reached from other hosts, and no token is there to let people in by."""

    hint = "make one with `ropewalk token create --role admin`, or listen on 127.0.0.1"


class NoSuchToken(RopewalkError):
    """There is no token {token}."""

    hint = "`ropewalk token list` shows them"


class NoSuchWebhook(RopewalkError):
    """There is no webhook {webhook}."""

    hint = "`ropewalk webhooks list` shows them"


class WebhookRefused(RopewalkError):
    """The webhook {url} cannot be used: {reason}."""

    hint = "{hint}"


class Unauthenticated(RopewalkError):
    """Nobody is let in without a token: {reason}."""

    hint = "send `Authorization: Bearer ropewalk_…`, or log in on the page"


class NotAllowed(RopewalkError):
    """{who} is {role}, and this needs {needed}."""

    hint = "use a token of that role: `ropewalk token create --role {needed}`"


class ForeignRequest(RopewalkError):
    """This comes from another place than ropewalk's own pages: {reason}."""

    hint = "name the address in the setting `hosts`, if it is yours"


class TooLarge(RopewalkError):
    """The body is larger than {limit} bytes."""


class TooMany(RopewalkError):
    """Too many attempts to log in; the next one counts in {seconds} seconds."""


class KeyReused(RopewalkError):
    """The idempotency key {key} belongs to another request."""

    hint = "take a new key for a new request"


class InvalidRequest(RopewalkError):
    """The request cannot be read: {reason}."""


class NoSuchPlace(RopewalkError):
    """There is nothing at {path}."""

    hint = "`/docs` lists what there is"


class NoSuchMethod(RopewalkError):
    """{path} does not know {method}."""

    hint = "it knows {methods}"


class NoSuchFile(RopewalkError):
    """Run {run} has no artifact {path}."""

    hint = "the run's artifacts are listed below `/artifacts`"


class NotKept(NoSuchFile):
    """{path} of run {run} is no longer kept."""

    hint = "the run's folder or refs were cleaned up"

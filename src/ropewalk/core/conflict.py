"""How what commits disagree about is settled, path by path or hunk by hunk, in one answer or in several.

What one answer settles no later one of somebody else changes, and nothing of it counts before all is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from ropewalk.core import events as e
from ropewalk.core.commands import Answer
from ropewalk.core.recorder import refuse
from ropewalk.core.state import State, StepState

SIDES = ("ours", "theirs")
CHOICES = (*SIDES, "resolved", "reject")
_DIGITS = 9
_WHOLE = 0
"""In place of the number of a hunk: the whole path."""


def settled_by(opened: e.AskOpened, answer: Answer) -> tuple[e.SettledPlace, ...]:
    """What an answer settles of a conflict. Raises Refused when it cannot, and then for nothing."""
    hunks, before = _hunks(opened), {(s.path, s.hunk): s for s in settled(opened)}
    if answer.verdict in SIDES:
        if answer.value is not None:
            refuse("answer", f"`{answer.verdict}` takes no value; `resolved` takes what becomes of each path")
        wanted = {path: {"take": answer.verdict} for path in hunks if not _is_settled(path, hunks, before)}
    elif isinstance(answer.value, dict) and answer.value:
        wanted = answer.value
    else:
        refuse("answer", f"`resolved` takes by path what becomes of it: {_example(list(hunks))}")
    made: list[e.SettledPlace] = []
    for path, how in wanted.items():
        if hunks and path not in hunks:
            refuse("answer", f"{path} is none of what disagrees: {', '.join(list(hunks)[:5])}")
        for place in _of_path(path, how, hunks.get(path, ()), before, answer.by):
            _refuse_where_another_settled(place, before.values())
            made.append(place)
    return tuple(made)


def _of_path(
    path: str, how: Any, hunks: Sequence[str], before: Mapping[tuple[str, int], e.SettledPlace], by: str
) -> Iterable[e.SettledPlace]:
    if how in SIDES:
        refuse(
            "answer",
            f"""{path} is {how!r}, a side: write {{"take": "{how}"}}, or end a text with a line end""",
        )
    if how is None or isinstance(how, str):
        return (e.SettledPlace(path, text=how, by=by),)
    if not isinstance(how, dict) or len(how) != 1 or not how.keys() <= {"take", "hunks"}:
        wanted = """its whole text is wanted, null for no such file, {"take": "ours"} or {"hunks": {"1": "theirs"}}"""
        refuse("answer", f"{path} is {how!r:.40}; {wanted}")
    if "take" in how:
        return _side(path, how["take"], hunks, before, by)
    if not isinstance(how["hunks"], dict) or not how["hunks"]:
        refuse("answer", f"the hunks of {path} are a map by number")
    made: dict[int, e.SettledPlace] = {}
    for number, choice in how["hunks"].items():
        place = _of_hunk(path, number, choice, hunks, by)
        for at in (at for at, name in enumerate(hunks, 1) if name == hunks[place.hunk - 1]):
            same = replace(place, hunk=at)
            if made.setdefault(at, same) != same:
                refuse("answer", f"hunks {at} and {number} of {path} say the same, and are settled alike")
    return list(made.values())


def _side(
    path: str, side: Any, hunks: Sequence[str], before: Mapping[tuple[str, int], e.SettledPlace], by: str
) -> Iterable[e.SettledPlace]:
    """One side for a path; where some of its hunks are settled, for the rest of them."""
    if side not in SIDES:
        refuse("answer", f"{path} takes {' or '.join(SIDES)}, not {side!r:.40}")
    if not any(name == path and hunk for name, hunk in before):
        return (e.SettledPlace(path, take=side, by=by),)
    rest = [number for number in range(1, len(hunks) + 1) if (path, number) not in before]
    return [e.SettledPlace(path, hunk=number, take=side, by=by) for number in rest]


def _of_hunk(path: str, number: Any, how: Any, hunks: Sequence[str], by: str) -> e.SettledPlace:
    digits = str(number)
    known_number = len(digits) <= _DIGITS and digits.isdecimal() and 1 <= int(digits) <= len(hunks)
    if not known_number:
        known = f"there are 1 to {len(hunks)}" if hunks else "it is settled as a whole"
        refuse("answer", f"{path} has no hunk {number!r:.20}; {known}")
    at = int(number)
    if not hunks[at - 1]:
        refuse(
            "answer",
            f"hunk {at} of {path} cannot be settled alone; take a side of the file, or give its text",
        )
    text = how.get("text") if isinstance(how, dict) and len(how) == 1 else None
    if isinstance(text, str):
        return e.SettledPlace(path, hunk=at, text=text, by=by)
    if how in SIDES:
        return e.SettledPlace(path, hunk=at, take=how, by=by)
    return refuse(
        "answer", f"""hunk {at} of {path} is {how!r:.40}; "ours", "theirs" or {{"text": "…"}} is wanted"""
    )


def _refuse_where_another_settled(place: e.SettledPlace, before: Iterable[e.SettledPlace]) -> None:
    for earlier in before:
        if _replaces(place, earlier) and earlier.by != place.by:
            name = f"{place.path}, hunk {earlier.hunk}," if earlier.hunk else place.path
            refuse("answer", f"{name} was already settled by {earlier.by or 'nobody'}")


def _replaces(place: e.SettledPlace, earlier: e.SettledPlace) -> bool:
    """Whether both are about the same place; the whole path is about each of its hunks."""
    return place.path == earlier.path and (place.hunk == earlier.hunk or _WHOLE in (place.hunk, earlier.hunk))


def _together(before: Iterable[e.SettledPlace], more: Sequence[e.SettledPlace]) -> tuple[e.SettledPlace, ...]:
    kept = [earlier for earlier in before if not any(_replaces(place, earlier) for place in more)]
    return (*kept, *more)


def settled(opened: e.AskOpened) -> tuple[e.SettledPlace, ...]:
    """What answers to an ask have settled so far."""
    return tuple(opened.detail.get("settled", ()))


def after(opened: e.AskOpened, more: Sequence[e.SettledPlace]) -> e.AskOpened:
    """The ask with more settled; `left` says in words what is not yet."""
    together = _together(settled(opened), more)
    hunks, places = _hunks(opened), {(s.path, s.hunk): s for s in together}
    left = [_left(path, hunks, places) for path in hunks if not _is_settled(path, hunks, places)]
    return replace(opened, detail={**opened.detail, "settled": together, "left": left})


def _is_settled(
    path: str, hunks: Mapping[str, Sequence[str]], places: Mapping[tuple[str, int], e.SettledPlace]
) -> bool:
    numbers = range(1, len(hunks[path]) + 1)
    return (path, _WHOLE) in places or (bool(numbers) and all((path, n) in places for n in numbers))


def _left(
    path: str, hunks: Mapping[str, Sequence[str]], places: Mapping[tuple[str, int], e.SettledPlace]
) -> str:
    numbers = [str(n) for n in range(1, len(hunks[path]) + 1) if (path, n) not in places]
    if len(numbers) == len(hunks[path]):
        return path
    return f"{path}, hunk{'' if len(numbers) == 1 else 's'} {' '.join(numbers)}"


def _hunks(opened: e.AskOpened) -> dict[str, list[str]]:
    """The ids of the hunks of each path in dispute, in the order in which they are numbered from 1."""
    hunks: dict[str, list[str]] = {}
    for conflict in opened.detail.get("conflicts", ()):
        ids = hunks.setdefault(str(conflict.get("path", "")), [])
        ids += [str(hunk.get("id", "")) for hunk in conflict.get("hunks", ())]
    return hunks


def resolution(st: StepState, opened: e.AskOpened) -> dict[str, Any]:
    """What the next attempt of the step starts from: all that was settled of this ask, and of those before it.

    What was settled of a landing counts for that state of the target (`onto`) and no other; `steps` is what was settled between
    steps alone.
    """
    earlier: Mapping[str, Any] = st.notes.get("resolution", {})
    onto = str(opened.detail.get("onto", ""))
    between = earlier.get("steps") or (_choices(earlier) if not earlier.get("onto") else {})
    choices = _choices(earlier) if earlier.get("onto", "") == onto else {} if onto else dict(between)
    ids = _hunks(opened)
    for place in settled(opened):
        if place.hunk == _WHOLE:
            choices[place.path] = _of_whole(opened, place, choices.get(place.path))
        else:
            pick = place.take or {"text": place.text}
            choices[place.path] = _with(
                choices.get(place.path), hunks={ids[place.path][place.hunk - 1]: pick}
            )
    names = dict.fromkeys(place.by for place in settled(opened))
    by = ", ".join(name for name in names if name)
    note = {"how": "resolved", "by": by, "value": choices, "onto": onto}
    return {**note, "steps": between} if onto and between else note


def _of_whole(opened: e.AskOpened, place: e.SettledPlace, known: Any) -> Any:
    """What is settled of a whole path counts for what was shown of it: a side for each hunk where that says all, else for each
    conflict. Only what was asked before conflicts had an id counts for the path, whatever it disputes."""
    how = {"take": place.take} if place.take else place.text
    for conflict in opened.detail.get("conflicts", ()):
        if conflict.get("path", "") != place.path:
            continue
        if not conflict.get("id"):
            return how
        hunks = [str(hunk.get("id", "")) for hunk in conflict.get("hunks", ())]
        all_shown = conflict.get("kind") == "content" and all(hunks) and not conflict.get("more_hunks")
        if place.take and hunks and all_shown:
            known = _with(known, hunks=dict.fromkeys(hunks, place.take))
        else:
            known = _with(known, shown={conflict["id"]: how})
    return known


def _with(known: Any, **more: dict[str, Any]) -> dict[str, Any]:
    """What is settled of a path, with more of it by id."""
    before = known if isinstance(known, dict) and known.keys() & {"hunks", "shown"} else {}
    return {**before, **{name: {**before.get(name, {}), **ids} for name, ids in more.items()}}


def _choices(earlier: Mapping[str, Any]) -> dict[str, Any]:
    value = earlier.get("value")
    return dict(value) if isinstance(value, dict) else {}


def _example(paths: list[str]) -> str:
    name = paths[0] if paths else "PATH"
    return f"""--value '{{"{name}": "…"}}'"""


def _settled(state: State, event: e.ConflictSettled, at: float) -> None:
    opened = state.asks.get(event.ask)
    if opened is not None:
        state.asks[event.ask] = after(opened, event.settled)
    state.recoveries = 0


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {e.ConflictSettled: _settled}

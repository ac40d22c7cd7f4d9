"""What happened in a run, for somebody who meets it for the first time: by phase, over time, what came back, what was joined.

Everything here is read off the state and the records; nothing is known beforehand of any workflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ropewalk.app import (
    Bar,
    State,
    StepState,
    artifacts_of,
    bars_of,
    counted,
    duration,
    errors_of,
    listed_steps,
    run_seconds,
    short_value,
)
from ropewalk.app import events as e
from ropewalk.cli.bars import COLOUR, FILL, bar
from ropewalk.cli.screen import Screen, cut, one_line, wide

TimedEvents = Sequence[tuple[float, e.Event]]
"""Events with their times, in order."""

LONGEST_NAME = 20
MOST_LINES = 4
PIPED_WIDTH = 100
LEGEND = {
    "attempt": "at work",
    "failed": "failed",
    "lost": "lost",
    "waiting": "waiting",
    "retry": "before another try",
}


def recap(screen: Screen, state: State, events: TimedEvents) -> None:
    """Print all of it."""
    bars = bars_of(events)
    rehearsed = screen.paint("magenta", "  (rehearsed)") if state.options.rehearse is not None else ""
    screen.line()
    screen.line(f"{screen.paint('bold', 'What happened')}{rehearsed}")
    _phases(screen, state, events, bars)
    _sent_back(screen, events)
    _concerns(screen, events)
    _joined(screen, state, bars)
    for error in errors_of(state):
        screen.line()
        _say(
            screen, "Failed", f"{error['step'] or 'the run'}: {one_line(error['message'])} ({error['class']})"
        )
    _left(screen, state)


def _phases(screen: Screen, state: State, events: TimedEvents, bars: list[Bar]) -> None:
    """A line a step under its phase: when it was worked on, and what came of it."""
    begin = min((entry.since for entry in bars), default=0.0)
    end = max((entry.until or entry.since for entry in bars), default=0.0)
    steps = [st for st in listed_steps(state) if not st.parent]
    name = min(max((wide(st.key) for st in steps), default=0), LONGEST_NAME)
    width = _width(screen)
    room = max(14, min(36, width // 5))
    titles = {phase.id: phase.title or phase.id for phase in state.workflow.phases}
    shown_phase = ""
    for st in steps:
        step = state.step(st.key)
        phase = titles.get(step.phase, "At the end" if step.final else "Without a phase" if titles else "")
        if phase != shown_phase:
            shown_phase = phase
            screen.line(f"  {screen.paint('cyan', phase)}")
        mine = [entry for entry in bars if entry.step in {st.key, *st.items}]
        drawn = bar(screen, mine, begin, end, room)
        label = cut(st.key, name)
        first, *rest = wrap("; ".join(_came_of(state, st, events)), width - name - room - 8) or [""]
        screen.line(f"    {label}{' ' * (name - wide(label))}  {drawn}  {first}".rstrip())
        for text in rest:
            screen.line(f"{' ' * (name + room + 8)}{text}")
    kinds = [kind for kind in LEGEND if any(entry.kind == kind for entry in bars)]
    legend = "  ".join(f"{screen.paint(COLOUR[kind], FILL[kind])} {LEGEND[kind]}" for kind in kinds)
    took = duration(run_seconds(state, end))
    screen.line(f"    {' ' * name}  0 s{took:>{room - 3}}  {legend}")


def _came_of(state: State, st: StepState, events: TimedEvents) -> Iterator[str]:
    if st.status == "skipped":
        yield f"skipped: {one_line(st.detail or st.cause)}"
    if st.failure is not None and st.status in {"failed", "aborted"}:
        yield short_value(st.failure.message, 80)
    if st.items:
        yield f"{len(st.items)} at once: {', '.join(key[len(st.key) + 1 : -1] for key in st.items)}"
    if st.route:
        yield f"decided: {st.route}"
    verdicts: dict[str, list[str]] = {}
    for _, event in events:
        if isinstance(event, e.GateJudged) and event.step == st.key:
            verdicts.setdefault(event.verdict.gate, []).append(event.verdict.verdict)
        elif isinstance(event, e.AskAnswered) and event.step == st.key:
            yield f"{_ANSWERED.get(event.verdict, event.verdict)} by {event.by or 'nobody'}"
    yield from (f"{gate} {', then '.join(results)}" for gate, results in verdicts.items())
    yield from _made(st)


def _made(st: StepState) -> Iterator[str]:
    """The first file of each kind by name."""
    if st.result is None or st.items:
        return
    for word, change in (("made", "created"), ("changed", "updated")):
        paths = [artifact.path for artifact in st.result.artifacts if artifact.change == change]
        if paths:
            yield f"{word} {paths[0]}" + (f" (+{len(paths) - 1})" if paths[1:] else "")


_ANSWERED = {"approve": "approved", "reject": "rejected", "amend": "amended"}


def _sent_back(screen: Screen, events: TimedEvents) -> None:
    """Each time that work came back: from where to where, and what was found."""
    for _, event in events:
        if not isinstance(event, e.RoundOpened):
            continue
        screen.line()
        _say(screen, "Sent back", f"{event.step} to {event.to}, because {one_line(event.reason)}")
        for finding in _telling(event.findings):
            screen.line(f"    {cut(one_line(finding), _width(screen) - 4)}")
        ended = _ended(events, event)
        if ended:
            screen.line(f"  {event.to} did it again with this in hand; {ended}.")


def _concerns(screen: Screen, events: TimedEvents) -> None:
    """What passed although somebody had something to say."""
    for _, event in events:
        if isinstance(event, e.GateJudged) and event.verdict.verdict in {"CONCERNS", "WAIVED"}:
            screen.line()
            concern = one_line("; ".join(event.verdict.findings) or event.verdict.reason)
            _say(screen, event.verdict.verdict.capitalize(), f"{event.step}, {event.verdict.gate}: {concern}")


def _telling(findings: Sequence[str]) -> list[str]:
    """The findings that say most, where a program printed many lines."""
    if len(findings) <= MOST_LINES:
        return list(findings)
    loud = [
        finding
        for finding in findings
        if finding.startswith(("FAIL:", "ERROR", "FAILED", "AssertionError")) or "Error:" in finding
    ]
    return (loud or list(findings))[:MOST_LINES]


def _ended(events: TimedEvents, opened: e.RoundOpened) -> str:
    """What the gates of the step said in the next round."""
    seen = False
    verdicts: list[str] = []
    for _, event in events:
        seen = seen or event is opened
        if seen and isinstance(event, e.GateJudged) and event.step == opened.step:
            verdicts.append(f"{event.verdict.gate}: {event.verdict.verdict} in round {event.round}")
    return verdicts[0] if verdicts else ""


def _joined(screen: Screen, state: State, bars: list[Bar]) -> None:
    """Files that several steps wrote at the same time, each in a folder of its own."""
    for paths, steps in _shared(state, bars).items():
        screen.line()
        named = ", ".join(steps[:-1]) + f" and {steps[-1]}"
        sentence = f"{named} wrote to {' and '.join(paths)} at the same time, each in a worktree of its own"
        _say(screen, "Merged", f"{sentence}; every part is in the result.")


def _shared(state: State, bars: list[Bar]) -> dict[tuple[str, ...], tuple[str, ...]]:
    spans = {
        entry.step: (entry.since, entry.until or entry.since) for entry in bars if entry.kind == "attempt"
    }
    writers: dict[str, list[str]] = {}
    for st in listed_steps(state):
        for artifact in st.result.artifacts if st.result is not None and not st.items else ():
            if st.key in spans:
                writers.setdefault(artifact.path, []).append(st.key)
    shared: dict[tuple[str, ...], list[str]] = {}
    for path, steps in writers.items():
        overlapping = tuple(
            entry for entry in steps if any(_overlap(spans[entry], spans[b]) for b in steps if b != entry)
        )
        if len(overlapping) > 1:
            shared.setdefault(overlapping, []).append(path)
    return {tuple(paths): steps for steps, paths in shared.items()}


def _overlap(span: tuple[float, float], other: tuple[float, float]) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _left(screen: Screen, state: State) -> None:
    """What is there now, and where."""
    screen.line()
    made = counted(len(artifacts_of(state)), "file")
    if state.branch:
        target = str(state.base.get("target") or "the target").removeprefix("refs/heads/")
        kept = "your folder is" if state.base.get("private") else f"{target} and your checkout are"
        made += f" on branch {state.branch}; {kept} as before"
    _say(screen, "Made", f"{made}.")
    for warning in state.base.get("warnings", ()):
        _say(screen, "Note", f"{one_line(warning)}.")
    screen.line()


def _say(screen: Screen, word: str, text: str) -> None:
    """A sentence behind a word, as many lines as it takes."""
    first, *rest = wrap(f"{word}: {text}", _width(screen), subsequent_indent="  ", break_on_hyphens=False)
    screen.line(screen.paint("bold", word) + first[len(word) :])
    for line in rest:
        screen.line(line)


def _width(screen: Screen) -> int:
    return max(screen.width, 60) if screen.terminal else PIPED_WIDTH

"""Python functions as steps: what they are given by name, where they run, what becomes of what they give or raise."""

from __future__ import annotations

import asyncio
import functools
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ropewalk.core.work import Brief, Failure, Outcome
from ropewalk.definition.workflow import Foreach, Input, Step, Workflow
from ropewalk.steps.function import FunctionKind, function_fault
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def call(function, desk: ListeningDesk, args: dict | None = None, **fields) -> Any:
    given = brief("function", args={"name": "f", **(args or {})}, **fields)
    return await FunctionKind().perform(given, desk, Tools(agents={}, functions={"f": function}))


async def test_parameters_are_filled_by_their_names(desk):
    def f(
        inputs,
        outputs,
        facts,
        run,
        item,
        brief: Brief,
        folder,
        word,
        color,
        plan,
        one,
        extra="default",
        *more,
        **rest,
    ):
        return {
            "all": [
                inputs,
                outputs,
                facts,
                run["id"],
                item,
                brief.step,
                folder,
                word,
                color,
                plan,
                one,
                extra,
            ]
        }

    outcome = await call(
        f,
        desk,
        {"with": {"one": "{{ inputs.color }}!"}},
        inputs={"color": "red"},
        outputs={"plan": {"a": 1}},
        known={"k": 1},
        item="w",
        item_name="word",
    )
    assert outcome.failure.kind == "permanent"
    assert "Path" in outcome.failure.message  # a folder is no JSON, and that is said

    def g(word, color, plan, one, extra="default"):
        return [word, color, plan, one, extra]

    outcome = await call(
        g,
        desk,
        {"with": {"one": "{{ inputs.color }}!"}},
        inputs={"color": "red"},
        outputs={"plan": {"result": [1, 2]}},
        item="w",
        item_name="word",
    )
    assert outcome.outputs == {"result": ["w", "red", [1, 2], "red!", "default"]}


async def test_a_parameter_that_nothing_is_known_for_is_a_clear_failure(desk):
    outcome = await call(lambda nothing: nothing, desk, inputs={"something": 1})
    assert outcome.failure.kind == "permanent"
    assert "parameter(s) nothing" in outcome.failure.message
    assert "something" in outcome.failure.message


async def test_what_a_function_gives_becomes_outputs(desk):
    class Point(msgspec.Struct):
        x: int

    assert (await call(lambda: None, desk)).outputs == {}
    assert (await call(lambda: {"a": (1, 2)}, desk)).outputs == {"a": [1, 2]}
    assert (await call(lambda: Point(3), desk)).outputs == {"x": 3}
    own = Outcome(failure=Failure(kind="quota", message="later", retry_at=9.0))
    assert await call(lambda: own, desk) is own


async def test_a_plain_function_runs_in_a_thread_of_its_own_and_an_inline_one_on_the_loop(desk):
    assert (await call(lambda: threading.get_ident(), desk)).outputs["result"] != threading.get_ident()
    assert (await call(lambda: threading.get_ident(), desk, {"inline": True})).outputs[
        "result"
    ] == threading.get_ident()

    def marked():
        return threading.get_ident()

    marked.inline = True  # type: ignore[attr-defined]
    assert (await call(marked, desk)).outputs["result"] == threading.get_ident()


async def test_many_plain_functions_at_once_do_not_wait_for_each_other(desk):
    together = threading.Barrier(20)
    outcomes = await asyncio.gather(*(call(lambda: together.wait(20) >= 0, desk) for _ in range(20)))
    assert all(outcome.outputs == {"result": True} for outcome in outcomes)


async def test_an_async_function_is_awaited_and_can_be_cancelled(desk):
    begun = asyncio.Event()

    async def forever():
        begun.set()
        await asyncio.Event().wait()

    async def add(a, b):
        return a + b

    assert (await call(add, desk, {"with": {"a": 1, "b": 2}})).outputs == {"result": 3}
    work = asyncio.create_task(call(forever, desk))
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_a_thread_that_ends_after_its_step_was_cancelled_changes_nothing(desk):
    begun, go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow():
        begun.set()
        go.wait(20)
        ended.set()

    work = asyncio.create_task(call(slow, desk))
    await asyncio.to_thread(begun.wait, 20)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    go.set()
    assert await asyncio.to_thread(ended.wait, 20)
    await asyncio.sleep(0)


def test_a_thread_that_outlives_its_loop_harms_nobody(desk):
    begun, go = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def slow():
        threads.append(threading.current_thread())
        begun.set()
        go.wait(20)

    async def give_up():
        work = asyncio.create_task(call(slow, desk))
        await asyncio.to_thread(begun.wait, 20)
        work.cancel()

    asyncio.run(give_up())
    go.set()
    threads[0].join(20)
    assert not threads[0].is_alive()


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (ValueError("bad"), "permanent"),
        (ConnectionResetError("gone"), "transient"),
        (TimeoutError("late"), "transient"),
        (SystemExit(3), "permanent"),
    ],
)
async def test_what_a_function_raises_is_a_classed_failure(desk, raised, kind):
    def f():
        raise raised

    failure = (await call(f, desk)).failure
    assert failure.kind == kind
    assert str(raised) in failure.message


@pytest.mark.parametrize("how", ["async", "inline", "module"])
async def test_a_function_that_would_end_the_program_ends_its_attempt(desk, tmp_path, monkeypatch, how):
    async def leaves():
        raise SystemExit(3)

    def leaves_inline():
        raise SystemExit(3)

    (tmp_path / "leaving_module.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    if how == "module":
        args = {"name": "leaving_module:f"}
        failure = (await FunctionKind().perform(brief(args=args), desk, Tools(agents={}))).failure
    else:
        failure = (
            await call(leaves if how == "async" else leaves_inline, desk, {"inline": how == "inline"})
        ).failure
    assert failure is not None
    assert failure.kind == "permanent"
    assert "SystemExit: 3" in failure.message


async def test_what_no_future_takes_and_what_cannot_be_told_are_failures_too(desk):
    class Mute(Exception):
        def __str__(self):
            raise ValueError("no")

    def ends():
        raise StopIteration

    def mute():
        raise Mute

    assert "raised RuntimeError: StopIteration()" in (await call(ends, desk)).failure.message
    assert (await call(mute, desk)).failure.message.endswith("raised Mute, which says nothing of itself")


async def test_a_function_is_found_by_module_and_name(desk):
    async def by_name(name: str) -> Any:
        return await FunctionKind().perform(
            brief("function", args={"name": name, "with": {"s": "[1]"}}), desk, Tools(agents={})
        )

    assert (await by_name("json:loads")).outputs == {"result": [1]}
    assert "module:function" in (await by_name("loads")).failure.message
    assert "no_such" in (await by_name("no_such_module:f")).failure.message
    assert "no_such" in (await by_name("json:no_such")).failure.message
    assert "not a function" in (await by_name("json:__name__")).failure.message


async def test_a_partial_is_a_function_too(desk):
    assert (await call(functools.partial(divmod, 7), desk, {"with": {"y": 2}})).failure is not None
    assert (await call(functools.partial(lambda a, b: a + b, 1), desk, {"with": {"b": 2}})).outputs == {
        "result": 3
    }


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("json:loads", {"with": {"s": "1"}}, ""),
        ("json:dumps", {}, "nothing is known for its parameter(s) obj"),
        ("no_such_module:f", {}, "No module named"),
        ("json:nothing", {}, "has no attribute 'nothing'"),
        ("json:__name__", {}, "is not a function but str"),
        ("f", {}, "is not registered; write it as `module:function`"),
        ("__main__:f", {}, "put the function into a module of its own"),
    ],
)
def test_what_keeps_a_function_from_being_called_is_known_before_the_run(name: str, keys: dict, said: str):
    step = Step("a", "function", args={"name": name, **keys})
    fault = function_fault(step, Workflow("w", (step,)), Tools(agents={}))
    assert (said in fault) if said else not fault


@pytest.mark.parametrize("end", ["import sys; sys.exit(3)", "raise KeyboardInterrupt"])
def test_a_module_that_ends_the_program_is_a_fault_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
):
    (tmp_path / "ends_it.py").write_text(f"{end}\n")
    monkeypatch.syspath_prepend(tmp_path)
    step = Step("a", "function", args={"name": "ends_it:f"})
    fault = function_fault(step, Workflow("w", (step,)), Tools(agents={}))
    assert fault.startswith("the function `ends_it:f`: its module raised ")


def test_inputs_items_and_outputs_of_other_steps_fill_parameters_and_secrets_do_not():
    def takes(city: str, thing: str, fetch: str, key: str, *more: str, last: int = 1) -> None: ...

    steps = (
        Step("fetch", "noop"),
        Step("a", "function", args={"name": "f"}, foreach=Foreach("[1]", name="thing")),
    )
    workflow = Workflow("w", steps, inputs={"city": Input(), "key": Input(secret=True)})
    fault = function_fault(steps[1], workflow, Tools(agents={}, functions={"f": takes}))
    assert fault == "the function `f`: nothing is known for its parameter(s) key"


async def test_what_a_function_does_with_the_outputs_stays_its_own(desk):
    outputs = {"plan": {"a": 1}}
    assert (await call(lambda outputs: outputs.clear(), desk, outputs=outputs)).failure is None
    assert outputs == {"plan": {"a": 1}}

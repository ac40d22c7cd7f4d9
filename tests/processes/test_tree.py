"""What children started is ended root by root, what cannot be ended is named, and no child left is the proof."""

from __future__ import annotations

import subprocess
import sys

import pytest

PRELUDE = """
import os, select, signal, subprocess, sys
from ropewalk.processes import kernel, signals
from ropewalk.processes.tree import ProcessTree
whole = kernel.become_subreaper()
wake = signals.wake_by_children()
tree, started = ProcessTree(whole, wake), []
def start(text, **more):
    child = subprocess.Popen(["sh", "-c", text], stdout=subprocess.PIPE, start_new_session=True, **more)
    child.stdout.read(1)
    started.append(child)
    tree.add(child.pid)
    return child.pid
"""
"""A tree takes every child of its process: each is tried in a process of its own."""


def tried(text: str) -> list[str]:
    ran = subprocess.run([sys.executable, "-c", PRELUDE + text], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_a_process_without_children_has_nothing_left():
    assert tried("print(tree.reap(), tree.end(1.0))") == ["True", "[]"]


@pytest.mark.parametrize(("script", "code"), [("echo; exit 3", 3), ("echo; kill -9 $$", -9)])
def test_what_was_reaped_has_its_code_until_somebody_takes_it(script: str, code: int):
    text = f"pid = start({script!r})\nwhile not tree.reap(): select.select([wake], [], [])\nprint(tree.ended[pid])"
    assert tried(text) == [str(code)]


def test_who_ends_by_itself_when_asked_is_not_killed():
    text = (
        "pid = start('trap \"exit 5\" TERM; echo; while :; do :; done')\ntree.ask(20)\nprint(tree.ended[pid])"
    )
    assert tried(text) == ["5"]


def test_who_does_not_listen_is_killed_with_all_that_it_started_and_its_orphans():
    text = (
        "pid = start(\"trap '' TERM; (setsid sh -c 'trap : TERM; while :; do :; done' &) ; echo; while :; do :; done\")\n"
        "tree.ask(0.05)\nprint(pid in tree.ended, tree.end(20), tree.ended[pid], kernel.children())"
    )
    assert tried(text) == ["False", "[]", "-9", "[]"]


def test_who_is_spared_lives_and_is_nothing_that_could_not_be_ended():
    text = (
        "kept = start('echo; while :; do :; done')\nother = start('echo; while :; do :; done')\n"
        "print(tree.end(20, [kept]), other in tree.ended, kept in tree.ended)\nprint(tree.end(20), tree.ended[kept])"
    )
    assert tried(text) == ["[]", "True", "False", "[]", "-9"]


def test_what_cannot_be_ended_in_time_is_named():
    text = "pid = start('echo; while :; do :; done')\ntree.signal = lambda *a: None\nprint(tree.end(0.0) == [pid])"
    assert tried(text + "\ndel tree.signal\nprint(tree.end(20))") == ["True", "[]"]


def test_without_a_subreaper_the_groups_of_the_children_are_ended():
    text = (
        "tree = ProcessTree(False, wake)\npid = start('(while :; do :; done) & echo; wait')\n"
        "print(tree.reap(), tree.end(20), tree.ended[pid])"
    )
    assert tried(text) == ["False", "[]", "-9"]


def test_a_leader_that_was_forgotten_is_not_signalled_by_its_number_any_more():
    text = (
        "tree = ProcessTree(False, wake)\npid = start('echo; while :; do :; done')\ntree.forget(pid)\n"
        "tree.signal(signals.KILL)\nprint(os.waitpid(pid, os.WNOHANG) == (0, 0))\nos.kill(pid, 9)\nos.waitpid(pid, 0)"
    )
    assert tried(text) == ["True"]

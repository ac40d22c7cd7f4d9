"""JSON, YAML and TOML joined by what they mean, written back as close to how they were written as can be.

What is written is read again and must mean what was joined; else the policy says that it does not fit.
"""

from __future__ import annotations

from typing import Any

from ropewalk.nesting import RECORD_DEPTH, holds_deep
from ropewalk.workspace.policies.forms import Form
from ropewalk.workspace.policies.structure import MISSING, Disputed, key_order, merge_values, same
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Picks, Unfit, Verdict, settled

_BIGGEST = 4 << 20


def merge(
    form: Form,
    base: bytes | None,
    ours: bytes,
    theirs: bytes,
    picks: Picks | None = None,
    prefer: str = "",
) -> Verdict:
    """Join three documents of one form. `prefer` (`ours` or `theirs`) has its way where the sides disagree."""
    if prefer == "theirs":
        ours, theirs = theirs, ours
    whole = settled(base, ours, theirs)
    if whole is not None:
        return MergedContent(whole)
    loaded: list[Any] = []
    for side, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        try:
            loaded.append(MISSING if content is None else _load(form, content))
        except ValueError as error:
            return Unfit(f"{side} is not {form.name} that can be joined: {error}")
    before, mine, other = (plain(tree) if tree is not MISSING else MISSING for tree in loaded)
    disputed = Disputed(picks)
    value = merge_values(before, mine, other, "", disputed)
    if disputed.hunks and not prefer:
        return Clash(tuple(disputed.hunks))
    return _written(form, loaded[1], value, loaded[2], ours.decode())


def _written(form: Form, tree: Any, value: Any, other: Any, model: str) -> Verdict:
    try:
        text = form.dump(fitted(tree, value, other), model)
        again = plain(form.load(text))
    except Exception as error:  # noqa: BLE001 - a writer that stumbles leaves the file in dispute, not the run in ruins
        return Unfit(f"the joined {form.name} cannot be written back: {error}")
    if not same(again, value):
        return Unfit(f"the joined {form.name} cannot be written back with the same meaning")
    return MergedContent(text.encode(), value)


def meaning(form: Form, content: bytes) -> Any:
    """What a document means, MISSING when it cannot be read."""
    try:
        return plain(_load(form, content))
    except ValueError:
        return MISSING


def _load(form: Form, content: bytes) -> Any:
    if len(content) > _BIGGEST:
        raise ValueError(f"it is over {_BIGGEST} bytes")
    try:
        tree = form.load(content.decode())
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if holds_deep(tree, RECORD_DEPTH):
        raise ValueError("it is nested too deeply")
    return tree


def plain(node: Any) -> Any:
    """A tree as ordinary Python values, whatever the reader wrapped them in."""
    if isinstance(node, dict):
        return {plain(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    unwrap = getattr(node, "unwrap", None)
    return unwrap() if unwrap else node


def fitted(tree: Any, value: Any, other: Any) -> Any:
    """`tree` changed so that it means `value`, with nodes of `other` (and their comments) where they already do."""
    if same(plain(tree), value):
        return tree
    if same(plain(other), value):
        return other
    if isinstance(tree, dict) and isinstance(value, dict):
        return _fitted_mapping(tree, value, other if isinstance(other, dict) else {})
    if isinstance(tree, list) and isinstance(value, list):
        return _fitted_list(tree, value, other if isinstance(other, list) else [])
    return value


def _fitted_mapping(tree: Any, value: dict[Any, Any], other: Any) -> Any:
    for key in [key for key in tree if plain(key) not in value]:
        del tree[key]
    for key in list(tree):
        fit = fitted(tree[key], value[key], other.get(key, MISSING))
        if fit is not tree[key]:
            tree[key] = fit
    for spot, key in enumerate(key_order(list(tree), [key for key in other if plain(key) in value])):
        if key not in tree:
            _insert(tree, spot, key, other)
    for key in value:
        if key not in tree:
            tree[key] = value[key]
    return tree


def _insert(tree: Any, spot: int, key: Any, other: Any) -> None:
    if hasattr(tree, "ca"):
        tree.insert(spot, key, other[key])
        if key in other.ca.items:
            tree.ca.items[key] = other.ca.items[key]
    elif hasattr(tree, "append"):
        tree.append(key, other[key])
    else:
        rest = list(tree.items())[spot:]
        for late, _ in rest:
            del tree[late]
        tree[key] = other[key]
        tree.update(rest)


def _fitted_list(tree: Any, value: list[Any], other: Any) -> Any:
    if len(tree) == len(value):
        for spot, inner in enumerate(value):
            fit = fitted(tree[spot], inner, other[spot] if spot < len(other) else MISSING)
            if fit is not tree[spot]:
                tree[spot] = fit
        return tree
    known = [*tree, *other]
    kept = len(tree)
    for spot, inner in enumerate(value):
        if spot >= kept or not same(plain(tree[spot]), inner):
            fresh = next((node for node in known if same(plain(node), inner)), inner)
            if spot < len(tree):
                tree[spot] = fresh
            else:
                tree.append(fresh)
    del tree[len(value) :]
    return tree

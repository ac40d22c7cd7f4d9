from typing import Any

import pytest

from ropewalk.agents.acp.permissions import Permissions, within
from ropewalk.agents.acp.settings import PermissionRule
from ropewalk.testing.desk import ListeningDesk

OPTIONS = [
    {"optionId": "a", "kind": "allow_always"},
    {"optionId": "b", "kind": "allow_once"},
    {"optionId": "c", "kind": "reject_once"},
]


def wanted(path: str = "", **call: Any) -> dict[str, Any]:
    places = [{"path": path}] if path else []
    return {
        "options": OPTIONS,
        "toolCall": {"title": "Write it", "kind": "edit", "locations": places, **call},
    }


def chosen(result: dict[str, Any]) -> str:
    return str(result["outcome"].get("optionId", result["outcome"]["outcome"]))


@pytest.fixture
def desk(tmp_path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_the_option_is_chosen_by_its_kind_and_once_rather_than_always(desk):
    assert chosen(await Permissions(desk, "allow").answer(wanted("a.md"))) == "b"
    denied = Permissions(desk, "deny")
    assert chosen(await denied.answer(wanted("a.md"))) == "c"
    assert denied.denied == ["Write it"]
    assert desk.heard() == "[denied] Write it\n"


async def test_only_what_is_offered_can_be_chosen(desk):
    always = {**wanted(), "options": [{"optionId": "x", "kind": "allow_always"}]}
    assert chosen(await Permissions(desk, "allow").answer(always)) == "x"
    assert chosen(await Permissions(desk, "deny").answer(always)) == "cancelled"


@pytest.mark.parametrize("path", ["/etc/passwd", "../out.md", "link/out.md", "a\0b"])
async def test_a_path_that_leads_out_is_denied_links_followed(desk, tmp_path, path):
    (desk.folder / "link").symlink_to(tmp_path)
    assert chosen(await Permissions(desk, "allow").answer(wanted(path))) == "c"
    diff = wanted(content=[{"type": "diff", "path": path}])
    assert chosen(await Permissions(desk, "ask").answer(diff)) == "c"
    assert desk.asked == []


async def test_the_first_rule_that_fits_answers(desk):
    rules = (
        PermissionRule("deny", kind="edit", paths=("secret/*",)),
        PermissionRule("allow", kind="edit", paths=("docs/*", "*.md")),
        PermissionRule("deny", title="*rm -rf*"),
        PermissionRule("allow", kind="read", outside=True),
        PermissionRule("allow", kind="fetch"),
        PermissionRule("deny", kind="move", outside=False),
    )
    permissions = Permissions(desk, "ask", rules)
    assert permissions.decide("Write", "edit", ("secret/key",)) == "deny"
    assert permissions.decide("Write", "edit", (str(desk.folder / "docs/a"),)) == "allow"
    assert permissions.decide("Write", "edit", ("docs/a", "src/b")) == "ask"
    assert permissions.decide("Write", "edit", ()) == "ask"
    assert permissions.decide("sh -c 'rm -rf /'", "execute", ()) == "deny"
    assert permissions.decide("Read", "read", ("/usr/include/stdio.h",)) == "allow"
    assert permissions.decide("Fetch", "fetch", ("/etc/passwd",)) == "deny"
    assert permissions.decide("Move", "move", ("/etc/passwd",)) == "deny"


async def test_a_person_is_asked_with_what_is_known_of_the_tool_and_without_secrets(tmp_path):
    desk = ListeningDesk(tmp_path / "desk", answers=["approve", "reject"])
    permissions = Permissions(desk, "ask", redact=lambda value: value)
    told = {"sessionUpdate": "tool_call", "toolCallId": "t1", "title": "Write a.md", "kind": "edit"}
    permissions.remember({**told, "locations": [{"path": "a.md"}], "rawInput": {"content": "hello"}})
    permissions.remember({"sessionUpdate": "plan"})
    request = {"options": OPTIONS, "toolCall": {"toolCallId": "t1", "title": ""}}
    assert chosen(await permissions.answer(request)) == "b"
    assert chosen(await permissions.answer(request)) == "c"
    asked = desk.asked[0]
    assert (asked.title, asked.kind, asked.paths, asked.choices) == (
        "Write a.md",
        "edit",
        ("a.md",),
        ("approve", "reject"),
    )
    assert "hello" in asked.detail["tool"]
    assert permissions.asking == 0


async def test_what_a_person_answers_is_bound_to_all_of_a_call_and_not_to_its_number(tmp_path):
    desk = ListeningDesk(tmp_path / "desk", answers=["approve"] * 4)
    permissions = Permissions(desk, "ask")
    call: dict[str, Any] = {
        "title": "Edit",
        "kind": "edit",
        "content": [{"type": "diff", "path": "a.md", "newText": "x"}],
    }
    other = {**call, "content": [{"type": "diff", "path": "a.md", "newText": "y"}]}
    long = {**call, "rawInput": {"text": "x" * 5_000}}
    for number, one in enumerate((call, call, other, long)):
        await permissions.answer({"options": OPTIONS, "toolCall": {"toolCallId": f"t{number}", **one}})
    first, same, *others = (asked.detail["call"] for asked in desk.asked)
    assert first == same
    assert len({first, *others}) == 3


def test_a_loop_of_links_is_inside_and_no_crash(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert within(tmp_path, "loop")
    assert not within(tmp_path, "../loop")
    assert not within(tmp_path, "a\0b")

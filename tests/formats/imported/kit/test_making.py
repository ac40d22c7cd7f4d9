"""What is known of a file while its items become steps: every id once, every fact with one type, every key with its account."""

import pytest

from ropewalk.definition.workflow import Fact
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, Keys, persona
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.reading import ReadOptions


def context(pack: Pack | None = None) -> ImportContext:
    return ImportContext(ReadOptions(), pack or Pack(), {})


def item(line: int) -> Item:
    return Item("1", ("sequence", 0), line, "task", "", {})


def test_a_key_that_is_taken_has_its_account_and_the_rest_is_kept_as_it_was():
    keys = Keys({"action": " go \n", "notes": None, "list": ["a", True], "5": {"x": 1}, "odd": False})
    assert (keys.take("notes", "notes"), keys.take("missing", "prompt")) == (None, None)
    assert (keys.text("action", "prompt"), keys.text("list", "notes")) == ("go", "a\ntrue")
    assert keys.used == {"notes": "notes", "action": "prompt", "list": "notes"}
    assert keys.rest() == {"5": {"x": 1}, "odd": False}


@pytest.mark.parametrize(
    ("words", "step_id"),
    [
        (("a b", "c"), "a-b-c"),
        (("pm", "", "x"), "pm-x"),
        (("x / y!",), "x-y"),
        (("_own",), "_own"),
        (("-", "--"), "step"),
        (("",), "step"),
        (("개발자",), "step"),
        (("../../etc",), "etc"),
        (("a\n\u202eb",), "a-b"),
        (("x" * 200,), "x" * 80),
        (("x" * 79 + "-y",), "x" * 79),
    ],
)
def test_an_id_is_made_of_what_its_words_may_hold(words, step_id):
    assert context().id(*words) == step_id


def test_no_id_is_used_twice_whatever_its_case_or_number():
    making = context()
    names = ["build", "Build", "build-2", "BUILD", "개발", "디자인", "step", "y" * 100, "y" * 99]
    ids = [making.id(name) for name in names]
    assert ids[:4] == ["build", "Build-2", "build-2-2", "BUILD-3"]
    assert ids[4:7] == ["step", "step-2", "step-3"]
    assert len({step_id.casefold() for step_id in ids}) == len(names)
    assert all(len(step_id) <= 100 for step_id in ids)


def test_the_same_words_give_the_same_ids_in_another_file():
    first, second = context(), context()
    assert [first.id("a"), first.id("a")] == [second.id("a"), second.id("a")] == ["a", "a-2"]


def test_a_role_keeps_the_spelling_that_came_first_and_every_script_has_an_id():
    making = context()
    roles = [
        making.role(name) for name in ("UX Expert", "ux-expert", "개발자", "디자인", "개발자", "UX Expert")
    ]
    assert roles == ["ux-expert", "ux-expert", "role-3", "role-4", "role-3", "ux-expert"]
    assert making.roles == {
        "ux-expert": ("UX Expert", ()),
        "role-3": ("개발자", ()),
        "role-4": ("디자인", ()),
    }


def test_a_warning_has_its_line_and_is_told_once():
    making = context()
    for line in (5, 5, 7, 0, 0):
        making.warn(item(line), "odd")
    assert making.warnings == ["line 5: odd", "line 7: odd", "odd"]


def test_reasons_are_kept_in_order_and_a_step_tells_a_fact_once():
    making = context()
    for reason in ("b", "a", "b"):
        making.why("s", reason)
        making.tell("s", f"fact_{reason}")
    assert making.inferred == {"s": ["b", "a", "b"]}
    assert making.tells == {"s": ["fact_b", "fact_a"]}


FLAG = Fact(question="Is it?")
CHOICE = Fact("string", "Which?", choices=("A", "other"))


@pytest.mark.parametrize(
    ("first", "second", "fact"),
    [
        (FLAG, CHOICE, CHOICE),
        (CHOICE, FLAG, CHOICE),
        (FLAG, Fact(question="Another?"), FLAG),
        (Fact("number"), CHOICE, Fact("number")),
        (CHOICE, Fact("string"), CHOICE),
        (CHOICE, Fact("string", choices=("B", "other")), Fact("string", "Which?", choices=("A", "B"))),
        (CHOICE, CHOICE, CHOICE),
        (CHOICE, Fact("string", choices=("B", "C", "A")), Fact("string", "Which?", choices=("A", "B", "C"))),
    ],
)
def test_a_fact_keeps_the_type_that_a_comparison_shows_and_gathers_its_choices(first, second, fact):
    making = context()
    making.declare({"f": first})
    making.declare({"f": second})
    assert making.facts == {"f": fact}


@pytest.mark.parametrize(
    ("name", "spelling", "title", "sentence"),
    [
        ("pm", "pm", "Product manager", "You work as a product manager in a team."),
        ("architect", "Architect", "Architect", "You work as an architect in a team."),
        ("data-owner_x", "Data-Owner_X", "Data Owner X", "You work as a data Owner X in a team."),
        ("role-1", "개발자", "개발자", "You work as a 개발자 in a team."),
    ],
)
def test_a_role_without_a_file_is_a_persona_from_its_name(name, spelling, title, sentence):
    role = persona(name, spelling, context())
    assert (role.title, role.persona) == (title, sentence)


def test_the_persona_of_the_pack_comes_before_the_one_from_the_name(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "pm.md").write_text(
        "```yaml\nagent: {id: pm, title: Manager}\npersona: {role: R}\n```\n"
    )
    making = context(Pack(tmp_path))
    assert persona("pm", "@PM", making).title == persona("pm", "Boss", making).title == "Manager"
    assert persona("qa", "qa", making).title == "Quality engineer"

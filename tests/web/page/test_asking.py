from markupsafe import Markup

from ropewalk.web.page.asking import answers, card, editor, listed, reject, shown, value_of
from ropewalk.web.page.markup import Piece, whole


def ask(**how):
    given = {
        "run": "r1", "ask": "a1", "step": "prd", "round": 1, "about": "approval", "prompt": "Is it **good**?", "choices": [],
        "titles": [], "verdicts": ["approve", "reject", "amend"], "form": {}, "digest": "d" * 64, "since": 0.0,
        "show": [{"path": "a.md", "digest": "x", "size": 3}], "expires_at": None, "default": "", "fact": "", "detail": {},
    }  # fmt: skip
    return {**given, **how}


def test_open_asks_are_lines_and_no_ask_is_said():
    made = listed([ask(), ask(ask="a2", expires_at=60.0, default="approve")], {"r1": "sdlc"}, "r1/a2", 10.0)
    assert [part.id for part in made if isinstance(part, Piece)] == ["ask-r1/a1", "ask-r1/a2"]
    second = whole(made[1:])
    assert 'data-until="60.0"' in second
    assert 'aria-pressed="true"' in second
    assert "Nobody waits for you" in whole(listed([], {}, "", 0.0))


def test_a_card_shows_the_question_what_there_is_to_see_and_the_verdicts_with_their_keys():
    made = str(card(ask(), "sdlc", 9.0, looks=Markup("<u>looks</u>"), mode="", rehearsed=True, many=2))
    for said in (
        "<strong>good</strong>",
        "<u>looks</u>",
        "rehearsed",
        'data-hot="a"',
        'data-hot="r"',
        'data-hot="e"',
        'data-hot="j"',
    ):
        assert said in made
    assert f'data-digest="{"d" * 64}"' in made
    alone = str(
        card(ask(expires_at=5.0), "sdlc", 9.0, looks=Markup(), mode="reject", rehearsed=False, many=1)
    )
    assert "Without an answer" in alone
    assert 'name="reason"' in alone
    assert 'data-hot="j"' not in alone


def test_a_question_with_choices_takes_one_of_them_and_not_a_plain_yes():
    made = answers(
        ask(about="question", choices=["s", "p"], show=[], verdicts=["s", "p", "approve", "reject", "amend"]),
        "",
    )
    assert 'value="s"' in made
    assert 'value="approve"' not in made
    assert "Amend" not in made
    titled = card(
        ask(about="question", choices=["s"], titles=["Some"], show=[]),
        "f",
        0,
        looks=Markup(),
        mode="",
        rehearsed=False,
        many=1,
    )
    assert "Some" in titled


def test_a_permission_says_what_the_agent_wants_and_allowing_is_the_main_way():
    one = ask(about="permission", show=[], choices=["allow_once"], verdicts=["allow_once", "reject"],
              detail={"command": "rm -rf build", "files": ["a", 1], "raw": {"k": 1}, "none": ""})  # fmt: skip
    made = str(card(one, "f", 0, looks=Markup(), mode="", rehearsed=False, many=1))
    assert "rm -rf build" in made
    assert "<dt>none</dt>" not in made
    assert "button main" in made
    assert "allow once" in made


def test_a_value_that_is_wanted_has_a_field_and_is_read_as_json_where_it_is():
    fact = ask(about="fact", fact="risky", show=[], verdicts=["approve", "reject", "amend"])
    assert "risky is" in answers(fact, "")
    assert value_of(fact, {"value": "true"}) is True
    assert value_of(fact, {"value": "perhaps"}) == "perhaps"
    assert value_of(fact, {"value": " "}) is None
    form = ask(
        form={
            "properties": {
                "n": {"type": "integer", "title": "How many"},
                "b": {"type": "boolean"},
                "e": {"enum": ["x", 2]},
            }
        }
    )
    made = answers(form, "")
    assert "How many" in made
    assert 'type="checkbox"' in made
    assert '<option value="2">' in made
    assert value_of(form, {"v:n": "3", "v:b": True, "v:e": '"x"'}) == {"n": 3, "b": True, "e": "x"}
    assert answers(form, "amend") == ""


def test_a_reason_is_kept_by_the_browser_until_it_is_sent():
    assert 'data-keep="reason:r1/a1"' in reject(ask())


def test_what_is_asked_about_is_read_compared_or_seen_as_written():
    change = "--- a/a.md\n+++ b/a.md\n@@ -0,0 +1 @@\n+# T"
    assert "<h1>T</h1>" in shown(ask(), "a.md", "rendered", b"# T", change)
    assert "+1 −0" in shown(ask(), "a.md", "rendered", b"# T", change)
    assert "l came" in shown(ask(), "a.md", "diff", b"# T", change)
    assert "# T" in shown(ask(), "a.md", "source", b"# T", "")
    assert "cannot be read" in shown(ask(), "a.md", "rendered", None, "")
    assert shown(ask(show=[]), "", "rendered", None, "") == ""
    two = ask(show=[{"path": "a.md"}, {"path": "b.md"}])
    assert 'data-name="b.md"' in shown(two, "a.md", "rendered", b"", "")


def test_the_editor_stands_beside_what_its_text_will_look_like():
    made = str(editor(ask(), "a.md", "# Old", "# New <b>", "rendered"))
    assert "<h1>New &lt;b&gt;</h1>" in made
    assert ">Old" not in made.partition("previews")[2]
    assert "Your changes (2 lines)" in made
    assert "l came" in editor(ask(), "a.md", "# Old", "# New", "diff")


def test_a_step_whose_key_holds_signs_of_an_address_is_led_to_whole():
    made = card(ask(step="each[c++]"), "f", 0, looks=Markup(), mode="", rehearsed=False, many=1)
    assert 'href="/runs/r1?step=each%5Bc%2B%2B%5D"' in made


def test_a_fact_is_answered_by_its_choices_or_by_a_field_of_its_type():
    how = {"about": "fact", "fact": "env", "show": []}
    chosen = ask(**how, choices=["a", "b"], verdicts=["a", "b"], form={"type": "string", "enum": ["a", "b"]})
    made = answers(chosen, "")
    assert 'value="a"' in made
    assert "textarea" not in made
    assert value_of(chosen, {"verdict": "a"}) is None
    text = ask(**how, verdicts=["approve"], form={"type": "string"})
    assert "env is" in answers(text, "")
    assert value_of(text, {"value": "1.2"}) == "1.2"
    number = ask(**how, verdicts=["approve"], form={"type": "number"})
    assert 'type="number"' in answers(number, "")
    assert value_of(number, {"value": "1.2"}) == 1.2
    listed_values = ask(**how, verdicts=["approve"], form={"type": "array"})
    assert "textarea" in answers(listed_values, "")
    assert value_of(listed_values, {"value": "[1]"}) == [1]


def test_fields_are_read_as_they_are_declared_and_blank_ones_are_left_out():
    fields = {"version": {"type": "string"}, "n": {"type": "number"}, "e": {"enum": ["x"]}, "any": True}
    form = ask(form={"type": "object", "properties": fields, "required": ["version"]})
    assert '<option value="">' in answers(form, "")
    sent = {"v:version": "1.2", "v:n": "", "v:e": "", "v:any": "{"}
    assert value_of(form, sent) == {"version": "1.2", "any": "{"}


def test_what_is_asked_before_the_work_may_be_answered_in_words():
    before = ask(about="before", show=[], verdicts=["approve", "reject", "amend"])
    assert "Your answer, if it takes one" in answers(before, "")

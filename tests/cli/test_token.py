import pytest


def test_a_token_is_told_once_listed_without_its_text_and_revoked(ropewalk):
    made = ropewalk("token", "create", "--role", "operator", "--name", "ci", "--days", "3")
    text = made.out.strip()
    assert text.startswith("ropewalk_")
    assert "operator for ci" in made.err
    listed = ropewalk("token", "list")
    assert "operator" in listed.out
    assert text not in listed.out
    (row,) = ropewalk.json("token", "list")["tokens"]
    assert (row["name"], row["alive"]) == ("ci", True)
    assert ropewalk("token", "revoke", row["id"]).code == 0
    assert ropewalk.json("token", "list")["tokens"][0]["alive"] is False
    assert "revoked" in ropewalk("token", "list").out


def test_a_token_is_the_makers_own_and_lasts_unless_said_otherwise(ropewalk):
    made = ropewalk.json("token", "create", "--role", "viewer")
    assert (made["name"], made["until"]) == ("ann", None)
    assert made["token"].startswith("ropewalk_")
    assert "good" in ropewalk("token", "list").out


def test_one_that_has_run_out_says_so(ropewalk):
    ropewalk("token", "create", "--role", "viewer", "--days", "0.0000000001")
    assert "run out" in ropewalk("token", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["make"], "does not know 'make'"),
        (["create"], "needs --role"),
        (["create", "--role", "boss"], "--role is viewer"),
        (["create", "--role", "viewer", "--days", "-1"], "cannot last"),
        (["revoke"], "needs a token's id"),
        (["revoke", "nix"], "There is no token nix"),
    ],
)
def test_what_makes_no_sense_is_refused(ropewalk, words, said):
    ended = ropewalk("token", *words)
    assert ended.code == 2
    assert said in ended.err
    assert ropewalk("token", "list").out == "There is no token.\n"

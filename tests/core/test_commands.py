import pytest

from ropewalk.core.commands import RUN_ID_LENGTH, is_run_id


@pytest.mark.parametrize("text", ["r", "00q3f1k2m-8kz1yq0a", "0abc.1-2.3-4", "A_b.c", "a" * RUN_ID_LENGTH])
def test_what_ropewalk_makes_is_an_id(text: str):
    assert is_run_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "/", "/etc", "a/b", "../a", "a..b", ".a", "-a", "_a", "a.", "a.lock", "a b", "a\n", "\n", "a\0",
        "a\\b", "a:b", "ä", "a\u202eb", "~", "a@{1}", "a" * (RUN_ID_LENGTH + 1),
    ],
)  # fmt: skip
def test_what_would_be_a_path_an_option_or_a_ref_of_its_own_is_none(text: str):
    assert not is_run_id(text)

"""Steps over HTTP: what they said, in pieces; what they changed; the files, sent so that no browser runs them."""

import pytest

from ropewalk.web.api.steps import _range


async def written(door):
    run = await door.start("writing")
    await door.reaches(run, "ask.opened")
    return run


async def test_a_step_tells_everything_about_itself(door):
    run = await written(door)
    steps = (await door.client.get(f"/api/v1/runs/{run}/steps")).json()["steps"]
    assert [step["id"] for step in steps] == ["write", "after"]
    step = (await door.client.get(f"/api/v1/runs/{run}/steps/write")).json()
    assert (step["status"], step["kind"]) == ("waiting", "run")
    missing = await door.client.get(f"/api/v1/runs/{run}/steps/wrote")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-step")
    assert "write" in missing.json()["hint"]


async def test_what_was_said_is_read_whole_and_in_pieces(door):
    run = await written(door)
    url = f"/api/v1/runs/{run}/steps/write/output"
    whole = await door.client.get(url)
    assert (whole.status_code, whole.text) == (200, "hello world\n")
    piece = await door.client.get(url, headers={"Range": "bytes=6-10"})
    assert (piece.status_code, piece.text) == (206, "world")
    assert piece.headers["content-range"] == "bytes 6-10/12"
    beyond = await door.client.get(url, headers={"Range": "bytes=99-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */12")
    nobody = await door.client.get(url, params={"attempt": 7})
    assert (nobody.status_code, nobody.text) == (200, "")
    outputs = (await door.client.get(f"/api/v1/runs/{run}/outputs")).json()["outputs"]
    assert outputs == [{"attempt": "write/1.1", "size": 12}]


@pytest.mark.parametrize(
    ("text", "size", "found"),
    [
        ("", 10, (0, 10)),
        ("bytes=2-", 10, (2, 10)),
        ("bytes=-3", 10, (7, 10)),
        ("bytes=-30", 10, (0, 10)),
        ("bytes=-0", 10, None),
        ("bytes=0-0", 0, None),
        ("bytes=5-2", 10, (0, 10)),
        ("bytes=0-1,4-5", 10, (0, 10)),
        ("lines=1-2", 10, (0, 10)),
        ("", 1 << 30, (0, 1 << 20)),
    ],
)
def test_a_range_that_cannot_be_read_is_none(text, size, found):
    assert _range(text, size) == found


async def test_a_file_is_an_attachment_that_runs_no_script(door):
    run = await written(door)
    listed = (await door.client.get(f"/api/v1/runs/{run}/artifacts")).json()["artifacts"]
    assert [one["path"] for one in listed] == ["plan.md"]
    url = f"/api/v1/runs/{run}/artifacts/content"
    file = await door.client.get(url, params={"path": "plan.md", "step": "write"})
    assert file.text == "# the plan\n"
    assert file.headers["content-disposition"] == 'attachment; filename="plan.md"'
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    for path in ("../../etc/passwd", "nix.md", ".git/config"):
        missing = await door.client.get(url, params={"path": path})
        assert (missing.status_code, missing.json()["code"]) == (404, "no-such-file")


async def test_what_a_step_changed_is_a_patch(door):
    run = await written(door)
    patch = await door.client.get(f"/api/v1/runs/{run}/steps/write/diff")
    assert "+# the plan" in patch.text
    nothing = await door.client.get(f"/api/v1/runs/{run}/steps/after/diff")
    assert (nothing.status_code, nothing.text) == (200, "")

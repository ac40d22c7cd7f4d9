import json

import pytest

from ropewalk.agents.acp.usage import UsageMeter


def line(**payload):
    return json.dumps({"payload": {"type": "token_count", **payload}})


def test_codex_tells_its_tokens_and_limits_in_its_own_record(tmp_path):
    folder = tmp_path / "sessions" / "2026" / "11"
    folder.mkdir(parents=True)
    total = {"input_tokens": 2000, "cached_input_tokens": 500, "output_tokens": 20}
    limits = {"primary": {"used_percent": 100.0, "resets_at": 1234}, "secondary": {"used_percent": 3}}
    rows = [
        line(info=None),
        line(info={"total_token_usage": {"input_tokens": 1000, "output_tokens": 10}}),
        line(info={"total_token_usage": total}, rate_limits=limits),
        '{"half": "token_count"',
        '{"other": 1}',
    ]
    (folder / "rollout-x-abc.jsonl").write_text("\n".join(rows))
    meter = UsageMeter("codex")
    meter.model = "gpt-5"
    meter.read_codex(tmp_path, "abc")
    usage = meter.usage()
    assert (usage.tokens_in, usage.tokens_out) == (2000, 20)
    assert usage.cost_usd == (1500 * 1.25 + 500 * 0.125 + 20 * 10) / 1e6
    assert usage.estimated
    assert meter.free_at == 1234
    other = UsageMeter()
    other.read_codex(tmp_path, "abc")
    assert other.usage().tokens_in == 0


def test_claude_tells_beside_its_usage_when_a_limit_is_over():
    meter = UsageMeter()
    meter.hear(
        {
            "sessionUpdate": "usage_update",
            "_meta": {"_claude/rateLimit": {"status": "rejected", "resetsAt": 99}},
        }
    )
    meter.hear({"sessionUpdate": "plan", "cost": {"amount": 1, "currency": "USD"}})
    meter.hear({"sessionUpdate": "usage_update", "cost": {"amount": 1, "currency": "EUR"}})
    assert meter.free_at == 99
    assert meter.usage().cost_usd is None


def test_what_is_no_amount_is_not_taken_for_one():
    meter = UsageMeter()
    for amount in (-3, float("inf"), float("nan"), "9"):
        meter.hear({"sessionUpdate": "usage_update", "cost": {"amount": amount, "currency": "USD"}})
    meter.prompted({"usage": {"inputTokens": -10, "outputTokens": float("inf"), "cachedReadTokens": "x"}})
    usage = meter.usage()
    assert (usage.tokens_in, usage.tokens_out, usage.cost_usd) == (0, 0, None)


@pytest.mark.parametrize(
    "part", ["x", -5, [1], None, {"_claude/rateLimit": 3, "quota": "x", "token_count": []}]
)
def test_a_part_of_another_shape_counts_as_nothing(tmp_path, part):
    meter = UsageMeter("codex")
    meter.hear({"sessionUpdate": "usage_update", "cost": part, "_meta": part})
    meter.hear(
        {
            "sessionUpdate": "usage_update",
            "_meta": {"_claude/rateLimit": {"status": "rejected", "resetsAt": part}},
        }
    )
    meter.prompted({"usage": part, "_meta": part})
    rows = [
        json.dumps(["token_count"]),
        line(info=part, rate_limits=part),
        line(rate_limits={"primary": part}),
    ]
    rows.append(line(rate_limits={"primary": {"used_percent": "all", "resets_at": part}}))
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "rollout-abc.jsonl").write_text("\n".join(rows))
    meter.read_codex(tmp_path, "abc")
    usage = meter.usage()
    assert (usage.tokens_in, usage.tokens_out, usage.cost_usd, meter.free_at) == (0, 0, None, None)

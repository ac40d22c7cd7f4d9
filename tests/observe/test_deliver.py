"""One delivery: over TLS the certificate must fit the name, and nothing private is gone to by default."""

from ropewalk.observe.deliver import deliver
from ropewalk.observe.webhooks import Webhook
from ropewalk.store.port import Record

RECORD = Record(1, "r", 1, 1.0, "run.created", "", "", b"{}", "")


async def test_what_does_not_speak_tls_is_not_taken(tmp_path):
    from tests.observe.receiver import receiver

    async with receiver() as hook:
        url = hook.url.replace("http://", "https://")
        made = Webhook("x", url, secret="whsec_AAAA")
        assert await deliver(made, RECORD, 1.0, private=True, seconds=0.5)
        assert hook.taken == []


async def test_a_private_address_is_not_gone_to():
    made = Webhook("x", "http://127.0.0.1:9/", secret="whsec_AAAA")
    assert "not a public address" in await deliver(made, RECORD, 1.0)
    assert await deliver(Webhook("x", "http://127.0.0.1:9/", secret="whsec_AAAA", private=True), RECORD, 1.0)

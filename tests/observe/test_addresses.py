"""A webhook goes to no address of this host or its networks, however the address is dressed."""

import pytest

from ropewalk.errors import WebhookRefused
from ropewalk.observe.addresses import check_url, is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "255.255.255.255",
    ],
)  # fmt: skip
def test_what_is_not_of_the_internet_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.b",
        "http://",
        "file:///etc/passwd",
        "http://u:p@a.b/",
        "http://a.b:99999/",
        "http://a.b:0/",
        "nix",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(WebhookRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost:1/", "http://2130706433/", "http://[::1]/"]
)
def test_a_name_of_this_host_is_refused_unless_it_was_allowed(url):
    with pytest.raises(WebhookRefused, match="not a public address"):
        resolve(url, private=False)
    assert resolve(url, private=True)[1] in {1, 80}

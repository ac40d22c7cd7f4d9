"""Where a webhook may go: to no address of this host or its networks unless it was allowed, and to none but the one checked.

A name is looked up once and the connection goes to that very address, so that it cannot mean another one afterwards.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ropewalk.errors import WebhookRefused

PORTS: Final = {"http": 80, "https": 443}
ALLOW: Final = "set `webhooks_private = true` in ropewalk.toml if it is yours"


def check_url(url: str) -> SplitResult:
    """The parts of an address that can be used. Raises WebhookRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WebhookRefused(url=url, reason=str(error), hint="write it as https://host/path") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise WebhookRefused(url=url, reason="it is no http address", hint="write it as https://host/path")
    if parts.username or parts.password:
        raise WebhookRefused(url=url, reason="it has a password in it", hint="check the signature instead")
    if port == 0:
        raise WebhookRefused(url=url, reason="port 0 is none", hint="leave the port out")
    return parts


def resolve(url: str, *, private: bool) -> tuple[str, int]:
    """The address and port to connect to. Raises WebhookRefused when one of the name's addresses is not allowed,
    OSError when the name is not known."""
    parts = check_url(url)
    port = parts.port or PORTS[parts.scheme]
    resolved = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in resolved]
    if not private:
        for address in addresses:
            if not is_public(address):
                raise WebhookRefused(url=url, reason=f"{address} is not a public address", hint=ALLOW)
    return addresses[0], port


def is_public(address: str) -> bool:
    """Whether an address is public; one that embeds another (IPv4-mapped, 6to4, Teredo, NAT64) is judged by that one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)))
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

"""Who asks: a proxy is believed where it was named, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from situasi.server.auth.request_info import RequestInfo, parse_networks, read_request_info

Pairs = list[tuple[str, str]]


def asked(*headers: tuple[str, str], proxies: tuple[str, ...] = (), **more: Any) -> RequestInfo:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "client": ("10.0.0.9", 5000),
        "server": ("10.0.0.2", 8501),
        "headers": [(n.encode(), v.encode()) for n, v in (("host", "papan"), *headers)],
        **more,
    }
    return read_request_info(scope, parse_networks(proxies))


FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


def test_a_stranger_cannot_claim_an_address_or_tls() -> None:
    found = asked((FOR, "127.0.0.1"), (PROTO, "https"))
    assert found.address == "10.0.0.9"
    assert not found.secure
    assert found.forwarded


@pytest.mark.parametrize(
    ("chain", "address"),
    [("1.1.1.1", "1.1.1.1"), ("claimed, 1.1.1.1", "1.1.1.1"), ("9.9.9.9, 1.1.1.1, 10.0.0.8",
     "1.1.1.1"), ("", "10.0.0.9"), ("10.0.0.8", "10.0.0.9"), ("::ffff:1.1.1.1", "1.1.1.1")],
)  # fmt: skip
def test_a_named_proxy_is_believed_as_far_as_it_saw(chain: str, address: str) -> None:
    found = asked((FOR, chain), (PROTO, "http, https"), proxies=("10.0.0.8/31",))
    assert found.address == address
    assert found.secure
    assert not asked((PROTO, "https, http"), proxies=("10.0.0.9",)).secure


def test_here_is_only_where_both_ends_are_this_machine() -> None:
    for client, server, here in (
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", True),
        ("127.0.0.1", "10.0.0.2", False),
        ("10.0.0.9", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ):
        assert asked(client=(client, 1), server=(server, 2)).loopback is here
    assert not asked(client=None).loopback


@pytest.mark.parametrize("host", ["", "a b", "papan/..", "u@papan", "papan:x", "[::1", "papän"])
def test_a_host_that_is_none_has_no_name(host: str) -> None:
    scope_headers = [(b"host", host.encode())]
    assert asked(headers=scope_headers).name == ""
    assert asked(headers=[(b"host", b"papan"), (b"host", b"papan")]).name == ""
    assert asked(headers=[]).name == ""


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [([], False), ([("origin", "http://papan")], False), ([("origin", "https://papan")], False),
     ([("origin", "http://papan:81")], True), ([("origin", "http://evil")], True),
     ([("origin", "null")], True), ([("origin", "http://papan.evil")], True),
     ([("sec-fetch-site", "same-origin")], False), ([("sec-fetch-site", "none")], False),
     ([("sec-fetch-site", "same-site")], True), ([("sec-fetch-site", "cross-site")], True)],
)  # fmt: skip
def test_what_a_page_of_another_site_makes_a_browser_do_is_known(
    headers: Pairs, elsewhere: bool
) -> None:
    assert asked(*headers, method="POST").cross_origin is elsewhere
    assert asked(*headers, type="websocket").cross_origin is elsewhere
    assert not asked(*headers).cross_origin  # to look is no deed, and no other page can read it

from __future__ import annotations

import pytest

from edgeguard.config.model import Admit
from edgeguard.errors import ClientFault
from edgeguard.gateway.admit import Admission
from edgeguard.message import Client, Headers, Request


def refused(
    settings: dict[str, object],
    *,
    path: bytes = b"/items",
    method: bytes = b"GET",
    authority: bytes = b"cms.example",
    address: str = "192.0.2.1",
) -> tuple[int, str] | None:
    request = Request(method, path, path, None, b"https", authority, Headers([]))
    try:
        Admission(Admit.model_validate(settings)).check(request, Client(address, address))
    except ClientFault as fault:
        return fault.status, fault.reason
    return None


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"])
def test_without_lists_only_the_method_is_asked(method: bytes) -> None:
    assert refused({}, method=method, address="203.0.113.9", authority=b"any.example:1", path=b"/any") is None


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"get", b"PROPFIND", b""])
def test_other_methods(method: bytes) -> None:
    assert refused({}, method=method) == (405, "method-not-allowed")


def test_an_empty_list_of_methods_leaves_the_matter_open() -> None:
    assert refused({"methods": []}, method=b"PURGE") is None


def test_the_allow_field_lists_the_methods_in_order() -> None:
    assert Admission(Admit(methods=["GET", "HEAD", "SEARCH"])).allow_field == b"GET, HEAD, SEARCH"


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("10.1.2.3", None),
        ("2001:db8::1", None),
        ("10.66.0.1", (403, "address-denied")),
        ("11.0.0.1", (403, "address-denied")),
        ("not an address", (403, "address-denied")),
    ],
)
def test_deny_wins_over_allow(address: str, answer: tuple[int, str] | None) -> None:
    assert refused({"allow": ["10.0.0.0/8", "2001:db8::/32"], "deny": ["10.66.0.0/16"]}, address=address) == answer


def test_deny_alone_lets_all_others_in() -> None:
    assert refused({"deny": ["192.0.2.1/32"]}) == (403, "address-denied")
    assert refused({"deny": ["192.0.2.1/32"]}, address="192.0.2.2") is None


@pytest.mark.parametrize(
    ("authority", "answer"),
    [
        (b"cms.example", None),
        (b"cms.example:8443", None),
        (b"cms.example.", None),
        (b"a.tenants.example", None),
        (b"tenants.example", (421, "unknown-host")),
        (b"cms.example.evil.example", (421, "unknown-host")),
        (b"", (421, "unknown-host")),
    ],
)
def test_hosts(authority: bytes, answer: tuple[int, str] | None) -> None:
    assert refused({"hosts": ["cms.example", "*.tenants.example"]}, authority=authority) == answer


def test_paths() -> None:
    settings: dict[str, object] = {"paths": ["/items", "/assets/*"]}
    assert refused(settings, path=b"/items/1") is None
    assert refused(settings, path=b"/assets/1") is None
    assert refused(settings, path=b"/admin") == (404, "path-not-allowed")
    assert refused(settings, path=b"//items") == (404, "path-not-allowed")


def test_the_address_is_asked_first_then_host_method_and_path() -> None:
    settings: dict[str, object] = {"deny": ["192.0.2.0/24"], "hosts": ["a.example"], "methods": ["GET"], "paths": ["/a"]}
    wrong = {"method": b"PUT", "authority": b"b.example", "path": b"/b"}
    assert refused(settings, **wrong) == (403, "address-denied")  # type: ignore[arg-type]  # one dict of several types
    assert refused(settings, address="198.51.100.1", **wrong) == (421, "unknown-host")  # type: ignore[arg-type]  # as above
    assert refused(settings, address="198.51.100.1", method=b"PUT", authority=b"a.example", path=b"/b") == (
        405,
        "method-not-allowed",
    )
    assert refused(settings, address="198.51.100.1", authority=b"a.example", path=b"/b") == (404, "path-not-allowed")

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import FromHostLabel, FromPathSegment
from edgeguard.identity.place import HostLabelSource, PathSegmentSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.message import Request


@pytest.mark.parametrize(
    ("index", "authority", "name"),
    [
        (0, b"acme.cms.example", "acme"),
        (0, b"acme.cms.example:8443", "acme"),
        (0, b"acme.cms.example.", "acme"),
        (0, b"www.acme.cms.example", "www"),
        (1, b"www.acme.cms.example", "acme"),
        (1, b"acme.cms.example", None),
        (0, b"cms.example", None),
        (0, b".cms.example", None),
        (0, b"acmecms.example", None),
        (0, b"acme.cms.example.evil.example", None),
        (0, b"", None),
    ],
)
def test_host_labels(request_with: Callable[..., Request], key: bytes, index: int, authority: bytes, name: str | None) -> None:
    source = HostLabelSource(FromHostLabel(host_label=index, under="CMS.example"), key)
    account = source.account(request_with(authority=authority), trusted=False)
    assert (account and account.id) == name
    if account:
        assert (account.source, account.verified) == ("host_label", False)


@pytest.mark.parametrize(
    ("index", "path", "name"),
    [
        (0, b"/acme/items", "acme"),
        (0, b"/acme", "acme"),
        (1, b"/acme/items/1", "items"),
        (2, b"/acme/items", None),
        (0, b"/", None),
        (0, b"//acme", None),
        (0, b"*", None),
        (10, b"/a" * 5000, "a"),
    ],
)
def test_path_segments(request_with: Callable[..., Request], key: bytes, index: int, path: bytes, name: str | None) -> None:
    account = PathSegmentSource(FromPathSegment(path_segment=index), key).account(request_with(path=path), trusted=False)
    assert (account and account.id) == name
    if account:
        assert (account.source, account.verified) == ("path_segment", False)


def test_long_places_are_hashed(request_with: Callable[..., Request], key: bytes) -> None:
    account = PathSegmentSource(FromPathSegment(path_segment=0), key).account(request_with(path=b"/" + b"a" * 500), trusted=False)
    assert account is not None
    assert len(account.id) == 32

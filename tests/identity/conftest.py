from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.message import Headers, Request

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def request_with() -> Callable[..., Request]:
    """A request with some fields, given as name and value in turn."""

    def making(*fields: bytes, path: bytes = b"/items/1", authority: bytes = b"cms.example") -> Request:
        pairs = list(zip(fields[::2], fields[1::2], strict=True))
        return Request(b"GET", path, path, None, b"https", authority, Headers(pairs))

    return making


@pytest.fixture
def key() -> bytes:
    return b"a key of the tests"

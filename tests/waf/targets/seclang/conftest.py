from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.message import Body, Client, Headers, Request
from edgeguard.waf.bodies.content import Content
from edgeguard.waf.seclang.syntax import Variable
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets.seclang.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.bodies.content import Multipart
    from edgeguard.waf.targets.seclang.kind import VariableKind
    from edgeguard.waf.targets.sources import Pair

BASE = Request(b"GET", b"/", b"/", None, b"https", b"cms.example", Headers([(b"host", b"cms.example")]))


def nothing(_kind: VariableKind, _key: bytes | None) -> Sequence[Pair]:
    return ()


class Json:
    """A document of which only the arguments are asked."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs = pairs

    def arguments(self) -> list[Pair]:
        return self._pairs


@pytest.fixture
def content() -> Callable[..., Content]:
    """A parsed body."""

    def make(
        raw: bytes = b"", multipart: Multipart | None = None, arguments: list[Pair] | None = None, **changes: Any
    ) -> Content:
        made = Content(raw)
        if multipart is not None:
            made.later = lambda: multipart
        if arguments is not None:
            made.json = Json(arguments)  # type: ignore[assignment]  # as much of one as is asked
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    return make


@pytest.fixture
def state() -> Callable[..., Seen]:
    """What was seen of a request: its target, fields, and parsed body, where there is one."""

    def make(target: bytes = b"/", fields: Sequence[Pair] = (), content: Content | None = None, **changes: Any) -> Seen:
        path, mark, query = target.partition(b"?")
        headers = Headers([(b"host", b"cms.example"), *fields])
        body = Body(b"" if content is None else content.raw)
        request = replace(BASE, target=target, path=path, query=query if mark else None, headers=headers, body=body, **changes)
        seen = Seen(request, Client("203.0.113.7", "203.0.113.7"))
        seen.content = content
        return seen

    return make


@pytest.fixture
def look() -> Callable[..., list[tuple[bytes, bytes]]]:
    """Full names and values of one variable."""

    def values(seen: Seen, name: str, selector: str | None = None, **changes: Any) -> list[tuple[bytes, bytes]]:
        return list(Selection([Variable(name, selector, **changes)]).values(seen, nothing))

    return values

"""What a transaction has seen so far, from which targets take their values. Parsed when first asked for, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.message import Client, Headers, Request
    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.targets.sources import Pair


class Seen:
    """Plain state; extractors in `targets/` fill the caches."""

    __slots__ = ("client", "content", "cookies", "query", "request", "response_body", "response_headers", "status")

    def __init__(self, request: Request, client: Client) -> None:
        self.request = request
        self.client = client
        self.query: list[Pair] | None = None
        self.cookies: list[Pair] | None = None
        self.content: Content | None = None
        self.status = 0
        self.response_headers: Headers | None = None
        self.response_body: bytes | None = None

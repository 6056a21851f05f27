"""What a transaction has seen so far, from which targets take their values. Parsed when first asked for, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.message import Client, Headers, Request
    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.editorial.profiles import Profile
    from edgeguard.waf.targets.sources import Pair


class Seen:
    """Plain state; extractors in `targets/` fill the caches.

    Attributes:
        client_port, server_address, server_port: of the connection; 0 and empty where nobody told.
        processor: the parser that a rule chose for the body; None where none did, and the content type decides.
        profile: which of the body's values are an editor's, whatever the settings say; for the tests of rules.
        forced_body: a rule asked for the raw body beside its values.
        sent: the request's body as it came, in pieces; as much of it as is inspected.
        body_length: bytes of the request's body as they came; None where nobody counted.
        body_cut: it was longer than what is inspected.
        cost: of the GraphQL documents that it asks for.
        response_protocol: as in the status line: `HTTP/1.1`.
        response_cut: the response's body was longer than what is inspected.
    """

    __slots__ = (
        "body_cut", "body_length", "client", "client_port", "content", "cookies", "cost", "forced_body", "form_names",
        "header_names", "json_names", "processor", "profile", "query", "query_names", "raw_cookie_names", "raw_cookies",
        "request", "response_body", "response_cut", "response_headers", "response_protocol", "sent", "server_address",
        "server_port", "status", "uri", "xml",
    )  # fmt: skip

    def __init__(self, request: Request, client: Client) -> None:
        self.request = request
        self.client = client
        self.client_port = 0
        self.server_address = ""
        self.server_port = 0
        self.processor: str | None = None
        self.forced_body = False
        self.profile: Profile | None = None
        self.content: Content | None = None
        self.sent: Sequence[bytes] = ()
        self.body_length: int | None = None
        self.body_cut = False
        self.cost = 0
        self.status = 0
        self.response_protocol = b"HTTP/1.1"
        self.response_headers: Headers | None = None
        self.response_body: bytes | None = None
        self.response_cut = False
        # Caches of the extractors.
        self.query: list[Pair] | None = None
        self.query_names: list[Pair] | None = None
        self.header_names: list[Pair] | None = None
        self.cookies: list[Pair] | None = None
        self.raw_cookies: list[Pair] | None = None
        self.raw_cookie_names: list[Pair] | None = None
        self.form_names: list[Pair] | None = None
        self.json_names: list[Pair] | None = None
        self.uri: tuple[bytes, bytes] | None = None
        self.xml: dict[tuple[str, tuple[tuple[str, str], ...]], list[Pair]] | None = None

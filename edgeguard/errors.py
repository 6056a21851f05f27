"""What can go wrong with an exchange, and whose fault it is.

One exception type serves the data path. It carries what the gateway needs in order to answer: blame, status, whether the
same request may safely be sent again, and whether the client's connection can be used further. What is wrong with a
configuration is told by `config`.
"""

from __future__ import annotations

from enum import Enum


class Blame(Enum):
    """Whose fault a failed exchange is; the values are the label of the metric and the log."""

    CLIENT = "client"
    EDGE = "edge"
    ORIGIN = "origin"


class Fault(Exception):
    """An exchange that can't be finished as asked.

    Args:
        blame: whose fault it is.
        status: the HTTP status to answer with, 400-599.
        reason: a stable lower-case token for logs and metrics, such as `bad-framing`; never shown to a client.
        detail: a sentence for the log; it must not hold secrets and is never shown to a client.
        retry: True when sending the same request again can't do harm, because the origin never acted on it.
        close: True when the client's connection must not be used further, because its framing is in doubt.
    """

    __slots__ = ("blame", "close", "detail", "reason", "retry", "status")

    def __init__(
        self, blame: Blame, status: int, reason: str, detail: str = "", *, retry: bool = False, close: bool = False
    ) -> None:
        super().__init__(f"{blame.value} {status} {reason}: {detail}")
        self.blame = blame
        self.status = status
        self.reason = reason
        self.detail = detail
        self.retry = retry
        self.close = close


class ClientFault(Fault):
    """The client sent something that is refused."""

    def __init__(self, status: int, reason: str, detail: str = "", *, close: bool = False) -> None:
        super().__init__(Blame.CLIENT, status, reason, detail, close=close)


class Dropped(ClientFault):
    """The client gets no answer at all: its connection ends."""


class Redirected(ClientFault):
    """The client is sent elsewhere.

    Args:
        location: the address, as the field Location will have it.
    """

    def __init__(self, status: int, reason: str, location: bytes) -> None:
        super().__init__(status, reason)
        self.location = location


class OriginFault(Fault):
    """The origin failed, stalled, or sent something that is no HTTP."""

    def __init__(self, status: int, reason: str, detail: str = "", *, retry: bool = False) -> None:
        super().__init__(Blame.ORIGIN, status, reason, detail, retry=retry)


class EdgeFault(Fault):
    """The edge itself could not do its part: out of room, draining, or broken."""

    def __init__(self, status: int, reason: str, detail: str = "", *, retry: bool = False, close: bool = False) -> None:
        super().__init__(Blame.EDGE, status, reason, detail, retry=retry, close=close)

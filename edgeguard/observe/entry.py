"""What is known of one exchange when it is over: filled in by the gateway on the way, read by `record` at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


ENGINE = "eg-0"


class Match(Protocol):
    """What the record needs of a rule's match; the engine's own type fits."""

    @property
    def rule(self) -> str:
        """The rule's id; those that begin with `ENGINE` are what the engine itself found, and what a setting decides about."""

    @property
    def title(self) -> str:
        """What the rule looks for, in a few words."""

    @property
    def target(self) -> str:
        """Where it was found, such as `args:q`."""

    @property
    def value(self) -> str:
        """What was found, cut and masked."""

    @property
    def detail(self) -> str:
        """What the rule itself wants to be told, cut and masked; empty for nothing."""

    @property
    def score(self) -> int:
        """Points added."""

    @property
    def mode(self) -> str:
        """`enforce`, or `shadow` where it can't block."""

    @property
    def pack(self) -> str:
        """The file of the rule; empty for what has none."""

    @property
    def action(self) -> str:
        """`score`, `block`, `mask` or `log`."""


class Entry:
    """One exchange. Times are in seconds unless a name says otherwise; text from the client stays bytes, as it was sent.

    Attributes:
        verdict: `pass`, `blocked`, `shadow` (would have been blocked), `limited`, `refused` or `fault`.
        blame, reason: as in `Fault`; "" where nothing went wrong.
        detail: a sentence on the fault, for the log.
        bytes_in, bytes_out: of the bodies.
        started: seconds since the epoch.
        phases: (name, seconds) in order; names are those of `schema.PHASES`.
        cache, tier: result and tier, as in the schema; "" where the cache was not asked.
        origin_seconds: to the head of the response, or a negative number where the origin was not asked.
        origin_failures: why the origin gave no answer; empty where it did, be it at a second attempt.
        engine_ns: nanoseconds the rules took; 0 where they were not asked.
        masked: places in the response's body that were made illegible.
        excluded: names of the exclusions that kept rules from holding.
        policies: (cause, outcome) of each body policy that came to bear.
        sanctions: what dynamic rules put in force because of it, as the log tells it.
        limits: (policy, decision, store) of each limit that was asked.
        tls: such as `TLSv1.3`, or "".
        protocol: `1.0`, `1.1` or `2`.
    """

    __slots__ = (
        "account",
        "account_source",
        "account_verified",
        "agent",
        "blame",
        "budget_spent",
        "bytes_in",
        "bytes_out",
        "cache",
        "client",
        "detail",
        "engine_ns",
        "excluded",
        "host",
        "limits",
        "masked",
        "matches",
        "method",
        "origin_failures",
        "origin_seconds",
        "origin_status",
        "path",
        "peer",
        "phases",
        "policies",
        "protocol",
        "query",
        "reason",
        "request_id",
        "route",
        "sanctions",
        "scheme",
        "score",
        "seconds",
        "started",
        "status",
        "tier",
        "tls",
        "verdict",
    )

    def __init__(self, request_id: str, client: str, peer: str, started: float) -> None:
        self.request_id = request_id
        self.client = client
        self.peer = peer
        self.started = started
        self.account = ""
        self.account_source = ""
        self.account_verified = False
        self.method = b""
        self.scheme = b""
        self.host = b""
        self.path = b""
        self.query: bytes | None = None
        self.agent = b""
        self.protocol = "1.1"
        self.tls = ""
        self.status = 0
        self.verdict = "pass"
        self.blame = ""
        self.reason = ""
        self.detail = ""
        self.route = "default"
        self.bytes_in = 0
        self.bytes_out = 0
        self.seconds = 0.0
        self.phases: list[tuple[str, float]] = []
        self.cache = ""
        self.tier = "none"
        self.origin_seconds = -1.0
        self.origin_status = 0
        self.origin_failures: Sequence[str] = ()
        self.matches: Sequence[Match] = ()
        self.score = 0
        self.engine_ns = 0
        self.budget_spent = False
        self.masked = 0
        self.excluded: Sequence[str] = ()
        self.policies: Sequence[tuple[str, str]] = ()
        self.limits: Sequence[tuple[str, str, str]] = ()
        self.sanctions: Sequence[dict[str, object]] = ()

    def __repr__(self) -> str:
        return f"Entry({self.request_id} {self.verdict} {self.status} {self.reason or '-'} {self.seconds * 1000:.1f} ms)"

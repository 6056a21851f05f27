"""One side of a comparison: a ruleset, what surrounds it, and a clock that shows the time of the request at hand.

Time for rules is the recorded one, and engine time stands still, so that a replay gives the same today, tomorrow, and on a slow
machine. Only rules are asked: limits, admission and the cache are not part of it.
"""

from __future__ import annotations

from dataclasses import replace
from time import time
from typing import TYPE_CHECKING

from edgeguard.gateway.routes import RouteTable
from edgeguard.identity import Identifier, read_key
from edgeguard.message import Account, Client, Headers
from edgeguard.replay.judgement import PASS, Held, Judgement
from edgeguard.replay.reading import read
from edgeguard.waf.bodies.inspect import may_be_text
from edgeguard.waf.dials import DEFAULT
from edgeguard.waf.explain.given import CLIENT
from edgeguard.waf.explain.run import still

if TYPE_CHECKING:
    from edgeguard.config.model import Config
    from edgeguard.message import Request
    from edgeguard.observe.samples.recorded import Recorded
    from edgeguard.replay.counting import Counting
    from edgeguard.replay.judgement import Outcome
    from edgeguard.waf.explain.run import Read
    from edgeguard.waf.model import Mode
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.transaction import Transaction

_PRESENT = time()
_START = 64  # octets of a body of media that tell whether it is one


class Clock:
    """Shows the time of the request at hand. It never goes back: of requests that overlap, the earlier may be told later.

    Until one has a time, it is the present, which is the same for all clocks.
    """

    __slots__ = ("_now",)

    def __init__(self) -> None:
        self._now = 0.0

    def show(self, seconds: float) -> None:
        """From now on it is that; what has no time takes place when the one before it did."""
        self._now = max(self._now, seconds)

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self._now or _PRESENT

    def monotonic(self) -> float:
        """The same."""
        return self.wall()


class Side:
    """See the module.

    Args:
        name: what a person calls it.
        ruleset: with a gate.
        config: for routes, accounts and limits of the wire; None for rules alone, which are then enforced.
        as_enforced: whether what is in shadow by `waf.mode` or a route's mode blocks all the same.
        vouching: whether whoever shows a credential that the origin accepted counts as authenticated.
        key: of the keyed hashes; made from the configuration where it is not given.
        counting: dynamic rules; None for none.
    """

    def __init__(
        self,
        name: str,
        ruleset: Ruleset,
        config: Config | None = None,
        *,
        as_enforced: bool = False,
        vouching: bool = False,
        key: bytes | None = None,
        counting: Counting | None = None,
    ) -> None:
        self.name = name
        self.ruleset = ruleset
        self.clock = Clock()
        self._as_enforced = as_enforced
        self._vouching = vouching
        self._counting = counting
        self._routes = RouteTable(config) if config is not None else None
        self._wire = config.wire if config is not None else None
        self._identifier: Identifier | None = None
        if config is not None:
            self._identifier = Identifier(config.identity, key if key is not None else read_key(config.identity), self.clock)

    def judge(self, recorded: Recorded) -> Judgement:
        """What this side makes of a request."""
        self.clock.show(recorded.time)
        now = self.clock.wall()
        got, refusal = read(recorded.raw(), _client(recorded), self._wire, recorded.scheme.encode())
        if refusal is not None:
            return Judgement("refused", refusal.status, held=(Held(f"refused:{refusal.reason}", refusal.detail),))
        client = self._identified(recorded, got)
        route, mode = self._route(got.request)
        counting = self._counting
        if counting is None:
            return self._inspected(recorded, got, client, route, mode)
        login = counting.login(got.request, got.content)
        sanctioned = counting.before(got.request, client, login, now)
        if sanctioned is not None and sanctioned.stopped:
            return sanctioned
        judgement = self._inspected(recorded, got, client, route, mode)
        counting.after(recorded, got.request, client, route, login, judgement, now)
        return judgement if sanctioned is None else _beside(judgement, sanctioned)

    def _identified(self, recorded: Recorded, got: Read) -> Client:
        """Who asks: as it was recorded; where it was not, as the configuration says."""
        client = got.client
        if client.account is None and self._identifier is not None and not recorded.masked:
            client = self._identifier.identify(client.peer, got.request)
            if not recorded.peer:
                client = replace(client, address=got.client.address)
        headers = got.request.headers
        credential = b"authorization" in headers or b"cookie" in headers
        if self._vouching and credential and recorded.answered is not None and 200 <= recorded.answered.status < 400:
            client = replace(client, vouched=True)
        return client

    def _route(self, request: Request) -> tuple[str, Mode]:
        if self._routes is None:
            return DEFAULT, "enforce"
        route = self._routes.find(request)
        return route.name, "enforce" if self._as_enforced else route.waf

    def _inspected(self, recorded: Recorded, got: Read, client: Client, route: str, mode: Mode) -> Judgement:
        if mode == "off":
            return PASS
        transaction = self.ruleset.transaction(got.request, client, mode, still, still, self.clock.wall, route=route)
        refused = self._ask(transaction, recorded, got, mode)
        if refused is not None:
            return refused
        verdict = transaction.finish()
        cost = transaction.seen.cost
        if not verdict.matches and not verdict.would_block:
            return Judgement(cost=cost) if cost else PASS
        held = tuple(
            Held(match.rule, match.title, match.target, match.value, match.score, match.mode == "enforce", match.tags)
            for match in verdict.matches
        )
        outcome: Outcome = "blocked" if verdict.blocked else "shadow" if verdict.would_block else "pass"
        return Judgement(outcome, verdict.status, verdict.score, held, cost)

    def _ask(self, transaction: Transaction, recorded: Recorded, got: Read, mode: Mode) -> Judgement | None:
        """The verbs in their order, as the edge calls them; a judgement where the edge takes no more."""
        request, settings = got.request, self.ruleset.settings
        blocked = transaction.request_head().blocked
        if not blocked and request.body.length != 0:
            content, complete = got.content, got.complete and recorded.complete
            if not self.ruleset.needs_body(request) and not may_be_text(content[:_START]):
                content, complete = b"", False
            elif not complete or len(content) > settings.inspect_bytes:
                if settings.on_oversize == "block" and mode == "enforce" and len(content) > settings.inspect_bytes:
                    return Judgement("refused", 413, held=(Held("refused:too-long-to-inspect"),))
                content = b"" if settings.on_oversize == "pass" else content[: settings.inspect_bytes]
                complete = False
            blocked = transaction.request_body(content, complete).blocked
        answered = recorded.answered
        if blocked or answered is None or not answered.headers or not self.ruleset.inspects_responses:
            return None
        headers = Headers([(name.lower(), value) for name, value in answered.headers])
        if transaction.response_head(answered.status, headers).blocked:
            return None
        shown = self.ruleset.inspects_response_bodies and self.ruleset.shows_response(headers.get(b"content-type") or b"")
        body = answered.body[: settings.inspect_bytes] if shown and answered.body is not None else b""
        transaction.response_body(body, shown and answered.body is not None and len(answered.body) == len(body))
        return None


def _beside(judgement: Judgement, sanctioned: Judgement) -> Judgement:
    """The same, with a sanction in shadow that would have held it."""
    outcome = "shadow" if judgement.outcome == "pass" else judgement.outcome
    return replace(judgement, outcome=outcome, held=(*judgement.held, *sanctioned.held))


def _client(recorded: Recorded) -> Client:
    account = None
    if recorded.account:
        account = Account(recorded.account, recorded.account_source or "recorded", recorded.account_verified)
    address = recorded.client or CLIENT
    return Client(address, recorded.peer or address, account, recorded.vouched)

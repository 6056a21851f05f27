"""One request's way through the house: the phases, in order. Whoever reads `Gateway._answer` knows the product.

    identify > admit (and limits) > inspect request > cache lookup > fetch > inspect response > cache store > harden > record

Each phase is a short call into one room. `record` runs for every exchange, whatever happened before it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from edgeguard.errors import Blame, ClientFault, Dropped, EdgeFault, Fault, Redirected
from edgeguard.gateway.body import Held, hold, limit_body
from edgeguard.gateway.problem import elsewhere, graphql_problem, problem, to_https
from edgeguard.gateway.request_id import RequestIds
from edgeguard.limits import Decision
from edgeguard.message import Body, Headers, Response
from edgeguard.observe.entry import Entry
from edgeguard.observe.log import get_logger
from edgeguard.waf import may_be_text
from edgeguard.waf.findings import GRAPHQL
from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from edgeguard.clock import Clock
    from edgeguard.config.model import Waf
    from edgeguard.gateway.admit import Admission
    from edgeguard.gateway.answer import Answerer
    from edgeguard.gateway.harden import Hardener
    from edgeguard.gateway.inspector import Inspector
    from edgeguard.gateway.outlet import Link, Outlet
    from edgeguard.gateway.routes import CompiledRoute, RouteTable
    from edgeguard.gateway.screen import Screen
    from edgeguard.gateway.vouching import Voucher
    from edgeguard.gateway.watch import Watch
    from edgeguard.identity.account import Identifier
    from edgeguard.limits import Limiter
    from edgeguard.message import Client, Field, Request
    from edgeguard.observe.record import Recorder
    from edgeguard.observe.samples.sampler import Sampler
    from edgeguard.waf.model import Mode, Verdict
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.transaction import Transaction

log = get_logger("gateway")

_MEDIA_START = 64  # bytes of a body of media that are held back to see whether it is one
# A body that is not looked at. Its phase takes place all the same: rules of it look at the head, too.
_UNSEEN = Held((b"",), 0, complete=False)


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything that a gateway calls; made once in each worker."""

    clock: Clock
    identifier: Identifier
    routes: RouteTable
    admission: Admission
    limiter: Limiter
    ruleset: Ruleset
    waf: Waf
    answerer: Answerer
    hardener: Hardener
    recorder: Recorder
    inspector: Inspector | None = None
    voucher: Voucher | None = None
    sampler: Sampler | None = None
    watch: Watch | None = None


class Exchange:
    """One request and what has been found out about it so far.

    Attributes:
        entry: what will be recorded.
        inbound: the body as it comes from the client; `request.body` may hold its beginning back.
        fields: for the response, from phases before there is one.
        login: hashes of the name and the password that it tries, for dynamic rules; empty where it is no login.
        held: the request's body as far as it was inspected; kept for samples alone.
    """

    __slots__ = (
        "_marked",
        "client",
        "decision",
        "entry",
        "fields",
        "held",
        "inbound",
        "link",
        "login",
        "request",
        "route",
        "transaction",
    )

    client: Client
    route: CompiledRoute

    def __init__(self, request: Request, link: Link, entry: Entry) -> None:
        self.request = request
        self.inbound = request.body
        self.link = link
        self.entry = entry
        self.fields: list[Field] = []
        self.decision: Decision | None = None
        self.login = ("", "")
        self.transaction: Transaction | None = None
        self.held: Held | None = None
        self._marked = perf_counter()

    def aside(self, screen: Screen) -> Exchange:
        """An exchange for the same resource that the edge begins by itself; it is not recorded."""
        request = replace(self.request, method=b"GET", body=Body())
        entry = Entry(self.entry.request_id, self.entry.client, self.entry.peer, self.entry.started)
        aside = Exchange(request, self.link, entry)
        aside.client, aside.route = self.client, self.route
        screen.begin(aside)
        return aside

    def mark(self, phase: str) -> None:
        """A phase has ended; the time since the last one did is its own."""
        now = perf_counter()
        self.entry.phases.append((phase, now - self._marked))
        self._marked = now


class Gateway:
    """Runs exchanges. One serves all connections of a worker."""

    __slots__ = ("_ids", "_rooms")

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._ids = RequestIds()

    async def run(self, request: Request, link: Link, outlet: Outlet) -> None:
        """Answer one request through `outlet`, and record it. Raises nothing but cancellation."""
        exchange = self._begin(request, link)
        began = perf_counter()
        try:
            try:
                response = await self._answer(exchange)
            except Dropped:
                raise
            except Fault as fault:
                response = self._excuse(exchange, fault)
            except Exception as error:  # a defect of ours must not take the worker's other exchanges with it
                log.exception("an exchange failed", request_id=exchange.entry.request_id)
                response = self._excuse(exchange, EdgeFault(500, "internal", type(error).__name__))
            await self._send(exchange, response, outlet)
        except Fault as fault:  # dropped, or the response had begun and broke off; the client sees its connection end
            _blame(exchange.entry, fault)
        except asyncio.CancelledError:
            _blame(exchange.entry, ClientFault(499, "client-gone"))
            raise
        except Exception as error:  # another defect, on the way out; the connection ends
            log.exception("an answer could not be sent", request_id=exchange.entry.request_id)
            _blame(exchange.entry, EdgeFault(500, "internal", type(error).__name__))
        finally:
            self._record(exchange, perf_counter() - began)

    def refuse(self, fault: ClientFault, link: Link, outlet: Outlet) -> None:
        """Answer bytes that are no request, and record them."""
        entry = Entry(self._ids.next(), link.peer, link.peer, self._rooms.clock.wall())
        entry.tls = link.tls
        entry.status = fault.status
        _blame(entry, fault)
        entry.verdict = "refused"
        allow = [(b"allow", self._rooms.admission.allow_field)] if fault.status == 405 else []
        response = problem(fault.status, entry.request_id, None, allow)
        fields = self._rooms.hardener.apply(response.headers, https=bool(link.tls), bodiless=False)
        try:
            outlet.send(None, Response(response.status, Headers(fields), response.body), close=True)
        finally:
            self._rooms.recorder.record(entry)

    # -- the phases

    async def _answer(self, exchange: Exchange) -> Response:
        """The phases up to the response that will be sent.

        Raises:
            Fault: the request can't, or must not, be answered as asked.
        """
        self._identify(exchange)
        exchange.mark("identify")
        watch = self._rooms.watch
        if watch is not None and (held := watch.admit(exchange)) is not None:
            return held if isinstance(held, Response) else await held
        self._admit(exchange)
        decision = self._limit(exchange)
        if decision is not None:
            _hold_to(exchange, await decision)
        exchange.mark("admit")
        if exchange.link.redirect is not None:
            return to_https(exchange.request, exchange.link.redirect)
        if exchange.transaction is not None:
            await self._inspect_request(exchange, exchange.transaction)
            exchange.mark("inspect_request")
        if watch is not None and watch.tries_login(exchange) and (refusal := await watch.login(exchange)) is not None:
            return refusal
        response = await self._rooms.answerer.answer(exchange)
        voucher, status = self._rooms.voucher, exchange.entry.origin_status
        if voucher is not None and status and status == response.status:
            voucher.observe(exchange.request, status, response.headers, partial(_body, exchange))
        return response

    def _identify(self, exchange: Exchange) -> None:
        """Who asks, and which route's settings hold."""
        rooms, request, entry = self._rooms, exchange.request, exchange.entry
        client = rooms.identifier.identify(exchange.link.peer, request)
        if rooms.voucher is not None:
            client = rooms.voucher.recognise(request, client)
        exchange.client = client
        link = exchange.link
        if link.trusted is None:
            link.trusted = rooms.identifier.trusts(client.peer)
        route = exchange.route = rooms.routes.find(request)
        entry.client, entry.peer, entry.route = client.address, client.peer, route.name
        if (account := client.account) is not None:
            entry.account, entry.account_source, entry.account_verified = account.id, account.source, client.authenticated
        if route.waf != "off":
            exchange.transaction = self._transaction(exchange, request, client, route.waf)

    def _transaction(self, exchange: Exchange, request: Request, client: Client, mode: Mode) -> Transaction:
        ruleset = self._rooms.ruleset
        transaction = ruleset.transaction(request, client, mode, route=exchange.route.name)
        if ruleset.chains:  # their language can ask for these
            request.id = exchange.entry.request_id.encode()
            seen, link = transaction.seen, exchange.link
            seen.client_port = link.port
            seen.server_address, seen.server_port = link.local
        return transaction

    def _admit(self, exchange: Exchange) -> None:
        """What may come in at all."""
        self._rooms.admission.check(exchange.request, exchange.client)
        if exchange.request.body.length != 0:
            limit_body(exchange.request, exchange.route.body)

    def _limit(self, exchange: Exchange) -> Awaitable[Decision] | None:
        """Draw from the buckets; None where the answer was there at once, else what must be waited for."""
        client, route = exchange.client, exchange.route
        account = client.account.id if client.account is not None else None
        decision = self._rooms.limiter.decide(account, client.address, route.name, route.policies)
        if isinstance(decision, Decision):
            _hold_to(exchange, decision)
            return None
        return decision

    async def _inspect_request(self, exchange: Exchange, transaction: Transaction) -> None:
        """The head; then as much of the body as is to be seen, before any of it goes on."""
        verdict = transaction.request_head()
        if verdict.blocked:
            _block(exchange, verdict)
        request = exchange.request
        if request.body.length == 0:
            return
        waf = self._rooms.waf
        most = self._rooms.ruleset.editorial.most(request, exchange.client)
        if not self._rooms.ruleset.needs_body(request) and not may_be_text((await hold(request, _MEDIA_START)).content):
            held = _UNSEEN
        else:
            held = await hold(request, most)
        if held is not _UNSEEN and (not held.complete or held.size > most):
            exchange.entry.policies = [("oversize", waf.on_oversize)]
            if waf.on_oversize == "block" and exchange.route.waf == "enforce":
                raise ClientFault(413, "too-long-to-inspect")
            held = _UNSEEN if waf.on_oversize == "pass" else held.cut(most)
        if self._rooms.sampler is not None:
            exchange.held = held
        inspector = self._rooms.inspector
        if inspector is None or held.size <= waf.inline_bytes:
            verdict = transaction.request_body(held.content, held.complete)
        else:
            verdict = await inspector.inspect(transaction, Phase.REQUEST_BODY, held)
        if verdict.blocked:
            _block(exchange, verdict)

    async def _send(self, exchange: Exchange, response: Response, outlet: Outlet) -> None:
        """Harden, and write to the client."""
        request, entry = exchange.request, exchange.entry
        bodiless = request.method == b"HEAD" or response.status == 304
        fields = self._rooms.hardener.apply(response.headers, https=request.scheme == b"https", bodiless=bodiless)
        fields += exchange.fields
        if exchange.decision is not None:
            fields += exchange.decision.fields
        fields.append((b"x-request-id", entry.request_id.encode()))
        entry.status = response.status
        exchange.mark("harden")
        sent = outlet.send(request, Response(response.status, Headers(fields), response.body), close=False)
        entry.bytes_out = sent if type(sent) is int else await sent  # type: ignore[misc]

    def _record(self, exchange: Exchange, seconds: float) -> None:
        """Always, last."""
        entry, transaction = exchange.entry, exchange.transaction
        entry.seconds = seconds
        entry.bytes_in = exchange.inbound.received
        if transaction is not None:
            _tell_verdict(entry, transaction.finish())
        if (watch := self._rooms.watch) is not None:
            try:
                watch.observe(exchange)
            except Exception:  # a defect there must not keep an exchange from being recorded
                log.exception("an exchange could not be counted", request_id=entry.request_id)
        self._rooms.recorder.record(entry)
        if (sampler := self._rooms.sampler) is not None:
            sampler.take(entry, exchange.request, getattr(exchange, "client", None), exchange.held)

    # -- what goes wrong

    def _begin(self, request: Request, link: Link) -> Exchange:
        entry = Entry(self._ids.next(), link.peer, link.peer, self._rooms.clock.wall())
        entry.method, entry.scheme, entry.host = request.method, request.scheme, request.authority
        entry.path, entry.query = request.path, request.query
        entry.protocol = "1.1" if request.version == b"1.1" else "1.0"
        entry.tls = link.tls
        entry.agent = request.headers.get(b"user-agent") or b""
        return Exchange(request, link, entry)

    def _excuse(self, exchange: Exchange, fault: Fault) -> Response:
        """What the client gets instead of an answer."""
        entry = exchange.entry
        _blame(entry, fault)
        fields: list[Field] = []
        if fault.status == 405:
            fields.append((b"allow", self._rooms.admission.allow_field))
        elif fault.status == 503 and (exchange.decision is None or exchange.decision.allowed):
            fields.append((b"retry-after", b"5"))
        if fault.blame is Blame.ORIGIN:
            # RFC 9209: the reason is one of its error types.
            fields.append((b"proxy-status", b"edgeguard; error=" + fault.reason.encode()))
        if exchange.request.body.whole is None:
            exchange.request.body.abandon()
        if fault.reason == "graphql":
            return graphql_problem(fault.status, entry.request_id, fault.detail)
        if isinstance(fault, Redirected):
            return elsewhere(fault.status, fault.location)
        return problem(fault.status, entry.request_id, exchange.request, fields)


def _body(exchange: Exchange) -> bytes | None:
    """The request's body; None where not all of it was inspected, or it is compressed."""
    seen = exchange.transaction.seen if exchange.transaction is not None else None
    if seen is None or seen.body_cut or seen.body_length is None or b"content-encoding" in exchange.request.headers:
        return None
    return b"".join(seen.sent)


def _hold_to(exchange: Exchange, decision: Decision) -> None:
    exchange.decision = decision
    entry = exchange.entry
    entry.limits = decision.outcomes
    if not decision.allowed:
        entry.verdict = "limited"
        if decision.refused == "unavailable":
            raise EdgeFault(503, "limits-unavailable")
        raise ClientFault(429, "rate-limited", decision.refused or "")


def _block(exchange: Exchange, verdict: Verdict) -> None:
    exchange.entry.verdict = "blocked"
    if verdict.action == "drop":
        raise Dropped(verdict.status, "rule", close=True)
    if verdict.action == "redirect":
        raise Redirected(verdict.status, "rule", verdict.location)
    refusal = next((match.value for match in verdict.matches if match.rule == GRAPHQL.id), "")
    raise ClientFault(verdict.status, "graphql" if refusal and verdict.status == GRAPHQL.status else "rule", refusal)


def _blame(entry: Entry, fault: Fault) -> None:
    entry.blame, entry.reason, entry.detail = fault.blame.value, fault.reason, fault.detail
    entry.status = entry.status or fault.status
    if entry.verdict == "pass":
        entry.verdict = "refused" if fault.blame is Blame.CLIENT else "fault"


def _tell_verdict(entry: Entry, verdict: Verdict) -> None:
    entry.engine_ns = verdict.nanoseconds
    if verdict.matches:
        entry.matches, entry.score = verdict.matches, verdict.score
        if verdict.would_block and entry.verdict == "pass":
            entry.verdict = "shadow"
    entry.budget_spent = verdict.budget_spent
    entry.excluded = verdict.excluded

"""Where dynamic rules meet exchanges: what holds a request is said before it is admitted, what it was is told when it is over.

Everything here is done at once, without waiting; only the answer to a challenge, and a try to log in, have bodies to be read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from edgeguard.dynamic.challenge import COOKIE, pass_in, without_pass
from edgeguard.dynamic.login import LONGEST as LONGEST_LOGIN
from edgeguard.dynamic.model import Event
from edgeguard.dynamic.page import LONGEST_ANSWER, PLACE, SCRIPT, SCRIPT_PLACE, page, read_answer
from edgeguard.gateway.body import hold
from edgeguard.gateway.problem import problem
from edgeguard.message import Body, Headers, Response
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from edgeguard.config.model import Dynamic as Settings
    from edgeguard.dynamic.challenge import Challenger
    from edgeguard.dynamic.desk import Desk
    from edgeguard.dynamic.engine import Dynamic
    from edgeguard.dynamic.login import LoginReader
    from edgeguard.dynamic.model import Decision, Sanction
    from edgeguard.gateway.exchange import Exchange
    from edgeguard.gateway.vouching import Voucher
    from edgeguard.message import Field
    from edgeguard.observe.meters import Meters

_OWN = b"/.edgeguard/"
# What was refused by a sanction is not counted again: else a storm of refusals would make it last for ever.
_HELD = frozenset(("banned", "challenged", "tightened", "challenge-failed"))
_NO_STORE = (b"cache-control", b"no-store")
_BANNED = "Requests from here are refused for a while, because of what was asked before. Please try again later."
_TIGHTENED = "There were too many requests of one kind. Please wait as long as Retry-After says."
_CHALLENGED = (
    "This site has to tell browsers from programs just now. Open one of its pages in a browser with JavaScript and cookies, "
    "or use credentials of an account, and ask again."
)
_FAILED = "The check was not passed, or took too long. Please go back, and load the page again."


class Watch:
    """See the module.

    Args:
        dynamic: the engine.
        desk: has what others have put in force.
        challenger: makes and judges challenges.
        logins: reads what a login tries.
        settings: the section `dynamic`.
        meters: this worker's.
        wall: seconds since the epoch.
        voucher: knows credentials that the edge can't verify; None where nobody does.
    """

    __slots__ = ("_challenger", "_desk", "_dynamic", "_login_paths", "_logins", "_meters", "_voucher", "_wall")

    def __init__(
        self,
        dynamic: Dynamic,
        desk: Desk,
        challenger: Challenger,
        logins: LoginReader,
        settings: Settings,
        meters: Meters,
        wall: Callable[[], float],
        voucher: Voucher | None = None,
    ) -> None:
        self._dynamic = dynamic
        self._desk = desk
        self._challenger = challenger
        self._logins = logins
        self._login_paths = PathPatterns(settings.login.paths)
        self._meters = meters
        self._wall = wall
        self._voucher = voucher

    # -- before

    def admit(self, exchange: Exchange) -> Response | Awaitable[Response] | None:
        """What holds this request; None where nothing does."""
        request = exchange.request
        given = None
        cookies = request.headers.get(b"cookie")
        if cookies is not None and COOKIE in cookies:
            given = pass_in(cookies)
            _take_pass_out(exchange, cookies)
        if request.path.startswith(_OWN):
            return self._own(exchange)
        now = self._wall()
        self._desk.catch_up(now)
        decision = self._dynamic.decision(exchange.client, now, request.headers)
        return None if decision is None else self._held(exchange, decision, now, given)

    def _held(self, exchange: Exchange, decision: Decision, now: float, given: bytes | None) -> Response | None:
        client, request = exchange.client, exchange.request
        if not client.authenticated and self._voucher is not None and self._voucher.knows(request):
            client = replace(client, vouched=True)
            found = self._dynamic.decision(client, now, request.headers)
            if found is None:
                return None
            decision = found
        if decision.sanction.act == "challenge" and exchange.link.redirect is not None:
            return None  # the browser is sent to https anyway, and is asked there
        if decision.sanction.act == "challenge" and not decision.sanction.shadow:
            agent = request.headers.get(b"user-agent") or b""
            if given is None or not self._challenger.passes(given, client.address, agent, now):
                return self._challenge(exchange, decision, now, agent)
            self._meters.sanctioned("challenge", "passed")
            found = self._dynamic.decision(client, now, request.headers, challenged=True)
            if found is None:
                return None
            decision = found
        return self._refuse(exchange, decision)

    def _refuse(self, exchange: Exchange, decision: Decision) -> Response | None:
        sanction = decision.sanction
        self._meters.sanctioned(sanction.act, "shadow" if sanction.shadow else "refused")
        if sanction.shadow:
            return None
        retry = (b"retry-after", b"%d" % max(1, decision.retry_after))
        if sanction.act == "tighten":
            exchange.entry.verdict = "limited"
            return _answer(exchange, 429, "tightened", _told(sanction), _TIGHTENED, retry)
        return _answer(exchange, 403, "banned", _told(sanction), _BANNED)

    # -- challenges

    def _challenge(self, exchange: Exchange, decision: Decision, now: float, agent: bytes) -> Response:
        """A page for a browser that goes somewhere; all others are told what is wanted."""
        request, entry = exchange.request, exchange.entry
        self._meters.sanctioned("challenge", "refused")
        if not _navigates(exchange):
            return _answer(exchange, 403, "challenged", _told(decision.sanction), _CHALLENGED)
        self._meters.challenge("shown")
        _blame(exchange, 403, "challenged", _told(decision.sanction))
        place = request.path if request.query is None else request.path + b"?" + request.query
        puzzle = self._challenger.puzzle(exchange.client.address, agent, now)
        content, policy = page(puzzle, place, entry.request_id)
        fields = [(b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", policy.encode()), _NO_STORE]
        return Response(403, Headers(fields), Body(content if request.method != b"HEAD" else b""))

    def _own(self, exchange: Exchange) -> Response | Awaitable[Response]:
        """What lies below the edge's own path; the origin never sees it."""
        request = exchange.request
        if request.path == SCRIPT_PLACE and request.method in (b"GET", b"HEAD"):
            fields = [(b"content-type", b"text/javascript; charset=utf-8"), (b"cache-control", b"public, max-age=3600")]
            return Response(200, Headers(fields), Body(SCRIPT if request.method == b"GET" else b""))
        if request.path != PLACE:
            return _answer(exchange, 404, "no-such-place", "nothing of the edge's own lies there")
        if request.method == b"POST":
            return self._judge(exchange)
        return Response(303, Headers([(b"location", b"/"), _NO_STORE]), Body(b""))

    async def _judge(self, exchange: Exchange) -> Response:
        """An answer to a puzzle came in: a pass and back to where the browser was going, or an end."""
        request, client = exchange.request, exchange.client
        request.body.limit = LONGEST_ANSWER
        held = await hold(request, LONGEST_ANSWER)
        puzzle, answer, back = read_answer(held.content if held.complete and held.size <= LONGEST_ANSWER else b"")
        agent = request.headers.get(b"user-agent") or b""
        given = self._challenger.solved(puzzle, answer, client.address, agent, self._wall())
        if given is None:
            self._meters.challenge("failed")
            return _answer(exchange, 403, "challenge-failed", "", _FAILED)
        self._meters.challenge("solved")
        secure = b"; Secure" if _is_secure(exchange) else b""
        lasts = b"; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax" % int(self._challenger.valid)
        cookie = COOKIE + b"=" + given.encode() + lasts + secure
        return Response(303, Headers([(b"location", back), (b"set-cookie", cookie), _NO_STORE]), Body(b""))

    # -- logins

    def tries_login(self, exchange: Exchange) -> bool:
        """Whether this could be a try to log in; its body has to be looked at then."""
        request = exchange.request
        return request.method == b"POST" and request.body.length != 0 and self._login_paths.fits(request.path)

    async def login(self, exchange: Exchange) -> Response | None:
        """Note what a login tries, and what holds it."""
        held = await hold(exchange.request, LONGEST_LOGIN)
        address = exchange.client.address
        content = exchange.transaction.seen.content if exchange.transaction is not None else None
        if not held.complete or held.size > LONGEST_LOGIN:
            exchange.login = self._logins.strange(address)
        elif content is not None and content.raw:  # decompressed
            exchange.login = self._logins.read(content.raw, content.form, address)
        else:
            exchange.login = self._logins.read(held.content, address=address)
        name = exchange.login[0]
        decision = self._dynamic.login(name, self._wall()) if name else None
        return None if decision is None else self._refuse(exchange, decision)

    # -- after

    def observe(self, exchange: Exchange) -> None:
        """Count what an exchange was; called when all is known of it."""
        entry = exchange.entry
        matches, login = entry.matches, exchange.login
        # Not the content's own: to ask that would read a large body again, here, where all others wait.
        cost = 0 if exchange.transaction is None else exchange.transaction.seen.cost
        if entry.reason in _HELD or not self._dynamic.wants(
            entry.status,
            matched=bool(matches),
            unusual=entry.verdict != "pass",
            login=bool(login[0]),
            cache=entry.cache,
            origin_seconds=entry.origin_seconds,
            cost=cost,
        ):
            return
        request = exchange.request
        client = getattr(exchange, "client", None)
        if client is None:  # a defect kept it from being known
            return
        known = client.authenticated or (self._voucher is not None and self._voucher.knows(request))
        event = Event(
            address=client.address,
            # Who has proven to be somebody is not who a place is called by: else it could get that one banned.
            account=client.account.id if client.account is not None and not (known and client.account.is_place) else "",
            verified=known,
            method=request.method.decode("latin-1"),
            host=request.host.decode("latin-1"),
            path=request.path.decode("latin-1"),
            route=entry.route,
            status=entry.status,
            verdict=entry.verdict,
            reason=entry.reason,
            cache=entry.cache,
            origin_seconds=max(0.0, entry.origin_seconds),
            rules=[match.rule for match in matches] if matches else (),
            tags=[tag for match in matches for tag in getattr(match, "tags", ())] if matches else (),
            cost=cost,
            login=login[0],
            password=login[1],
            headers=request.headers,
        )
        now = self._wall()
        begun = self._dynamic.observe(event, now)
        if begun:
            self.began(begun, now)
            entry.sanctions = [_line(sanction) for sanction in begun]

    def began(self, sanctions: Sequence[Sanction], now: float) -> None:
        """Count what began here, and tell others of it."""
        for sanction in sanctions:
            self._meters.sanction(sanction.rule, sanction.act, shadow=sanction.shadow)
        self._desk.began(sanctions, now)


def _take_pass_out(exchange: Exchange, cookies: bytes) -> None:
    """The origin and the cache have nothing to do with the pass."""
    request = exchange.request
    kept = without_pass(cookies)
    request.headers = request.headers.without(frozenset((b"cookie",)))
    if kept:
        request.headers.add(b"cookie", kept)


def _navigates(exchange: Exchange) -> bool:
    """Whether a browser asks for a page that a person will see; browsers of today say so themselves."""
    request = exchange.request
    headers = request.headers
    accept = headers.get(b"accept") or b""
    mode = headers.get(b"sec-fetch-mode")
    return request.method in (b"GET", b"HEAD") and b"text/html" in accept[:1024] and mode in (None, b"navigate")


def _is_secure(exchange: Exchange) -> bool:
    """Whether the client came over TLS, to the edge or to a trusted proxy; others could not send a Secure cookie back."""
    request = exchange.request
    if request.scheme == b"https":
        return True
    return bool(exchange.link.trusted) and (request.headers.get(b"x-forwarded-proto") or b"").lower() == b"https"


def _answer(exchange: Exchange, status: int, reason: str, detail: str, more: str = "", *fields: Field) -> Response:
    request = exchange.request
    _blame(exchange, status, reason, detail)
    if request.body.whole is None:
        request.body.abandon()
    return problem(status, exchange.entry.request_id, request, list(fields), more)


def _blame(exchange: Exchange, status: int, reason: str, detail: str) -> None:
    entry = exchange.entry
    entry.blame, entry.reason, entry.detail, entry.status = "client", reason, detail, status
    if entry.verdict == "pass":
        entry.verdict = "refused"


def _told(sanction: Sanction) -> str:
    """For the log: what holds the request, and until when."""
    until = datetime.fromtimestamp(sanction.until, UTC).isoformat(timespec="seconds")
    return f"{sanction.act} of {sanction.subject} by {sanction.rule} until {until}"


def _line(sanction: Sanction) -> dict[str, object]:
    return {
        "rule": sanction.rule,
        "act": sanction.act,
        "kind": sanction.subject.kind,
        "subject": sanction.subject.value,
        "seconds": round(sanction.until - sanction.began),
        "count": sanction.count,
        "reason": sanction.reason,
        "mode": "shadow" if sanction.shadow else "enforce",
    }

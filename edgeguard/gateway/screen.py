"""Inspecting what the origin says before it is stored or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import Dropped, EdgeFault, Redirected
from edgeguard.gateway.body import Held, hold
from edgeguard.gateway.covering import cover
from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.response import START

if TYPE_CHECKING:
    from edgeguard.gateway.exchange import Exchange
    from edgeguard.gateway.inspector import Inspector
    from edgeguard.message import Response
    from edgeguard.waf.model import Verdict
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.transaction import Transaction

_NOTHING = Held((b"",), 0, complete=True)
_INFLATES = 8  # how many times longer text is than what it is compressed to, at most but for rare cases


class Screen:
    """Runs the response phases of a ruleset.

    Attributes:
        bodies: whether a rule looks at bodies, which must then come as can be read here.
        wanted: False where no rule looks at responses, which saves the phase.
    """

    __slots__ = ("_always", "_inspector", "_ruleset", "bodies", "wanted")

    def __init__(self, ruleset: Ruleset, inspector: Inspector | None = None) -> None:
        self._ruleset = ruleset
        self._inspector = inspector
        # Whether the verb for bodies is called although no rule needs the body: chains have rules of every phase.
        self._always = bool(ruleset.chains) or any(item.only is Phase.RESPONSE_BODY for item in ruleset.plan.rules)
        self.bodies = ruleset.inspects_response_bodies
        self.wanted = ruleset.inspects_responses

    def begin(self, exchange: Exchange) -> None:
        """Give an exchange that no client waits for a transaction of its own, where responses are looked at."""
        if self.wanted and exchange.route.waf != "off":
            exchange.transaction = self._ruleset.transaction(
                exchange.request, exchange.client, exchange.route.waf, route=exchange.route.name
            )
            exchange.transaction.request_head()

    async def inspect(self, exchange: Exchange, response: Response) -> None:
        """Let the rules see `response`, whose body is held back as far as they see it.

        Raises:
            EdgeFault: a rule blocks it; nothing of it may reach the client.
            OriginFault: the body broke off.
        """
        transaction = exchange.transaction
        if transaction is None:
            return
        verdict = transaction.response_head(response.status, response.headers)
        if verdict.blocked:
            _withhold(exchange, response, verdict)
        whole = held = _NOTHING
        waf = self._ruleset.settings
        most = self._reach(transaction, response)
        if most is None:
            return
        if most:
            # A beginning that may come slowly, as of a stream, is taken as it first comes: one piece tells what kind it is.
            whole = await hold(response, 0 if most <= START and response.body.length is None else most)
            held = whole.cut(most)
        encoded = b"content-encoding" in response.headers
        if self._inspector is None or held.size * (_INFLATES if encoded else 1) <= waf.inline_bytes:
            verdict = transaction.response_body(held.content, held.complete)
        else:
            verdict = await self._inspector.inspect(transaction, Phase.RESPONSE_BODY, held)
        if verdict.blocked:
            _withhold(exchange, response, verdict)
        if verdict.masks:
            exchange.entry.masked = len(verdict.masks)
            if not cover(response, whole, verdict.masks, most):
                exchange.entry.verdict = "blocked"
                response.body.abandon()
                raise EdgeFault(502, "rule-on-response", "what a rule masks stands in content that can't be decompressed here")

    def must_be_whole(self, exchange: Exchange, response: Response) -> bool:
        """Whether rules are to see all of what is here in part: a secret could be asked for in two halves."""
        if response.status != 206 or exchange.transaction is None or not self.bodies:
            return False
        kind = response.headers.get(b"content-type") or b""
        # Several parts come in a wrapping that does not say what they are parts of.
        return self._ruleset.shows_response(kind) or kind.lstrip().lower().startswith(b"multipart/byteranges")

    def _reach(self, transaction: Transaction, response: Response) -> int | None:
        """How many bytes of the body rules are shown; None where no rule can hold any more, whatever it is."""
        kind = response.headers.get(b"content-type") or b""
        if not self.bodies or not self._ruleset.shows_response(kind):
            return 0
        if self._ruleset.scripts_see(kind):
            return self._ruleset.settings.inspect_bytes
        return transaction.response_reach() or (0 if self._always else None)


def _withhold(exchange: Exchange, response: Response, verdict: Verdict) -> None:
    response.body.abandon()
    exchange.entry.verdict = "blocked"
    if verdict.action == "drop":
        raise Dropped(verdict.status, "rule-on-response", close=True)
    if verdict.action == "redirect":
        raise Redirected(verdict.status, "rule-on-response", verdict.location)
    raise EdgeFault(verdict.status, "rule-on-response")

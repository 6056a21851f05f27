"""A ruleset: rules, settings and their plan, made once and never changed; what transactions are made from.

Compile before forking: a database of patterns and its scratch are shared with children as memory pages are. Within one process
a ruleset is for one thread.
"""

from __future__ import annotations

import hashlib
from time import perf_counter_ns, thread_time_ns, time
from typing import TYPE_CHECKING

from edgeguard import __version__
from edgeguard.waf.bodies.inspect import needs_body
from edgeguard.waf.dials import DEFAULT, settle_dials
from edgeguard.waf.editorial.withdraw import Editorial
from edgeguard.waf.exclusions import settle_exclusions
from edgeguard.waf.faults import RulesError
from edgeguard.waf.findings import EVENTS
from edgeguard.waf.model import Rule
from edgeguard.waf.phase import Phase
from edgeguard.waf.plan import make_plan
from edgeguard.waf.records import Records
from edgeguard.waf.seclang.observed import Observed
from edgeguard.waf.seclang.partial import settle
from edgeguard.waf.seclang.syntax import Configuration
from edgeguard.waf.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.config.model import Route, Waf
    from edgeguard.message import Client, Request
    from edgeguard.waf.databases import Databases
    from edgeguard.waf.model import Mode
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.syntax import Note
    from edgeguard.waf.transaction import Observer

# Types whose content EdgeGuard's own rules can read; all others go through unseen.
_READABLE = (b"text/", b"application/json", b"application/xml", b"application/javascript", b"application/problem+json")
_BUILD = b"030000000"  # of MODSEC_BUILD: the language is that of version 3
_STRICTNESS: dict[Mode, int] = {"off": 0, "shadow": 1, "enforce": 2}


class Ruleset:
    """Rules ready to be asked.

    Attributes:
        rules: all that were read, those included that are not asked (`test`, `retired`, and what the dials leave out).
        settings: the section they were compiled with.
        digest: SHA-256 over rules, settings and engine version, in hexadecimal; equal digests decide equally.
        rule_ids: of the rules that are asked, and of what the engine itself reports.
        inspects_responses: False where no rule looks at a response, so that its verbs need not be called.
        inspects_response_bodies: likewise for bodies.
        notes: what was accepted in scripts, and has no effect here.
        exclusions: by a rule's id, where it is not asked, or not of some values.
        facts: SecLang's variables that are the same for all requests.
        stances: by route, how rules act there where not as their files say.
        budget: engine time for one transaction, in nanoseconds.
        editorial: reads bodies, and takes what editors wrote out of what rules look at.
    """

    __slots__ = (
        "_own_bodies",
        "_shown",
        "budget",
        "chains",
        "digest",
        "editorial",
        "exclusions",
        "facts",
        "inspects_response_bodies",
        "inspects_responses",
        "notes",
        "observed",
        "plan",
        "records",
        "rule_ids",
        "rules",
        "seclang",
        "settings",
        "stances",
    )

    def __init__(
        self,
        rules: Sequence[Rule],
        settings: Waf,
        *,
        chains: Sequence[ChainRule] = (),
        seclang: Configuration | None = None,
        notes: tuple[Note, ...] = (),
        databases: Databases | None = None,
        gates: bool = True,
        routes: Sequence[Route] = (),
    ) -> None:
        self.rules = tuple(rules)
        self.chains = tuple(chains)
        exclusions = settle_exclusions(settings, self.rules, self.chains)
        if exclusions.faults:
            raise RulesError(exclusions.faults)
        self.exclusions = exclusions.of
        self.notes = (*notes, *exclusions.notes)
        self.settings = settings
        self.seclang = seclang or Configuration()
        self.budget = settings.budget_us * 1000
        self.editorial = Editorial(settings)
        settled = settle(self.chains) if self.chains and self.seclang.rule_engine != "off" else None
        self.observed = settled.observed if settled is not None else Observed()
        self.records = Records(self.seclang.collection_timeout)
        self.facts = {"WEBAPPID": self.seclang.web_app_id.encode(), "MODSEC_BUILD": _BUILD}
        dials = settle_dials(self.rules, settings, routes)
        self.stances = dials.stances
        self.plan = make_plan(dials.asked, settled, databases, gates=gates)
        if gates:
            for term in self.plan.gated:
                term.operator.prepare(databases)
        self.digest = _digest(self.rules, self.chains, settings, routes)
        self.rule_ids = (*(event.id for event in EVENTS), *(item.rule.id for item in self.plan.rules))
        phases = {source.phase for item in self.plan.rules for term in item.rule.terms for source in term.target.sources}
        phases |= {item.only for item in self.plan.rules if item.only is not None}
        self.inspects_responses = bool(phases & {Phase.RESPONSE_HEAD, Phase.RESPONSE_BODY})
        own_bodies = self._own_bodies = bool(self.plan.watches)
        self._shown = tuple(each.encode() for each in self.seclang.response_body_mime_types)
        self.inspects_response_bodies = own_bodies or (self.seclang.response_body_access and Phase.RESPONSE_BODY in phases)

    @property
    def packs(self) -> tuple[str, ...]:
        """Files of rules that are asked, without folder and ending."""
        return tuple(sorted({rule.pack for item in self.plan.rules if isinstance(rule := item.rule, Rule) and rule.pack}))

    def __repr__(self) -> str:
        return f"Ruleset({len(self.plan.rules)} of {len(self.rules) + len(self.chains)} rules active, {self.digest[:12]})"

    needs_body = staticmethod(needs_body)

    def shows_response(self, content_type: bytes) -> bool:
        """Whether rules are shown a response body of this type, for which it is held back."""
        essence = content_type.lower().partition(b";")[0].strip()
        if self.scripts_see(content_type):
            return True
        if not self._own_bodies or essence == b"text/event-stream":
            return False
        # Without a type it may be a page of errors that was thrown together; browsers guess, too.
        return not essence or essence.startswith(_READABLE) or essence.endswith((b"+json", b"+xml"))

    def scripts_see(self, content_type: bytes) -> bool:
        """Whether rules in SecLang are shown a response body of this type."""
        return self.seclang.response_body_access and content_type.lower().partition(b";")[0].strip() in self._shown

    def transaction(  # noqa: PLR0913 - each has a name, and most have a default
        self,
        request: Request,
        client: Client,
        mode: Mode = "enforce",
        now: Callable[[], int] = perf_counter_ns,
        worked: Callable[[], int] = thread_time_ns,
        wall: Callable[[], float] = time,
        *,
        blind: bool = False,
        observer: Observer | None = None,
        route: str = DEFAULT,
    ) -> Transaction:
        """Begin to inspect an exchange.

        Args:
            request: its head; the body is handed to `Transaction.request_body`.
            client: who asks.
            mode: the route's mode; the stricter one never wins over `settings.mode`.
            now: nanoseconds of a clock that never goes back.
            worked: nanoseconds for which this thread had a core; asked once a verb, and when `now` says it is late.
            wall: seconds since 1970, for rules that look at the time, and for how long variables live.
            blind: evaluate every rule on every value without the gate; slow, for proving the gate right.
            observer: is told of each rule that holds, those that log nothing included.
            route: the one that the request takes, whose dials hold.
        """
        if _STRICTNESS[self.settings.mode] < _STRICTNESS[mode]:
            mode = self.settings.mode
        stance = self.stances.get(route) if self.stances else None
        return Transaction(
            self, request, client, mode, now, worked, wall, blind=blind, observer=observer, route=route, stance=stance,
            exclusions=self.exclusions,
        )  # fmt: skip


def _digest(rules: Sequence[Rule], chains: Sequence[ChainRule], settings: Waf, routes: Sequence[Route]) -> str:
    digest = hashlib.sha256(f"edgeguard {__version__}\n{settings.model_dump_json()}\n".encode())
    for route in routes:
        if route.waf is not None:
            digest.update(f"{route.name} {route.waf.model_dump_json()}\n".encode())
    for rule in rules:
        digest.update(rule.canonical.encode() + b"\n")
    for chain in chains:
        digest.update(chain.canonical.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()

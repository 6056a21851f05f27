"""Hands a transaction over to another process for one verb about a body, and takes it back, as plain values.

Both processes have the same ruleset by fork. The worker asks a *question*: the exchange's head and the transaction's state so
far. The other process makes a transaction of it, calls the verb, and gives its *answer*: the state after it. The worker's own
transaction goes on from there. Rules, terms and removals are named by their place in the plan. Questions and answers are made
of numbers, text, bytes, tuples, lists and dictionaries alone.

Hits go along only where a rule that is decided later can need them. What rules wrote to persistent collections comes back as
changes, for the store is the worker's.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from edgeguard.message import Account, Body, Client, Headers, Request
from edgeguard.waf.actions.initcol import InitCol
from edgeguard.waf.bodies.content import Content
from edgeguard.waf.bodies.deferred import Deferred
from edgeguard.waf.findings import Findings
from edgeguard.waf.model import Match, Rule
from edgeguard.waf.phase import Phase
from edgeguard.waf.records import Record
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.targets.seclang.registry import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.waf.actions.effect import Removal
    from edgeguard.waf.evaluate import Hit
    from edgeguard.waf.model import Term, Verdict
    from edgeguard.waf.plan import Planned
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.macros import Template
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.transaction import Transaction

Plain = tuple[Any, ...]
"""Values that `marshal` takes."""

BODIES = (Phase.REQUEST_BODY, Phase.RESPONSE_BODY)

_MATCH = tuple(Match.__dataclass_fields__)
_FINDINGS = tuple(Findings.__slots__)
# Of a machine, what is not named here is plain. Begun anew with it or with each rule, or put into words below:
_APART = frozenset(
    {"_allowed", "_base", "_made", "_matched", "_observed", "_rule", "_seen", "_store", "_tick", "_wall", "facts", "holds",
     "records", "removals"}
)  # fmt: skip
_MACHINE = tuple(name for name in Machine.__slots__ if name not in _APART)
_SEEN = (
    *("body_cut", "body_length", "client_port", "forced_body", "processor", "response_protocol", "server_address"),
    *("server_port", "status"),
)
_BACK = ("body_cut", "cost", "forced_body", "processor")  # what a verb can change of these
_match, _findings, _machine = attrgetter(*_MATCH), attrgetter(*_FINDINGS), attrgetter(*_MACHINE)
_seen, _back = attrgetter(*_SEEN), attrgetter(*_BACK)


class Handover:
    """For one ruleset; made in each of the two processes."""

    __slots__ = ("_items", "_late", "_looks_back", "_numbers", "_opens", "_orders", "_places", "_removals", "_ruleset", "_terms")

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        plan = ruleset.plan
        items = dict.fromkeys((*plan.rules, *(item for phase in plan.phases for item in phase.strayed)))
        chains = [item.rule for item in items if not isinstance(item.rule, Rule)]
        self._items: dict[int, Planned] = {item.order: item for item in items}
        self._orders: dict[object, int] = {item.rule: item.order for item in items}
        self._terms: tuple[Term, ...] = tuple(plan.rules_of)
        self._numbers = {term: number for number, term in enumerate(self._terms)}
        self._late = {phase: _terms_for(items, phase) for phase in Phase}
        effects = [(rule, effect) for rule in chains for link in rule.links for effect in link.effects]
        self._removals: list[Removal] = [effect.removal for _, effect in effects if effect.removal is not None]
        self._places = {id(removal): place for place, removal in enumerate(self._removals)}
        self._opens = {rule.phase for rule, effect in effects if isinstance(effect, InitCol)}
        self._looks_back = any(item.only is Phase.LOGGING and _is_about_answers(item.rule) for item in items)

    def covers(self, phase: Phase) -> bool:
        """Whether the verb of `phase` may be called elsewhere: not where its rules open records, for these are kept here."""
        return phase in BODIES and phase not in self._opens

    # -- here

    def question(self, transaction: Transaction, phase: Phase, complete: bool) -> Plain:
        """What another process needs to call the verb of `phase`, beside the body and what was `sent`.

        Args:
            transaction: as it is before the verb.
            phase: one of `BODIES`.
            complete: whether the body will be all there is.
        """
        seen = transaction._seen
        request, client, account = seen.request, seen.client, seen.client.account
        return (
            int(phase),
            complete,
            (transaction._mode, transaction.route),
            (request.method, request.target, request.path, request.query, request.scheme, request.authority, request.version),
            (request.id, request.headers.fields, request.body.length),
            (client.address, client.peer, client.vouched),
            None if account is None else (account.id, account.source, account.verified),
            _seen(seen),
            None if seen.response_headers is None else seen.response_headers.fields,
            seen.content is not None,
            self._state(transaction, Phase(phase - 1)),
        )

    @staticmethod
    def sent(transaction: Transaction) -> Sequence[bytes]:
        """The request's body, which rules on the response's can look at as well."""
        return transaction._seen.sent

    def adopt(self, transaction: Transaction, phase: Phase, body: Sequence[bytes], complete: bool, answer: Plain) -> Verdict:
        """Go on from the answer to a question, as if the verb had been called here.

        Args:
            transaction: which has not been used since it was asked about.
            phase: as in the question.
            body: in pieces.
            complete: as in the question.
            answer: from `answer`.
        """
        seen = transaction._seen
        back, state, changes = answer
        if phase is Phase.REQUEST_BODY:
            seen.sent = body
            seen.content = self._later(seen, body, complete=complete)
            if complete:
                seen.body_length = sum(map(len, body))
        else:
            seen.response_body = b"".join(body) if self._looks_back else b""
            seen.response_cut = not complete
        for name, value in zip(_BACK, back, strict=True):
            setattr(seen, name, value)
        machine = transaction._machine
        records = {} if machine is None else machine.records
        self._restore(transaction, state)
        if transaction._machine is not None:
            transaction._machine.records = records
        for collection, name, value in changes:
            _write(records[collection], name, value)
        return transaction._verdict_now()

    def give_up(self, transaction: Transaction, phase: Phase) -> Verdict:
        """The verb without a look at the body, for which there is no time: `on_budget` says what that means."""
        seen = transaction._seen
        if phase is Phase.REQUEST_BODY:
            seen.content, seen.body_cut = Content(), True
        else:
            seen.response_body, seen.response_cut = b"", True
        started = transaction._start()
        transaction._spent()
        transaction._decide(phase)
        return transaction._verdict(started)

    # -- there

    def answer(self, question: Plain, body: bytes, sent: bytes = b"") -> Plain:
        """Call the verb that is asked for.

        Args:
            question: from `question`.
            body: the message's content.
            sent: what `sent` gave, in one.
        """
        number, complete, (mode, route), line, rest, who, account, facts, answered, is_read, state = question
        phase = Phase(number)
        method, target, path, query, scheme, authority, version = line
        identity, fields, length = rest
        address, peer, vouched = who
        request = Request(
            *(method, target, path, query, scheme, authority, Headers(fields), Body(None, length)), version=version, id=identity
        )
        client = Client(address, peer, None if account is None else Account(*account), vouched)
        transaction = self._ruleset.transaction(request, client, mode, route=route)
        seen = transaction._seen
        for name, value in zip(_SEEN, facts, strict=True):
            setattr(seen, name, value)
        if answered is not None:
            seen.response_headers = Headers(answered)
        if is_read:
            seen.content = self._later(seen, (sent,), complete=seen.body_length is not None)
        self._restore(transaction, state)
        opened = _opened(transaction._machine)
        if phase is Phase.REQUEST_BODY:
            transaction.request_body(body, complete)
        else:
            transaction.response_body(body, complete)
        after = transaction._machine
        answer = (_back(seen), self._state(transaction, phase), _changes(opened, after))
        if after is not None:
            after.end()
        return answer

    # -- both

    def _later(self, seen: Seen, pieces: Sequence[bytes], *, complete: bool) -> Content:
        request, client, processor, read = seen.request, seen.client, seen.processor, self._ruleset.editorial.read
        return Deferred(lambda: read(request, client, b"".join(pieces), complete=complete, processor=processor))

    def _state(self, transaction: Transaction, phase: Phase) -> Plain:
        """The state after `phase`, as far as later phases can need it."""
        late, numbers = self._late[phase], self._numbers
        findings = transaction._findings
        return (
            {numbers[term]: hits for term, hits in transaction._asking.hits.items() if term in late},
            [item.order for item in transaction._done or ()],
            None if findings is None else _plain_findings(findings),
            None if transaction._machine is None else self._plain_machine(transaction._machine),
            transaction.nanoseconds,
        )

    def _restore(self, transaction: Transaction, state: Plain) -> None:
        hits, done, findings, machine, transaction.nanoseconds = state
        found: dict[Term, list[Hit]] = {self._terms[number]: listed for number, listed in hits.items()}
        transaction._asking.hits = found
        transaction._done = {self._items[order] for order in done} if done else None
        transaction._findings = None if findings is None else _findings_of(findings)
        transaction._machine = None
        if machine is not None:
            self._begin(transaction, machine)

    def _plain_machine(self, machine: Machine) -> Plain:
        records = {
            name: (record.key, record._timeout, record._now, record.until, record._variables)
            for name, record in machine.records.items()
        }
        return (
            _machine(machine),
            None if machine._rule is None else self._orders[machine._rule],
            [self._places[id(removal)] for removal in machine.removals],
            None if machine._allowed is None else int(machine._allowed),
            records,
        )

    def _begin(self, transaction: Transaction, plain: Plain) -> None:
        machine = transaction._begin_chains()
        values, order, removals, allowed, records = plain
        for name, value in zip(_MACHINE, values, strict=True):
            setattr(machine, name, value)
        if order is not None:
            item = self._items[order]
            if not isinstance(item.rule, Rule):
                machine._rule = item.rule
            if not machine.strayed:
                machine._base = item.base
        machine.removals = [self._removals[place] for place in removals]
        machine._allowed = None if allowed is None else Phase(allowed)
        for name, (key, timeout, now, until, variables) in records.items():
            record = machine.records[name] = Record(key, timeout)
            record._now, record.until, record._variables = now, until, variables


def _terms_for(items: Iterable[Planned], phase: Phase) -> frozenset[Term]:
    """Terms whose hits can matter after `phase`."""
    late: set[Term] = set()
    for item in items:
        if item.only is not None:
            matters = item.only > phase
        else:
            matters = any(source.phase > phase for term in item.rule.terms for source in term.target.sources)
        if matters:
            late.update(item.rule.terms)
    return frozenset(late)


def _is_about_answers(rule: Rule | ChainRule) -> bool:
    """Whether a rule may look at the body of a response."""
    if isinstance(rule, Rule):
        return any(source.phase is Phase.RESPONSE_BODY for term in rule.terms for source in term.target.sources)
    parts = [part.kind.sources for link in rule.links if link.selection is not None for part in link.selection.parts]
    templates: list[Template | None] = [rule.message, rule.logdata, rule.location]
    for link in rule.links:
        templates += [template for effect in link.effects for template in effect.templates]
        templates += [] if link.question is None else [link.question.argument]
    names = {reference.collection for template in templates if template is not None for reference in template.references}
    parts += [VARIABLES[name].sources for name in names if name in VARIABLES]
    return any(source.phase is Phase.RESPONSE_BODY for sources in parts for source in sources)


def _plain_findings(findings: Findings) -> Plain:
    values = dict(zip(_FINDINGS, _findings(findings), strict=True))
    values["_matches"] = [_match(match) for match in values["_matches"]]
    return tuple(values.values())


def _findings_of(plain: Plain) -> Findings:
    findings = Findings()
    for name, value in zip(_FINDINGS, plain, strict=True):
        setattr(findings, name, value)
    findings._matches = [Match(*each) for each in findings._matches]  # type: ignore[misc]
    return findings


def _opened(machine: Machine | None) -> dict[str, dict[bytes, tuple[bytes, float]]]:
    return {} if machine is None else {name: dict(record._variables) for name, record in machine.records.items()}


def _changes(before: dict[str, dict[bytes, tuple[bytes, float]]], machine: Machine | None) -> list[Plain]:
    """What the verb wrote to records that were open before it."""
    changes: list[Plain] = []
    for collection, variables in before.items():
        after = {} if machine is None else machine.records[collection]._variables
        changes += [(collection, name, None) for name in variables if name not in after]
        changes += [(collection, name, value) for name, value in after.items() if variables.get(name) != value]
    return changes


def _write(record: Record, name: bytes, value: tuple[bytes, float] | None) -> None:
    """Do it again, in the record of which the other process had a copy."""
    if value is None:
        record._variables.pop(name, None)
    else:
        record.set(name, value[0])
        if name in record._variables:
            record._variables[name] = value

"""One exchange's way through the rules: verbs in phase order, each answered with a verdict.

The gate is asked of every value first; rules are evaluated only where it says "perhaps". Each verb has `budget_us` of engine
time (the body as much again for each 32 KiB), read before each value that is not known to be clean, so that a head which is
padded takes no time from its body. When it is spent, inspection stops at the next value, and `on_budget` says what that means;
time in which another process had the core is not held against the request, nor is the parsing of its body, which size bounds.
Rules for which something was found until then are still decided, within one more budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.content import Content
from edgeguard.waf.bodies.inspect import inspect
from edgeguard.waf.evaluate import Evaluation
from edgeguard.waf.findings import BUDGET, TOO_MUCH, UNPARSABLE, Findings
from edgeguard.waf.model import VERDICT_ALLOW, Verdict
from edgeguard.waf.phase import Phase
from edgeguard.waf.plan import lane_key
from edgeguard.waf.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.message import Client, Headers, Request
    from edgeguard.waf.evaluate import Evidence, Hit
    from edgeguard.waf.forms import Trie
    from edgeguard.waf.gate import Gate
    from edgeguard.waf.model import Mode, Term
    from edgeguard.waf.plan import FieldPlan, Lane, Planned
    from edgeguard.waf.ruleset import Ruleset

_PER_BUDGET = 32 * 1024  # bytes of a body that earn one budget more: 16 KiB of prose take a quarter of the default
_LONG = 4096  # bytes of a value whose forms take so long that time is looked at between them
_LANES = 4096  # targets and cookie fields remembered as clean
_LANE_KEY = 1024  # bytes of a target or cookie field that is worth remembering


class _Spent(Exception):
    """The budget is spent."""


class Transaction:
    """Made by `Ruleset.transaction`; see there for the arguments.

    Call the verbs in order, each at most once. A request whose body has length 0 is inspected to its end by `request_head`.

    Attributes:
        nanoseconds: engine time so far.
    """

    __slots__ = (
        "_blind", "_budget", "_deadline", "_done", "_findings", "_hits", "_mode", "_now", "_plan", "_ruleset", "_seen",
        "_worked", "_worked_before", "nanoseconds",
    )  # fmt: skip

    def __init__(
        self,
        ruleset: Ruleset,
        request: Request,
        client: Client,
        mode: Mode,
        now: Callable[[], int],
        worked: Callable[[], int],
        *,
        blind: bool,
    ) -> None:
        self._ruleset = ruleset
        self._plan = ruleset.plan
        self._seen = Seen(request, client)
        self._mode = mode
        self._now = now
        self._worked = worked
        self._worked_before = 0
        self._blind = blind
        self._budget = ruleset.budget
        self._deadline = 0
        self._hits: dict[Term, list[Hit]] = {}
        self._findings: Findings | None = None
        self._done: set[Planned] | None = None
        self.nanoseconds = 0

    def request_head(self) -> Verdict:
        """Inspect method, target, fields, cookies, client; and the absence of a body, where there is none."""
        if self._mode == "off":
            return VERDICT_ALLOW
        started = self._start()
        self._phase(Phase.REQUEST_HEAD)
        if self._seen.request.body.length == 0:
            self._seen.content = _EMPTY
            self._phase(Phase.REQUEST_BODY)
        return self._verdict(started)

    def request_body(self, content: bytes, complete: bool = True) -> Verdict:
        """Inspect the body.

        Args:
            content: all of it, or its first `inspect_bytes`, as sent: still compressed where it was.
            complete: whether that is all.
        """
        if self._mode == "off" or self._seen.content is not None:
            return self._verdict_now()
        began = self._now()
        settings = self._ruleset.settings
        most = settings.inspect_bytes
        seen = self._seen
        parsed = seen.content = inspect(seen.request, content[:most], settings, complete=complete and len(content) <= most)
        if parsed.fault:
            # Three points for what nobody can see would let it through.
            policy = "block" if parsed.hidden and settings.on_unparsable == "score" else settings.on_unparsable
            self._found().event(UNPARSABLE if parsed.fault == "unparsable" else TOO_MUCH, policy, parsed.detail)
        if parsed.cut and settings.on_oversize == "block":
            self._found().event(TOO_MUCH, "block", "longer than is inspected, once decompressed")
        self._start(1 + len(content) // _PER_BUDGET)
        self._phase(Phase.REQUEST_BODY)
        return self._verdict(began)

    def response_head(self, status: int, headers: Headers) -> Verdict:
        """Inspect the origin's status and fields."""
        if self._mode == "off":
            return VERDICT_ALLOW
        started = self._start()
        self._seen.status = status
        self._seen.response_headers = headers
        self._phase(Phase.RESPONSE_HEAD)
        return self._verdict(started)

    def response_body(self, content: bytes) -> Verdict:
        """Inspect the response body's first bytes, `inspect_bytes` at most."""
        if self._mode == "off":
            return VERDICT_ALLOW
        started = self._start()
        self._seen.response_body = content[: self._ruleset.settings.inspect_bytes]
        self._phase(Phase.RESPONSE_BODY)
        return self._verdict(started)

    def finish(self) -> Verdict:
        """The last word, for the record: it tells the time even where nothing was found."""
        return Verdict(nanoseconds=self.nanoseconds) if self._findings is None else self._verdict_now()

    @property
    def seen(self) -> Seen:
        """What was seen, for explaining a verdict."""
        return self._seen

    def _start(self, budgets: int = 1) -> int:
        """Begin the verb's own time; when it began."""
        started = self._now()
        self._budget = self._ruleset.budget * budgets
        self._deadline = started + self._budget
        self._worked_before = self._worked()
        return started

    def _phase(self, phase: Phase) -> None:
        plan = self._plan.phases[phase]
        if not self._blind:
            try:
                self._gather(phase)
            except _Spent:
                self._spent()
        if self._hits or plan.always or self._blind:
            self._decide(phase)

    def _spent(self) -> None:
        findings = self._found()
        if not findings.budget_spent:
            findings.budget_spent = True
            findings.event(BUDGET, self._ruleset.settings.on_budget, "")
        self._start()

    def _gather(self, phase: Phase) -> None:
        """Ask the gate of every value that this phase brought."""
        plan = self._plan.phases[phase]
        gate = plan.gate
        seen = self._seen
        request = seen.request
        if plan.target is not None:
            key = lane_key(request)
            if key not in plan.target.clean:
                self._lane(plan.target, key, len(request.target), gate)
        if plan.cookies is not None:
            cookie = request.headers.get(b"cookie")
            if cookie is not None and cookie not in plan.cookies.clean:
                self._lane(plan.cookies, cookie, len(cookie), gate)
        if plan.fields is not None:
            headers = request.headers if phase is Phase.REQUEST_HEAD else seen.response_headers
            if headers is not None:
                self._fields(plan.fields, headers, gate)
        for take, trie in plan.loose:
            clean = trie.clean
            for name, value in take(seen):
                if value not in clean:
                    self._examine(trie, name, value, gate)

    def _fields(self, plan: FieldPlan, headers: Headers, gate: Gate) -> None:
        named = plan.named
        other = plan.other
        for name, value in headers.fields:
            trie = named.get(name, other)
            if trie is not None and value not in trie.clean:
                self._examine(trie, name, value, gate)

    def _lane(self, lane: Lane, key: object, length: int, gate: Gate) -> None:
        hits = self._hits
        before = len(hits)
        seen = self._seen
        for take, trie in lane.members:
            clean = trie.clean
            for name, value in take(seen):
                if value not in clean:
                    self._examine(trie, name, value, gate)
        if not before and not hits and length <= _LANE_KEY:
            if len(lane.clean) >= _LANES:
                lane.clean.clear()
            lane.clean.add(key)

    def _examine(self, trie: Trie, name: bytes, value: bytes, gate: Gate) -> None:
        """Scan each distinct form of a value; note the terms whose patterns occur in it."""
        if self._now() > self._deadline:
            self._late()
        if not value.translate(None, trie.calm):
            numbers = gate.hits(value)
            if not numbers and not trie.arrivals:
                trie.remember(value)
                return
            touched = False
            for number in numbers:
                for term in trie.patterns.get(number, ()):
                    touched = True
                    self._hit(term, trie.label, name, value)
            for term in trie.arrivals:
                self._hit(term, trie.label, name, value)
            if not touched and not trie.arrivals:
                trie.remember(value)
            return
        self._examine_forms(trie, name, value, gate)

    def _examine_forms(self, trie: Trie, name: bytes, value: bytes, gate: Gate) -> None:
        touched = False
        for form, nodes in trie.forms(value, self._tick if len(value) > _LONG else None).items():
            if len(form) > _LONG:
                self._tick()
            numbers = gate.hits(form)
            for node in nodes:
                for number in numbers:
                    for term in node.patterns.get(number, ()):
                        touched = True
                        self._hit(term, trie.label, name, form)
                for term in node.arrivals:
                    touched = True
                    self._hit(term, trie.label, name, form)
        if not touched:
            trie.remember(value)

    def _hit(self, term: Term, label: str, name: bytes, form: bytes) -> None:
        key = term.target.key
        if key is None or name.lower() == key:
            self._hits.setdefault(term, []).append((label, name, form))

    def _tick(self) -> None:
        if self._now() > self._deadline:
            self._late()

    def _late(self) -> None:
        """The deadline has passed. Only time that this thread worked counts, which is dearer to ask for."""
        left = self._budget - (self._worked() - self._worked_before)
        if left <= 0:
            raise _Spent
        self._deadline = self._now() + left

    def _decide(self, phase: Phase) -> None:
        """Evaluate the rules that may hold, in their order."""
        plan = self._plan
        if self._blind:
            candidates = [item for item in plan.rules if item.decides(phase)]
        else:
            wanted = set(plan.phases[phase].always)
            for term in self._hits:
                wanted.update(item for item in plan.rules_of[term] if item.decides(phase))
            candidates = sorted(wanted, key=_order)
        done = self._done
        evaluation = Evaluation(self._seen, None if self._blind else self._hits, plan.gated, self._tick)
        try:
            for item in candidates:
                if done is not None and item in done:
                    continue
                held, evidence = evaluation.rule(item.rule)
                if held:
                    self._matched(item, evidence)
                    done = self._done
        except _Spent:
            self._spent()

    def _matched(self, item: Planned, evidence: Evidence | None) -> None:
        if self._done is None:
            self._done = set()
        self._done.add(item)
        self._found().rule(item.rule, evidence)

    def _found(self) -> Findings:
        if self._findings is None:
            self._findings = Findings()
        return self._findings

    def _verdict(self, started: int) -> Verdict:
        self.nanoseconds += self._now() - started
        return self._verdict_now()

    def _verdict_now(self) -> Verdict:
        if self._findings is None:
            return VERDICT_ALLOW
        return self._findings.verdict(self._ruleset.settings.threshold, self._mode, self.nanoseconds)


def _order(item: Planned) -> int:
    return item.order


_EMPTY = Content()

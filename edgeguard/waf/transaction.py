"""One exchange's way through the rules: verbs in phase order, each answered with a verdict.

The gate is asked of every value first; rules are evaluated only where it says "perhaps". Each verb has `budget_us` of engine
time (the body as much again for each 32 KiB), read before each value that is not known already, so that a head which is
padded takes no time from its body. When it is spent, inspection stops at the next value, and `on_budget` says what that means;
of time in which another process had the core at most half is held against the request, and nothing of the parsing of its body,
which size bounds.
Rules for which something was found until then are still decided, within one more budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edgeguard.waf.asking import Asking
from edgeguard.waf.bodies.content import Content
from edgeguard.waf.bodies.encoding import response_text
from edgeguard.waf.budget import Budget, Spent
from edgeguard.waf.dials import DEFAULT
from edgeguard.waf.evaluate import Evaluation
from edgeguard.waf.findings import BUDGET, GRAPHQL, TOO_MUCH, UNPARSABLE, Findings
from edgeguard.waf.leaks import leaks
from edgeguard.waf.model import VERDICT_ALLOW, Rule, Verdict
from edgeguard.waf.phase import Phase
from edgeguard.waf.reach import reach
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.seclang.scores import kept_score
from edgeguard.waf.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from edgeguard.message import Client, Headers, Request
    from edgeguard.waf.dials import Stance
    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.exclusions import Exclusion
    from edgeguard.waf.model import Mode
    from edgeguard.waf.plan import Planned
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule

# Bytes of a body that earn one budget more: as much prose takes a fifth of the default, other octets half.
_PER_BUDGET = 32 * 1024
_NO_EXCLUSIONS: Mapping[str, tuple[Exclusion, ...]] = {}


class Observer(Protocol):
    """Whoever wants to know how rules came to hold."""

    def rule(self, rule: Rule, evidence: Evidence | None) -> None:
        """A rule of EdgeGuard's own language holds."""
        ...

    def chain(self, rule: ChainRule, machine: Machine) -> None:
        """A SecLang rule holds; `machine` has where, and the variables just behind it."""
        ...


class Transaction:
    """Made by `Ruleset.transaction`; see there for the arguments.

    Call the verbs in order, each at most once. A request whose body has length 0 is inspected to its end by `request_head`.

    Attributes:
        nanoseconds: engine time so far.
        route: by whose dials rules act.
    """

    __slots__ = (
        "_asking", "_blind", "_budget", "_done", "_exclusions", "_findings", "_finished", "_machine", "_mode", "_observer",
        "_plan", "_ruleset", "_seen", "_stance", "_wall", "nanoseconds", "route",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - `Ruleset.transaction` gives names to them
        self,
        ruleset: Ruleset,
        request: Request,
        client: Client,
        mode: Mode,
        now: Callable[[], int],
        worked: Callable[[], int],
        wall: Callable[[], float],
        *,
        blind: bool,
        observer: Observer | None = None,
        route: str = DEFAULT,
        stance: Stance | None = None,
        exclusions: Mapping[str, tuple[Exclusion, ...]] = _NO_EXCLUSIONS,
    ) -> None:
        self._ruleset = ruleset
        self._plan = ruleset.plan
        self._seen = Seen(request, client)
        self._mode = mode
        self._wall = wall
        self._blind = blind or not ruleset.plan.gates
        self._observer = observer
        self._stance = stance
        self._exclusions = exclusions
        self.route = route
        self._budget = Budget(now, worked)
        self._asking = Asking(self._seen, self._budget.tick)
        self._findings: Findings | None = None
        self._done: set[Planned] | None = None
        self._machine: Machine | None = None
        self._finished = False
        self.nanoseconds = 0

    # -- the verbs

    def request_head(self) -> Verdict:
        """Inspect method, target, fields, cookies, client; and the absence of a body, where there is none."""
        if self._mode == "off":
            return VERDICT_ALLOW
        started = self._start()
        self._phase(Phase.REQUEST_HEAD)
        if self._seen.request.body.length == 0 and not self._ended:
            self._seen.content = _EMPTY
            if self._seen.request.query:
                refusal, self._seen.cost = self._ruleset.editorial.asked(self._seen.request, self._seen.client)
                if refusal:
                    self._found().event(GRAPHQL, "block", refusal)
            self._phase(Phase.REQUEST_BODY)
        return self._verdict(started)

    def request_body(self, content: bytes, complete: bool = True) -> Verdict:
        """Inspect the body.

        Args:
            content: all of it, or its first `inspect_bytes`, as sent: still compressed where it was.
            complete: whether that is all.
        """
        if self._mode == "off" or self._seen.content is not None or self._ended:
            return self._verdict_now()
        began = self._budget.now()
        settings = self._ruleset.settings
        seen = self._seen
        most = self._ruleset.editorial.most(seen.request, seen.client)
        whole = complete and len(content) <= most
        if whole:
            seen.body_length = len(content)
        seen.sent = (content[:most],)
        parsed = seen.content = self._ruleset.editorial.read(
            seen.request, seen.client, content[:most], complete=whole, processor=seen.processor, profile=seen.profile
        )
        seen.body_cut = not whole or parsed.cut
        seen.cost = parsed.cost
        if parsed.fault:
            # Three points for what nobody can see would let it through.
            policy = "block" if parsed.hidden and settings.on_unparsable == "score" else settings.on_unparsable
            self._found().event(UNPARSABLE if parsed.fault == "unparsable" else TOO_MUCH, policy, parsed.detail)
        if parsed.refusal:
            self._found().event(GRAPHQL, "block", parsed.refusal)
        if parsed.cut and settings.on_oversize == "block":
            self._found().event(TOO_MUCH, "block", "longer than is inspected, once decompressed")
        if self._ruleset.rules:
            _ = parsed.json_values  # parsed now: what size bounds is not held against the budget
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

    def response_reach(self) -> int:
        """How many bytes of the response's body EdgeGuard's own rules look at, as far as its head tells it."""
        if self._mode == "off" or self._ended:
            return 0
        most = self._ruleset.settings.inspect_bytes
        if self._blind or (self._findings is not None and self._findings.budget_spent):  # not all that is there was seen
            return most
        off = self._stance.off if self._stance is not None else frozenset()
        started = self._start()
        try:
            return reach(self._plan.watches, self._evaluation(), self._asking.hits, off, most)
        except Spent:
            self._spent()
            return most
        finally:
            self.nanoseconds += self._budget.now() - started

    def response_body(self, content: bytes, complete: bool = True) -> Verdict:
        """Inspect the response body's first bytes, decompressed, `inspect_bytes` at most.

        Args:
            content: as the origin sent it, or its beginning; b"" where rules are not shown it.
            complete: whether that is all.
        """
        if self._mode == "off":
            return VERDICT_ALLOW
        started = self._start()
        seen = self._seen
        encoding = seen.response_headers.get(b"content-encoding") if seen.response_headers is not None and content else None
        shown, whole = response_text(content, encoding, self._ruleset.settings.inspect_bytes)
        seen.response_body = shown
        seen.response_cut = not (complete and whole)
        self._phase(Phase.RESPONSE_BODY)
        return self._verdict(started)

    def finish(self) -> Verdict:
        """The last word, for the record: it tells the time even where nothing was found."""
        machine = self._machine
        wanted = machine is not None or self._blind or self._plan.logs
        if wanted and not self._finished and self._mode != "off":
            self._finished = True
            started = self._start()
            self._phase(Phase.LOGGING)
            self._verdict(started)
        if self._machine is not None:
            self._machine.end()
        return Verdict(nanoseconds=self.nanoseconds) if self._findings is None else self._verdict_now()

    @property
    def seen(self) -> Seen:
        """What was seen, for explaining a verdict."""
        return self._seen

    # -- time

    def _start(self, budgets: int = 1) -> int:
        """Begin the verb's own time; when it began."""
        return self._budget.start(self._ruleset.budget * budgets)

    def _spent(self) -> None:
        findings = self._found()
        if not findings.budget_spent:
            findings.budget_spent = True
            findings.event(BUDGET, self._ruleset.settings.on_budget, "")
        self._start()

    # -- phases

    def _phase(self, phase: Phase) -> None:
        plan = self._plan.phases[phase]
        if not self._blind:
            try:
                for earlier in self._left_out(phase):  # how many values are there? None.
                    self._asking.ask(self._plan.phases[earlier])
                self._asking.ask(plan)
            except Spent:
                self._spent()
        machine = self._machine
        if self._asking.hits or plan.always or self._blind or (machine is not None and machine.strayed):
            self._decide(phase)

    def _left_out(self, phase: Phase) -> Iterator[Phase]:
        """Phases before this one whose verb was not called, as the exchange was blocked, or has no such part."""
        seen = self._seen
        if phase > Phase.REQUEST_BODY and seen.content is None:
            yield Phase.REQUEST_BODY
        if phase > Phase.RESPONSE_HEAD and seen.response_headers is None:
            yield Phase.RESPONSE_HEAD
        if phase > Phase.RESPONSE_BODY and seen.response_body is None:
            yield Phase.RESPONSE_BODY

    # -- deciding

    def _decide(self, phase: Phase) -> None:
        """Evaluate the rules that may hold, in their order."""
        try:
            self._ask_all(phase, self._candidates(phase))
        except Spent:
            self._spent()

    def _candidates(self, phase: Phase) -> Sequence[Planned]:
        machine = self._machine
        strayed = machine is not None and machine.strayed
        if not self._blind:
            return self._plan.phases[phase].chosen(self._asking.hits, strayed=strayed)
        plan = self._plan
        off_path = plan.phases[phase].strayed if strayed else ()
        return sorted((*off_path, *(item for item in plan.rules if item.decides(phase))), key=_order)

    def _ask_all(self, phase: Phase, waiting: Sequence[Planned]) -> None:
        evaluation: Evaluation | None = None
        stance = self._stance
        resume = at = 0
        while at < len(waiting):
            item = waiting[at]
            at += 1
            rule = item.rule
            if isinstance(rule, Rule):
                if (self._done is not None and item in self._done) or (stance is not None and rule in stance.off):
                    continue
                if evaluation is None:
                    evaluation = self._evaluation()
                held, evidence = evaluation.rule(rule)
                if held and rule.id in self._exclusions:
                    held, evidence = self._unless_excluded(evaluation, rule, evidence)
                if held:
                    self._matched(item, rule, evidence)
                continue
            if item.order < resume:
                continue
            machine = self._machine or self._begin_chains()
            off_path = machine.strayed
            if (not off_path and not item.beaten) or machine.engine == "off" or not machine.goes_on(phase):
                continue
            memo = None if off_path or machine.removals else item.memo
            values = () if memo is None else memo.key(self._seen)
            if memo is not None and memo.knows(values):
                continue
            excluded = self._excluding(rule) if rule.id in self._exclusions else ()
            unwanted = [left_out for each in excluded for left_out in each.left_out]
            if not any(each.whole for each in excluded) and machine.ask(rule, item.base, self._looked_at, unwanted):
                resume = max(resume, rule.skip_to + self._plan.first_chain if rule.skip_to else 0)
                if item.leaves:
                    machine.stray()
                self._chain_held(rule, machine)
            elif excluded:
                self._found().exclude(excluded)  # it may have held; what it does forbids to ask it only to know
            elif memo is not None and not (machine.strayed or machine.removals or machine.noticed):
                memo.note(values)
            if machine.strayed and not off_path:  # rules about variables are asked from here on
                later = {*waiting[at:], *(each for each in self._plan.phases[phase].strayed if each.order > item.order)}
                waiting, at = sorted(later, key=_order), 0

    def _excluding(self, rule: Rule | ChainRule) -> list[Exclusion]:
        """The exclusions of a rule that are in force for this request."""
        return [each for each in self._exclusions[rule.id] if each.applies(self._seen, self.route, self._wall)]

    def _unless_excluded(self, evaluation: Evaluation, rule: Rule, evidence: Evidence | None) -> tuple[bool, Evidence | None]:
        """Whether a rule that holds still does without what exclusions keep from it, and what then speaks for it."""
        excluded = self._excluding(rule)
        if not excluded:
            return True, evidence
        if not (whole := [each for each in excluded if each.whole]):
            held, evidence = evaluation.rule(rule, tuple(spared for each in excluded for spared in each.spares))
            if held:
                return True, evidence
        self._found().exclude(whole or excluded)
        return False, None

    def _evaluation(self) -> Evaluation:
        return Evaluation(self._seen, None if self._blind else self._asking.hits, self._plan.gated, self._budget.tick)

    def _begin_chains(self) -> Machine:
        ruleset = self._ruleset
        machine = self._machine = Machine(self._seen, ruleset.observed, ruleset.records, self._wall, self._budget.tick)
        machine.engine = "on" if ruleset.seclang.rule_engine == "on" else "detectiononly"
        machine.facts = ruleset.facts
        return machine

    def _looked_at(self, link: ChainLink) -> set[bytes] | None:
        """The values that can satisfy a link; None where it must look at all."""
        if self._blind or not link.terms:
            return None
        hits = self._asking.hits
        return {value for term in link.terms for _, _, value in hits.get(term, ())}

    def _chain_held(self, rule: ChainRule, machine: Machine) -> None:
        """Note a match, and do what it disrupts."""
        counts = machine.engine == "on"
        if rule.log:
            self._found().chain(rule, machine, counts=counts)
        if self._observer is not None:
            self._observer.chain(rule, machine)
        if rule.phase is Phase.LOGGING:  # the exchange is over
            return
        if rule.disruption == "allow":
            if counts:
                machine.allow(rule.scope, rule.phase)
        elif rule.disruption != "pass":
            location = rule.location.expand(machine.look) if rule.location is not None else b""
            self._found().interrupt(rule, location, counts=counts)
            if counts and self._mode == "enforce":
                machine.stop()

    def _matched(self, item: Planned, rule: Rule, evidence: Evidence | None) -> None:
        if self._done is None:
            self._done = set()
        self._done.add(item)
        shadow = self._stance is not None and rule in self._stance.shadow
        self._found().rule(rule, evidence, shadow=shadow)
        if rule.action.masks and not shadow and rule.status == "enforce" and self._seen.response_body:
            self._found().mask(leaks(rule, self._seen.response_body))
        if self._observer is not None:
            self._observer.rule(rule, evidence)

    # -- verdicts

    @property
    def _ended(self) -> bool:
        return self._machine is not None and self._machine.stopped

    def _found(self) -> Findings:
        if self._findings is None:
            self._findings = Findings()
        return self._findings

    def _verdict(self, started: int) -> Verdict:
        self.nanoseconds += self._budget.now() - started
        return self._verdict_now()

    def _verdict_now(self) -> Verdict:
        if self._findings is None:
            return VERDICT_ALLOW
        anomaly = None if self._machine is None else kept_score(self._machine)
        return self._findings.verdict(self._ruleset.settings.threshold, self._mode, self.nanoseconds, anomaly)


def _order(item: Planned) -> int:
    return item.order


_EMPTY = Content()

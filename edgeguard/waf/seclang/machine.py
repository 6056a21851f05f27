"""Evaluates SecLang rules one by one, in order: what ModSecurity's reference says of phases, chains, variables and actions.

A transaction starts on the beaten path: the variables that rules set where nothing is found are known beforehand (see `partial`),
and shared by all transactions. The first write that another rule may read leaves the path (`strayed`): from there on the
variables are the transaction's own, and every rule that looks at them is asked.
"""

from __future__ import annotations

from time import localtime, strftime
from typing import TYPE_CHECKING, NamedTuple

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.leading_number import leading_number
from edgeguard.waf.operators.seclang.registry import make_seclang_operator
from edgeguard.waf.phase import Phase
from edgeguard.waf.seclang.observed import macro
from edgeguard.waf.seclang.scores import SCORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edgeguard.waf.actions.effect import Removal
    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.records import Record, Records
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.macros import Reference
    from edgeguard.waf.seclang.observed import Observed
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.seclang.kind import VariableKind
    from edgeguard.waf.targets.seclang.selection import Exclusion, Selection
    from edgeguard.waf.targets.sources import Pair

# Variables of TX in one transaction: CRS has some 100, and two for each argument. More than two for each of `body_values` and as
# many in a query, for a client that could fill them up would keep rules from noting what they found.
_VARIABLES = 65_536
_VALUE = 64 * 1024  # bytes of a variable's value
_ROOM = 16 * 1024 * 1024  # bytes of all of them
_DIGITS = tuple(b"%d" % digit for digit in range(10))


class Hold(NamedTuple):
    """Where a link held."""

    link: ChainLink
    name: bytes
    value: bytes
    form: bytes
    span: tuple[int, int]


class Machine:
    """The state of one transaction's rules.

    Attributes:
        tx: the variables as they stand; not to be changed while `strayed` is False.
        strayed: whether `tx` is the transaction's own.
        removals: what `ctl` left out.
        facts: variables that are the same for all requests, such as WEBAPPID.
        engine: `on`, `off` or `detectiononly`, as `ctl:ruleEngine` has it.
        records: open records of persistent collections.
        highest: the lowest number among the severities of rules that held; 255 for none.
        holds: where the links of the rule that is being asked held.
        noticed: whether the rule that is being asked wrote what another looks at by a pattern.
        stopped: whether a rule has blocked the exchange.
        gained: what the rule that is being asked added to anomaly scores.
    """

    __slots__ = (
        "_allowed", "_base", "_environment", "_made", "_matched", "_observed", "_own", "_room", "_rule", "_seen", "_store",
        "_tick", "_wall",
        "engine", "facts", "gained", "highest", "holds", "noticed",
        "records", "removals", "stopped", "strayed",
    )  # fmt: skip

    def __init__(
        self, seen: Seen, observed: Observed, store: Records | None, wall: Callable[[], float], tick: Callable[[], None]
    ) -> None:
        self._seen = seen
        self._observed = observed
        self._store = store
        self._wall = wall
        self._tick = tick
        self._base: Mapping[bytes, bytes] = {}
        self._own: dict[bytes, bytes | None] = {}
        self._room = _ROOM
        self._environment: dict[bytes, bytes] = {}
        self._matched: list[Pair] = []
        self._rule: ChainRule | None = None
        self._made: dict[tuple[int, bytes], Operator] = {}
        self.strayed = False
        self.removals: list[Removal] = []
        self.engine = "on"
        self.facts: Mapping[str, bytes] = {}
        self.records: dict[str, Record] = {}
        self.highest = 255
        self.holds: list[Hold] = []
        self.gained = 0
        self.noticed = False
        self.stopped = False
        self._allowed: Phase | None = None

    # -- asking

    def goes_on(self, phase: Phase) -> bool:
        """Whether rules of `phase` are still asked: those for logging always are."""
        return phase is Phase.LOGGING or (not self.stopped and (self._allowed is None or phase > self._allowed))

    def stop(self) -> None:
        """A rule has blocked the exchange: no further rules are asked."""
        self.stopped = True

    def end(self) -> None:
        """The exchange is over. What holds this machine is let go, so that neither keeps the other, nor the body seen."""
        self._tick = _free

    def allow(self, scope: str, phase: Phase) -> None:
        """A rule lets the exchange pass: in this phase, with the request, or altogether."""
        last = last_phase(scope, phase)
        self._allowed = last if self._allowed is None else max(self._allowed, last)

    def ask(
        self,
        rule: ChainRule,
        base: Mapping[bytes, bytes],
        hits: Callable[[ChainLink], set[bytes] | None],
        left_out: Iterable[Exclusion] = (),
    ) -> bool:
        """Whether `rule` holds; its effects are done then, and those of links that held before one that did not.

        Args:
            rule: what is asked.
            base: the variables on the beaten path just before the rule.
            hits: for a link, the values that alone can satisfy it, or None where all must be looked at.
            left_out: values that the rule is not shown, beside those that `removals` keep from it.
        """
        if not self.strayed:
            self._base = base
        self._rule = rule
        self._matched = []
        self.holds = []
        self.gained = 0
        self.noticed = False
        unwanted = list(left_out)
        for removal in self.removals:
            if removal.meets(rule.number, rule.tags, rule.title):
                if not removal.exclusions:
                    return False
                unwanted += removal.exclusions
        for link in rule.links:
            if link.selection is None:
                self._act(link)
            elif not self._holds(link, link.selection, hits(link), unwanted):
                return False
        if rule.severity is not None and rule.severity < self.highest:
            self.highest = rule.severity
        return True

    def _holds(self, link: ChainLink, selection: Selection, wanted: set[bytes] | None, unwanted: list[Exclusion]) -> bool:
        if wanted is not None and not wanted:
            return False
        operator = link.operator or self._operator(link)
        if operator is None:
            return False
        matched: list[Pair] = []
        held = False
        for name, value in [*selection.values(self._seen, self.supply, unwanted)]:  # what it does changes none of them
            if wanted is not None and value not in wanted:
                continue
            self._tick()
            for form in link.steps.forms(value) if link.multi else (link.steps.last(value),):
                span = operator.find(form)
                if (span is None) is not link.negated:
                    continue
                held = True
                matched.append((name, form))
                self._matched = matched
                self.holds.append(Hold(link, name, value, form, span or (0, len(form))))
                if link.capture and span is not None:
                    self._capture(operator.groups(form))
                self._act(link)
        return held

    def _operator(self, link: ChainLink) -> Operator | None:
        """The operator with its macros filled in; None where what they stand for makes none."""
        question = link.question
        if question is None:
            raise AssertionError(f"{link.place}: a rule without an operator was asked")
        argument = question.argument.expand(self.look)
        known = self._made.get((id(link), argument))
        if known is None:
            try:
                known = make_seclang_operator(question.name, argument, question.folder)
            except Refused:
                return None
            self._made[id(link), argument] = known
        return known

    def _act(self, link: ChainLink) -> None:
        for effect in link.effects:
            effect.apply(self)

    def _capture(self, groups: tuple[bytes, ...]) -> None:
        for digit, text in zip(_DIGITS, groups, strict=False):
            self.write("TX", digit, text)
        for digit in _DIGITS[len(groups) :]:
            if self._own.get(digit, self._base.get(digit)) is not None:
                self.write("TX", digit, None)

    # -- variables

    def supply(self, kind: VariableKind, key: bytes | None) -> list[Pair]:
        """The values of a variable that lives here (`targets.seclang.selection.Supply`)."""
        name = kind.name
        if name == "TX":
            if key is None:
                return self._all_tx()
            value = self._own[key] if key in self._own else self._base.get(key)
            return [] if value is None else [(key, value)]
        if name == "ENV":
            return list(self._environment.items())
        if name in self.records:
            return list(self.records[name].items())
        if name == "MATCHED_VAR":
            return [(b"", self._matched[-1][1])] if self._matched else []
        if name == "MATCHED_VAR_NAME":
            return [(b"", self._matched[-1][0])] if self._matched else []
        if name == "MATCHED_VARS":
            return list(self._matched)
        if name == "MATCHED_VARS_NAMES":
            return [(which, which) for which, _ in self._matched]
        if name == "RULE":
            return self._about_rule()
        scalar = self._scalar(name)
        return [] if scalar is None else [(b"", scalar)]

    def variables(self) -> dict[bytes, bytes]:
        """TX as it stands."""
        return dict(self._all_tx())

    def _all_tx(self) -> list[Pair]:
        merged: dict[bytes, bytes | None] = {**self._base, **self._own}
        return [(key, value) for key, value in merged.items() if value is not None]

    def _about_rule(self) -> list[Pair]:
        rule = self._rule
        if rule is None:
            return []
        severity = b"" if rule.severity is None else b"%d" % rule.severity
        return [
            (b"id", rule.id.encode()),
            (b"rev", rule.revision.encode()),
            (b"severity", severity),
            (b"msg", rule.title.encode("utf-8", "surrogateescape")),  # as written: it may speak of itself
        ]

    def _scalar(self, name: str) -> bytes | None:
        """Those that only the moment or the transaction's own state tells."""
        if name in self.facts:
            return self.facts[name]
        if name == "HIGHEST_SEVERITY":
            return b"%d" % self.highest
        if name in ("USERID", "SESSIONID", "RESOURCE"):
            record = self.records.get({"USERID": "USER", "SESSIONID": "SESSION"}.get(name, name))
            return None if record is None else record.key
        if name.startswith("TIME"):
            return _time(name, self._wall())
        return None

    # -- what effects do (`actions.effect.Scope`)

    def look(self, reference: Reference) -> bytes:
        if reference.is_tx:
            return self.read("TX", reference.key)
        return macro(reference, self._seen, self.supply)

    def read(self, collection: str, key: bytes) -> bytes:
        if collection == "TX":
            if key in self._own:
                return self._own[key] or b""
            return self._base.get(key, b"")
        if collection == "ENV":
            return self._environment.get(key, b"")
        record = self.records.get(collection)
        return b"" if record is None else record.get(key)

    def write(self, collection: str, key: bytes, value: bytes | None) -> None:
        if value is not None and len(value) > _VALUE:
            value = value[:_VALUE]
        if collection == "TX":
            if value is not None and SCORED in key:
                self.gained += leading_number(value) - leading_number(self.read("TX", key))
            if not self.strayed:
                if self._observed.reads(key):
                    self.stray()
                elif self._rule is not None and self._observed.noticed(key, self._rule.number):
                    self.noticed = True
            grown = len(value or b"") - len(self._own.get(key) or b"")
            if (len(self._own) < _VARIABLES or key in self._own) and grown <= self._room:
                self._room -= grown
                self._own[key] = value
        elif collection == "ENV":
            if value is None:
                self._environment.pop(key, None)
            elif len(self._environment) < _VARIABLES:
                self._environment[key] = value
        elif collection in self.records:
            self.records[collection].set(key, value)

    def stray(self) -> None:
        """Leave the beaten path: what rules set on it later on does not go without saying any more."""
        if not self.strayed:
            self.strayed = True
            self._own = {**self._base, **self._own}
            self._base = {}

    def expire(self, collection: str, key: bytes, seconds: int) -> None:
        if collection in self.records:
            self.records[collection].expire(key, seconds)

    def open(self, collection: str, key: bytes) -> None:
        if self._store is not None and collection not in self.records:
            self.records[collection] = self._store.open(collection, key, self._wall())

    def remove(self, removal: Removal) -> None:
        self.removals.append(removal)
        if removal in self._observed.removals:
            self.stray()

    def control(self, option: str, value: str) -> None:
        if option == "ruleengine":
            self.engine = value
        elif option == "requestbodyprocessor":
            self._seen.processor = value.upper()
        elif option == "forcerequestbodyvariable":
            self._seen.forced_body = value == "on"


def last_phase(scope: str, phase: Phase) -> Phase:
    """The last phase whose rules are not asked any more once a rule of `phase` has ended something of that scope."""
    return {"phase": phase, "request": max(phase, Phase.REQUEST_BODY)}.get(scope, Phase.RESPONSE_BODY)


_CLOCK = {
    "TIME": "%H:%M:%S",
    "TIME_DAY": "%d",
    "TIME_HOUR": "%H",
    "TIME_MIN": "%M",
    "TIME_MON": "%m",
    "TIME_SEC": "%S",
    "TIME_WDAY": "%w",
    "TIME_YEAR": "%Y",
}


def _free() -> None:
    """Time that nobody counts."""


def _time(name: str, wall: float) -> bytes | None:
    """The moment in the machine's time zone, as the TIME variables tell it."""
    if name == "TIME_EPOCH":
        return b"%d" % wall
    form = _CLOCK.get(name)
    return None if form is None else strftime(form, localtime(wall)).encode()

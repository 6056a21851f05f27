"""The last phase of every exchange: metrics, access log and security events come from here alone.

`Recorder.record` is on the request path. Everything that could be looked up beforehand is looked up at construction; what
the lines look like lives in `lines`, and what is counted outside of exchanges in `meters`.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from edgeguard.observe.events import access_logger, event_logger
from edgeguard.observe.roster import Roster, roster_path
from edgeguard.observe.schema import ANONYMOUS, FAST, OTHER, PHASES, REASON_SLOTS, WHOLE

if TYPE_CHECKING:
    from edgeguard.config.model import Observe
    from edgeguard.observe.cells import Cells
    from edgeguard.observe.entry import Entry
    from edgeguard.observe.sink import Sink

_FAST_SUM: Final = len(FAST) + 1  # where a series of these buckets keeps its sum
_WHOLE_SUM: Final = len(WHOLE) + 1


class Recorder:
    """One worker's record.

    Args:
        cells: this worker's own.
        access_log: where access lines go; None for nowhere. `start` it before.
        event_log: where security events go; None for nowhere.
        ruleset: the version in force here, which events tell.
    """

    def __init__(
        self, cells: Cells, access_log: Sink | None, event_log: Sink | None, settings: Observe, ruleset: str = ""
    ) -> None:
        self._values = cells.values
        self._access = access_logger(access_log).exchange if access_log else None
        self._events = event_logger(event_log, settings.matches, ruleset).exchange if event_log else None
        runtime = cells.path.parent
        self._accounts = Roster(roster_path(runtime, "accounts"), settings.accounts)
        self._account_labels = self._accounts.labels
        # Accounts that prove nothing may take half of the labels, so that invented ones can't crowd out the others.
        self._kept_free = settings.accounts // 2
        self._reasons = Roster(roster_path(runtime, "reasons"), REASON_SLOTS)

        layout = cells.layout
        tables = layout.tables
        self._classes = {status: f"{status // 100}xx" for status in range(100, 600)}
        self._requests = tables["edgeguard_requests_total"]
        self._routes = tables["edgeguard_route_requests_total"]
        self._by_account = tables["edgeguard_account_requests_total"]
        self._rules = tables["edgeguard_rule_matches_total"]
        self._packs = tables["edgeguard_pack_matches_total"]
        self._exclusions = tables["edgeguard_waf_exclusions_total"]
        self._masked_at = layout.index("edgeguard_responses_masked_total")
        self._limits = tables["edgeguard_limit_decisions_total"]
        self._cache = tables["edgeguard_cache_results_total"]
        self._faults = tables["edgeguard_faults_total"]
        self._origin_failures = tables["edgeguard_origin_failures_total"]
        self._body_policies = tables["edgeguard_body_policy_total"]
        self._phases = {name: layout.index("edgeguard_phase_seconds", name) for name in (*PHASES, OTHER)}
        self._request_at = layout.index("edgeguard_request_seconds")
        self._waf_at = layout.index("edgeguard_waf_seconds")
        self._origin_at = layout.index("edgeguard_origin_seconds")
        self._budget_at = layout.index("edgeguard_waf_budget_exceeded_total")
        self._in_at = layout.index("edgeguard_received_bytes_total")
        self._out_at = layout.index("edgeguard_sent_bytes_total")

    def record(self, entry: Entry) -> None:
        """Count and log one exchange that is over. Never waits."""
        self._count(entry)
        if entry.blame or entry.matches or entry.excluded or entry.policies or entry.budget_spent or entry.origin_failures:
            self._count_unusual(entry)
        if self._access is not None:
            self._access(entry)
        if self._events is not None:
            self._events(entry)

    def _count(self, entry: Entry) -> None:
        values = self._values
        verdict = entry.verdict
        klass = self._classes.get(entry.status, OTHER)
        values[self._requests[klass, verdict]] += 1.0
        values[self._routes[entry.route, klass]] += 1.0
        account = self._account_labels.get(entry.account) or self._account_label(entry)
        values[self._by_account[account, verdict]] += 1.0

        seconds = entry.seconds
        at = self._request_at
        values[at + bisect_left(WHOLE, seconds)] += 1.0
        values[at + _WHOLE_SUM] += seconds
        phases = self._phases
        for name, seconds in entry.phases:
            at = phases[name] if name in phases else phases[OTHER]
            values[at + bisect_left(FAST, seconds)] += 1.0
            values[at + _FAST_SUM] += seconds
        if entry.engine_ns:
            seconds = entry.engine_ns / 1e9
            at = self._waf_at
            values[at + bisect_left(FAST, seconds)] += 1.0
            values[at + _FAST_SUM] += seconds
        seconds = entry.origin_seconds
        if seconds >= 0:
            at = self._origin_at
            values[at + bisect_left(WHOLE, seconds)] += 1.0
            values[at + _WHOLE_SUM] += seconds

        if entry.bytes_in:
            values[self._in_at] += entry.bytes_in
        if entry.bytes_out:
            values[self._out_at] += entry.bytes_out
        if entry.cache:
            values[self._cache[entry.cache, entry.tier]] += 1.0
        for decision in entry.limits:
            values[self._limits[decision]] += 1.0

    def _count_unusual(self, entry: Entry) -> None:
        values = self._values
        for match in entry.matches:
            values[self._rules[match.rule, match.mode]] += 1.0
            if match.pack:
                values[self._packs[match.pack, match.mode]] += 1.0
        for name in entry.excluded:
            values[self._exclusions[(name,)]] += 1.0
        if entry.masked:
            values[self._masked_at] += 1.0
        for policy in entry.policies:
            values[self._body_policies[policy]] += 1.0
        for reason in entry.origin_failures:
            values[self._origin_failures[(self._reasons.label(reason),)]] += 1.0
        if entry.budget_spent:
            values[self._budget_at] += 1.0
        if entry.blame:
            values[self._faults[entry.blame, self._reasons.label(entry.reason)]] += 1.0

    def _account_label(self, entry: Entry) -> str:
        """The label of an account that this worker has not given one yet.

        An account that the edge did not verify earns one with an answer below 400 only: a guessed token gets a 401.
        """
        account = entry.account
        if not account:
            return ANONYMOUS
        if self._accounts.full or not (entry.account_verified or entry.status < 400):
            return OTHER
        label = self._accounts.label(account, 0 if entry.account_verified else self._kept_free)
        self._account_labels = self._accounts.labels
        return label

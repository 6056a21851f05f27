"""Every metric the edge publishes, in one table; nothing here counts or writes.

A label takes its values from a closed set: written here, known when a ruleset and a config are loaded (rules, policies,
routes), or given out first come, first served in a bounded number of slots (accounts, fault reasons). What is in none of
them is counted as `other`, so that no client can make the number of series grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OTHER = "other"
ANONYMOUS = "anonymous"
REASON_SLOTS = 96  # reasons are tokens of the edge's own code; about fifty exist

Known = Literal["rules", "packs", "exclusions", "policies", "routes", "dynamic"]
Roll = Literal["accounts", "reasons"]


@dataclass(frozen=True, slots=True)
class Label:
    """A label and where its values come from.

    Attributes:
        values: those known beforehand; `other` is always added.
        known: values that are known when the layout is made.
        roll: values that get a slot when they are first seen.
    """

    name: str
    values: tuple[str, ...] = ()
    known: Known | None = None
    roll: Roll | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One family.

    Attributes:
        name: as Prometheus sees it, with unit and, for counters, `_total`.
        unit: seconds, bytes, or "" for a plain count.
        buckets: upper bounds of a histogram, ascending, without +Inf.
        combine: how a gauge of several workers becomes one figure; `min` leaves out workers that never set it.
        cells: False where the control process knows the value from the supervisor's state, so that no worker counts it.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram", "info"]
    help: str
    labels: tuple[Label, ...] = ()
    unit: Literal["", "seconds", "bytes"] = ""
    buckets: tuple[float, ...] = ()
    combine: Literal["sum", "min"] = "sum"
    cells: bool = True


CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
VERDICTS = ("pass", "blocked", "shadow", "limited", "refused", "fault")
PHASES = (
    "identify",
    "admit",
    "inspect_request",
    "cache_lookup",
    "fetch",
    "inspect_response",
    "cache_store",
    "harden",
)
ORIGIN_EVENTS = ("opened", "reused", "closed", "ejections")
CACHE_EVENTS = (
    *("stores", "refreshes", "errors_hidden", "invalidated", "abandoned", "evictions"),
    *("redis_stores", "redis_failures", "redis_skipped", "redis_refused", "redis_garbled", "purges_owed", "purges_lost"),
)
ACTS = ("ban", "challenge", "tighten", "log")
INSPECTED = ("inspector", "full", "lost", "kept", "late", "died")

# The engine's promise is 1 ms and a phase costs microseconds, so bounds start at 10 us; they end where time-outs are.
FAST = (1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 5e-2, 0.25, 1.0, 5.0, 30.0)
WHOLE = (2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_CLASS = Label("class", CLASSES)
_VERDICT = Label("verdict", VERDICTS)
_REASON = Label("reason", roll="reasons")

SCHEMA: tuple[Metric, ...] = (
    Metric("edgeguard_requests_total", "counter", "Exchanges by class of status and by verdict.", (_CLASS, _VERDICT)),
    Metric("edgeguard_request_seconds", "histogram", "Time of whole exchanges.", unit="seconds", buckets=WHOLE),
    Metric(
        "edgeguard_phase_seconds",
        "histogram",
        "Time of each phase of an exchange.",
        (Label("phase", PHASES),),
        unit="seconds",
        buckets=FAST,
    ),
    Metric(
        "edgeguard_route_requests_total",
        "counter",
        "Exchanges by configured route; `default` where none fits.",
        (Label("route", ("default",), known="routes"), _CLASS),
    ),
    Metric(
        "edgeguard_account_requests_total",
        "counter",
        "Exchanges by account; `observe.accounts` of them have a label of their own.",
        (Label("account", (ANONYMOUS,), roll="accounts"), _VERDICT),
    ),
    Metric(
        "edgeguard_rule_matches_total",
        "counter",
        "Matches of each rule, whether or not they led to a block; ids from eg-0 on are what the engine itself found.",
        (Label("rule", known="rules"), Label("mode", ("enforce", "shadow"))),
    ),
    Metric(
        "edgeguard_pack_matches_total",
        "counter",
        "Matches of the rules of each pack of EdgeGuard's own language.",
        (Label("pack", known="packs"), Label("mode", ("enforce", "shadow"))),
    ),
    Metric(
        "edgeguard_waf_exclusions_total",
        "counter",
        "Requests in which an exclusion kept a rule from holding.",
        (Label("exclusion", known="exclusions"),),
    ),
    Metric("edgeguard_responses_masked_total", "counter", "Answers that went out with something made illegible."),
    Metric("edgeguard_waf_seconds", "histogram", "Time the engine took for a whole exchange.", unit="seconds", buckets=FAST),
    Metric("edgeguard_waf_budget_exceeded_total", "counter", "Exchanges in which the engine spent its whole budget."),
    Metric(
        "edgeguard_body_policy_total",
        "counter",
        "Bodies that were longer than is inspected, and what was done.",
        (Label("cause", ("oversize",)), Label("outcome", ("prefix", "block", "pass"))),
    ),
    Metric(
        "edgeguard_inspector_bodies_total",
        "counter",
        "Bodies longer than `waf.inline_bytes`: inspected by the inspector; by the worker, for there was no inspector or it "
        "failed (`lost`), or rules open records (`kept`); or treated as `waf.on_budget` says, for too many waited (`full`), "
        "their turn did not come in time (`late`), or two inspectors died of them (`died`).",
        (Label("outcome", INSPECTED),),
    ),
    Metric("edgeguard_inspector_deaths_total", "counter", "Inspectors that died and were replaced."),
    Metric(
        "edgeguard_limit_decisions_total",
        "counter",
        "What each limit decided, and which store it asked.",
        (
            Label("policy", known="policies"),
            Label("decision", ("allow", "shadow", "refuse")),
            Label("store", ("memory", "redis", "local")),
        ),
    ),
    Metric(
        "edgeguard_sanctions_total",
        "counter",
        "Sanctions that began: of each dynamic rule, and `by-hand` of what people ordered.",
        (Label("rule", ("by-hand",), known="dynamic"), Label("act", ACTS), Label("mode", ("enforce", "shadow"))),
    ),
    Metric(
        "edgeguard_sanctions_in_force",
        "gauge",
        "Sanctions in force, as the worker that knows of the fewest has them.",
        (Label("act", ACTS),),
        combine="min",
    ),
    Metric(
        "edgeguard_sanctioned_requests_total",
        "counter",
        "Requests that met a sanction: `passed` had solved the challenge, `shadow` was let through.",
        (Label("act", ACTS), Label("outcome", ("refused", "passed", "shadow"))),
    ),
    Metric(
        "edgeguard_challenges_total",
        "counter",
        "Challenges that browsers were shown, solved, or failed.",
        (Label("outcome", ("shown", "solved", "failed")),),
    ),
    Metric("edgeguard_dynamic_counters", "gauge", "Counters of dynamic rules in memory."),
    Metric(
        "edgeguard_dynamic_evicted_total",
        "counter",
        "Counters of dynamic rules that were given up for want of room although they counted something.",
    ),
    Metric(
        "edgeguard_cache_results_total",
        "counter",
        "Cache look-ups by result and by the tier that answered.",
        (
            Label("result", ("hit", "miss", "stale", "revalidated", "coalesced", "bypass")),
            Label("tier", ("memory", "redis", "none")),
        ),
    ),
    Metric(
        "edgeguard_cache_events_total",
        "counter",
        "What the cache did beside answering look-ups.",
        (Label("event", CACHE_EVENTS),),
    ),
    Metric(
        "edgeguard_origin_seconds",
        "histogram",
        "Time from sending a request to the head of the origin's response.",
        unit="seconds",
        buckets=WHOLE,
    ),
    Metric(
        "edgeguard_origin_failures_total",
        "counter",
        "Requests that got no answer from the origin, by what the last attempt met.",
        (_REASON,),
    ),
    Metric(
        "edgeguard_origin_connections_total",
        "counter",
        "Connections to the origin; `ejections` counts how often a server was left alone for failing.",
        (Label("event", ORIGIN_EVENTS),),
    ),
    Metric(
        "edgeguard_faults_total",
        "counter",
        "Exchanges that could not be finished as asked, and whose fault it is.",
        (Label("blame", ("client", "edge", "origin")), _REASON),
    ),
    Metric("edgeguard_received_bytes_total", "counter", "Bytes of request bodies from clients.", unit="bytes"),
    Metric("edgeguard_sent_bytes_total", "counter", "Bytes of response bodies to clients.", unit="bytes"),
    Metric("edgeguard_connections_open", "gauge", "Client connections open now."),
    Metric("edgeguard_connections_accepted_total", "counter", "Client connections accepted."),
    Metric(
        "edgeguard_connections_refused_total",
        "counter",
        "Client connections closed before a request was read.",
        (Label("why", ("full", "address", "descriptors")),),
    ),
    Metric("edgeguard_tls_handshakes_total", "counter", "TLS handshakes.", (Label("result", ("done", "failed")),)),
    Metric("edgeguard_redis_up", "gauge", "1 while every worker reaches Redis; absent without Redis.", combine="min"),
    Metric("edgeguard_redis_changes_total", "counter", "Redis lost or found again.", (Label("to", ("up", "down")),)),
    Metric(
        "edgeguard_log_lines_dropped_total",
        "counter",
        "Log lines, or samples of traffic, lost: the queue was full, or the write failed.",
        (Label("log", ("access", "event", "own", "samples")), Label("why", ("full", "failed"))),
    ),
    Metric("edgeguard_info", "info", "The edge's version.", (Label("version"),), cells=False),
    Metric(
        "edgeguard_ruleset_info",
        "info",
        "Version and digest of the ruleset in force.",
        (Label("version"), Label("digest")),
        cells=False,
    ),
    Metric(
        "edgeguard_ruleset_pinned",
        "gauge",
        "1 while an earlier version is in force by `edgeguard rules rollback`, whatever the files say.",
        cells=False,
    ),
    Metric(
        "edgeguard_reloads_total",
        "counter",
        "Reloads that took effect, and those that were refused.",
        (Label("result", ("done", "refused")),),
        cells=False,
    ),
    Metric("edgeguard_config_info", "info", "The digest of the configuration in force.", (Label("digest"),), cells=False),
    Metric("edgeguard_last_reload_timestamp_seconds", "gauge", "When a reload was last tried.", unit="seconds", cells=False),
    Metric("edgeguard_last_reload_success", "gauge", "1 if the last reload took effect.", cells=False),
    Metric("edgeguard_workers", "gauge", "Worker processes by state.", (Label("state", ("wanted", "ready")),), cells=False),
    Metric("edgeguard_worker_restarts_total", "counter", "Workers that died and were replaced.", cells=False),
    Metric(
        "edgeguard_worker_memory_bytes",
        "gauge",
        "Resident memory of each worker; the label is its place in the list of workers.",
        (Label("worker"),),
        unit="bytes",
        cells=False,
    ),
    Metric("edgeguard_metric_files_unreadable", "gauge", "Workers' metric files that could not be read.", cells=False),
)

BY_NAME = {metric.name: metric for metric in SCHEMA}

"""What the access log and the security log say of an exchange: one JSON object a line.

Client text comes in as bytes and leaves as printable JSON: cut, with secrets masked, and with every character escaped that
a terminal or a line-based reader could take for more than a character.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from edgeguard.observe.entry import ENGINE
from edgeguard.observe.masking import cut, masked, masked_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.observe.entry import Entry, Match

# Together these keep a usual line below 4,096 bytes, so that several workers may write to one pipe (POSIX, PIPE_BUF).
PATH_CHARACTERS: Final = 1024
QUERY_CHARACTERS: Final = 1024
AGENT_CHARACTERS: Final = 200
HOST_CHARACTERS: Final = 255  # the longest name in DNS
ACCOUNT_CHARACTERS: Final = 128
DETAIL_CHARACTERS: Final = 300
VALUE_CHARACTERS: Final = 120
MATCHES: Final = 8  # rules that an access line names; it counts them all

_OPTIONS: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def json_line(fields: dict[str, Any]) -> bytes:
    """`fields` as one line of JSON that holds printable characters only."""
    line = orjson.dumps(fields, default=str, option=_OPTIONS)
    # JSON escapes what is below 0x20 alone; DEL, C1 and bidirectional controls still steer terminals and readers.
    if line.isascii() and line.find(127) < 0:
        return line
    text = line[:-1].decode()
    return "".join(char if char.isprintable() else _escaped(char) for char in text).encode() + b"\n"


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def text_of(raw: bytes, most: int) -> str:
    """What a client sent, as text; bytes that are no UTF-8 show as a backslash and their number."""
    text = (raw if len(raw) <= most else raw[: 4 * most]).decode("utf-8", "backslashreplace")
    return text if len(text) <= most else cut(text, most)


def _host(entry: Entry) -> str:
    host = text_of(entry.host, HOST_CHARACTERS)
    return host.rpartition("@")[2] if "@" in host else host


def _path(entry: Entry) -> str:
    path = text_of(entry.path, PATH_CHARACTERS)
    return masked_query(path) if ";" in path or "=" in path else path


def _query(entry: Entry) -> str | None:
    query = entry.query
    return masked_query(text_of(query, QUERY_CHARACTERS)) if query else None


def access_line(entry: Entry) -> bytes:
    """The access log's line."""
    fields: dict[str, Any] = {
        "ts": datetime.fromtimestamp(entry.started, UTC),
        "id": entry.request_id,
        "client": entry.client,
        "account": entry.account[:ACCOUNT_CHARACTERS],
        "method": text_of(entry.method, 32),
        "host": _host(entry),
        "path": _path(entry),
        "query": _query(entry),
        "status": entry.status,
        "verdict": entry.verdict,
        "route": entry.route,
        "bytes_in": entry.bytes_in,
        "bytes_out": entry.bytes_out,
        "total_us": int(entry.seconds * 1e6),
        "cache": entry.cache,
        "waf_us": entry.engine_ns // 1000,
        "scheme": entry.scheme.decode("latin-1"),
        "protocol": entry.protocol,
        "tls": entry.tls,
        "agent": text_of(entry.agent, AGENT_CHARACTERS),
    }
    if entry.peer != entry.client:
        fields["peer"] = entry.peer
    if entry.account:
        fields["account_source"] = entry.account_source
        fields["account_verified"] = entry.account_verified
    if entry.cache:
        fields["tier"] = entry.tier
    if entry.origin_seconds >= 0:
        fields["origin_us"] = int(entry.origin_seconds * 1e6)
        fields["origin_status"] = entry.origin_status
    if entry.blame:
        _tell_fault(entry, fields)
    if entry.matches:
        fields["score"] = entry.score
        fields["match_count"] = len(entry.matches)
        fields["rules"] = [match.rule for match in entry.matches[:MATCHES]]
    if entry.masked:
        fields["masked"] = entry.masked
    if entry.excluded:
        fields["excluded"] = list(entry.excluded[:MATCHES])
    if entry.budget_spent:
        fields["budget_spent"] = True
    return json_line(fields)


def _tell_fault(entry: Entry, fields: dict[str, Any]) -> None:
    fields["blame"] = entry.blame
    fields["reason"] = entry.reason
    if entry.detail:
        fields["detail"] = cut(masked(entry.detail), DETAIL_CHARACTERS)


def event_name(entry: Entry) -> str | None:
    """What the security log calls this exchange; None where it has nothing to say.

    `sanction_begun` is one that dynamic rules have acted on, and that was otherwise all right; other events tell it, too.

    `response_masked` tells of an answer that went out with something made illegible, `rule_logged` of a rule with `action: log`.
    `policy_applied` is the event of whatever a named setting decided that blocked nothing: `waf.on_budget`, `waf.on_oversize`,
    `waf.on_unparsable`.
    """
    verdict = entry.verdict
    if verdict == "blocked":
        return "request_blocked"
    if verdict == "limited":
        return "limit_refused"
    if verdict == "refused" or entry.blame == "client":
        return "request_refused"
    if verdict == "shadow":
        return "shadow_match"
    if entry.masked:
        return "response_masked"
    for match in entry.matches:
        if match.mode == "shadow":
            return "shadow_match"
    for match in entry.matches:
        if match.action == "log":
            return "rule_logged"
    if entry.sanctions:
        return "sanction_begun"
    settled = entry.budget_spent or entry.policies or any(match.rule.startswith(ENGINE) for match in entry.matches)
    return "policy_applied" if settled else None


def event_fields(entry: Entry, most: int) -> dict[str, Any]:
    """What the security log says of the exchange, beside the event's name; of many matches `most`, the last one among them."""
    fields: dict[str, Any] = {
        "ts": datetime.fromtimestamp(entry.started, UTC),
        "id": entry.request_id,
        "client": entry.client,
        "peer": entry.peer,
        "account": entry.account[:ACCOUNT_CHARACTERS],
        "account_verified": entry.account_verified,
        "method": text_of(entry.method, 32),
        "host": _host(entry),
        "path": _path(entry),
        "query": _query(entry),
        "agent": text_of(entry.agent, AGENT_CHARACTERS),
        "route": entry.route,
        "status": entry.status,
        "verdict": entry.verdict,
        "score": entry.score,
        "match_count": len(entry.matches),
        "matches": [_match(match) for match in _told(entry.matches, most)],
    }
    if entry.blame:
        _tell_fault(entry, fields)
    if entry.masked:
        fields["masked"] = entry.masked
    if entry.excluded:
        fields["excluded"] = list(entry.excluded[:MATCHES])
    if entry.budget_spent:
        fields["budget_spent"] = True
    if entry.policies:
        fields["policies"] = [{"cause": cause, "outcome": outcome} for cause, outcome in entry.policies[:MATCHES]]
    if entry.sanctions:
        fields["sanctions"] = list(entry.sanctions[:MATCHES])
    if entry.verdict == "limited":
        fields["limits"] = [policy for policy, decision, _ in entry.limits if decision == "refuse"]
    return fields


def _told(matches: Sequence[Match], most: int) -> Sequence[Match]:
    """The first of many, and the last one, which decides where scores are added up."""
    return matches if len(matches) <= most else (*matches[: most - 1], matches[-1])


def _match(match: Match) -> dict[str, Any]:
    fields = {
        "rule": match.rule,
        "title": cut(match.title, VALUE_CHARACTERS),
        "target": cut(match.target, VALUE_CHARACTERS),
        "value": cut(match.value, VALUE_CHARACTERS),
        "score": match.score,
        "mode": match.mode,
    }
    if match.pack:
        fields["pack"] = match.pack
        fields["action"] = match.action
    if match.detail:
        fields["detail"] = cut(match.detail, VALUE_CHARACTERS)
    return fields

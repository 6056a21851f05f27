"""A request as far as a security event tells of it: method, host, path, query and agent. Fields and body are not logged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from edgeguard.waf.explain.given import CLIENT, Given, Told, written
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MASK = "***"
_CUT = "..."


def find_event(lines: Iterable[bytes], name: str) -> dict[str, Any]:
    """The last event of that id.

    Raises:
        Refused: there is none.
    """
    found: dict[str, Any] | None = None
    wanted = name.encode()
    for line in lines:
        if wanted not in line:
            continue
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        if isinstance(fields, dict) and fields.get("id") == name and "event" in fields:
            found = fields
    if found is None:
        raise Refused(f"no event has the id {name}; it stands in X-Request-ID and on the block page")
    return found


def from_event(fields: Mapping[str, Any]) -> Given:
    """The request that an event speaks of, as far as it goes.

    Raises:
        Refused: the event is of something that was no request.
    """
    path, query = str(fields.get("path") or ""), str(fields.get("query") or "")
    if not path.startswith("/"):
        raise Refused("the event tells no path: what came was no request that rules could see")
    url = f"http://{fields.get('host') or 'unknown.invalid'}{path}" + (f"?{query}" if query else "")
    agent = str(fields.get("agent") or "")
    method = str(fields.get("method") or "GET")
    has_body = method in ("POST", "PUT", "PATCH")  # an empty one, so that no rule takes offence at a missing length
    raw = written(method, url, [("User-Agent", agent)] if agent else [], b"", has_body=has_body)
    matches = [each for each in fields.get("matches") or () if isinstance(each, dict)]
    told = tuple(
        Told(_text(each, "rule"), _text(each, "title"), _text(each, "target"), _text(each, "value"), int(each.get("score") or 0))
        for each in matches
    )
    missing = ["an event holds no body and, of the fields, Host and User-Agent alone; rules about absent fields may match now"]
    if _MASK in path or _MASK in query:
        missing.append("secrets in its path and query are masked")
    if path.endswith(_CUT) or query.endswith(_CUT):
        missing.append("its path or query is cut")
    left_out = int(fields.get("match_count") or 0) - len(told)
    if left_out > 0:
        missing.append(f"{left_out} more rules matched than it tells")
    outcome = f"{fields.get('verdict')} with status {fields.get('status')}, score {fields.get('score')}"
    client = str(fields.get("client") or CLIENT)
    return Given(raw, f"event {fields.get('id')}", client, (), tuple(missing), told, outcome)


def _text(fields: Mapping[str, Any], key: str) -> str:
    return str(fields.get(key) or "")

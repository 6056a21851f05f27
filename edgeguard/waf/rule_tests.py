"""The tests that rules carry: requests described in a few words, sent through the compiled ruleset when it is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote_plus

from edgeguard.config.model import ContentKind, ContentProfile
from edgeguard.message import Account, Body, Client, Headers, Request
from edgeguard.waf.editorial.profiles import Profile
from edgeguard.waf.evaluate import Evaluation
from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.reasons import reasons
from edgeguard.waf.transaction import Transaction
from edgeguard.wire import target as request_target
from edgeguard.wire.grammar import FramingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgeguard.waf.model import Rule
    from edgeguard.waf.ruleset import Ruleset

KEYS = {
    "method": "GET where nothing else is said; POST with a body",
    "path": "path, with its query if there is one, as sent; `/` by default",
    "query": "names to values, encoded for you; a list gives a name twice",
    "headers": "names to values",
    "cookies": "names to values",
    "form": "names to values, sent as application/x-www-form-urlencoded",
    "json": "any value, sent as application/json",
    "content": "what an editor wrote: names of fields to values; `name|html` says its kind, which is auto else",
    "multipart": "names to values; a mapping {filename, content} is an upload",
    "body": "text, sent as it is",
    "body_hex": "the body's bytes in hexadecimal",
    "content_type": "instead of the one that follows from the body's key",
    "ip": "the client's address; 203.0.113.7 by default",
    "account": "the account's id",
    "host": "the host asked for",
    "response": "{status, headers, body}: what the origin answers",
}
_BODIES = ("form", "json", "content", "multipart", "body", "body_hex")
_BOUNDARY = "edge-guard-boundary"
_TYPES = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "content": "application/json",
    "multipart": f"multipart/form-data; boundary={_BOUNDARY}",
    "body": "text/plain",
}


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A request, and whether the rule shall match it.

    Attributes:
        description: by the keys of `KEYS`.
        line: where it stands.
    """

    description: Mapping[str, Any]
    matches: bool
    line: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A test's request as the engine takes it."""

    request: Request
    client: Client
    body: bytes
    response: Mapping[str, Any] | None
    profile: Profile | None = None


def build(description: Mapping[str, Any]) -> Sample:
    """The request that `description` means.

    Raises:
        Refused: a key is unknown, or a value not what its key takes.
    """
    for key in description:
        if key not in KEYS:
            raise Refused(unknown("key of a test", key, KEYS))
    kinds = [key for key in _BODIES if key in description]
    if len(kinds) > 1:
        raise Refused(f"a test has one body, not {' and '.join(kinds)}")
    body = _body(kinds[0], description[kinds[0]]) if kinds else b""
    method = str(description.get("method", "POST" if kinds else "GET")).encode()
    target = str(description.get("path", "/")).encode()
    if "query" in description:
        target += (b"&" if b"?" in target else b"?") + _encoded(description["query"])
    try:
        _, path, query = request_target.split(target, method)
        path = request_target.normalise(path)
    except FramingError as error:
        raise Refused(f"the wire refuses this path: {error}") from None
    host = str(description.get("host", "cms.example")).encode()
    headers = _headers(description, host, kinds[0] if kinds else "", len(body))
    request = Request(method, target, path, query, b"https", host, headers, Body(body))
    profile = _profile(description["content"]) if "content" in description else None
    account = description.get("account", None if profile is None else "editor")
    address = str(description.get("ip", "203.0.113.7"))
    owner = Account(str(account), "test", verified=True) if account is not None else None
    return Sample(request, Client(address, address, owner), body, description.get("response"), profile)


def _mapping(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(f"{key} takes names to values, not {value!r}")
    return value


def _each(value: object) -> list[str]:
    return ["" if item is None else str(item) for item in value] if isinstance(value, list) else [str(value)]


def _encoded(value: object) -> bytes:
    pairs = [(name, text) for name, values in _mapping(value, "query or form").items() for text in _each(values)]
    return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs).encode()


def _body(kind: str, value: object) -> bytes:
    if kind == "form":
        return _encoded(value)
    if kind == "json":
        return json.dumps(value, ensure_ascii=False).encode()
    if kind == "content":
        fields = {name.partition("|")[0]: text for name, text in _mapping(value, kind).items()}
        return json.dumps({"content": fields}, ensure_ascii=False).encode()
    if kind == "body_hex":
        try:
            return bytes.fromhex(str(value))
        except ValueError:
            raise Refused("body_hex takes hexadecimal digits") from None
    if kind == "multipart":
        return b"".join(_part(name, item) for name, item in _mapping(value, kind).items()) + f"--{_BOUNDARY}--\r\n".encode()
    return str(value).encode()


def _profile(value: object) -> Profile:
    """By which the fields of `content` are an editor's."""
    kinds = {}
    for name in _mapping(value, "content"):
        field, _, kind = name.partition("|")
        kinds[f"content.{field}.**"] = kind or "auto"
    try:
        return Profile(ContentProfile.model_validate({"name": "test", "paths": ["/"], "fields": kinds}))
    except ValueError:
        raise Refused(f"a kind of content is one of {', '.join(get_args(ContentKind))}") from None


def _part(name: str, item: object) -> bytes:
    disposition = f'form-data; name="{name}"'
    if isinstance(item, dict):
        disposition += f'; filename="{item.get("filename", "")}"'
        item = item.get("content", "")
    return f"--{_BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n{item}\r\n".encode()


def _headers(description: Mapping[str, Any], host: bytes, kind: str, length: int) -> Headers:
    headers = Headers([(b"host", host)])
    for name, value in _mapping(description.get("headers", {}), "headers").items():
        for text in _each(value):
            headers.add(str(name).lower().encode(), text.encode())
    cookies = _mapping(description.get("cookies", {}), "cookies")
    if cookies:
        headers.add(b"cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()).encode())
    content_type = description.get("content_type", _TYPES.get(kind, ""))
    if content_type and b"content-type" not in headers:
        headers.add(b"content-type", str(content_type).encode())
    if kind:
        headers.add(b"content-length", str(length).encode())
    return headers


def send(ruleset: Ruleset, sample: Sample, *, blind: bool = False) -> Transaction:
    """All verbs in order, with time standing still so that no budget is spent, and also where `waf.mode` is `off`."""
    transaction = Transaction(ruleset, sample.request, sample.client, "shadow", lambda: 0, lambda: 0, lambda: 0.0, blind=blind)
    transaction.seen.profile = sample.profile
    transaction.request_head()
    if sample.body:
        transaction.request_body(sample.body)
    response = sample.response
    if response is not None:
        fields = [(str(name).lower().encode(), str(value).encode()) for name, value in (response.get("headers") or {}).items()]
        transaction.response_head(int(response.get("status", 200)), Headers(fields))
        if response.get("body"):
            transaction.response_body(str(response["body"]).encode())
    return transaction


def failure(ruleset: Ruleset, rule: Rule, test: RuleTest) -> str | None:
    """What is wrong with a test's outcome: the request and why; None where it is as it shall be.

    Raises:
        Refused: the test's request makes no sense.
    """
    sample = build(test.description)
    transaction = send(ruleset, sample)
    found = next((match for match in transaction.finish().matches if match.rule == rule.id), None)
    if (found is not None) is test.matches:
        return None
    text = json.dumps(test.description, ensure_ascii=False)
    if found is not None:
        form = f", seen through {found.form}" if found.form else ""
        told = f"{rule.id} must not match {text}, but does: {found.target or 'nothing'} has '{found.value}'{form}"
        return "\n".join((told, *reasons(rule, transaction.seen)))
    answers = Evaluation(transaction.seen, None, frozenset(), lambda: None).selections(rule)
    told = ", ".join(f"{name} {'holds' if held else 'does not hold'}" for name, held in answers.items())
    return "\n".join((f"{rule.id} must match {text}, but does not: {told}", *reasons(rule, transaction.seen)))

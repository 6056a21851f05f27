"""One exchange as it is written down: the neutral form, one JSON object a line, that samples and captures are turned into.

Octets of heads are written as Latin-1, a character each, so that none is lost; what a person writes beyond Latin-1 is taken
as UTF-8. A body is text where it is UTF-8, else Base64. docs/replay.md has the table of keys.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Final

import orjson

LINE: Final = 32 * 1024 * 1024  # octets of one line; ten times the largest body that a sample can have
_VERSION: Final = 1

Field = tuple[bytes, bytes]


class NotRecorded(ValueError):
    """What was read is no exchange; the text says why."""


@dataclass(frozen=True, slots=True)
class Then:
    """What the edge made of an exchange when it took place.

    Attributes:
        verdict: `pass`, `blocked`, `shadow`, `limited`, `refused` or `fault`.
        rules: ids of those that held.
        reason: of a refusal, as in the record of the exchange; empty where there was none.
    """

    verdict: str
    score: int = 0
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The response.

    Attributes:
        seconds: until it was sent; negative where nobody measured.
        body: None where it was not kept.
        cache: what the cache said, as in the record of the exchange; empty where it was not asked.
        origin_seconds: until the origin's response began; negative where it was not asked.
    """

    status: int
    headers: tuple[Field, ...] = ()
    body: bytes | None = None
    seconds: float = -1.0
    cache: str = ""
    origin_seconds: float = -1.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """See the module.

    Attributes:
        id: what a person finds it by: the edge's request id, or a place in a file.
        time: seconds since the epoch.
        target: as the client sent it, origin-form.
        body: as sent, or its beginning; empty where it was left out.
        complete: whether that is all of the body.
        client: the client's address; empty where nobody knows.
        account, account_source, account_verified: as identified then; empty for none, or where nobody knows.
        vouched: the origin had shown that it knows the credential.
        route: that it took then; empty where nobody knows.
        then: None where nobody said.
        masked: how many values were masked.
        notes: what it lacks, or what was changed.
    """

    id: str
    time: float
    method: bytes
    target: bytes
    headers: tuple[Field, ...]
    body: bytes = b""
    complete: bool = True
    scheme: str = "https"
    version: str = "1.1"
    client: str = ""
    peer: str = ""
    account: str = ""
    account_source: str = ""
    account_verified: bool = False
    vouched: bool = False
    route: str = ""
    answered: Answered | None = None
    then: Then | None = None
    masked: int = 0
    notes: tuple[str, ...] = ()

    def line(self) -> bytes:
        """As one line of JSON, its end included."""
        return orjson.dumps(self._as_json(), option=orjson.OPT_APPEND_NEWLINE)

    def raw(self) -> bytes:
        """As a client writes it: HTTP/1.1, with the length of the body that is here."""
        framing = (b"content-length", b"transfer-encoding")
        lines = [b"%b %b HTTP/%b" % (self.method, self.target, self.version.encode())]
        lines += [b"%b: %b" % item for item in self.headers if item[0].lower() not in framing]
        if self.body or any(name.lower() in framing for name, _ in self.headers):
            lines.append(b"content-length: %d" % len(self.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body

    def _as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "v": _VERSION, "id": self.id, "time": self.time, "client": self.client, "peer": self.peer, "scheme": self.scheme,
            "version": self.version, "method": _text(self.method), "target": _text(self.target),
            "headers": [[_text(name), _text(value)] for name, value in self.headers], **_body(self.body, "body"),
        }  # fmt: skip
        if not self.complete:
            said["complete"] = False
        if self.account:
            said["account"] = {"id": self.account, "source": self.account_source, "verified": self.account_verified}
        more = (("vouched", self.vouched), ("route", self.route), ("masked", self.masked), ("notes", self.notes))
        said |= {name: value for name, value in more if value}
        if (answered := self.answered) is not None:
            said["response"] = {
                "status": answered.status,
                "headers": [[_text(name), _text(value)] for name, value in answered.headers],
                "seconds": answered.seconds,
                **({"cache": answered.cache} if answered.cache else {}),
                **({"origin_seconds": answered.origin_seconds} if answered.origin_seconds >= 0 else {}),
                **({} if answered.body is None else _body(answered.body, "body", always=True)),
            }
        if (then := self.then) is not None:
            said["verdict"] = {"verdict": then.verdict, "score": then.score, "rules": then.rules}
            if then.reason:
                said["verdict"]["reason"] = then.reason
        return said


def read_line(line: bytes, place: str = "") -> Recorded:
    """The exchange of one line.

    Args:
        line: with or without its end.
        place: what it is called where it has no id.

    Raises:
        NotRecorded: it is none.
    """
    try:
        said = orjson.loads(line)
    except ValueError as error:
        raise NotRecorded(f"this is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise NotRecorded('a line is an object, such as {"method": "GET", "target": "/", "headers": []}')
    if (version := said.get("v", _VERSION)) != _VERSION:
        raise NotRecorded(f"it is of version {version!r}; this EdgeGuard reads version {_VERSION}")
    try:
        return _recorded(said, place)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise NotRecorded(f"{type(error).__name__}: {error}" if not isinstance(error, NotRecorded) else str(error)) from None


def _recorded(said: dict[str, Any], place: str) -> Recorded:
    method, target = said.get("method"), said.get("target")
    if not isinstance(method, str) or not isinstance(target, str):
        raise NotRecorded("it has no 'method' or no 'target'; both are text")
    account = said.get("account") or {}
    answered, then = said.get("response"), said.get("verdict")
    return Recorded(
        id=str(said.get("id") or place),
        time=float(said.get("time") or 0.0),
        method=_octets(method),
        target=_octets(target),
        headers=_fields(said.get("headers", ())),
        body=_content(said, "body") or b"",
        complete=bool(said.get("complete", True)),
        scheme=str(said.get("scheme") or "https"),
        version=str(said.get("version") or "1.1"),
        client=str(said.get("client") or ""),
        peer=str(said.get("peer") or ""),
        account=str(account.get("id") or ""),
        account_source=str(account.get("source") or ""),
        account_verified=account.get("verified") is True,
        vouched=said.get("vouched") is True,
        route=str(said.get("route") or ""),
        answered=None if answered is None else _answered(answered),
        then=None if then is None else _then(then),
        masked=int(said.get("masked") or 0),
        notes=tuple(map(str, said.get("notes", ()))),
    )


def _answered(said: dict[str, Any]) -> Answered:
    return Answered(
        status=int(said["status"]),
        headers=_fields(said.get("headers", ())),
        body=_content(said, "body"),
        seconds=float(said.get("seconds", -1.0)),
        cache=str(said.get("cache") or ""),
        origin_seconds=float(said.get("origin_seconds", -1.0)),
    )


def _then(said: dict[str, Any]) -> Then:
    rules = tuple(map(str, said.get("rules", ())))
    return Then(str(said["verdict"]), int(said.get("score", 0)), rules, str(said.get("reason") or ""))


def _fields(said: Any) -> tuple[Field, ...]:
    pairs = said.items() if isinstance(said, dict) else said
    return tuple((_octets(name), _octets(value)) for name, value in pairs)


def _content(said: dict[str, Any], name: str) -> bytes | None:
    if (coded := said.get(f"{name}64")) is not None:
        return b64decode(coded, validate=True)
    text = said.get(name)
    if text is None or isinstance(text, str):
        return None if text is None else text.encode("utf-8", "surrogateescape")
    return orjson.dumps(text)  # a person wrote JSON as JSON


def _body(content: bytes, name: str, *, always: bool = False) -> dict[str, str]:
    if not content and not always:
        return {}
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}64": b64encode(content).decode()}


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")

"""Samples as a HAR file (HTTP Archive 1.2), for the tools that read those."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from edgeguard import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edgeguard.observe.samples.recorded import Field, Recorded


def har(exchanges: Iterable[Recorded]) -> Iterator[bytes]:
    """The file in pieces, so that nobody need hold all of it."""
    creator = orjson.dumps({"name": "EdgeGuard", "version": __version__})
    yield b'{"log":{"version":"1.2","creator":' + creator + b',"entries":['
    comma = b"\n"
    for each in exchanges:
        yield comma + orjson.dumps(_entry(each))
        comma = b",\n"
    yield b"\n]}}\n"


def _entry(each: Recorded) -> dict[str, Any]:
    host = next((value.decode("latin-1") for name, value in each.headers if name == b"host"), "") or "unknown.invalid"
    target = each.target.decode("latin-1")
    answered, then = each.answered, each.then
    request: dict[str, Any] = {
        "method": each.method.decode("latin-1"), "url": f"{each.scheme}://{host}{target}", "httpVersion": f"HTTP/{each.version}",
        "cookies": [], "headers": _fields(each.headers), "queryString": [], "headersSize": -1, "bodySize": len(each.body),
    }  # fmt: skip
    if each.body:
        request["postData"] = _content(each.body, _type(each.headers))
    entry: dict[str, Any] = {
        "startedDateTime": datetime.fromtimestamp(each.time, UTC).isoformat().replace("+00:00", "Z"),
        "time": max(0.0, answered.seconds * 1000) if answered is not None else 0,
        "request": request,
        "response": _response(each),
        "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0},
        "_id": each.id, "_clientAddress": each.client,
    }  # fmt: skip
    if then is not None:
        entry["comment"] = f"{then.verdict}, score {then.score}" + (f": {', '.join(then.rules)}" if then.rules else "")
    return entry


def _response(each: Recorded) -> dict[str, Any]:
    answered = each.answered
    headers: tuple[Field, ...] = () if answered is None else answered.headers
    body = b"" if answered is None or answered.body is None else answered.body
    return {
        "status": 0 if answered is None else answered.status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
        "headers": _fields(headers), "content": {"size": len(body), **_content(body, _type(headers))}, "redirectURL": "",
        "headersSize": -1, "bodySize": -1,
    }  # fmt: skip


def _content(body: bytes, media: str) -> dict[str, str]:
    try:
        return {"mimeType": media, "text": body.decode()}
    except UnicodeDecodeError:
        return {"mimeType": media, "text": b64encode(body).decode(), "encoding": "base64"}


def _fields(fields: Iterable[Field]) -> list[dict[str, str]]:
    return [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in fields]


def _type(fields: Iterable[Field]) -> str:
    return next((value.decode("latin-1") for name, value in fields if name.lower() == b"content-type"), "")

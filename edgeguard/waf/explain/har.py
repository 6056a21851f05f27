"""A request from a HAR file, as browsers and proxies save what they sent (HTTP Archive 1.2)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import urlencode

from edgeguard.waf.explain.given import CLIENT, Given, written
from edgeguard.waf.faults import Refused


def entries_of(document: object) -> list[Any]:
    """The entries of a parsed file.

    Raises:
        Refused: it is no HAR file.
    """
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list) or not entries:
        raise Refused("this is no HAR file: it has no log.entries")
    return entries


def from_har(document: object, number: int, source: str, client: str = CLIENT) -> Given:
    """The request of entry `number`, counted from 1.

    Raises:
        Refused: it is no HAR file, or has no such entry.
    """
    entries = entries_of(document)
    if not 1 <= number <= len(entries):
        raise Refused(f"it has {len(entries)} entries; --entry takes 1 to {len(entries)}")
    return from_entry(entries[number - 1], f"entry {number} of {source}", client)


def from_entry(entry: object, source: str, client: str = CLIENT) -> Given:
    """The request of one entry.

    Raises:
        Refused: it holds no request.
    """
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        raise Refused(f"{source} holds no request")
    fields = [(str(each.get("name")), str(each.get("value"))) for each in _list(request.get("headers")) if isinstance(each, dict)]
    posted = request.get("postData")
    notes: list[str] = []
    missing: list[str] = []
    body = _body(posted, notes, missing) if isinstance(posted, dict) else b""
    said = next((value for name, value in fields if name.lower() == "content-length"), "")
    if said.isdigit() and int(said) != len(body):
        told = f"the request had a body of {said} bytes, of which the file has {len(body)}"
        (missing if len(body) < int(said) else notes).append(told)
    method = str(request.get("method") or "GET")
    has_body = bool(body) or bool(said) or method in ("POST", "PUT", "PATCH")
    raw = written(method, request["url"], fields, body, has_body=has_body)
    return Given(raw, source, client, tuple(notes), tuple(missing))


def _body(posted: dict[str, Any], notes: list[str], missing: list[str]) -> bytes:
    if isinstance(posted.get("text"), str) and posted["text"]:
        return content_of(posted)
    params = [each for each in _list(posted.get("params")) if isinstance(each, dict)]
    if not params:
        return b""
    if str(posted.get("mimeType", "")).startswith("multipart/"):
        missing.append("the file tells the form's fields but not its body, which can't be made anew")
        return b""
    notes.append("the body was made anew from the form's fields")
    return urlencode([(str(each.get("name", "")), str(each.get("value", ""))) for each in params]).encode()


def content_of(said: dict[str, Any]) -> bytes:
    """What the `text` of a `postData` or `content` stands for.

    Raises:
        Refused: it is said to be Base64, and is not.
    """
    text: str = said["text"]
    if said.get("encoding") != "base64":
        return text.encode("utf-8", "surrogateescape")
    try:
        return b64decode(text)
    except ValueError:
        raise Refused("a text is said to be base64, and is not") from None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

"""A request from a command line of curl, as browsers copy it and people write it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from edgeguard.waf.explain.given import CLIENT, Given, written
from edgeguard.waf.explain.shell_words import shell_words
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str], bytes]
    """The content of a file that the command names."""

_LONG = {
    "X": "request", "H": "header", "d": "data", "F": "form", "b": "cookie", "A": "user-agent", "e": "referer", "u": "user",
    "G": "get", "I": "head", "T": "upload-file",
}  # fmt: skip
_SILENT = frozenset("kLsSvifgNnaqR0#jlOJZ")  # short options without a word, that change nothing about the request
_WITH_WORD = frozenset("omwxEtcCDKmPQrUyYz")  # short options with a word, likewise
_TAKING = frozenset(
    {
        "request", "header", "data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json", "form", "form-string",
        "cookie", "user-agent", "referer", "user", "url", "upload-file", "output", "max-time", "connect-timeout", "proxy", "cert",
        "key", "cacert", "resolve", "connect-to", "write-out", "retry", "max-redirs", "interface", "limit-rate", "cookie-jar",
        "ciphers", "tls-max", "dump-header", "oauth2-bearer", "url-query", "proxy-user", "config", "capath", "stderr", "trace",
        "trace-ascii", "rate", "dns-servers", "noproxy", "retry-delay", "retry-max-time", "unix-socket", "local-port", "range",
    }
)  # fmt: skip
_BOUNDARY = "----edgeguard-explain"


@dataclass(slots=True)
class _Command:
    """What the options say."""

    method: str = ""
    url: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    upload: bytes | None = None
    in_query: bool = False
    is_json: bool = False
    has_head: bool = False


def from_curl(text: str, read: Read, client: str = CLIENT) -> Given:
    """The request that `curl …` would send.

    Args:
        text: the whole command line.
        read: gives the files that it sends.
        client: who sends it.

    Raises:
        Refused: it is no such command, or has no address.
        OSError: a file can't be read.
    """
    if "^\n" in text or '^"' in text:
        raise Refused("this is written for cmd.exe; copy it as cURL (bash)")
    words = shell_words(text)
    if words[:1] == ["$"]:
        words = words[1:]
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise Refused("a command line of curl begins with the word curl")
    command = _Command()
    waiting = words[1:]
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--"):
            _long(command, word, waiting, read)
        elif word.startswith("-") and word != "-":
            _short(command, word[1:], waiting, read)
        elif not command.url:
            command.url = word
    return _sent(command, client)


def _long(command: _Command, word: str, waiting: list[str], read: Read) -> None:
    name, equals, value = word[2:].partition("=")
    if name in _TAKING and not equals:
        value = _next(word, waiting)
    _option(command, name, value, read)


def _short(command: _Command, letters: str, waiting: list[str], read: Read) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        name = _LONG.get(letter)
        if name in _TAKING or letter in _WITH_WORD:
            value = letters or _next(f"-{letter}", waiting)
            if name is not None:
                _option(command, name, value, read)
            return
        if name is not None:
            _option(command, name, "", read)
        elif letter not in _SILENT and not letter.isdigit():
            raise Refused(f"-{letter} is not known here; leave it out if it does not change the request")


def _next(option: str, waiting: list[str]) -> str:
    if not waiting:
        raise Refused(f"a word is missing behind {option}")
    return waiting.pop(0)


def _option(command: _Command, name: str, value: str, read: Read) -> None:
    match name:
        case "request":
            command.method = value
        case "url":
            command.url = value
        case "header":
            _header(command, value)
        case "data" | "data-ascii" | "data-binary" | "json":
            command.data.append(_data(value, read, whole=name in ("data-binary", "json")))
            command.is_json = command.is_json or name == "json"
        case "data-raw":
            command.data.append(_octets(value))
        case "data-urlencode":
            command.data.append(_encoded(value, read))
        case "form" | "form-string":
            command.parts.append(_part(value, read, literal=name == "form-string"))
        case "upload-file":
            command.upload = read(value)
        case "get":
            command.in_query = True
        case "head":
            command.has_head = True
        case _:
            _named_field(command, name, value)


def _named_field(command: _Command, name: str, value: str) -> None:
    """Options that stand for a field."""
    match name:
        case "cookie":
            if "=" not in value:
                raise Refused("-b takes cookies here (name=value), not a file of them")
            command.fields.append(("Cookie", value))
        case "user-agent":
            command.fields.append(("User-Agent", value))
        case "referer":
            command.fields.append(("Referer", value.removesuffix(";auto")))
        case "user":
            command.fields.append(("Authorization", "Basic " + b64encode(_octets(value)).decode()))
        case "oauth2-bearer":
            command.fields.append(("Authorization", f"Bearer {value}"))
        case "compressed":
            command.fields.append(("Accept-Encoding", "deflate, gzip, br, zstd"))


def _header(command: _Command, text: str) -> None:
    name, colon, value = text.partition(":")
    if colon and value.strip():
        command.fields.append((name.strip(), value.strip()))
    elif not colon and text.endswith(";"):
        command.fields.append((text[:-1], ""))


def _data(text: str, read: Read, *, whole: bool) -> bytes:
    """A body, or `@file`, of which `-d` leaves out the line ends."""
    if not text.startswith("@"):
        return _octets(text)
    content = read(text[1:])
    return content if whole else content.translate(None, b"\r\n\0")


def _encoded(text: str, read: Read) -> bytes:
    """`--data-urlencode`: `text`, `=text`, `name=text`, `@file`, `name@file`."""
    cuts = [at for at in (text.find("="), text.find("@")) if at >= 0]
    if not cuts:
        return quote_plus(_octets(text)).encode()
    at = min(cuts)
    content = read(text[at + 1 :]) if text[at] == "@" else _octets(text[at + 1 :])
    return (f"{text[:at]}=" if at else "").encode() + quote_plus(content).encode()


def _part(text: str, read: Read, *, literal: bool) -> bytes:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"-F takes name=value, not '{text}'")
    disposition, kind = f'form-data; name="{name}"', ""
    content = _octets(value)
    if not literal and value[:1] in ("@", "<"):
        file, *options = value[1:].split(";")
        said = dict(option.strip().partition("=")[::2] for option in options)
        content = read(file)
        if value[0] == "@":
            disposition += f'; filename="{said.get("filename", file.rpartition("/")[2])}"'
            kind = said.get("type", "application/octet-stream")
    lines = [f"Content-Disposition: {disposition}", *([f"Content-Type: {kind}"] if kind else ())]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content + b"\r\n"


def _sent(command: _Command, client: str) -> Given:
    if not command.url:
        raise Refused("there is no address in this command line of curl")
    url = command.url if "://" in command.url else f"http://{command.url}"
    body, kind = b"&".join(command.data), "application/json" if command.is_json else "application/x-www-form-urlencoded"
    if command.is_json:
        body = b"".join(command.data)
    has_body = bool(command.data)
    if command.in_query and command.data:
        url += ("&" if "?" in url else "?") + body.decode("utf-8", "surrogateescape")
        body, has_body = b"", False
    if command.parts:
        mark = f"--{_BOUNDARY}".encode()
        body = b"".join(mark + b"\r\n" + part for part in command.parts) + mark + b"--\r\n"
        kind, has_body = f"multipart/form-data; boundary={_BOUNDARY}", True
    if command.upload is not None:
        body, kind, has_body = command.upload, "", True
    fields = list(command.fields)
    given = {name.lower() for name, _ in fields}
    if "user-agent" not in given:
        fields.insert(0, ("User-Agent", "curl/8.0"))
    if "accept" not in given:
        fields.insert(1, ("Accept", "application/json" if command.is_json else "*/*"))
    if has_body and kind and "content-type" not in given:
        fields.append(("Content-Type", kind))
    usual = "HEAD" if command.has_head else "PUT" if command.upload is not None else "POST" if has_body else "GET"
    raw = written(command.method or usual, url, fields, body, has_body=has_body)
    return Given(raw, "the command line of curl", client)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

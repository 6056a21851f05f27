"""What of an exchange must not be kept in a sample: credentials, cookies, and values of names that speak of secrets.

What stands for a secret is a plain word, so that no rule finds anything in it. In samples it is the same for the same
value, because dynamic rules count how many different ones there were; the key behind that is made at each start, and never kept.
All else stays as it was sent, to the octet, for rules look at encodings, too. Text is searched with RE2, in linear time. It errs
on the side of masking.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import Any, Final

import re2

from edgeguard.observe.masking import is_secret_name

MASK: Final = b"masked"
_KEY: Final = os.urandom(32)  # made before workers are forked, so that all of them have the same
_DIGITS: Final = 4  # octets of a pseudonym: two of a million values are hardly ever taken for one
_STRONG: Final = rb"passw|pwd|secret|token|api[_-]?key|authoriz|credential|signature|session|jwt|oauth"
# A name and its value in any text: `password: "x"`, `token=x`, `\"secret\":\"x\"`; in GraphQL, nested forms, logs.
_NAMED = re2.compile(
    rb"((?i:" + _STRONG + rb")[\w-]{0,32}(?:\\*[\"'])?\s*(?:[:=]|%3[aAdD])\s*(?:\\*[\"'])?)([^\"'\\\s,;&<>(){}\[\]]+)()"
)
_SIGNED = re2.compile(rb"()(eyJ[\w-]{6,}\.[\w-]+\.[\w-]*)()")  # a JWT's header begins with `{"` in Base64
_SCHEME = re2.compile(rb"\b((?i:bearer|basic)(?: +|%20|\+))([\w.~+/-]{6,}=*)()")
_USER = re2.compile(rb"(://[^\s/@:\"'<>]{0,256}:)([^\s/@\"'<>]{1,256})(@)")
_PEM = re2.compile(rb"(?s)()(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\z))()")
_STRING = re2.compile(rb'(?s)"((?:[^"\\]|\\.)*)"(\s*:\s*)?')
_SCALAR = re2.compile(rb"[^,\]\}\s\"\[\{]+")
_ELEMENT = re2.compile(rb"<((?:[\w.-]+:)?([\w.-]{1,128})(?:\s[^<>]*)?)>([^<]+)<")
_PART_NAME = re2.compile(rb"(?i)[;\s]name=(?:\"([^\"]{0,256})\"|([^;\s\"]{1,256}))")
_WORDS = (b"text/", b"application/json", b"application/xml", b"application/graphql", b"application/javascript")
_URL_FIELDS = frozenset((b"referer", b"location", b"content-location", b"origin"))


class Masker:
    """See the module.

    Args:
        names: of fields, parameters, cookies, JSON keys and XML elements whose values are masked beside those known anyway.
        distinct: whether different values are to be told apart.

    Attributes:
        count: values masked so far.
    """

    __slots__ = ("_distinct", "_names", "count")

    def __init__(self, names: tuple[str, ...] = (), *, distinct: bool = False) -> None:
        self._distinct = distinct
        self._names = frozenset(name.lower() for name in names)
        self.count = 0

    def is_secret(self, name: bytes) -> bool:
        """Whether what stands under `name` is one."""
        text = name.decode("latin-1")
        return text.lower() in self._names or is_secret_name(text)

    def field(self, name: bytes, value: bytes) -> bytes:
        """A header field's value; its name is in lower case."""
        if name in (b"authorization", b"proxy-authorization"):
            scheme, space, secret = value.partition(b" ")
            return scheme + space + self._word(secret) if space and secret else self._word(value)
        if name == b"cookie":
            return b"; ".join(self._cookie(pair.strip()) for pair in value.split(b";"))
        if name == b"set-cookie":
            pair, semicolon, rest = value.partition(b";")
            return self._cookie(pair) + semicolon + rest
        if self.is_secret(name):
            return self._word(value)
        if name in _URL_FIELDS:
            return self.target(value)
        return self.text(value)

    def target(self, target: bytes) -> bytes:
        """A request's target, or any address."""
        path, mark, query = target.partition(b"?")
        return self.text(path) + mark + self.form(query)

    def form(self, pairs: bytes) -> bytes:
        """A query, or a body of that form."""
        kept = []
        for pair in pairs.split(b"&"):
            name, equals, value = pair.partition(b"=")
            secret = value and self.is_secret(name)
            kept.append(name + equals + self._word(value) if secret else pair)
        return self.text(b"&".join(kept))

    def body(self, content: bytes, media: bytes, encoded: bool) -> bytes | None:
        """A body, or its beginning; None where it can't be masked, and so can't be kept.

        Args:
            content: as sent.
            media: the content type.
            encoded: whether it is compressed.
        """
        kind = media.partition(b";")[0].strip().lower()
        if encoded:
            return None
        if kind == b"application/x-www-form-urlencoded":
            return self.form(content)
        if kind.endswith(b"json") or (not kind and content.lstrip()[:1] in (b"{", b"[")):
            return self.text(self._json(content))
        if kind.startswith(b"multipart/"):
            return self._multipart(content, media)
        if kind.endswith(b"xml"):
            return self.text(_ELEMENT.sub(self._element, content))
        return self.text(content) if not kind or kind.startswith(_WORDS) else None

    def text(self, text: bytes) -> bytes:
        """Any text: what a name in it says is a secret, signed tokens, passwords in addresses, private keys."""
        if len(text) < 8:
            return text
        for pattern in _PASSES:
            text = pattern.sub(self._found, text)
        return text

    def _found(self, match: Any) -> Any:
        """Of a pass; its groups are what stands before, the secret, and what stands behind."""
        before, secret, after = match.groups()
        return match.group(0) if secret.startswith(MASK) else before + self._word(secret) + after

    def _cookie(self, pair: bytes) -> bytes:
        name, equals, value = pair.partition(b"=")
        return pair if equals and not value else name + equals + self._word(value) if equals else self._word(pair)

    def _json(self, text: bytes) -> bytes:
        """Values of secret names, whatever they are; the rest is as it was, and cut documents are no matter."""
        out: list[bytes] = []
        at = done = 0
        for match in _STRING.finditer(text):
            if match.start() < at or not match.group(2) or not self.is_secret(_key(match.group(1))):
                continue
            at = _value_end(text, match.end())
            if at > match.end():
                out += (text[done : match.end()], b'"' + self._word(text[match.end() : at]) + b'"')
                done = at
        return b"".join((*out, text[done:]))

    def _element(self, match: Any) -> Any:
        if not self.is_secret(match.group(2)) or not match.group(3).strip():
            return match.group(0)
        return b"<" + match.group(1) + b">" + self._word(match.group(3)) + b"<"

    def _multipart(self, content: bytes, media: bytes) -> bytes:
        boundary = media.partition(b"boundary=")[2].partition(b";")[0].strip().strip(b'"')
        if not boundary:
            return self.text(content)
        parts = content.split(b"--" + boundary)
        for place, part in enumerate(parts):
            head, gap, value = part.partition(b"\r\n\r\n")
            found = _PART_NAME.search(head)
            if gap and found and self.is_secret(found.group(1) or found.group(2) or b""):
                parts[place] = head + gap + self._word(value.removesuffix(b"\r\n")) + b"\r\n"
            elif b"filename" not in head.lower():
                parts[place] = head + gap + self.text(value)
        return (b"--" + boundary).join(parts)

    def _word(self, value: bytes) -> bytes:
        """What stands for a value."""
        self.count += 1
        return MASK + blake2b(value, key=_KEY, digest_size=_DIGITS).hexdigest().encode() if self._distinct else MASK


def _key(name: bytes) -> bytes:
    """A JSON key; escapes can spell a letter, and what has one is looked at decoded."""
    if b"\\" not in name:
        return name
    try:
        return name.decode("utf-8", "replace").encode("ascii", "ignore").decode("unicode_escape").encode("utf-8", "replace")
    except UnicodeDecodeError:
        return name


def _value_end(text: bytes, at: int) -> int:
    """Where the JSON value that begins at `at` ends; the text's end where it was cut."""
    first = text[at : at + 1]
    if first == b'"':
        match = _STRING.match(text, at)
        return match.start(2) if match and match.start(2) > 0 else match.end() if match else len(text)
    if first not in (b"{", b"["):
        match = _SCALAR.match(text, at)
        return match.end() if match else at
    depth = 0
    while at < len(text):
        char = text[at : at + 1]
        if char == b'"':
            match = _STRING.match(text, at)
            if match is None:
                return len(text)
            at = match.end()
            continue
        depth += (char in b"{[") - (char in b"}]")
        at += 1
        if not depth:
            return at
    return len(text)


_PASSES: Final = (_PEM, _SIGNED, _SCHEME, _USER, _NAMED)

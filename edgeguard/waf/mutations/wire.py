"""Other encodings of one value on the wire, and other places for it in the request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edgeguard.waf.mutations.leaves import Leaf

    Description = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WireMutation:
    """A way to send a request otherwise, of which one leaf is the attack.

    Attributes:
        kinds: of leaves that it can be done to.
    """

    name: str
    says: str
    make: Callable[[Description, Leaf], Iterator[dict[str, Any]]]
    kinds: frozenset[str]


_ENCODED: Final = frozenset({"query", "form", "path"})
_VALUES: Final = frozenset({"query", "form", "json"})


def _percent(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


def _letters(text: str) -> str:
    """Every second octet: readers that look for encoded punctuation alone miss it."""
    return "".join(f"%{ord(char):02x}" if char.isascii() and at % 2 == 0 else quote_plus(char) for at, char in enumerate(text))


def _u(text: str) -> str:
    return "".join(f"%u{ord(char):04x}" if ord(char) < 0x10000 else quote(char) for char in text)


def _overlong(text: str) -> str:
    return "".join(
        quote(char) if char.isalnum() or not char.isascii() else f"%{0xC0 | ord(char) >> 6:02x}%{0x80 | ord(char) & 63:02x}"
        for char in text
    )


def _raw(description: Description, leaf: Leaf, encode: Callable[[str], str]) -> dict[str, Any] | None:
    """The request with its value encoded by `encode`; None where it has no such place."""
    if leaf.kind == "path":
        path = str(description["path"])
        if "?" in path:
            return None
        return {**description, "path": "/".join(encode(unquote(part)) for part in path.split("/"))}
    if leaf.kind not in ("query", "form") or len(leaf.place) != 2:
        return None
    pairs = [
        f"{quote_plus(str(name))}={encode(value) if name == leaf.place[1] else quote_plus(str(value))}"
        for name, value in description[leaf.kind].items()
    ]
    rest = {key: value for key, value in description.items() if key != leaf.kind}
    if leaf.kind == "form":
        return {**rest, "body": "&".join(pairs), "content_type": "application/x-www-form-urlencoded"}
    return {**rest, "path": f"{description.get('path', '/')}?{'&'.join(pairs)}"}


def _encoding(encode: Callable[[str], str]) -> Callable[[Description, Leaf], Iterator[dict[str, Any]]]:
    def make(description: Description, leaf: Leaf) -> Iterator[dict[str, Any]]:
        made = _raw(description, leaf, encode)
        if made is not None:
            yield made

    return make


def _json_escapes(description: Description, leaf: Leaf) -> Iterator[dict[str, Any]]:
    mark = "\ue000"
    for form in ("\\u{:04x}", "\\u{:04X}"):
        text = json.dumps(leaf.replaced(description, mark)["json"], ensure_ascii=False)
        escaped = "".join(form.format(ord(char)) if ord(char) < 0x10000 else char for char in leaf.text)
        rest = {key: value for key, value in description.items() if key != "json"}
        yield {**rest, "body": text.replace(mark, escaped), "content_type": "application/json"}


def _twice(description: Description, leaf: Leaf) -> Iterator[dict[str, Any]]:
    """A parameter given several times; some applications join them by commas."""
    yield leaf.replaced(description, ["1", leaf.text])
    yield leaf.replaced(description, [leaf.text, "1"])
    head, space, tail = leaf.text.partition(" ")
    if space:
        yield leaf.replaced(description, [f"{head}/*", f"*/{tail}"])


def _elsewhere(kind: str) -> Callable[[Description, Leaf], Iterator[dict[str, Any]]]:
    def make(description: Description, leaf: Leaf) -> Iterator[dict[str, Any]]:
        if leaf.kind == kind:
            return
        rest = {
            key: value for key, value in description.items() if key not in ("query", "form", "json", "method", "content_type")
        }
        name = str(leaf.place[-1]) if isinstance(leaf.place[-1], str) else "value"
        if kind == "cookies":
            yield {**rest, "cookies": {name: quote(leaf.text)}}
        elif kind == "nested":
            yield {**rest, "json": {"data": {"attributes": {"items": [{name: leaf.text}]}}}}
        elif kind == "json in form":
            yield {**rest, "form": {"data": json.dumps({name: leaf.text})}}
        elif kind == "name":
            yield {**rest, "query": {leaf.text: "1"}}
        elif kind == "xml":
            escaped = leaf.text.replace("&", "&amp;").replace("<", "&lt;")
            yield {**rest, "body": f"<r><v>{escaped}</v></r>", "content_type": "application/xml"}
        else:
            yield {**rest, kind: {name: leaf.text}}

    return make


WIRE: Final = (
    WireMutation("percent", "each octet percent-encoded", _encoding(_percent), _ENCODED),
    WireMutation("percent-letters", "every second letter percent-encoded", _encoding(_letters), _ENCODED),
    WireMutation("percent-twice", "percent-encoded twice", _encoding(lambda text: _percent(_percent(text))), _ENCODED),
    WireMutation("percent-u", "%uXXXX, as old IIS reads it", _encoding(_u), _ENCODED),
    WireMutation("overlong", "punctuation as overlong UTF-8", _encoding(_overlong), _ENCODED),
    WireMutation("json-escapes", "each character as JSON's \\uXXXX", _json_escapes, frozenset({"json"})),
    WireMutation("twice", "the parameter given several times", _twice, frozenset({"query", "form"})),
    *(
        WireMutation(f"in-{kind.replace(' ', '-')}", f"the value moved: {kind}", _elsewhere(kind), _VALUES)
        for kind in ("query", "form", "json", "multipart", "cookies", "nested", "json in form", "name", "xml")
    ),
)


def unfolded(description: Description) -> dict[str, Any]:
    """The request with the query of its path as values of their own, so that they can be written otherwise."""
    path, sign, query = str(description.get("path", "/")).partition("?")
    if not sign or "query" in description:
        return dict(description)
    pairs: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    return {**description, "path": path, "query": pairs} if pairs else dict(description)

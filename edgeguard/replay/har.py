"""A HAR file read entry by entry, so that one of a gigabyte takes no more memory than its largest entry."""

from __future__ import annotations

from codecs import getincrementaldecoder
from datetime import datetime
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from edgeguard.observe.samples.recorded import Answered, Recorded
from edgeguard.waf.explain.given import CLIENT
from edgeguard.waf.explain.har import content_of, from_entry
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.observe.samples.recorded import Field

CHUNK: Final = 256 * 1024  # octets that are read at once
LARGEST: Final = 64 * 1024 * 1024  # characters of one entry
_SPACE: Final = " \t\r\n"


class _Text:
    """A file's text, of which only what is needed is here."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decode = getincrementaldecoder("utf-8-sig")("replace").decode
        self._json = JSONDecoder(strict=False)
        self._text = ""
        self._at = 0
        self._ended = False

    def next(self) -> str:
        """The next character that is no white space; empty at the end. It is not taken."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or not self._more(CHUNK):
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> None:
        """Go over one of these characters."""
        if (found := self.next()) == "" or found not in expected:
            raise Refused(f"this is no HAR file: '{found or 'its end'}' stands where '{expected[0]}' should")
        self._at += 1

    def value(self) -> Any:
        """The next value, whatever it is."""
        self.next()
        wanted = CHUNK
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except (JSONDecodeError, RecursionError) as error:
                if len(self._text) - self._at > LARGEST:
                    raise Refused(f"an entry has more than {LARGEST // 1024 // 1024} MB, or is no JSON: {error}") from None
                if not self._more(wanted):
                    raise Refused(f"this is no JSON, and so no HAR file: {error}") from None
                wanted *= 2  # so that trying again costs as much again, and not its square
                continue
            if end == len(self._text) and self._more(CHUNK):  # a number may go on
                continue
            self._at = end
            return value

    def _more(self, wanted: int) -> bool:
        if self._ended:
            return False
        data = self._file.read(wanted)
        self._ended = not data
        more = self._decode(data, self._ended)
        if not more and self._ended:
            return False
        self._text = self._text[self._at :] + more
        self._at = 0
        return True


def entries(file: BinaryIO) -> Iterator[Any]:
    """The entries of a HAR file, in their order.

    Raises:
        Refused: it is none, or broken from here on.
    """
    text = _Text(file)
    for name in _members(text):
        if name != "log":
            text.value()
            continue
        for inner in _members(text):
            if inner != "entries":
                text.value()
                continue
            text.take("[")
            while text.next() != "]":
                yield text.value()
                if text.next() != "]":
                    text.take(",")
            text.take("]")
            return  # what stands behind them is of no interest
    raise Refused("this is no HAR file: it has no log.entries")


def _members(text: _Text) -> Iterator[str]:
    """The names of an object; whoever takes one must read its value before the next."""
    text.take("{")
    while text.next() != "}":
        name = text.value()
        text.take(":")
        yield str(name)
        if text.next() != "}":
            text.take(",")
    text.take("}")


def recorded(entry: object, place: str) -> Recorded:
    """An entry in the neutral form.

    Raises:
        Refused: it holds no request that can be sent.
    """
    given = from_entry(entry, place, CLIENT)
    assert isinstance(entry, dict)  # noqa: S101 - `from_entry` has refused all else
    head, _, body = given.raw.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    method, _, rest = line.partition(b" ")
    return Recorded(
        id=str(entry.get("_id") or place),
        time=_time(entry.get("startedDateTime")),
        method=method,
        target=rest.rpartition(b" ")[0],
        headers=tuple(_field(field) for field in fields),
        body=body,
        complete=not given.missing,
        scheme=str(entry["request"]["url"]).partition(":")[0].lower(),
        client=str(entry.get("_clientAddress") or ""),
        answered=_answered(entry.get("response")),
        notes=(*given.notes, *given.missing),
    )


def _answered(response: object) -> Answered | None:
    if not isinstance(response, dict) or not isinstance(status := response.get("status"), int) or not status:
        return None
    headers = tuple(
        (str(each.get("name")).lower().encode("utf-8", "replace"), str(each.get("value")).encode("utf-8", "replace"))
        for each in response.get("headers") or ()
        # The content is told as it was before it was compressed.
        if isinstance(each, dict) and str(each.get("name")).lower() not in ("content-encoding", "transfer-encoding")
    )
    content = response.get("content")
    body: bytes | None = None
    if isinstance(content, dict) and isinstance(content.get("text"), str):
        try:
            body = content_of(content)
        except Refused:
            body = None
    return Answered(status, headers, body)


def _field(line: bytes) -> Field:
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _time(text: object) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return 0.0

"""A request as it is sent to every program that is compared: its parts, so that it can be varied, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace

Fields = tuple[tuple[bytes, bytes], ...]

FORM = b"application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Sample:
    """One request.

    Attributes:
        name: where it comes from, such as `ftw/942100-7` or `ordinary/search-12`.
        fields: names and values in the order in which they are sent, the body's length among them.
        whole: the bytes to send as they are, of a request that has no parts worth knowing; empty otherwise.
    """

    name: str
    method: bytes = b"GET"
    target: bytes = b"/"
    version: bytes = b"HTTP/1.1"
    fields: Fields = ()
    body: bytes = b""
    whole: bytes = b""

    def wire(self) -> bytes:
        """The bytes that are sent."""
        if self.whole:
            return self.whole
        head = [b" ".join(part for part in (self.method, self.target, self.version) if part)]
        head += [name + b": " + value for name, value in self.fields]
        return b"\r\n".join(head) + b"\r\n\r\n" + self.body

    def field(self, name: bytes) -> bytes | None:
        """The first value of a field, whatever the case of its name."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def with_field(self, name: bytes, value: bytes) -> Sample:
        """The same with one field set, in its old place where it had one."""
        kept = [(key, value if key.lower() == name.lower() else old) for key, old in self.fields]
        if self.field(name) is None:
            kept.append((name, value))
        return replace(self, fields=tuple(kept))

    def with_body(self, body: bytes, media_type: bytes) -> Sample:
        """The same with another body, and the fields that tell of it."""
        method = b"POST" if self.method in (b"GET", b"HEAD") else self.method
        changed = replace(self, body=body, method=method)
        return changed.with_field(b"Content-Type", media_type).with_field(b"Content-Length", b"%d" % len(body))

    @property
    def settled(self) -> bool:
        """Whether every reader takes its end to be in the same place, so that the connection may be kept."""
        if self.whole or self.version != b"HTTP/1.1" or self.field(b"transfer-encoding") or self.field(b"expect"):
            return False
        if self.field(b"connection") is not None or self.method == b"HEAD" or not self.method.isalpha():
            return False
        lengths = [value for key, value in self.fields if key.lower() == b"content-length"]
        return lengths == [b"%d" % len(self.body)] or (not lengths and not self.body)

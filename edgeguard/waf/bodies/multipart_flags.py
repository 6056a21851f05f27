"""`multipart/form-data`, read tolerantly: every field and file that some parser might make out, and whatever is odd about the
body as ModSecurity flags it (its reference manual, variables MULTIPART_*).

Beside `multipart`, which decides whether the body is what it should be. Boundaries are found with `find`, never line by line, so
that an upload takes no longer than a few passes of C over its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edgeguard.waf.bodies import boundary, disposition
from edgeguard.waf.bodies.content import Multipart
from edgeguard.waf.bodies.octet_pattern import octet_pattern

if TYPE_CHECKING:
    from edgeguard.waf.targets.sources import Pair

_FILE = 16 * 1024  # of each upload, as much as `multipart` keeps
_LINE = 4096  # of a part's head; ModSecurity's bound
_BLANK = b" \t\n\v\f\r"
_VISIBLE = bytes(range(33, 127))
_SWAPPED = 64  # lines that begin like a boundary and are looked at for blanks or a quote before it

_ODD = (b"--", b"\0", b"\n ", b"\n\t", b"\n\v", b"\n\f", b"\n\r")
_seeming = octet_pattern(rb"(?:^|\n)--[^\n\0]").search


@dataclass(slots=True)
class Reading:
    """What was made out.

    Attributes:
        beyond: there were more parts and lines of heads than `values`; the rest is left out.
    """

    multipart: Multipart = field(default_factory=Multipart)
    form: list[Pair] = field(default_factory=list)
    file_names: list[Pair] = field(default_factory=list)
    files: list[Pair] = field(default_factory=list)
    beyond: bool = False


@dataclass(slots=True)
class _Part:
    lines: list[bytes] = field(default_factory=list)
    fields: dict[bytes, bytes] = field(default_factory=dict)
    last: bytes = b""
    value: bytes = b""


def read(content_type: bytes, body: bytes, values: int, *, complete: bool, files: int = 0) -> Reading:
    """What a multipart body holds; never raises.

    Args:
        content_type: as sent.
        body: all of it, or its beginning.
        values: at most so many parts, and so many lines of heads.
        complete: whether that is all.
        files: more files than this raise `file_limit_exceeded`; 0 is no limit.
    """
    return _Reader(content_type, body, values, complete=complete, files=files).run()


def _ordinary(head: bytes) -> bool:
    """Whether a part's head has nothing that its lines need to be looked at for one by one: folding, bare line ends, dashes."""
    return (
        head[:1] not in (b" ", b"\t", b"\r", b"\n", b"\v", b"\f")
        and not any(mark in head for mark in _ODD)
        and head.count(b"\n") == head.count(b"\r\n")
    )


class _Reader:
    """One body's reading: `_at` goes from boundary to boundary."""

    def __init__(self, content_type: bytes, body: bytes, values: int, *, complete: bool, files: int) -> None:
        self._body = body
        self._budget = values
        self._complete = complete
        self._files = files
        self._reading = Reading()
        self._flags = flags = self._reading.multipart
        found = boundary.read(content_type, body)
        flags.boundary_quoted = int(found.quoted)
        flags.boundary_whitespace = int(found.whitespace)
        flags.missing_semicolon = int(found.missing_semicolon)
        flags.error = found.error
        self._quoted = found.quoted
        self._delimiter = b"--" + found.text
        self._boundaries = 0
        self._closed = False
        self._crlf = False

    def run(self) -> Reading:
        if len(self._delimiter) > 2:
            self._parts()
        flags = self._reading.multipart
        if self._complete and self._body and not self._closed:
            self._fail("final boundary missing" if self._boundaries else "no boundaries found")
        flags.crlf_lf_lines = int(self._crlf and flags.lf_line)
        flags.strict_error = int(
            bool(flags.error)
            or flags.boundary_quoted + flags.boundary_whitespace + flags.data_before + flags.data_after + flags.header_folding > 0
            or flags.lf_line + flags.missing_semicolon + flags.invalid_quoting + flags.invalid_part > 0
            or flags.invalid_header_folding + flags.file_limit_exceeded > 0
        )
        return self._reading

    def _parts(self) -> None:
        body = self._body
        at = self._next(0)
        if b"\n" in body[: len(body) if at < 0 else at]:
            self._flags.data_before = 1
        self._look(0, at)
        while at >= 0:
            begins = self._boundary(at)
            if begins < 0:
                return
            if self._budget <= 0:
                self._reading.beyond = True
                return
            self._budget -= 1
            at = self._part(begins)

    def _next(self, at: int) -> int:
        """Where the next boundary's line begins: at `at`, which begins a line, or behind it; -1 where there is none."""
        body = self._body
        while True:
            if not body.startswith(self._delimiter, at):
                found = body.find(b"\n" + self._delimiter, at)
                if found < 0:
                    return -1
                at = found + 1
            behind = at + len(self._delimiter)
            tail = body[behind : behind + 2]
            if tail[:1].strip(_BLANK) == b"" or tail == b"--":
                return at
            self._fail("a boundary's line goes on")  # of another boundary, perhaps, that begins alike
            end = body.find(b"\n", behind)
            if end < 0:
                return -1
            at = end + 1

    def _boundary(self, at: int) -> int:
        """Read a boundary's line; where the part behind it begins, -1 where none does."""
        body = self._body
        flags = self._flags
        behind = at + len(self._delimiter)
        end = body.find(b"\n", behind)
        tail = body[behind : behind + 5] if end < 0 else body[behind : min(end + 1, behind + 5)]
        final = tail.startswith(b"--")
        if at and body[at - 2 : at] != b"\r\n":
            flags.lf_line = 1
        if end < 0:
            self._closed |= tail == b"--" and self._boundaries > 0
            return -1
        if self._boundaries:
            flags.unmatched_boundary = 2
        ending = tail[2:] if final else tail
        if ending == b"\n":
            flags.lf_line = 1
        elif ending == b"\r\n":
            self._crlf = True
        else:
            self._fail("a boundary's line is malformed")
        self._boundaries += 1
        if final and not self._closed:
            self._closed = True
            if end + 1 < len(body):
                flags.data_after = 1
            self._flags = Multipart()  # what follows the end is read, but ModSecurity does not look there
        return end + 1

    def _part(self, at: int) -> int:
        """Read a part that begins at `at`; where the next boundary's line begins, -1 where there is none."""
        part = _Part()
        begins, following = self._head(at, part)
        if begins >= 0:
            body = self._body
            if body.startswith(self._delimiter, begins):
                self._flags.invalid_part = 1  # ModSecurity takes this boundary for the part's data
                if body.startswith((b"--\r\n", b"--\n"), begins + len(self._delimiter)):
                    self._fail("a part's data begins with the final boundary")
            following = self._next(begins)
            self._look(begins, following)
            value = body[begins:] if following < 0 else body[begins : max(following - 1, begins)]
            part.value = value[:-1] if following >= 0 and value.endswith(b"\r") else value
        if begins >= 0 or part.lines:
            self._keep(part)
        return following

    def _head(self, at: int, part: _Part) -> tuple[int, int]:
        """Read a part's head: where its data begins, or -1 and where the boundary stands that came before."""
        body = self._body
        blank = body.find(b"\r\n\r\n", at, at + _LINE)
        if blank > at and _ordinary(head := body[at:blank]):
            lines = head.split(b"\r\n")
            self._budget -= len(lines)
            if self._budget > 0:
                self._crlf = True
                for line in lines:
                    self._line(line, part)
                return blank + 4, -1
            self._budget += len(lines)
        while True:
            end = body.find(b"\n", at)
            if body.startswith(self._delimiter, at):
                self._flags.invalid_part = int(self._flags.invalid_part or end >= 0)
                self._fail("a part's head does not end")
                return -1, self._next(at)
            if end < 0:
                if at < len(body):
                    self._line(body[at : at + _LINE], part)
                return -1, -1
            line = body[at : min(end + 1, at + _LINE)]
            if end + 1 - at > _LINE:
                self._fail("a line of a part's head is too long")
            self._look(at, end + 1)
            at = end + 1
            if line.endswith(b"\r\n"):
                self._crlf = True
            else:
                self._flags.lf_line = 1
            if line in (b"\r\n", b"\n"):
                return at, -1
            self._budget -= 1
            if self._budget <= 0:
                self._reading.beyond = True
                return -1, -1
            self._line(line, part)

    def _line(self, line: bytes, part: _Part) -> None:
        if b"\0" in line:
            self._fail("NUL in a part's head")
        bare = line.removesuffix(b"\n").removesuffix(b"\r")
        if line[:1] in (b" ", b"\t", b"\r", b"\v", b"\f"):
            self._folded(bare, part)
            return
        name, colon, value = bare.partition(b":")
        part.lines.append(bare)
        if not colon or not name:
            self._fail("a part's head is malformed")
            return
        if name.translate(None, _VISIBLE):
            self._fail("a field of a part has an invalid name")
        key = name.strip(_BLANK).lower()
        if key in part.fields:
            self._fail("a part has a field twice")
            key += b" "
        part.last = key
        part.fields[key] = value.lstrip(b" \t")

    def _folded(self, line: bytes, part: _Part) -> None:
        flags = self._flags
        text = line.lstrip(_BLANK)
        flags.header_folding = 1
        if line[: len(line) - len(text)].strip(b" \t"):
            flags.invalid_header_folding = 1
        if not part.lines:
            self._fail("a part's head begins with a folded line")
            part.lines.append(line)
            return
        part.lines[-1] = (part.lines[-1] + b" " + text)[:_LINE]
        if part.last:
            part.fields[part.last] = (part.fields[part.last] + b" " + text)[:_LINE]

    def _keep(self, part: _Part) -> None:
        told = self._reading.multipart
        field = part.fields.get(b"content-disposition")
        found = disposition.read(field or b"")
        other = part.fields.get(b"content-disposition ")  # the second of two: some parsers take that one
        if found.invalid_quoting:
            self._flags.invalid_quoting = 1
        if found.error:
            self._fail("a part has no disposition" if field is None else found.error)
        if not found.name:
            self._flags.invalid_part = 1
        told.part_headers += [(found.name, line) for line in part.lines]
        told.names.append(found.name)
        self._put(found, part.value)
        if other is not None:
            self._put(disposition.read(other), part.value)

    def _put(self, found: disposition.Disposition, value: bytes) -> None:
        reading = self._reading
        told = reading.multipart
        names = [name for name in (found.file_name, found.extended) if name is not None]
        reading.file_names += [(found.name, name) for name in names]
        if not any(names):
            reading.form.append((found.name, value))
            return
        start = value[:_FILE]
        reading.files.append((found.name, start))
        told.file_names += names
        told.files += [(found.name, name) for name in names if name]
        told.sizes.append((found.name, len(value)))
        told.contents.append((found.name, start))
        if self._files and len(told.sizes) > self._files:
            self._flags.file_limit_exceeded = 1

    def _look(self, start: int, end: int) -> None:
        """Look at lines that are no boundaries for something that looks like one."""
        body = self._body
        stop = len(body) if end < 0 else end
        if body.find(b"--", start, stop) < 0:
            return
        text = body[start:stop]
        seeming = _seeming(text)
        if seeming is not None or self._delimiter in text:
            self._flags.unmatched_boundary = 1
        if seeming is not None:
            self._dressed(text, seeming.start())

    def _dressed(self, text: bytes, at: int) -> None:
        """A boundary behind blanks, or within quotes as in the content type."""
        bare = self._delimiter[2:]
        for _ in range(_SWAPPED):
            behind = text[at : at + len(bare) + 16].lstrip(b"\n")[2:]
            if behind[:1] in (b" ", b"\t", b"\v", b"\f") and behind.lstrip(_BLANK).startswith(bare):
                self._fail("a boundary behind blanks")
            elif self._quoted and behind.startswith(b'"' + bare):
                self._fail("a boundary in quotes")
            at = text.find(b"\n--", at + 1)
            if at < 0:
                return

    def _fail(self, error: str) -> None:
        flags = self._flags
        flags.error = flags.error or error

"""Markdown without its code: what is left of a text when fenced blocks, indented blocks and code spans are taken away, after
CommonMark 0.31. What is left may be shown as HTML, since Markdown takes HTML as it is.

Where it is not certain that something is code, it stays: within a block of HTML, within a tag, within a list's item, behind a
backslash.
"""

from __future__ import annotations

_HTML_ENDS = {b"<script": b"</script", b"<pre": b"</pre", b"<style": b"</style", b"<textarea": b"</textarea", b"<!--": b"-->"}
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/!?")
_TAG = 4096  # bytes of a tag that is looked through for its end
_FAILED = 64  # tags without an end, after which the rest of a paragraph is left as it is
_DIGITS = b"0123456789"
_BEFORE = bytes(range(0x21)) + b"<\\"  # between a mark and an address
_SCHEMES = (b"j", b"v", b"l", b"d", b"&")  # javascript, vbscript, livescript, data; or a reference that hides the letter
_ADDRESS = 2048
_HEADINGS = (b"# ", b"## ", b"### ", b"```", b"~~~")
_SIGNS = (b"\n# ", b"\n## ", b"\n### ", b"\n```", b"\n~~~", b"](http", b"](/", b"](#", b"**")


def html_of(text: bytes) -> bytes:
    """`text` with its code taken away."""
    return _Reading(text).run() if b"`" in text or b"~~~" in text or b"    " in text or b"\t" in text else text


def blocks_of(text: bytes) -> bytes:
    """The blocks of HTML in `text` alone: lines that begin with a tag, and what belongs to them."""
    reading = _Reading(text)
    reading.run()
    return b"\n".join(reading.blocks)


def is_markdown(text: bytes) -> bool:
    """Whether a text has what only Markdown has: headings, fences, links, strong words."""
    return text.startswith(_HEADINGS) or any(sign in text for sign in _SIGNS)


def urls_of(text: bytes, marks: tuple[bytes, ...] = (b"](", b"]:", b"<")) -> list[bytes]:
    """Addresses outside of code that may have a scheme which runs: of links, images, definitions, autolinks; unescaped."""
    found: dict[bytes, None] = {}
    plain = html_of(text)
    for mark in marks:
        at = plain.find(mark)
        while at >= 0:
            at += len(mark)
            if plain[at : at + 32].lstrip(_BEFORE)[:1].lower() in _SCHEMES:
                words = plain[at : at + _ADDRESS].lstrip(_BEFORE).split(None, 1)
                if words:
                    found[words[0].rstrip(b")>").replace(b"\\", b"")] = None
            at = plain.find(mark, at)
    return list(found)


class _Reading:
    """Line by line; what is kept goes to `_kept`, blocks of HTML to `blocks` besides; a paragraph's lines wait for its end."""

    __slots__ = (
        *("_blank", "_column", "_fence", "_in_list", "_indented", "_kept", "_lines", "_paragraph", "_quoted", "_until", "blocks"),
    )

    def __init__(self, text: bytes) -> None:
        self._lines = text.split(b"\n")
        self._kept: list[bytes] = []
        self.blocks: list[bytes] = []
        self._paragraph: list[bytes] = []
        self._fence = b""  # what opened the fenced block; in a quotation, and how far from the left
        self._quoted = False
        self._column = 0
        self._until = b""  # what ends the block of HTML; a blank line where it is a blank
        self._blank = True
        self._in_list = self._indented = False

    def run(self) -> bytes:
        for line in self._lines:
            self._line(line.rstrip(b"\r"))
        self._end_paragraph()
        return b"\n".join(self._kept)

    def _line(self, line: bytes) -> None:
        bare = line.strip(b" \t")
        if self._fence and not self._leaves_fence(line, bare):
            inner = bare.lstrip(b"> \t") if self._quoted else bare
            if inner.startswith(self._fence) and not inner.strip(self._fence[:1]):
                self._fence = b""
            return
        if self._until:
            self._kept.append(line)
            self.blocks.append(line)
            ended = not bare if self._until == b" " else self._until in line.lower()
            if ended:
                self._until = b""
                self._blank = True
            return
        if not bare:
            self._end_paragraph()
            self._blank = True
            return
        if _indent(line) >= 4 and not self._in_list and (self._indented or (self._blank and not self._paragraph)):
            self._indented = True
            return
        self._indented = False
        self._begin(line, bare)
        self._blank = False

    def _leaves_fence(self, line: bytes, bare: bytes) -> bool:
        """Whether a line stands outside of what holds the fenced block, a quotation or a list's item, which ends with it."""
        if (self._quoted and bare[:1] != b">") or (self._in_list and bare and _indent(line) < self._column):
            self._fence = b""
            return True
        return False

    def _begin(self, line: bytes, bare: bytes) -> None:
        """A line outside of blocks of code."""
        marker = bare.lstrip(b"> \t")
        fence = _opens_fence(marker)
        if fence and (_indent(line) < 4 or self._in_list):
            self._end_paragraph()
            self._fence = fence
            self._quoted = bare[:1] == b">"
            self._column = _indent(line)
            return
        if marker[:1] == b"<" and marker[1:2] and marker[1] in _LETTERS:
            low = marker[:16].lower()
            ends = next((end for start, end in _HTML_ENDS.items() if low.startswith(start)), b" ")
            self._end_paragraph()
            self._kept.append(line)
            self.blocks.append(line)
            if ends == b" " or ends not in line.lower():
                self._until = ends
            return
        if _is_item(bare) or bare[:1] in (b"#", b">", b"|") or not bare.strip(b"=-*_ \t"):
            self._end_paragraph()  # a block of its own, across whose edges no code span reaches
        if _is_item(bare):
            self._in_list = True
        elif _indent(line) == 0:
            self._in_list = False
        self._paragraph.append(line)

    def _end_paragraph(self) -> None:
        if self._paragraph:
            tabular = any(b"-" in line and not line.strip(b"|:- \t") and b"|" in line for line in self._paragraph)
            if tabular or self._paragraph[0].lstrip(b" \t")[:1] == b"|":  # nor across a table's cells
                for line in self._paragraph:
                    self._kept += [_without_spans(cell) for cell in line.split(b"|")]
            else:
                self._kept.append(_without_spans(b"\n".join(self._paragraph)))
            self._paragraph = []


def _indent(line: bytes) -> int:
    """Columns of white space before the text; a tab goes to the next multiple of four."""
    columns = 0
    for octet in line:
        if octet == 0x20:
            columns += 1
        elif octet == 0x09:
            columns += 4 - columns % 4
        else:
            break
    return columns


def _opens_fence(bare: bytes) -> bytes:
    """The marks that open a fenced block; empty where the line does not. Behind backticks there may be no further one."""
    mark = bare[:1]
    if mark not in (b"`", b"~"):
        return b""
    rest = bare.lstrip(mark)
    marks = bare[: len(bare) - len(rest)]
    return marks if len(marks) >= 3 and not (mark == b"`" and b"`" in rest) else b""


def _is_item(bare: bytes) -> bool:
    if bare[:2] in (b"- ", b"* ", b"+ "):
        return True
    rest = bare.lstrip(_DIGITS)
    return len(rest) < len(bare) and rest[:2] in (b". ", b") ")


def _without_spans(text: bytes) -> bytes:
    """A paragraph without its code spans. A tag that begins before a backtick holds it."""
    if b"`" not in text:
        return text
    runs = _runs(text)
    closing = _closing(runs)
    kept: list[bytes] = []
    at = behind = failed = 0
    number = 0
    while number < len(runs) and failed < _FAILED:
        start, length = runs[number]
        if start < at:
            number += 1
            continue
        tag = text.find(b"<", at, start)
        if tag >= 0 and tag + 1 < len(text) and text[tag + 1] in _LETTERS:
            end = _tag_end(text, tag)
            failed += end < 0
            at = end if end >= 0 else tag + 1
            continue
        if tag >= 0:
            at = tag + 1
            continue
        closer = closing[number]
        if closer is None or _is_escaped(text, start):
            number += 1
            at = start + length
            continue
        last, size = runs[closer]
        kept.append(text[behind:start])
        behind = at = last + size
        number = closer + 1
    kept.append(text[behind:])
    return b" ".join(kept)


def _is_escaped(text: bytes, at: int) -> bool:
    """Whether an odd number of backslashes stands before; they are counted once, for they stand between two backticks."""
    start = at
    while start and text[start - 1] == 0x5C:
        start -= 1
    return (at - start) % 2 == 1


def _runs(text: bytes) -> list[tuple[int, int]]:
    """Where backticks stand, and how many together."""
    found = []
    at = text.find(b"`")
    while at >= 0:
        length = _run_length(text, at)
        found.append((at, length))
        at = text.find(b"`", at + length)
    return found


def _run_length(text: bytes, at: int) -> int:
    length = 1
    while text[at + length : at + length + 1] == b"`":
        length += 1
    return length


def _closing(runs: list[tuple[int, int]]) -> list[int | None]:
    """For each run the next one of the same length."""
    later: dict[int, int] = {}
    found: list[int | None] = [None] * len(runs)
    for number in range(len(runs) - 1, -1, -1):
        length = runs[number][1]
        found[number] = later.get(length)
        later[length] = number
    return found


def _tag_end(text: bytes, at: int) -> int:
    """Behind the tag that begins at `at`, quotes heeded; -1 where it does not end soon."""
    stop = min(len(text), at + _TAG)
    place = at + 1
    while place < stop:
        end = text.find(b">", place, stop)
        if end < 0:
            return -1
        marks = [where for where in (text.find(b'"', place, end), text.find(b"'", place, end)) if where >= 0]
        if not marks:
            return end + 1
        opened = min(marks)
        closed = text.find(text[opened : opened + 1], opened + 1, stop)
        if closed < 0:
            return -1
        place = closed + 1
    return -1

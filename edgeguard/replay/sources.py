"""Traffic in whatever form it was kept, as one stream of the neutral form. Nothing is read before it is needed.

What can't be read is counted and told, and does not end the replay; only a file that is no traffic at all does.
"""

from __future__ import annotations

import heapq
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edgeguard.observe.samples.keys import read_keys
from edgeguard.observe.samples.recorded import LINE, NotRecorded, Recorded, read_line
from edgeguard.observe.samples.segment import SUFFIX, SegmentFault, read_segment
from edgeguard.observe.samples.store import segments
from edgeguard.replay import capture, har
from edgeguard.waf.explain.raw import from_raw
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edgeguard.observe.samples.keys import Keys

RAW: Final = 64 * 1024 * 1024  # octets of a file with one raw request
TOLD: Final = 20  # sentences about what could not be read; the rest is counted
STDIN: Final = "-"
_LINES: Final = (".jsonl", ".ndjson")
_CAPTURES: Final = (".flow", ".flows", ".mitm", ".dump")


@dataclass(slots=True)
class Traffic:
    """What to read, and what came of it.

    Attributes:
        path: a file or a folder; `-` for the neutral form on standard input.
        key_file: of samples; None where none was named.
        interpreter: the Python of mitmproxy's environment; None to look for it.
        size: octets of all files, for showing how far it is; 0 where nobody knows.
        done: octets so far.
        unreadable: exchanges that could not be read.
        faults: about the first of them.
    """

    path: Path
    key_file: Path | None = None
    interpreter: Path | None = None
    size: int = 0
    done: int = 0
    unreadable: int = 0
    faults: list[str] = field(default_factory=list)

    def exchanges(self) -> Iterator[Recorded]:
        """Each exchange, in the order in which it is there.

        Raises:
            Refused: this is no traffic, or what is needed to read it is missing.
            KeyFault: the key file can't be used.
            OSError: a file can't be read.
        """
        if str(self.path) == STDIN:
            lines = sys.stdin.buffer
            yield from self._lines(iter(lambda: lines.readline(LINE), b""), "standard input")
        elif self.path.is_dir():
            yield from self._folder()
        else:
            yield from self._file(self.path)

    def _folder(self) -> Iterator[Recorded]:
        if segments(self.path):
            yield from self._samples()
            return
        files = sorted(file for file in self.path.rglob("*") if file.is_file() and not file.name.startswith("."))
        if not files:
            raise Refused(f"{self.path}: no file is there")
        self.size = sum(file.stat().st_size for file in files)
        for file in files:
            yield from self._file(file)

    def _file(self, file: Path) -> Iterator[Recorded]:
        self.size = self.size or file.stat().st_size
        suffix = file.suffix.lower()
        if suffix == ".har":
            yield from self._har(file)
        elif suffix in _LINES:
            with file.open("rb") as lines:
                yield from self._lines(iter(lambda: lines.readline(LINE), b""), str(file))
        elif suffix in _CAPTURES:
            before = self.done
            yield from self._lines(capture.lines(file, self.interpreter), str(file))
            self.done = before + file.stat().st_size
        elif suffix == SUFFIX:
            yield from self._lines(read_segment(file, self._keys()), str(file))
        else:
            yield from self._raw(file)

    def _har(self, file: Path) -> Iterator[Recorded]:
        before = self.done
        with file.open("rb") as opened:
            found = enumerate(har.entries(opened), start=1)
            while True:
                try:
                    number, entry = next(found)
                except StopIteration:
                    break
                except Refused as error:
                    raise Refused(f"{file}: {error}") from None
                self.done = before + opened.tell()
                try:
                    yield har.recorded(entry, f"{file.name}#{number}")
                except Refused as error:
                    self._fault(f"{file}, entry {number}: {error}")

    def _lines(self, lines: Iterable[bytes], name: str) -> Iterator[Recorded]:
        for number, line in enumerate(lines, start=1):
            self.done += len(line)
            if not line.strip():
                continue
            try:
                yield read_line(line, f"{Path(name).name}:{number}")
            except NotRecorded as error:
                self._fault(f"{name}:{number}: {error}")

    def _raw(self, file: Path) -> Iterator[Recorded]:
        with file.open("rb") as opened:
            data = opened.read(RAW + 1)
        self.done += len(data)
        try:
            if len(data) > RAW:
                raise Refused(f"it has more than {RAW // 1024 // 1024} MB")  # noqa: TRY301 - told as all else that can't be read
            given = from_raw(data, str(file))
        except Refused as error:
            self._fault(f"{file}: {error}")
            return
        head, _, body = given.raw.partition(b"\r\n\r\n")
        first, *fields = head.split(b"\r\n")
        method, _, rest = first.partition(b" ")
        target, _, version = rest.rpartition(b" ")
        pairs = ((name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in fields))
        number = version.rpartition(b"/")[2].decode("latin-1") or "1.1"
        name = str(file.relative_to(self.path)) if file != self.path else file.name
        yield Recorded(name, 0.0, method, target, tuple(pairs), body, version=number, notes=given.notes)

    def _samples(self) -> Iterator[Recorded]:
        """Samples of several workers, in the order of time: each worker's files follow each other."""
        keys = self._keys()
        found = segments(self.path)
        self.size = sum(segment.size for segment in found)
        workers: dict[str, list[Path]] = {}
        for segment in sorted(found, key=lambda each: _begun(each.path)):
            workers.setdefault(_worker(segment.path), []).append(segment.path)
        streams = [self._worker(files, keys) for files in workers.values()]
        yield from heapq.merge(*streams, key=lambda each: each.time)

    def _worker(self, files: list[Path], keys: Keys) -> Iterator[Recorded]:
        for file in files:
            try:
                for line in read_segment(file, keys):
                    yield read_line(line)
                self.done += file.stat().st_size
            except FileNotFoundError:
                continue  # it was too old meanwhile
            except (SegmentFault, NotRecorded) as error:
                self._fault(str(error))

    def _keys(self) -> Keys:
        if self.key_file is None:
            raise Refused(
                f"{self.path}: samples are encrypted; name their key: --key-file FILE, or --config with observe.samples"
            )
        return read_keys(self.key_file)

    def _fault(self, text: str) -> None:
        self.unreadable += 1
        if len(self.faults) < TOLD:
            self.faults.append(text)


def _begun(path: Path) -> tuple[int, int]:
    first, _, rest = path.name.removesuffix(SUFFIX).partition("-")
    number = rest.rpartition("-")[2]
    return int(first) if first.isdigit() else 0, int(number) if number.isdigit() else 0


def _worker(path: Path) -> str:
    return path.name.removesuffix(SUFFIX).partition("-")[2].rpartition("-")[0]

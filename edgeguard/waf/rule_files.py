"""Every file that rules come from is read here: so it is known which they were, and they can be had once more as they were.

Whoever wants that reads within a `with Reading():`; without one, files are just read. Nothing here runs while requests do.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextvars import Token

LARGEST = 16 * 1024 * 1024  # bytes of one file; the largest of public lists have two million

Question = Literal["file", "folder", "below", "glob"]
Stamp = tuple[int, int, int, int]
"""Device, inode, size and time of change: another file at the same place has another one, also behind swapped symlinks."""

_active: ContextVar[Reading | None] = ContextVar("reading", default=None)


class Reading:
    """What was read, and what folders were asked, for one ruleset.

    Args:
        contents: files by path, to read from these instead of the disk; None to read the disk and keep what was read.
        answers: likewise what folders answered.
    """

    __slots__ = ("_replays", "_token", "answers", "contents", "stamps")

    def __init__(
        self, contents: dict[str, bytes] | None = None, answers: dict[tuple[str, str, str], list[str]] | None = None
    ) -> None:
        self._replays = contents is not None
        self._token: Token[Reading | None] | None = None
        self.contents: dict[str, bytes] = contents or {}
        self.answers: dict[tuple[str, str, str], list[str]] = answers or {}
        self.stamps: dict[str, Stamp | None] = {}

    def __enter__(self) -> Self:
        self._token = _active.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _active.reset(self._token)

    def __repr__(self) -> str:
        return f"Reading({len(self.contents)} files, {'replayed' if self._replays else 'from disk'})"

    @property
    def digest(self) -> str:
        """SHA-256 over names and contents of all files, in hexadecimal."""
        return digest_of({path: hashlib.sha256(content).hexdigest() for path, content in self.contents.items()})

    def content(self, path: Path) -> bytes:
        """See the function of that name.

        Raises:
            OSError: it can't be read.
        """
        name = str(path)
        if self._replays:
            if name not in self.contents:
                raise FileNotFoundError(2, "it was not there", name)
            return self.contents[name]
        self.stamps[name] = None  # where it can't be read, it may be there later
        with path.open("rb") as file:
            self.stamps[name] = _stamp(os.fstat(file.fileno()))
            content = file.read(LARGEST + 1)
        self.contents[name] = content
        return content

    def ask(self, kind: Question, path: Path, pattern: str = "") -> list[str]:
        """What `look` says of the disk, or said of it then."""
        key = (kind, str(path), pattern)
        if self._replays:
            return self.answers.get(key, [])
        answer = look(kind, path, pattern)
        self.answers[key] = answer
        return answer

    def now(self) -> tuple[object, ...]:
        """How all that was read and asked stands on the disk at this moment; nothing is read for it."""
        stamps = tuple(_stamp_at(path) for path in self.stamps)
        return (stamps, tuple(tuple(look(_kind(kind), Path(path), pattern)) for kind, path, pattern in self.answers))

    def then(self) -> tuple[object, ...]:
        """The same as it was when it was read."""
        return (tuple(self.stamps.values()), tuple(tuple(answer) for answer in self.answers.values()))

    def ask_again(self, told: dict[str, Any]) -> None:
        """Read and ask what a record (`told`) says was read and asked."""
        for kind, path, pattern, _ in told["answers"]:
            self.ask(_kind(kind), Path(path), pattern)
        for path in (*told["files"], *told["missing"]):
            with contextlib.suppress(OSError):
                self.content(Path(path))

    def told(self) -> dict[str, Any]:
        """For a record: which files, by digest, and which answers."""
        return {
            "files": {path: hashlib.sha256(content).hexdigest() for path, content in self.contents.items()},
            "missing": [path for path, stamp in self.stamps.items() if stamp is None],
            "answers": [[*key, answer] for key, answer in self.answers.items()],
        }


@contextlib.contextmanager
def noting() -> Iterator[dict[str, Any]]:
    """What is read and asked meanwhile, as `Reading.told`; filled at the end, and empty outside of a reading."""
    reading = _active.get()
    told: dict[str, Any] = {}
    if reading is None:
        yield told
        return
    before = reading.told()
    yield told
    after = reading.told()
    told["files"] = {path: digest for path, digest in after["files"].items() if path not in before["files"]}
    told["missing"] = [path for path in after["missing"] if path not in before["missing"]]
    told["answers"] = [answer for answer in after["answers"] if answer not in before["answers"]]


def unchanged(told: dict[str, Any]) -> bool:
    """As `still_holds`, read through the reading that goes on, which has all of it then."""
    reading = _active.get()
    if reading is None:
        return False
    reading.ask_again(told)
    now = reading.told()
    return (
        all(now["files"].get(path) == digest for path, digest in told["files"].items())
        and all(answer in now["answers"] for answer in told["answers"])
        and not any(path in now["files"] for path in told["missing"])
    )


def still_holds(told: dict[str, Any]) -> bool:
    """Whether the disk says now what a record (`Reading.told`) says."""
    for kind, path, pattern, answer in told["answers"]:
        if look(_kind(kind), Path(path), pattern) != answer:
            return False
    if any(_stamp_at(path) is not None for path in told["missing"]):
        return False
    for path, digest in told["files"].items():
        try:
            if hashlib.sha256(Path(path).read_bytes()).hexdigest() != digest:
                return False
        except OSError:
            return False
    return True


def digest_of(files: dict[str, str]) -> str:
    """One digest of files' names and digests."""
    return hashlib.sha256(
        "".join(f"{files[path]} {path}\n" for path in sorted(files)).encode(errors="surrogateescape")
    ).hexdigest()


def content(path: Path) -> bytes:
    """A file's content, one byte beyond `LARGEST` at most.

    Raises:
        OSError: it can't be read.
    """
    reading = _active.get()
    if reading is not None:
        return reading.content(path)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def is_file(path: Path) -> bool:
    """Whether a file is there."""
    return bool(_ask("file", path))


def is_folder(path: Path) -> bool:
    """Whether a folder is there."""
    return bool(_ask("folder", path))


def below(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    """All files below a folder with one of these endings, by their names; nothing that is hidden.

    Kubernetes keeps the files of a mounted ConfigMap in hidden folders, and links to them; they must not be read twice.
    """
    return [Path(name) for name in _ask("below", folder, " ".join(endings))]


def fitting(folder: Path, pattern: str) -> list[Path]:
    """The files that fit a pattern from a folder on, by their names."""
    return [Path(name) for name in _ask("glob", folder, pattern)]


def look(kind: Question, path: Path, pattern: str = "") -> list[str]:
    """What the disk answers: names, or one entry for yes and none for no."""
    if kind == "file":
        return [str(path)] if path.is_file() else []
    if kind == "folder":
        return [str(path)] if path.is_dir() else []
    if kind == "below":
        endings = tuple(pattern.split())
        depth = len(path.parts)
        return [
            str(file)
            for file in sorted(path.rglob("*"))
            if file.suffix in endings and not any(part.startswith(".") for part in file.parts[depth:])
        ]
    return [str(file) for file in sorted(path.glob(pattern)) if file.is_file()]


def _ask(kind: Question, path: Path, pattern: str = "") -> list[str]:
    reading = _active.get()
    return look(kind, path, pattern) if reading is None else reading.ask(kind, path, pattern)


def _kind(word: str) -> Question:
    return word  # type: ignore[return-value]  # keys are made by `ask` alone; `look` takes any other for a pattern


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _stamp_at(path: str) -> Stamp | None:
    try:
        return _stamp(os.stat(path))  # noqa: PTH116 - once a second for each file; a Path would cost more than the question
    except OSError:
        return None

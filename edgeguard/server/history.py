"""Versions of the ruleset that were in force, on disk: what was read for each, so that any of them can be put back in force.

    <folder>/about.json       the configuration that they belong to
    <folder>/versions.json    one entry a version, the last in force, the next number
    <folder>/v7.json.z        its settings, its files by digest, its rules by id
    <folder>/blobs/<sha256>   a file's content, compressed; versions share what has not changed
    <folder>/pin.json         which version stays in force although the files say something else

A version becomes rules again, and who can write here decides what is blocked: a folder that others can write is not used.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edgeguard import __version__
from edgeguard.config.model import Waf
from edgeguard.waf.databases import default_folder, is_ours
from edgeguard.waf.explain.outline import changes, outline
from edgeguard.waf.faults import RuleFault, RulesError
from edgeguard.waf.rule_files import Reading, digest_of, still_holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf import Ruleset

KEPT: Final = 50  # versions; a Core Rule Set that stays as it is takes its 300 KB once
_LARGEST: Final = 64 * 1024 * 1024  # bytes of one version's record or file, unpacked
_STALE_SECONDS: Final = 86_400.0  # so long the history of a configuration stays that is no longer there
_ASIDE: Final = frozenset({"compiled", "watch"})  # settings that change no decision


@dataclass(frozen=True, slots=True)
class Version:
    """A ruleset that was in force.

    Attributes:
        number: counts up, and is never used twice.
        digest: of the ruleset.
        sources: of all files and settings that it was made from; what they say differently is another version.
        at: seconds since 1970, of the first time that it came into force.
        why: `start`, `signal`, `watch` or `release`.
        by: who, or which files.
        changes: against the version before, in a few words.
        program: its version.
    """

    number: int
    digest: str
    sources: str
    at: float
    why: str
    by: str
    rules: int
    changes: str = ""
    program: str = __version__

    @property
    def label(self) -> str:
        """For metrics and events: number and the digest's beginning."""
        return f"{self.number}-{self.digest[:8]}"


@dataclass(frozen=True, slots=True)
class Pin:
    """A version that stays in force until files or settings differ from what they were when it was pinned.

    Attributes:
        aside: what the files said (`Reading.told`).
        settings: digest of the section `waf` as the file had it.
    """

    version: int
    by: str
    at: float
    settings: str
    aside: dict[str, Any]

    def holds(self, settings: Waf) -> bool:
        """Whether nobody has changed anything since."""
        return settings_digest(settings) == self.settings and still_holds(self.aside)


class History:
    """The versions of one configuration.

    Args:
        folder: where they are kept; None to keep nothing.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __repr__(self) -> str:
        return f"History({self.folder})"

    @classmethod
    def of(cls, config: Path, settings: Waf) -> History:
        """The history of a configuration, made where there is none yet; one that keeps nothing where no folder may be used."""
        folder = place(config, settings.compiled)
        if folder is None or not is_ours(folder.parent.parent) or not is_ours(folder.parent) or not is_ours(folder):
            return cls(None)
        if not (folder / "about.json").exists():
            with contextlib.suppress(OSError):
                _write(folder / "about.json", {"config": str(config)})
                _sweep(folder.parent)
        return cls(folder)

    # -- versions

    def versions(self) -> list[Version]:
        """All that are kept, the oldest first."""
        return [Version(**entry) for entry in self._index()["versions"]]

    def in_force(self) -> Version | None:
        """The one that was in force last."""
        number = self._index()["in_force"]
        return next((version for version in self.versions() if version.number == number), None)

    def propose(self, ruleset: Ruleset, sources: str, why: str, by: str, before: Version | None) -> Version:
        """The version that a ruleset is: that in force where it was made from the same, else a new one."""
        last = (self.in_force() if self.folder is not None else None) or before
        if last is not None and (last.digest, last.sources) == (ruleset.digest, sources):
            return last
        number = max(self._index()["next"], 1 if before is None else before.number + 1)
        rules = len(ruleset.rules) + len(ruleset.chains)
        return Version(number, ruleset.digest, sources, time.time(), why, by, rules)

    def commit(self, version: Version, ruleset: Ruleset, reading: Reading, settings: Waf) -> Version:
        """Note that a version came into force, and keep what it was made from.

        Returns:
            the version with what has changed.

        Raises:
            OSError: the disk does not take it.
        """
        if self.folder is None:
            return version
        with self._alone():
            index = self._index()
            known = {entry["number"] for entry in index["versions"]}
            if version.number not in known:
                rules = outline(ruleset)
                if index["in_force"]:
                    with contextlib.suppress(RulesError):
                        version = replace(version, changes=changes(self._record(index["in_force"])["rules"], rules))
                self._keep(version.number, reading, settings, rules)
                index["versions"].append(asdict(version))
            index["in_force"] = version.number
            index["next"] = max(index["next"], version.number + 1)
            index["versions"] = index["versions"][-KEPT:]
            _write(self.folder / "versions.json", index)
            self._prune({entry["number"] for entry in index["versions"]})
        return version

    def restore(self, number: int) -> tuple[Waf, Reading]:
        """What a version was made from: its settings, and its files to read again.

        Raises:
            RulesError: there is no such version, or it was damaged.
        """
        record = self._record(number)
        contents = {path: self._blob(digest) for path, digest in record["files"].items()}
        answers = {(kind, path, pattern): answer for kind, path, pattern, answer in record["answers"]}
        return Waf.model_validate(record["settings"]), Reading(contents, answers)

    # -- pins

    @property
    def pin_file(self) -> Path | None:
        """Where a pin is noted."""
        return None if self.folder is None else self.folder / "pin.json"

    def pin(self) -> Pin | None:
        """The pin that was set; None where there is none, or it can't be read."""
        if self.pin_file is None:
            return None
        try:
            return Pin(**json.loads(self.pin_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def set_pin(self, pin: Pin) -> None:
        """Ask for a version; the edge that runs takes it at once, one that starts later then.

        Raises:
            OSError: the folder can't be written.
        """
        if self.pin_file is not None:
            _write(self.pin_file, asdict(pin))

    def unpin(self) -> bool:
        """Let the files say again what is in force; False where nothing was pinned."""
        try:
            if self.pin_file is not None:
                self.pin_file.unlink()
                return True
        except OSError:
            pass
        return False

    # -- the folder

    def _index(self) -> dict[str, Any]:
        empty: dict[str, Any] = {"next": 1, "in_force": 0, "versions": []}
        if self.folder is None:
            return empty
        try:
            index = json.loads((self.folder / "versions.json").read_text(encoding="utf-8"))
            [Version(**entry) for entry in index["versions"]]
            return {"next": int(index["next"]), "in_force": int(index["in_force"]), "versions": index["versions"]}
        except (OSError, ValueError, TypeError, KeyError):
            return empty

    def _record(self, number: int) -> dict[str, Any]:
        where = f"version {number}"
        if self.folder is None:
            raise RulesError([RuleFault(where, 1, "no versions are kept; see waf.compiled")])
        try:
            record = json.loads(_unpacked((self.folder / f"v{number}.json.z").read_bytes()))
            return dict(record)
        except FileNotFoundError:
            raise RulesError([RuleFault(where, 1, f"there is no such version; kept are {self._range()}")]) from None
        except (OSError, ValueError, zlib.error) as error:
            raise RulesError([RuleFault(where, 1, f"what is kept of it can't be read: {error}")]) from None

    def _range(self) -> str:
        numbers = [str(version.number) for version in self.versions()]
        return ", ".join(numbers) or "none"

    def _keep(self, number: int, reading: Reading, settings: Waf, rules: dict[str, str]) -> None:
        assert self.folder is not None  # noqa: S101 - asked by `commit`
        told = reading.told()
        (self.folder / "blobs").mkdir(mode=0o700, exist_ok=True)
        for path, digest in told["files"].items():
            blob = self.folder / "blobs" / digest
            if not blob.exists():
                _replace(blob, zlib.compress(reading.contents[path]))
        record = {"settings": settings.model_dump(mode="json"), "rules": rules, **told}
        _replace(self.folder / f"v{number}.json.z", zlib.compress(json.dumps(record).encode()))

    def _blob(self, digest: str) -> bytes:
        assert self.folder is not None  # noqa: S101 - asked by `_record`
        try:
            content = _unpacked((self.folder / "blobs" / digest).read_bytes())
        except (OSError, zlib.error) as error:
            raise RulesError([RuleFault(digest, 1, f"a file of this version can't be read: {error}")]) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise RulesError([RuleFault(digest, 1, "a file of this version is damaged")])
        return content

    def _prune(self, kept: set[int]) -> None:
        """Remove what no kept version needs."""
        assert self.folder is not None  # noqa: S101 - asked by `commit`
        gone = [file for file in self.folder.glob("v*.json.z") if file.name[1:-7].isdigit() and int(file.name[1:-7]) not in kept]
        if not gone:
            return
        for file in gone:
            file.unlink(missing_ok=True)
        needed: set[str] = set()
        for number in kept:
            with contextlib.suppress(RulesError):
                needed.update(self._record(number)["files"].values())
        for blob in (self.folder / "blobs").iterdir():
            if blob.name not in needed:
                blob.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes versions meanwhile."""
        assert self.folder is not None  # noqa: S101 - asked by `commit`
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def place(config: Path, compiled: str) -> Path | None:
    """Where the history of a configuration is kept: beside the compiled patterns; None where these are not kept."""
    if compiled == "off":
        return None
    base = default_folder() if compiled == "auto" else Path(compiled)
    return base / "rulesets" / hashlib.sha256(str(config).encode(errors="surrogateescape")).hexdigest()[:16]


def forget(config: Path, compiled: str = "auto") -> None:
    """Remove the history of a configuration that is about to go."""
    folder = place(config, compiled)
    if folder is not None and is_ours(folder):
        shutil.rmtree(folder, ignore_errors=True)


def settings_digest(settings: Waf) -> str:
    """Of all settings that decide."""
    return hashlib.sha256(settings.model_dump_json(exclude=set(_ASIDE)).encode()).hexdigest()


def sources_digest(reading: Reading, settings: Waf) -> str:
    """Of all that a ruleset is made from."""
    return digest_of({"": reading.digest, "waf": settings_digest(settings)})


def _sweep(folder: Path) -> None:
    """Remove the histories of configurations that are gone, such as those of tests and trials."""
    for about in folder.glob("*/about.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            config = Path(json.loads(about.read_text(encoding="utf-8"))["config"])
            if time.time() - about.parent.stat().st_mtime > _STALE_SECONDS and not config.exists():
                shutil.rmtree(about.parent)


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(packed, _LARGEST)
    if unpacker.unconsumed_tail:
        raise zlib.error("it is too large")
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    _replace(path, json.dumps(content).encode())


def _replace(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one; neither is half there after a crash."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if os.geteuid() == 0 and path.parent.stat().st_uid != 0:
            os.chown(name, path.parent.stat().st_uid, -1)  # the edge that serves as another user has to read it
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise

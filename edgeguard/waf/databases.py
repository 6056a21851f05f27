"""Compiled databases of patterns kept on disk, so that the next start need not compile them anew. Used at start only.

A database is code to its reader: only files in a folder that belongs to this user, and that nobody else can write, are read.
Each file has a digest of its content; what is damaged, or made by another version or for another processor, is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from importlib.metadata import version
from pathlib import Path

_MAGIC = b"edgeguard-database-1\n"
_DIGEST = hashlib.sha256().digest_size
_VERSION = version("hyperscan")
_MOST = 512  # files kept, 1 MB each on average; a ruleset has some 80, and the last few rulesets are worth keeping


class Databases:
    """A folder of compiled databases; without a usable folder it remembers nothing."""

    __slots__ = ("_folder",)

    def __init__(self, folder: Path | None) -> None:
        """Use `folder`, which is made where it is missing."""
        self._folder = folder if folder is not None and is_ours(folder) else None

    @property
    def usable(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None

    def __repr__(self) -> str:
        return f"Databases({self._folder})"

    def get(self, key: bytes) -> bytes | None:
        """What was put under `key`, whole and undamaged; None where there is nothing."""
        if self._folder is None:
            return None
        try:
            path = self._place(key)
            content = path.read_bytes()
        except OSError:
            return None
        body = content[len(_MAGIC) + _DIGEST :]
        if not content.startswith(_MAGIC) or hashlib.sha256(body).digest() != content[len(_MAGIC) : len(_MAGIC) + _DIGEST]:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return body

    def put(self, key: bytes, body: bytes) -> None:
        """Keep `body`; where the disk does not take it, nothing is kept."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MAGIC + hashlib.sha256(body).digest() + body)
                Path(name).replace(self._place(key))
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
            self._tidy()

    def _place(self, key: bytes) -> Path:
        if self._folder is None:
            raise AssertionError("no folder, no place")
        name = hashlib.sha256(_VERSION.encode() + b"\n" + key).hexdigest()
        return self._folder / f"{name}.hs"

    def _tidy(self) -> None:
        """Of too many files, those that were read longest ago go."""
        if self._folder is None:
            return
        files = sorted(self._folder.glob("*.hs"), key=lambda path: path.stat().st_mtime)
        for path in files[:-_MOST]:
            path.unlink(missing_ok=True)


def is_ours(folder: Path) -> bool:
    """Whether nobody else can write there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def default_folder() -> Path:
    """Where databases are kept if nothing else is said: the service's cache folder, or the user's."""
    given = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0]  # set by systemd
    if given:
        return Path(given) / "databases"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "edgeguard" / "databases"

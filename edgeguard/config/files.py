"""Files that a configuration names: found from its own folder, and looked at before anything relies on them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from edgeguard.config.bundled import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.x509 import Certificate

    from edgeguard.config.document import Document
    from edgeguard.config.document import Path as Place

# Where the model has paths; `*` is any entry of a list. A test holds this table against the model.
READ = (
    ("listeners", "*", "tls", "certificate"),
    ("listeners", "*", "tls", "key"),
    ("origin", "tls", "ca"),
    ("origin", "tls", "client_certificate"),
    ("origin", "tls", "client_key"),
    ("identity", "key_file"),
    ("identity", "accounts", "*", "known"),
    ("identity", "accounts", "*", "key"),
    ("redis", "ca"),
    ("waf", "crs", "setup"),
    ("observe", "samples", "key_file"),
)
_AUTHORITIES = (("origin", "tls", "ca"), ("redis", "ca"))
_RULES = ("waf", "rules", "*")
_DYNAMIC = ("dynamic", "rules", "*")
_SCRIPTS = ("waf", "seclang", "*")
FOLDERS = (("waf", "crs", "path"),)  # likewise, of what is no file
_MADE = (("waf", "compiled"), ("observe", "samples", "folder"), ("dynamic", "book"))  # folders that need not be there
_NO_FOLDERS = frozenset(("auto", "off"))
BUNDLED = "bundled"  # what stands in `waf.rules` for the rules that come with EdgeGuard
DYNAMIC = "dynamic"  # the folder of rules that count over several requests
_LOGS = (("observe", "access_log"), ("observe", "event_log"))
_NO_FILES = frozenset(("stdout", "stderr", "off"))
_LARGEST_PEM = 1024 * 1024  # octets; the system's whole bundle of authorities has 250 KiB


class _Entry(NamedTuple):
    """A path in the document, and what holds it, so that it can be made absolute there."""

    place: Place
    holder: dict[str, object] | list[object]
    key: str | int
    text: str

    def put(self, value: str) -> None:
        self.holder[self.key] = value  # type: ignore[index]  # the key was found in the holder


def settle_paths(document: Document, base: Path) -> None:
    """Make each path absolute, from `base`, and note what is missing, can't be read, or does not fit."""
    for pattern in READ:
        for entry in _entries(document.value, pattern):
            path = base / entry.text
            entry.put(str(path))
            if problem := _unreadable(path):
                document.fault(entry.place, f"{path} {problem}")
    for entry in _entries(document.value, _RULES):
        _settle_rules(document, entry, base)
    for pattern in (_SCRIPTS, *FOLDERS):
        for entry in _entries(document.value, pattern):
            _settle_rules(document, entry, base)
    for entry in _entries(document.value, _DYNAMIC):
        _settle_rules(document, entry, base, bundled("rules") / DYNAMIC)
    _settle_written(document, base)
    for pattern in _AUTHORITIES:
        for entry in _entries(document.value, pattern):
            _certificates(document, entry)
    _check_pairs(document)


def _settle_written(document: Document, base: Path) -> None:
    """Folders that are made, and logs, whose folder must be there."""
    for pattern in _MADE:
        for entry in _entries(document.value, pattern):
            if entry.text not in _NO_FOLDERS:
                entry.put(str(base / entry.text))
    for pattern in _LOGS:
        for entry in _entries(document.value, pattern):
            if entry.text not in _NO_FILES:
                entry.put(str(base / entry.text))
                if not (base / entry.text).parent.is_dir():
                    document.fault(entry.place, f"the folder {(base / entry.text).parent} does not exist")


def default_rules(base: Path) -> list[str]:
    """The rules of a configuration that names none: those that come with EdgeGuard, and the folder `rules` beside it."""
    own, beside = bundled("rules"), base / "rules"
    return [str(own), str(beside)] if beside.is_dir() and not beside.samefile(own) else [str(own)]


def default_dynamic(base: Path) -> list[str]:
    """Likewise of dynamic rules, which lie in folders called `dynamic`, in those of the rules or beside the configuration."""
    own = bundled("rules") / DYNAMIC
    beside = [folder for folder in (base / "rules" / DYNAMIC, base / DYNAMIC) if folder.is_dir()]
    return [str(own), *(str(folder) for folder in beside if not own.is_dir() or not folder.samefile(own))]


def _entries(value: object, pattern: tuple[str, ...], place: Place = ()) -> Iterator[_Entry]:
    """The texts that stand where `pattern` says."""
    head, *rest = pattern
    keys: list[str | int] = []
    if head == "*" and isinstance(value, list):
        keys = list(range(len(value)))
    elif isinstance(value, dict) and head in value:
        keys = [head]
    for key in keys:
        child = value[key]  # type: ignore[index]  # a list or a dict, as found above
        if rest:
            yield from _entries(child, tuple(rest), (*place, key))
        elif isinstance(child, str) and child:
            yield _Entry((*place, key), value, key, child)  # type: ignore[arg-type]  # as above


def _unreadable(path: Path) -> str | None:
    if not path.exists():
        return "does not exist"
    if not path.is_file():
        return "is no file"
    return None if os.access(path, os.R_OK) else "can't be read; its permissions forbid it"


def _settle_rules(document: Document, entry: _Entry, base: Path, own: Path | None = None) -> None:
    path = str((own or bundled("rules")) if entry.text == BUNDLED else base / entry.text)
    entry.put(path)
    if has_magic(path):
        if not glob(path, recursive=True):  # noqa: PTH207 - the pattern may be absolute, which Path.glob refuses
            document.fault(entry.place, f"no file fits {path}")
    elif not os.access(path, os.R_OK):
        document.fault(entry.place, f"{path} does not exist or can't be read")


def _check_pairs(document: Document) -> None:
    """Each certificate with the key that stands beside it."""
    for pattern, key_name in (
        (("listeners", "*", "tls", "certificate"), "key"),
        (("origin", "tls", "client_certificate"), "client_key"),
    ):
        for entry in _entries(document.value, pattern):
            chain = _certificates(document, entry)
            beside = entry.holder.get(key_name) if isinstance(entry.holder, dict) else None
            if isinstance(beside, str):
                _check_key(document, (*entry.place[:-1], key_name), Path(beside), chain)
            elif key_name == "client_key":
                document.fault(entry.place, "client_certificate needs its client_key beside it")


def _certificates(document: Document, entry: _Entry) -> list[Certificate]:
    """The certificates in a file, and faults where there are none, or the first is out of its time."""
    path = Path(entry.text)
    if _unreadable(path):
        return []
    try:
        chain = x509.load_pem_x509_certificates(_content(path))
    except ValueError:
        document.fault(entry.place, f"{path} holds no PEM certificate")
        return []
    now = datetime.now(UTC)
    if chain[0].not_valid_after_utc < now:
        document.fault(entry.place, f"the certificate in {path} expired on {chain[0].not_valid_after_utc:%Y-%m-%d}")
    elif chain[0].not_valid_before_utc > now:
        document.fault(entry.place, f"the certificate in {path} is not valid before {chain[0].not_valid_before_utc:%Y-%m-%d}")
    return chain


def _check_key(document: Document, place: Place, path: Path, chain: list[Certificate]) -> None:
    if _unreadable(path):
        return
    try:
        key = load_pem_private_key(_content(path), password=None)
    except TypeError:
        document.fault(place, f"the key in {path} needs a passphrase; store it without one, readable by the edge alone")
        return
    except ValueError:
        document.fault(place, f"{path} holds no PEM private key")
        return
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if chain and chain[0].public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        document.fault(place, f"the key in {path} does not belong to the certificate beside it")


def _content(path: Path) -> bytes:
    """The file, up to what any PEM file holds.

    Raises:
        ValueError: it is larger.
    """
    with path.open("rb") as file:
        content = file.read(_LARGEST_PEM + 1)
    if len(content) > _LARGEST_PEM:
        raise ValueError
    return content

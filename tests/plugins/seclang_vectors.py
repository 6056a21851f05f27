"""Reads the shared JSON vectors of SecLang's transformations and operators: a folder of files, each a list of cases.

The strings hold bytes in two ways: what JSON itself escapes, in UTF-8, and textual `\\xHH` and `\\uHHHH` for one byte each,
which the harness they were written for undoes in `input` and `output`, not in `param`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import re2

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTUAL = re2.compile(rb"\\x[0-9A-Za-z]{2}|\\u[0-9A-Za-z]{4}")
_HEX = "0123456789abcdefABCDEF"


@dataclass(frozen=True, slots=True)
class Vector:
    """One case.

    Attributes:
        kind: "tfn" or "op".
        output: what a transformation makes of `input`; None in operators' cases.
        ret: of an operator, 1 where it matches; of a transformation, 1 where it changes something.
        groups: what `capture` finds, where the case says so.
        resource: what the case needs beside the engine, such as "geoip".
        index: its place in `file`, from 0.
    """

    kind: str
    name: str
    param: bytes
    input: bytes
    output: bytes | None
    ret: int
    groups: tuple[bytes, ...] | None
    resource: str
    file: Path
    index: int

    @property
    def label(self) -> str:
        return f"{self.file.stem}-{self.index}"


def shared_folder() -> Path:
    """Where shared data is kept: beside the checkout, or where EDGEGUARD_SHARED says."""
    return Path(os.environ.get("EDGEGUARD_SHARED", Path(__file__).parents[3] / "shared")) / "data"


def vectors_folder(part: str) -> Path:
    """The folder of "transformations" or "operators"; skips the asking module where it is absent."""
    folder = shared_folder() / "seclang-vectors" / part
    if not folder.is_dir():
        pytest.skip(f"no SecLang vectors in {folder}; EDGEGUARD_SHARED names another place", allow_module_level=True)
    return folder


def read_vectors(folder: Path) -> Iterator[Vector]:
    """Each case of each file, in the order of names."""
    for path in sorted(folder.glob("*.json")):
        for index, case in enumerate(json.loads(path.read_text(encoding="utf-8"), strict=False)):
            yield _vector(case, path, index)


def _vector(case: dict[str, Any], path: Path, index: int) -> Vector:
    output, groups = case.get("output"), case.get("re_groups")
    return Vector(
        kind=case["type"],
        name=case["name"],
        param=_encoded(case.get("param", "")),
        input=_unescaped(case["input"]),
        output=None if output is None else _unescaped(output),
        ret=int(case["ret"]),
        groups=None if groups is None else tuple(_encoded(group) for group in groups),
        resource=case.get("resource", ""),
        file=path,
        index=index,
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unescaped(text: str) -> bytes:
    return bytes(_TEXTUAL.sub(lambda found: _octet(found.group()), _encoded(text)))


def _octet(escape: bytes) -> bytes:
    r"""As C's `sscanf` reads it: the digits it begins with, so that `\xag` is 10, and none as 0; the low byte of four."""
    text = escape[2:].decode()
    digits = text[: len(text) - len(text.lstrip(_HEX))]
    return bytes([int(digits or "0", 16) & 0xFF])

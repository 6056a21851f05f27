"""Requests of regression tests in ftw's format, both generations of it: what a test sends, not what it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample import Sample

from edgeguard.conformance.client import request_bytes
from edgeguard.conformance.ftw_format import read_cases

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.conformance.cases import Input


def samples(folder: Path) -> list[Sample]:
    """All requests of the tests in `folder`, in the order of their files.

    Raises:
        SystemExit: there is not one.
    """
    found = []
    for case in read_cases(folder):
        for number, stage in enumerate(case.stages):
            name = f"ftw/{case.id}" + (f"/{number}" if len(case.stages) > 1 else "")
            found.append(_sample(name, stage.input))
    if not found:
        raise SystemExit(f"no ftw tests in {folder}")
    return found


def _sample(name: str, given: Input) -> Sample:
    sent = request_bytes(given)
    sample = Sample(name, whole=sent)
    if given.whole is not None:
        return sample
    head, _, body = sent.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    fields = tuple((key, value) for key, _, value in (field.partition(b": ") for field in lines))
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    parts = Sample(name, method, target, version, fields, body)
    return parts if parts.wire() == sent else sample

"""Requests of regression tests in ftw's format, both generations of it: what a test sends, not what it expects.

`input` is sent as it stands. Unless it says otherwise, a body gets its length and, where there is none, the type of a form;
a form that has not been percent-encoded is encoded.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

import yaml
from sample import FORM, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAFE_IN_FORMS = "=&%+!*'(),-._~"  # of a form that is encoded here; names and values stay apart


def samples(folder: Path) -> list[Sample]:
    """All requests of the tests in `folder`, in the order of their files.

    Raises:
        SystemExit: there is not one.
    """
    found = [sample for file in sorted(folder.rglob("*.yaml")) for sample in _of_file(file)]
    if not found:
        raise SystemExit(f"no ftw tests in {folder}")
    return found


def _of_file(file: Path) -> Iterator[Sample]:
    document = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) or {}  # a file may hold comments alone
    for test in document.get("tests") or ():
        name = test.get("test_title") or f"{document.get('rule_id', file.stem)}-{test.get('test_id')}"
        stages = test["stages"]
        for number, stage in enumerate(stages):
            told = stage.get("stage", stage)["input"]
            yield _sample(f"ftw/{name}" + (f"/{number}" if len(stages) > 1 else ""), told)


def _sample(name: str, told: dict[str, Any]) -> Sample:
    if "encoded_request" in told:
        return Sample(name, whole=base64.b64decode(told["encoded_request"]))
    if "raw_request" in told:
        return Sample(name, whole=told["raw_request"].encode())
    data = told.get("data") or ""
    body = _repeated("\r\n".join(data) if isinstance(data, list) else str(data)).encode()
    fields = tuple((str(key).encode(), str(value).encode()) for key, value in (told.get("headers") or {}).items())
    sample = Sample(
        name,
        str(told.get("method", "GET")).encode(),
        str(told.get("uri", "/")).encode(),
        str(told.get("version", "HTTP/1.1")).encode(),
        fields,
        body,
    )
    return sample if told.get("stop_magic") or told.get("autocomplete_headers") is False else _completed(sample)


def _completed(sample: Sample) -> Sample:
    if not sample.body:
        return sample
    if sample.field(b"content-type") is None:
        sample = sample.with_field(b"Content-Type", FORM)
    if (sample.field(b"content-type") or b"").lower() == FORM and unquote_to_bytes(sample.body) == sample.body:
        sample = replace(sample, body=quote(sample.body, safe=_SAFE_IN_FORMS).encode())
    if sample.field(b"content-length") is None:
        sample = sample.with_field(b"Content-Length", b"%d" % len(sample.body))
    return sample


def _repeated(text: str) -> str:
    """`{{ "x" | repeat 3 }}` written out; the only template that tests use."""
    while (start := text.find("{{")) >= 0 and (end := text.find("}}", start)) >= 0:
        value, bar, rest = text[start + 2 : end].partition("|")
        words = rest.split()
        if not bar or words[:1] != ["repeat"]:
            break
        text = text[:start] + value.strip().strip('"') * int(words[1]) + text[end + 2 :]
    return text

"""Reads regression tests in both generations of the `ftw` format: that of CRS 3.3, and that of CRS 4.

Every scalar is read as the text that was written: a version of `1.0` is no number here, as it is none for the client that the
tests were made for. A key that is not known is a fault, so that nothing a test asks for is passed over in silence.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

import yaml

from edgeguard.conformance.cases import Case, Expectation, Input, Stage
from edgeguard.conformance.judge import compiled
from edgeguard.conformance.template import expand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What says where the request goes, or how a cookie jar of other clients behaves; here all go to one place, and no jar is kept.
_IGNORED_INPUT: Final = {"dest_addr", "port", "protocol", "save_cookie", "virtual_host_mode"}
_INPUT: Final = {
    "autocomplete_headers", "data", "encoded_request", "follow_redirect", "headers", "method", "raw_request", "stop_magic", "uri",
    "version",
}  # fmt: skip
_OUTPUT: Final = {
    "expect_error", "isolated", "log", "log_contains", "no_log_contains", "response_contains", "retry_once", "status",
}  # fmt: skip
_LOG: Final = {"expect_ids", "no_expect_ids", "match_regex", "no_match_regex"}


class FormatError(Exception):
    """Tests that can't be read; `faults` has a line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults[0])
        self.faults = faults


class _Fault(Exception):
    """Something in one file."""


def read_cases(folder: Path) -> list[Case]:
    """All tests below a folder, or in one file, in the order of file names; files with nothing in them are passed over.

    Raises:
        FormatError: a file is no YAML, or says what this reader does not know.
        OSError: a file can't be read.
    """
    files = sorted(folder.rglob("*.y*ml")) if folder.is_dir() else [folder]
    cases: list[Case] = []
    faults: list[str] = []
    for file in files:
        try:
            cases += _cases(_load(file), file.name)
        except (_Fault, yaml.YAMLError) as error:
            faults.append(f"{file}: {' '.join(str(error).split())}")
    if faults:
        raise FormatError(faults)
    return cases


def expectation(output: dict[str, Any]) -> Expectation:
    """What an `output` asks for, in either generation.

    Raises:
        ValueError: it has a key or a value that is not known.
    """
    try:
        return _output(output)
    except _Fault as error:
        raise ValueError(str(error)) from None


def _load(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes text, lists and dicts only


def _cases(document: Any, name: str) -> Iterator[Case]:
    if isinstance(document, dict) and "test_overrides" in document:  # published beside the tests, and none of them
        return
    if not document:
        return
    tests = document.get("tests") if isinstance(document, dict) else None
    if not isinstance(tests, list):
        raise _Fault("no tests are in it")
    rule = document.get("rule_id") or _digits(name)
    for number, test in enumerate(tests, start=1):
        ident = test.get("test_title") or f"{rule}-{test.get('test_id', number)}"
        try:
            yield Case(ident, name, tuple(_stage(stage) for stage in test["stages"]))
        except (_Fault, KeyError, AttributeError) as error:
            raise _Fault(f"test {ident}: {error}") from None


def _digits(name: str) -> str:
    return "".join(char for char in name.partition(".")[0] if char.isdigit())


def _stage(item: dict[str, Any]) -> Stage:
    """A stage; those of the older generation stand one level deeper."""
    stage = item.get("stage", item)
    return Stage(_input(stage["input"], older=stage is not item), _output(stage["output"]))


def _input(data: dict[str, Any], *, older: bool) -> Input:
    _known(data, _INPUT | _IGNORED_INPUT, "input")
    body = data.get("data")
    if isinstance(body, list):
        body = "\r\n".join(body)
    autocomplete = _truth(data["autocomplete_headers"]) if "autocomplete_headers" in data else not _truth(data.get("stop_magic"))
    try:
        return Input(
            method=data.get("method", "GET"),
            uri=data.get("uri", "/"),
            version=data.get("version", "HTTP/1.1"),
            headers=_headers(data.get("headers") or {}),
            data=None if body is None else expand(body).encode(),
            whole=_whole(data),
            autocomplete=autocomplete,
            empty_length=not older,
            follow_redirect=_truth(data.get("follow_redirect")),
        )
    except ValueError as error:
        raise _Fault(str(error)) from None


def _headers(data: dict[str, str] | list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    """A list keeps its order; a mapping, which has none, is sent by name."""
    if isinstance(data, list):
        return tuple((item["name"], item["value"]) for item in data)
    return tuple(sorted(data.items()))


def _whole(data: dict[str, Any]) -> bytes | None:
    if "encoded_request" in data:
        try:
            return base64.b64decode(data["encoded_request"])
        except binascii.Error as error:
            raise _Fault(f"encoded_request is no base64: {error}") from None
    raw = data.get("raw_request")
    return None if raw is None else str(raw).encode()


def _output(data: dict[str, Any]) -> Expectation:
    _known(data, _OUTPUT, "output")
    log = data.get("log") or {}
    _known(log, _LOG, "log")
    found = Expectation(
        status=tuple(_number(item) for item in _list(data.get("status"))),
        expect_ids=_ids(log.get("expect_ids")),
        no_expect_ids=_ids(log.get("no_expect_ids")),
        match_regex=log.get("match_regex") or data.get("log_contains") or "",
        no_match_regex=log.get("no_match_regex") or data.get("no_log_contains") or "",
        response_contains=data.get("response_contains") or "",
        expect_error=_truth(data.get("expect_error")),
        isolated=_truth(data.get("isolated")),
    )
    for expression in (found.match_regex, found.no_match_regex, found.response_contains):
        try:
            compiled(expression)
        except ValueError as error:
            raise _Fault(str(error)) from None
    return found


def _known(data: Any, keys: set[str], place: str) -> None:
    if not isinstance(data, dict):
        raise _Fault(f"{place} is no mapping")
    if unknown := sorted(set(map(str, data)) - keys):
        raise _Fault(f"{place} has the key '{unknown[0]}', which this reader does not know")


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise _Fault(f"'{value}' is no status") from None


def _truth(value: Any) -> bool:
    text = str(value).lower()
    if value is None or text in ("false", "no", "off", ""):
        return False
    if text in ("true", "yes", "on"):
        return True
    raise _Fault(f"'{value}' is neither true nor false")

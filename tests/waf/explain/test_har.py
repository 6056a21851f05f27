from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from edgeguard.waf.explain.har import entries_of, from_entry, from_har
from edgeguard.waf.faults import Refused


def har(*requests: dict[str, Any]) -> dict[str, Any]:
    return {"log": {"entries": [{"request": request} for request in requests]}}


GET = {
    "method": "GET",
    "url": "https://h/a?b=c",
    "headers": [{"name": ":authority", "value": "h"}, {"name": "Accept", "value": "x"}],
}


def posted(length: str = "", **post: Any) -> dict[str, Any]:
    headers = [{"name": "Content-Length", "value": length}] if length else []
    return {"method": "POST", "url": "https://h/", "headers": headers, "postData": post}


def test_an_entry_is_chosen_by_its_number() -> None:
    given = from_har(har(posted(text="x"), GET), 2, "file.har")
    assert given.raw == b"GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: x\r\n\r\n"
    assert given.source == "entry 2 of file.har"


def test_a_number_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(Refused, match="--entry takes 1 to 1"):
        from_har(har(GET), 2, "file.har")


@pytest.mark.parametrize("document", [None, [], {"log": {}}, {"log": {"entries": []}}])
def test_what_is_no_har_file_is_refused(document: object) -> None:
    with pytest.raises(Refused, match="no HAR file"):
        entries_of(document)


def test_an_entry_without_a_request_is_refused() -> None:
    with pytest.raises(Refused, match="entry 1 holds no request"):
        from_entry({}, "entry 1")


def test_bodies_in_text_and_base64() -> None:
    assert from_har(har(posted(text="é=1")), 1, "f").raw.endswith("Content-Length: 4\r\n\r\né=1".encode())
    assert from_har(har(posted(text=b64encode(b"\xff").decode(), encoding="base64")), 1, "f").raw.endswith(b"\r\n\r\n\xff")


def test_a_body_of_which_only_the_fields_are_told_is_made_anew() -> None:
    given = from_har(har(posted(mimeType="application/x-www-form-urlencoded", params=[{"name": "a", "value": "b c"}])), 1, "f")
    assert given.raw.endswith(b"\r\n\r\na=b+c")
    assert given.notes


def test_what_is_missing_is_told() -> None:
    form = from_har(har(posted(mimeType="multipart/form-data; boundary=x", params=[{"name": "a"}])), 1, "f")
    assert form.missing
    assert "900 bytes" in from_har(har(posted(length="900", text="abc")), 1, "f").missing[0]

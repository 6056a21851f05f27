from __future__ import annotations

import json

from edgeguard.observe.samples.har_out import har
from edgeguard.observe.samples.recorded import Answered, Recorded, Then
from edgeguard.waf.explain.har import from_har


def test_a_har_file_that_others_can_read() -> None:
    one = Recorded(
        "r1", 1_700_000_000.25, b"POST", b"/a?q=1", ((b"host", b"cms.example"), (b"content-type", b"text/plain")), b"\xff\x00",
        client="192.0.2.7", answered=Answered(403, seconds=0.5), then=Then("blocked", 5, ("eg-1",)),
    )  # fmt: skip
    document = json.loads(b"".join(har([one, Recorded("r2", 0.0, b"GET", b"/", ())])))
    first, second = document["log"]["entries"]
    assert document["log"]["version"] == "1.2"
    assert first["startedDateTime"] == "2023-11-14T22:13:20.250000Z"
    assert first["request"]["url"] == "https://cms.example/a?q=1"
    assert first["response"]["status"] == 403
    assert first["time"] == 500
    assert first["comment"] == "blocked, score 5: eg-1"
    assert second["request"]["url"].endswith("/")
    assert from_har(document, 1, "f").raw.endswith(b"\r\n\r\n\xff\x00")


def test_no_samples_are_a_file_without_entries() -> None:
    assert json.loads(b"".join(har([])))["log"]["entries"] == []

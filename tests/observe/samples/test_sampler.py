from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Samples
from edgeguard.message import Account, Body, Client, Headers, Request
from edgeguard.observe.entry import Entry
from edgeguard.observe.samples import sampler as room
from edgeguard.observe.samples.keys import KeyFault, add_key, read_keys
from edgeguard.observe.samples.recorded import Recorded, read_line
from edgeguard.observe.samples.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Match:
    rule, title, target, value, detail, score, mode = "eg-1", "A rule", "path", "x", "", 5, "enforce"


class Held:
    def __init__(self, *pieces: bytes, complete: bool = True) -> None:
        self.pieces: Sequence[bytes] = pieces
        self.size = sum(map(len, pieces))
        self.complete = complete


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Sampler]:
    add_key(tmp_path / "k")

    def making(**settings: Any) -> Sampler:
        return Sampler(Samples(**{"folder": str(tmp_path / "s"), "key_file": tmp_path / "k", "rate": 1, **settings}))

    return making


@pytest.fixture
def kept(tmp_path: Path, read_folder: Any) -> Callable[[Sampler], list[Recorded]]:
    def closing(sampler: Sampler) -> list[Recorded]:
        sampler.close()
        return [read_line(line) for line in read_folder(tmp_path / "s", read_keys(tmp_path / "k"))]

    return closing


def request(body: bytes = b"", **fields: str) -> Request:
    headers = Headers([(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()])
    method = b"POST" if body else b"GET"
    return Request(method, b"/a?token=secret1&q=1", b"/a", b"token=secret1&q=1", b"https", b"cms", headers, Body(body))


def entry(route: str = "default", **more: Any) -> Entry:
    made = Entry("r1", "192.0.2.7", "10.0.0.1", 1_700_000_000.0)
    made.route, made.status, made.seconds = route, 200, 0.5
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_sample_has_what_a_replay_needs_and_no_secret(make: Any, kept: Any) -> None:
    sampler = make()
    body = b'{"password":"secret2","title":"<b>"}'
    client = Client("192.0.2.7", "10.0.0.1", Account("acme", "token", verified=True), vouched=True)
    about = entry(
        "api", account="acme", account_source="token", account_verified=True, matches=[Match()], score=5, verdict="blocked"
    )
    sampler.take(
        about, request(body, authorization="Bearer secret3", content_type="application/json"), client, Held(body[:9], body[9:])
    )
    [found] = kept(sampler)
    assert b"secret" not in found.line()
    assert (found.id, found.time, found.client, found.account, found.vouched) == (
        "r1",
        1_700_000_000.0,
        "192.0.2.7",
        "acme",
        True,
    )
    assert found.method == b"POST"
    assert found.target.startswith(b"/a?token=masked")
    assert found.body.endswith(b'"title":"<b>"}')
    assert found.complete
    assert found.masked == 3
    assert found.then is not None
    assert (found.then.verdict, found.then.score, found.then.rules) == ("blocked", 5, ("eg-1",))
    assert found.answered is not None
    assert (found.answered.status, found.answered.seconds) == (200, 0.5)


def test_bodies_are_kept_up_to_a_bound(make: Any, kept: Any) -> None:
    sampler = make(body=10)
    sampler.take(entry(), request(b"x" * 11, content_type="text/plain"), None, Held(b"x" * 11))
    sampler.take(entry(), request(b"x" * 10, content_type="text/plain"), None, Held(b"x" * 10))
    sampler.take(entry(), request(b"x" * 10, content_type="text/plain"), None, Held(b"x" * 5, complete=False))
    assert [(len(each.body), each.complete) for each in kept(sampler)] == [(10, False), (10, True), (5, False)]


@pytest.mark.parametrize(
    "fields", [{"content_type": "image/png"}, {"content_type": "application/json", "content_encoding": "gzip"}]
)
def test_bodies_that_nobody_can_mask_are_left_out_and_it_is_said(make: Any, kept: Any, fields: dict[str, str]) -> None:
    sampler = make()
    sampler.take(entry(), request(b"abc", **fields), None, Held(b"abc"))
    sampler.take(entry(), request(b"abc", content_type="text/plain"), None, None)
    for found in kept(sampler):
        assert found.body == b""
        assert not found.complete
        assert found.notes


def test_rates_go_by_route_and_by_what_was_found(make: Any, kept: Any) -> None:
    sampler = make(rate=0, routes={"api": 1}, flagged=1)
    sampler.take(entry(), request(), None, None)
    sampler.take(entry("api"), request(), None, None)
    sampler.take(entry("shop", matches=[Match()]), request(), None, None)
    sampler.take(entry("limited", blame="client"), request(), None, None)
    assert [each.route for each in kept(sampler)] == ["api", "shop", "limited"]
    never = make(rate=1, flagged=0)
    never.take(entry(matches=[Match()]), request(), None, None)
    never.take(entry("plain"), request(), None, None)
    assert "plain" in [each.route for each in kept(never)]


def test_a_rate_is_a_share(make: Any, kept: Any) -> None:
    sampler = make(rate=0.5, queue=10_000)
    for _ in range(1000):
        sampler.take(entry(), request(), None, None)
    assert 300 < len(kept(sampler)) < 700


def test_no_request_waits_for_a_sample(make: Any, kept: Any) -> None:
    sampler = make(queue=3)
    for _ in range(5):
        sampler.take(entry(), request(), None, None)
    assert sampler.dropped == 2
    assert len(kept(sampler)) == 3


def test_bodies_that_wait_are_bounded_together(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "QUEUE_BYTES", 10)
    sampler = make()
    for _ in range(5):
        sampler.take(entry(), request(b"123456", content_type="text/plain"), None, Held(b"123456"))
    assert sampler.dropped == 3
    sampler.close()
    sampler.take(entry(), request(b"123456", content_type="text/plain"), None, Held(b"123456"))
    assert sampler.dropped == 3


def test_a_disk_that_can_t_be_written_loses_samples_and_nothing_else(make: Any, tmp_path: Path) -> None:
    (tmp_path / "s").write_text("a file where the folder should be")
    sampler = make()
    sampler.start()
    sampler.take(entry(), request(), None, None)
    sampler.close()
    assert sampler.lost == 1


def test_a_key_file_that_is_none_is_refused(make: Any, tmp_path: Path) -> None:
    (tmp_path / "k").write_text("")
    with pytest.raises(KeyFault):
        make()

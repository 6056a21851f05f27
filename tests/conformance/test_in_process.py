from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.conformance.cases import Expectation
from edgeguard.conformance.in_process import send

if TYPE_CHECKING:
    from edgeguard.waf import Ruleset


def request(line: bytes, body: bytes = b"", *fields: bytes) -> bytes:
    fields = (b"Host: h", b"Content-Length: %d" % len(body), *fields)
    return b"\r\n".join((line, *fields)) + b"\r\n\r\n" + body


def test_rules_see_the_head(ruleset: Ruleset) -> None:
    outcome = send(ruleset, request(b"GET /?q=attackword HTTP/1.1"), Expectation())
    assert (outcome.ids, outcome.status, outcome.error) == (("t-word",), 200, "")
    assert '[id "t-word"] [msg "A word that nobody sends"]' in outcome.lines[0]
    assert '[tag "attack/word"]' in outcome.lines[0]


def test_rules_see_the_body(ruleset: Ruleset) -> None:
    sent = request(b"POST / HTTP/1.1", b"a=attackword", b"Content-Type: application/x-www-form-urlencoded")
    assert send(ruleset, sent, Expectation()).ids == ("t-word",)


def test_rules_see_what_the_origin_answers(ruleset: Ruleset) -> None:
    outcome = send(ruleset, request(b"POST /reflect HTTP/1.1", b'{"status": 201, "body": "leakword"}'), Expectation())
    assert (outcome.ids, outcome.status, outcome.response) == (("t-leak",), 201, b"leakword")


def test_where_the_origin_points_is_told(ruleset: Ruleset) -> None:
    sent = request(b"POST /reflect HTTP/1.1", b'{"status": 302, "headers": {"Location": "/there"}}')
    assert send(ruleset, sent, Expectation()).location == "/there"


def test_nothing_is_blocked_so_that_later_phases_are_seen(ruleset: Ruleset) -> None:
    sent = request(b"POST /never HTTP/1.1", b"attackword", b"Content-Type: text/plain")
    outcome = send(ruleset, sent, Expectation())
    assert (outcome.ids, outcome.status) == (("t-path", "t-word"), 200)


def test_who_expects_a_block_sees_it(ruleset: Ruleset) -> None:
    outcome = send(ruleset, request(b"GET /never HTTP/1.1"), Expectation(status=(403, 400)))
    assert (outcome.ids, outcome.status) == (("t-path",), 403)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /never HTTP/0.8\r\nHost: h\r\n\r\n", 400),
        (b"CONNECT a:80 HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (b"POST /never HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    ],
)
def test_who_expects_a_status_meets_the_strict_reader_first(ruleset: Ruleset, sent: bytes, status: int) -> None:
    outcome = send(ruleset, sent, Expectation(status=(200,)))
    assert (outcome.status, outcome.ids) == (status, ())


def test_who_expects_no_answer_meets_the_strict_reader_first_as_well(ruleset: Ruleset) -> None:
    outcome = send(ruleset, b"GET / \r\nHost: h\r\n\r\n", Expectation(expect_error=True))
    assert (outcome.status, outcome.error) == (400, "")


def test_who_expects_rules_alone_does_not(ruleset: Ruleset) -> None:
    assert send(ruleset, b"GET /never HTTP/0.8\r\n\r\n", Expectation(expect_ids=("t-path",))).ids == ("t-path",)


@pytest.mark.parametrize("expected", [Expectation(), Expectation(status=(200,)), Expectation(expect_error=True)])
def test_a_body_that_does_not_come_has_no_answer(ruleset: Ruleset, expected: Expectation) -> None:
    outcome = send(ruleset, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab", expected)
    assert "would wait" in outcome.error


def test_a_head_that_does_not_end_has_no_answer(ruleset: Ruleset) -> None:
    assert send(ruleset, b"GET / HTTP/1.1\r\n", Expectation(status=(200,))).error

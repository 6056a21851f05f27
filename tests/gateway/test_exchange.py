from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    Start = Callable[..., Awaitable[Any]]

# What no client may be told.
INSIDE = ("t-1", "t-2", "t-3", "rule", "attackword", "127.0.0.1", "RuntimeError", "Traceback", "hyperscan")


def tells_nothing(answer: Any) -> None:
    text = str([item for item in answer.fields if item[0] != "proxy-status"]) + answer.body.decode()
    assert not any(word in text for word in INSIDE), text


class TestPhases:
    async def test_they_are_marked_in_order(self, edge: Start) -> None:
        started = await edge()
        seen: list[list[str]] = []
        record = started.worker._recorder.record
        started.worker._recorder.record = lambda entry: (seen.append([name for name, _ in entry.phases]), record(entry))
        client = await started.client()
        client.get()
        await client.read()
        client.get("/?q=attackword")
        await client.read()
        assert seen == [
            ["identify", "admit", "inspect_request", "cache_lookup", "fetch", "inspect_response", "harden"],
            ["identify", "admit", "harden"],
        ]

    async def test_ids_differ_and_reach_client_origin_and_log(self, edge: Start, origin: Any) -> None:
        started = await edge()
        client = await started.client()
        ids = []
        for _ in range(2):
            client.get("/", "X-Request-Id: spoofed")
            ids.append((await client.read())["x-request-id"])
        assert len(set(ids)) == 2
        assert [asked["x-request-id"] for asked in origin.asked] == ids
        assert [line["id"] for line in await started.lines("access", 2)] == ids


class TestAdmission:
    async def test_each_refusal(self, edge: Start, origin: Any) -> None:
        admit = {"methods": ["GET", "POST"], "hosts": ["cms.example"], "paths": ["/in"]}
        client = await (await edge(admit=admit)).client()
        client.get("/in", method="DELETE")
        answer = await client.read()
        assert (answer.status, answer["allow"]) == (405, "GET, POST")
        client.get("/out")
        assert (await client.read()).status == 404
        client.send(b"GET /in HTTP/1.1\r\nHost: other.example\r\n\r\n")
        answer = await client.read()
        assert answer.status == 421
        tells_nothing(answer)
        assert origin.asked == []

    async def test_addresses(self, edge: Start) -> None:
        client = await (await edge(admit={"deny": ["127.0.0.0/8"]})).client()
        client.get()
        answer = await client.read()
        assert answer.status == 403
        tells_nothing(answer)

    async def test_a_method_that_is_never_taken_names_those_that_are(self, edge: Start) -> None:
        client = await (await edge()).client()
        client.get(method="TRACE")
        answer = await client.read()
        assert (answer.status, "GET" in answer["allow"], answer["connection"]) == (405, True, "close")


class TestLimits:
    async def test_a_refusal_says_how_long_to_wait(self, edge: Start, origin: Any) -> None:
        policies = [{"name": "address", "key": "address", "requests": 1, "seconds": 60}]
        started = await edge(limits={"policies": policies})
        client = await started.client()
        client.get()
        answer = await client.read()
        assert (answer.status, "retry-after" in answer, answer["ratelimit"]) == (200, False, '"address";r=0;t=60')
        client.get()
        answer = await client.read()
        assert (answer.status, answer["retry-after"], "ratelimit-policy" in answer) == (429, "60", True)
        tells_nothing(answer)
        assert len(origin.asked) == 1
        (event,) = await started.lines("event", 1)
        assert (event["event"], event["limits"]) == ("limit_refused", ["address"])


class TestRules:
    async def test_a_block_is_told_to_operators_and_not_to_the_client(self, edge: Start, origin: Any) -> None:
        started = await edge()
        client = await started.client()
        client.get("/a?q=attackword&password=hunter2")
        answer = await client.read()
        assert (answer.status, answer["content-type"], answer["cache-control"]) == (403, "application/problem+json", "no-store")
        tells_nothing(answer)
        (event,) = await started.lines("event", 1)
        (match,) = event["matches"]
        assert json.loads(answer.body)["request_id"] == answer["x-request-id"] == event["id"]
        assert (event["event"], event["verdict"], event["score"]) == ("request_blocked", "blocked", 5)
        assert (match["rule"], match["target"], match["value"]) == ("t-1", "http.request.query.values:q", "attackword")
        assert "hunter2" not in json.dumps(event)
        assert origin.asked == []

    async def test_a_body_is_blocked_before_any_of_it_goes_on(self, edge: Start, origin: Any) -> None:
        client = await (await edge()).client()
        client.get("/", "Content-Length: 300000", method="POST")
        client.send(b"x" * 1000 + b"attackword" + b"x" * 298_990)
        answer = await client.read()
        assert answer.status == 403
        tells_nothing(answer)
        assert origin.asked == []

    async def test_shadow_records_and_lets_pass(self, edge: Start) -> None:
        started = await edge(waf={"mode": "shadow"})
        client = await started.client()
        client.get("/?q=attackword")
        assert (await client.read()).status == 200
        (event,) = await started.lines("event", 1)
        assert (event["event"], event["verdict"], event["matches"][0]["rule"]) == ("shadow_match", "shadow", "t-1")

    async def test_off_asks_nothing(self, edge: Start) -> None:
        started = await edge(waf={"mode": "off"})
        client = await started.client()
        client.get("/?q=attackword")
        assert (await client.read()).status == 200
        (line,) = await started.lines("access", 1)
        assert line["verdict"] == "pass"

    @pytest.mark.parametrize(("policy", "early", "late"), [("prefix", 403, 200), ("block", 413, 413), ("pass", 200, 200)])
    async def test_long_bodies(self, edge: Start, origin: Any, policy: str, early: int, late: int) -> None:
        started = await edge(waf={"inspect_bytes": 1000, "on_oversize": policy})
        for status, body in ((early, b"attackword" + b"x" * 5000), (late, b"x" * 5000 + b"attackword")):
            client = await started.client()
            client.get("/", f"Content-Length: {len(body)}", method="POST")
            client.send(body)
            assert (await client.read()).status == status
            if status == 200:
                assert origin.asked[-1].content == body
        assert started.meter("edgeguard_body_policy_total", "oversize", policy) == 2

    @pytest.mark.parametrize(
        ("kind", "policy", "body"),
        [
            ("image/png", "prefix", b"\x89PNG"),
            ("image/png", "prefix", b"\x89PNG" * 1000),
            ("application/zip", "prefix", b"PK\3\4" * 1000),
            ("text/plain", "pass", b"x" * 5000),
        ],
    )
    async def test_rules_of_the_bodys_phase_hold_where_the_body_is_not_looked_at(
        self, edge: Start, origin: Any, tmp_path: Path, kind: str, policy: str, body: bytes
    ) -> None:
        script = tmp_path / "own.conf"
        script.write_text('SecRuleEngine On\nSecRule ARGS "@contains oddword" "id:1,phase:2,deny,status:406"\n')
        started = await edge(waf={"seclang": [str(script)], "inspect_bytes": 1000, "on_oversize": policy})
        for query, status in (("/?q=oddword", 406), ("/?q=even", 200)):
            client = await started.client()
            client.get(query, f"Content-Type: {kind}", f"Content-Length: {len(body)}", method="POST")
            client.send(body)
            assert (await client.read()).status == status
        assert [asked.content for asked in origin.asked] == [body]

    @pytest.mark.parametrize(("policy", "status"), [("block", 400), ("score", 200), ("pass", 200)])
    async def test_bodies_that_are_not_what_they_say(self, edge: Start, policy: str, status: int) -> None:
        started = await edge(waf={"on_unparsable": policy})
        client = await started.client()
        client.get("/", "Content-Type: application/json", "Content-Length: 5", method="POST")
        client.send(b"{nope")
        answer = await client.read()
        assert answer.status == status
        (line,) = await started.lines("access", 1)
        assert line["rules"] == ["eg-0002"]

    async def test_an_answer_is_withheld(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reply(b"a leakedword", "Content-Type: text/html")

        origin.script = script
        started = await edge()
        client = await started.client()
        client.get()
        answer = await client.read()
        assert answer.status == 403
        assert b"leakedword" not in answer.body
        tells_nothing(answer)
        (event,) = await started.lines("event", 1)
        assert (event["event"], event["matches"][0]["rule"]) == ("request_blocked", "t-3")


class TestFailures:
    async def test_no_origin(self, edge: Start, origin: Any) -> None:
        started = await edge(origin={"url": "http://127.0.0.1:1"})
        client = await started.client()
        client.get()
        answer = await client.read()
        assert (answer.status, answer["proxy-status"]) == (502, "edgeguard; error=connection_refused")
        tells_nothing(answer)
        client.get("/", "Accept: text/html,*/*")
        assert (await client.read())["content-type"] == "text/html; charset=utf-8"

    async def test_a_slow_origin(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reader.read()

        origin.script = script
        client = await (await edge(origin={"first_byte_seconds": 0.1})).client()
        client.get()
        assert (await client.read()).status == 504

    async def test_a_full_origin_says_when_to_come_again(self, edge: Start, origin: Any) -> None:
        async def script(asked: Any) -> None:
            await asked.reader.read()

        origin.script = script
        started = await edge(origin={"connections": 1, "queue": 0})
        first, second = await started.client(), await started.client()
        first.get("/a")
        await started.until(lambda: origin.asked)
        second.get("/b")
        answer = await second.read()
        assert (answer.status, answer["retry-after"]) == (503, "5")
        first.reset()

    async def test_a_defect_gives_500_without_detail_and_the_worker_goes_on(
        self, edge: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started = await edge()

        def broken(*_: object) -> None:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr("edgeguard.gateway.admit.Admission.check", broken)
        client = await started.client()
        client.get()
        answer = await client.read()
        assert answer.status == 500
        assert b"secret" not in answer.body
        tells_nothing(answer)
        monkeypatch.undo()
        client.get()
        assert (await client.read()).status == 200
        lines = await started.lines("access", 2)
        assert (lines[0]["blame"], lines[0]["reason"]) == ("edge", "internal")

    async def test_a_defect_on_the_way_out_ends_the_connection_and_is_recorded(
        self, edge: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started = await edge()

        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr("edgeguard.gateway.harden.Hardener.apply", broken)
        client = await started.client()
        client.get()
        assert await client.gone() == b""
        (line,) = await started.lines("access", 1)
        assert (line["status"], line["reason"]) == (500, "internal")

    async def test_a_refusal_of_no_request_is_recorded(self, edge: Start) -> None:
        started = await edge()
        client = await started.client()
        client.send(b"GET / HTTP/9.9\r\n\r\n")
        answer = await client.read()
        assert answer.status == 400
        assert answer["x-content-type-options"] == "nosniff"
        (event,) = await started.lines("event", 1)
        assert (event["event"], event["verdict"], event["id"] in answer.body.decode()) == ("request_refused", "refused", True)


class TestHost:
    @pytest.mark.parametrize("whose", ["client", "origin"])
    async def test_the_origin_is_asked_by_the_name_that_is_set(self, edge: Start, origin: Any, whose: str) -> None:
        client = await (await edge(origin={"host": whose})).client()
        client.get()
        await client.read()
        assert origin.asked[0]["host"] == ("cms.example" if whose == "client" else f"127.0.0.1:{origin.port}")
        assert origin.asked[0]["x-forwarded-host"] == "cms.example"


class TestRedirect:
    async def test_plain_requests_are_sent_to_https_once_admitted(self, edge: Start, origin: Any) -> None:
        listeners = [{"address": "127.0.0.1", "port": 0, "redirect_to_https": 443}]
        client = await (await edge(listeners=listeners, admit={"hosts": ["cms.example"]})).client()
        client.send(b"POST /a/../b?c=1 HTTP/1.1\r\nHost: cms.example:80\r\nContent-Length: 3\r\n\r\nabc")
        answer = await client.read()
        assert (answer.status, answer["location"]) == (308, "https://cms.example/b?c=1")
        assert "strict-transport-security" not in answer
        client.send(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        answer = await client.read()
        assert (answer.status, "location" in answer) == (421, False)
        assert origin.asked == []

from __future__ import annotations

import asyncio
import gzip
import json
from hashlib import sha256
from urllib.parse import urlencode

import pytest

from edgeguard.identity import hash_token

FROM = "X-Forwarded-For: 203.0.113.5"
BROWSER = ("Accept: text/html,*/*;q=0.8", "User-Agent: Mozilla/5.0", "Sec-Fetch-Mode: navigate")
DYNAMIC = """
- id: t-404
  title: Looks for what is not there
  when: {status: 404}
  key: address
  limit: 3
  window: 1m
  action: {ban: {for: 1h}}
  tests: {act: [{times: 3, status: 404}], quiet: [{times: 2, status: 404}]}
- id: t-challenge
  title: Has to show that it is a browser
  when: {path: /odd}
  key: address
  limit: 1
  window: 1m
  action: {challenge: {for: 1h}}
  tests: {act: [{path: /odd}], quiet: [{path: /}]}
- id: t-slow
  title: Asks too often
  when: {path: /search}
  key: address
  limit: 2
  window: 1m
  action: {tighten: {requests: 1, seconds: 60, for: 1h}}
  tests: {act: [{times: 2, path: /search}], quiet: [{path: /search}]}
- id: t-cost
  title: Costly queries
  when: {cost: 3}
  key: client
  count: {sum: cost}
  limit: 9
  window: 1m
  action: {ban: {for: 1h}}
  tests: {act: [{times: 3, cost: 3}], quiet: [{times: 9, cost: 1}]}
- id: t-login
  title: Many passwords for one name
  when: {login: true, status: 401}
  key: login
  count: {distinct: password}
  limit: 3
  window: 1m
  action: {tighten: {requests: 1, seconds: 60, for: 1h}}
  tests: {act: [{times: 3, status: 401, login: a, password: "#"}], quiet: [{times: 3, status: 401, login: a, password: x}]}
"""


@pytest.fixture
def watched(edge, tmp_path):
    """`await watched(section=…)` starts a worker with the rules above, which leaves no address alone."""

    async def start(dynamic=None, **settings):
        (tmp_path / "dynamic.yaml").write_text(DYNAMIC)
        said = {"rules": ["dynamic.yaml"], "challenge": {"bits": 4}, **(dynamic or {})}
        identity = {"trusted_proxies": ["127.0.0.1"], **settings.pop("identity", {})}
        return await edge(dynamic=said, identity=identity, **settings)

    return start


async def ask(running, path="/", *fields, method="GET", body=b""):
    client = await running.client()
    size = [f"Content-Length: {len(body)}"] if body else []
    client.get(path, FROM, *fields, *size, method=method)
    client.send(body)
    answer = await client.read(method)
    client.close()
    return answer


def replying(status):
    async def script(asked):
        await asked.body()
        await asked.reply(b"", status=status)

    return script


async def recorded(running, count):
    await running.lines("access", count)


async def begun(running, rule, act):
    """Wait until a rule's sanction is in force: it begins after the answer that made it."""
    for _ in range(500):
        if running.meter("edgeguard_sanctions_total", rule, act, "enforce") == 1:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{rule} does nothing")


async def test_a_ban_is_told_to_the_client_the_log_and_the_meters(watched, origin) -> None:
    origin.script = replying("404 Not Found")
    running = await watched()
    for _ in range(3):
        assert (await ask(running, "/gone")).status == 404
    await recorded(running, 3)
    answer = await ask(running, "/gone", "Accept: application/json")
    assert answer.status == 403
    assert answer["content-type"] == "application/problem+json"
    assert b"refused for a while" in answer.body
    assert len(origin.asked) == 3
    line = (await running.lines("access", 4))[3]
    assert (line["verdict"], line["reason"]) == ("refused", "banned")
    assert line["detail"].startswith("ban of address 203.0.113.5 by t-404 until 20")
    events = await running.lines("event", 2)
    assert (events[0]["event"], events[0]["sanctions"][0]["rule"]) == ("sanction_begun", "t-404")
    assert running.meter("edgeguard_sanctions_total", "t-404", "ban", "enforce") == 1
    assert running.meter("edgeguard_sanctioned_requests_total", "ban", "refused") == 1


async def test_refusals_do_not_count_again(watched, origin) -> None:
    origin.script = replying("404 Not Found")
    running = await watched()
    for _ in range(9):
        await ask(running, "/gone")
    await recorded(running, 9)
    assert running.meter("edgeguard_sanctions_total", "t-404", "ban", "enforce") == 1


async def test_in_shadow_nobody_is_held(watched, origin) -> None:
    origin.script = replying("404 Not Found")
    running = await watched({"mode": "shadow"})
    assert {(await ask(running, "/gone")).status for _ in range(6)} == {404}
    await recorded(running, 6)
    assert running.meter("edgeguard_sanctions_total", "t-404", "ban", "shadow") == 1
    assert running.meter("edgeguard_sanctioned_requests_total", "ban", "shadow") >= 2


async def test_off_is_off(watched, origin) -> None:
    running = await watched({"mode": "off"})
    assert running.gateway._rooms.watch is None
    assert (await ask(running, "/.edgeguard/challenge")).status == 200  # the origin's


async def test_a_tightened_limit_says_when_to_come_back(watched) -> None:
    running = await watched()
    for _ in range(2):
        await ask(running, "/search")
    await recorded(running, 2)
    assert (await ask(running)).status == 200
    answer = await ask(running)
    assert answer.status == 429
    assert 1 <= int(answer["retry-after"]) <= 60


async def challenged(running, path="/odd"):
    await ask(running, "/odd")
    await recorded(running, 1)
    return await ask(running, path, *BROWSER)


def solved(page: bytes) -> bytes:
    """The form that a browser sends back."""
    text = page.decode()
    puzzle, to = (text.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("puzzle", "to"))
    _, bits, seed = puzzle.split(".")
    number = 0
    while int.from_bytes(sha256(f"{seed}{number}".encode()).digest()[:8]) >> 64 - int(bits):
        number += 1
    return urlencode({"puzzle": puzzle, "to": to, "answer": number}).encode()


async def test_a_browser_solves_a_challenge_and_goes_where_it_was_going(watched, origin) -> None:
    running = await watched()
    page = await challenged(running, "/article?id=7")
    assert page.status == 403
    assert page["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    script = await ask(running, "/.edgeguard/challenge.js", *BROWSER[1:])
    assert (script.status, script["content-type"]) == (200, "text/javascript; charset=utf-8")
    done = await ask(running, "/.edgeguard/challenge", *BROWSER, method="POST", body=solved(page.body))
    assert (done.status, done["location"]) == (303, "/article?id=7")
    cookie = done["set-cookie"]
    assert "HttpOnly; SameSite=Lax" in cookie
    assert "Secure" not in cookie  # this client came over plain text, and could not send it back
    given = cookie.split(";")[0]
    answer = await ask(running, "/article?id=7", *BROWSER, f"Cookie: a=1; {given}; b=2")
    assert answer.status == 200
    assert origin.asked[-1]["cookie"] == "a=1; b=2"  # the origin has nothing to do with it
    assert running.meter("edgeguard_challenges_total", "solved") == 1
    assert (await ask(running, "/article", "Accept: text/html", "User-Agent: another", f"Cookie: {given}")).status == 403
    events = [line["event"] for line in await running.lines("event", 2)]
    assert events[0] == "sanction_begun"


async def test_behind_a_proxy_with_tls_the_pass_is_secure(watched) -> None:
    running = await watched()
    page = await challenged(running)
    done = await ask(
        running, "/.edgeguard/challenge", *BROWSER, "X-Forwarded-Proto: https", method="POST", body=solved(page.body)
    )
    assert "; Secure" in done["set-cookie"]


@pytest.mark.parametrize("body", [b"", b"puzzle=a.b.c&answer=1", b"\xff\x00", b"puzzle=" + b"x" * 3000])
async def test_a_wrong_answer_gets_no_pass(watched, body) -> None:
    running = await watched()
    await challenged(running)
    answer = await ask(running, "/.edgeguard/challenge", *BROWSER, method="POST", body=body)
    assert answer.status == 403
    assert "set-cookie" not in answer
    assert b"load the page again" in answer.body


@pytest.mark.parametrize(("size", "status"), [(4000, 303), (9000, 403)])
async def test_a_long_answer_is_none(watched, size, status) -> None:
    running = await watched()
    page = await challenged(running)
    body = solved(page.body) + b"&x="
    answer = await ask(running, "/.edgeguard/challenge", *BROWSER, method="POST", body=body.ljust(size, b"x"))
    assert answer.status == status


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("GET", ["Accept: application/json"]),
        ("GET", ["Accept: text/html", "Sec-Fetch-Mode: cors"]),
        ("POST", ["Accept: text/html"]),
        ("GET", []),
    ],
)
async def test_what_is_no_browser_on_its_way_is_told_what_is_wanted(watched, method, fields) -> None:
    running = await watched()
    await challenged(running)
    answer = await ask(running, "/api", *fields, method=method)
    assert answer.status == 403
    assert b"in a browser with JavaScript" in answer.body


async def test_accounts_that_are_proven_are_not_challenged(watched, tmp_path) -> None:
    key = "a key of the tests"
    (tmp_path / "tokens.yaml").write_text(f'"{hash_token(key.encode(), "good")}": ann\n')
    identity = {"key": key, "accounts": [{"token": "authorization", "known": "tokens.yaml"}]}
    running = await watched(identity=identity)
    await challenged(running)
    assert (await ask(running, "/", "Authorization: Bearer good")).status == 200
    assert (await ask(running, "/", "Authorization: Bearer guessed")).status == 403


async def test_other_places_of_the_edges_own(watched, origin) -> None:
    running = await watched()
    assert (await ask(running, "/.edgeguard/other")).status == 404
    back = await ask(running, "/.edgeguard/challenge")
    assert (back.status, back["location"]) == (303, "/")
    assert origin.asked == []


async def test_a_login_is_counted_by_its_name_and_slowed_down(watched, origin) -> None:
    origin.script = replying("401 Unauthorized")
    running = await watched()

    async def login(password: str, user: str = "ann"):
        body = f'{{"username": "{user}", "password": "{password}"}}'.encode()
        return await ask(running, "/login", "Content-Type: application/json", method="POST", body=body)

    for number in range(3):
        assert (await login(f"guess {number}")).status == 401
    await recorded(running, 3)
    await begun(running, "t-login", "tighten")
    assert origin.asked[-1].content == b'{"username": "ann", "password": "guess 2"}'
    assert (await login("guess 3")).status == 401  # one a minute
    answer = await login("guess 4")
    assert answer.status == 429
    assert "retry-after" in answer
    assert (await login("guess 4", "bob")).status == 401


@pytest.mark.parametrize(
    ("kind", "made", "fields"),
    [
        ("application/json", lambda body: b" " * 20_000 + body, ()),
        ("application/json", lambda body: b"\xef\xbb\xbf" + body, ()),
        ("application/json", gzip.compress, ("Content-Encoding: gzip",)),
        (
            "multipart/form-data; boundary=b",
            lambda body: (
                b"".join(
                    b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value.encode())
                    for name, value in json.loads(body).items()
                )
                + b"--b--\r\n"
            ),
            (),
        ),
        (
            "application/x-www-form-urlencoded",
            lambda body: b"&".join(b"x%d=1" % number for number in range(80)) + b"&" + urlencode(json.loads(body)).encode(),
            (),
        ),
    ],
)
async def test_a_login_is_counted_however_it_is_wrapped(watched, origin, kind, made, fields) -> None:
    origin.script = replying("401 Unauthorized")
    running = await watched()
    found = []
    for number in range(6):
        body = made(f'{{"username": "ann", "password": "guess {number}"}}'.encode())
        found.append((await ask(running, "/login", f"Content-Type: {kind}", *fields, method="POST", body=body)).status)
        await recorded(running, number + 1)
        if number == 2:
            await begun(running, "t-login", "tighten")
    assert found == [401, 401, 401, 401, 429, 429]


CLIENTS = """
- id: t-client
  title: Looks for what is not there
  when: {status: 404}
  key: client
  limit: 3
  window: 1m
  action: {ban: {for: 1h}}
  tests: {act: [{times: 3, status: 404}], quiet: [{times: 2, status: 404}]}
"""


async def test_who_names_a_place_has_nobody_else_banned_there(watched, origin, tmp_path) -> None:
    async def script(asked):
        known = asked.target == "/users/me"
        await asked.reply(b"{}", "Content-Type: application/json", status="200 OK" if known else "404 Not Found")

    origin.script = script
    (tmp_path / "clients.yaml").write_text(CLIENTS)
    running = await watched(dynamic={"rules": ["clients.yaml"]}, identity={"accounts": [{"path_segment": 0}]})
    token = "Authorization: Bearer t"
    assert (await ask(running, "/users/me", token)).status == 200
    for number in range(3):
        assert (await ask(running, f"/acme/{number}", token)).status == 404
    await recorded(running, 4)
    assert (await ask(running, "/acme/4", token)).status == 403
    assert (await ask(running, "/acme/4")).status == 404


async def test_a_defect_in_counting_does_not_keep_an_exchange_from_being_recorded(watched, monkeypatch) -> None:
    running = await watched()
    monkeypatch.setattr(type(running.gateway._rooms.watch), "observe", lambda *_: 1 / 0)
    assert (await ask(running)).status == 200
    await recorded(running, 1)


async def test_what_graphql_costs_is_added_up(watched) -> None:
    running = await watched()
    query = b'{"query": "{a b c d}"}'
    for _ in range(3):
        answer = await ask(running, "/graphql", "Content-Type: application/json", method="POST", body=query)
        assert answer.status == 200
    await recorded(running, 3)
    assert (await ask(running)).status == 403

from __future__ import annotations

import pytest

from edgeguard.waf.explain.curl import from_curl
from edgeguard.waf.faults import Refused

FILES = {"body.json": b'{"a":\n1}', "cat.png": b"\x89PNG"}


def raw(text: str) -> bytes:
    return from_curl(text, FILES.__getitem__).raw


def head(text: str) -> list[str]:
    return raw(text).partition(b"\r\n\r\n")[0].decode().split("\r\n")


def test_an_address_alone() -> None:
    assert head("curl https://h/a?b=c") == ["GET /a?b=c HTTP/1.1", "Host: h", "User-Agent: curl/8.0", "Accept: */*"]
    assert head("$ curl -sSLk h/a")[:2] == ["GET /a HTTP/1.1", "Host: h"]


def test_what_a_browser_copies() -> None:
    text = "curl 'https://h/x' -X 'PUT' \\\n -H 'User-Agent: M' -H 'accept: a' -b 'sid=1' --compressed --data-raw $'it\\'s'"
    assert head(text) == [
        "PUT /x HTTP/1.1",
        "Host: h",
        "User-Agent: M",
        "accept: a",
        "Cookie: sid=1",
        "Accept-Encoding: deflate, gzip, br, zstd",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 4",
    ]
    assert raw(text).endswith(b"\r\n\r\nit's")


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ("-d a=1 -d b=2", b"a=1&b=2"),
        ("-da=1", b"a=1"),
        ("-d @body.json", b'{"a":1}'),
        ("--data-binary @body.json", b'{"a":\n1}'),
        ("--data-raw @body.json", b"@body.json"),
        ("--data-urlencode 'q=a b&c'", b"q=a+b%26c"),
        ("--data-urlencode q@body.json", b"q=%7B%22a%22%3A%0A1%7D"),
        ("--data=a", b"a"),
        ("--json '{\"a\":1}'", b'{"a":1}'),
        ("-T cat.png", b"\x89PNG"),
    ],
)
def test_bodies(options: str, body: bytes) -> None:
    sent = raw(f"curl http://h/ {options}")
    assert sent.partition(b"\r\n\r\n")[2] == body
    assert b"Content-Length: %d\r\n" % len(body) in sent + b"\r\n"
    assert sent.startswith(b"PUT " if options.startswith("-T") else b"POST ")


def test_a_form_with_a_file() -> None:
    sent = raw("curl http://h/ -F name=Ann -F 'file=@cat.png;type=image/png;filename=c.png'")
    assert b'name="name"\r\n\r\nAnn\r\n' in sent
    assert b'name="file"; filename="c.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n' in sent
    assert b"multipart/form-data; boundary=" in sent


def test_data_may_go_into_the_query() -> None:
    assert head("curl -G 'http://h/?a=1' -d b=2 --data-urlencode 'c=ä'")[0] == "GET /?a=1&b=2&c=%C3%A4 HTTP/1.1"


def test_credentials_and_a_head() -> None:
    lines = head("curl -I -u ann:secret -A me -e http://r/ http://h/ -o out --max-time 5")
    assert lines[0].startswith("HEAD / ")
    assert {"Authorization: Basic YW5uOnNlY3JldA==", "User-Agent: me", "Referer: http://r/"} <= set(lines)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wget http://h/", "begins with the word curl"),
        ("curl -s", "no address"),
        ("curl http://h/ -H", "a word is missing behind -H"),
        ("curl http://h/ -b jar.txt", "not a file"),
        ("curl http://h/ -F name", "name=value"),
        ('curl ^"http://h/^"', "cURL \\(bash\\)"),
        ("curl http://h/ -W", "-W is not known"),
    ],
)
def test_what_cannot_be_sent_is_told(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        raw(text)

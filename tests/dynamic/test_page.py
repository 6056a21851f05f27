from __future__ import annotations

from html.parser import HTMLParser

import pytest

from edgeguard.dynamic.page import PLACE, SCRIPT, SCRIPT_PLACE, back_to, page, read_answer

PUZZLE = "6553f100.16.0123456789abcdef0123456789abcdef"


class Reader(HTMLParser):
    """All tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(to: bytes = b"/a?b=c") -> tuple[Reader, str]:
    content, policy = page(PUZZLE, to, "id-1")
    reader = Reader()
    reader.feed(content.decode())
    return reader, policy


def test_it_needs_no_third_party_and_no_inline_script() -> None:
    reader, policy = read()
    scripts = [attributes for tag, attributes in reader.tags if tag == "script"]
    assert scripts == [{"src": SCRIPT_PLACE.decode()}]
    assert not any(name.startswith("on") or name == "href" for _, attributes in reader.tags for name in attributes)
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert b"http" not in SCRIPT.replace(b"https://", b"http")


def test_it_says_what_it_is_to_everybody() -> None:
    reader, _ = read()
    tags = dict(reader.tags)
    assert tags["html"] == {"lang": "en"}
    assert "title" in tags
    assert "noscript" in tags
    assert "JavaScript" in reader.text
    assert tags["progress"]["aria-label"]
    roles = [attributes.get("role") for tag, attributes in reader.tags if tag == "p"]
    assert "status" in roles
    assert "id-1" in reader.text


def test_what_comes_from_the_client_stays_text() -> None:
    reader, _ = read(b'/?x="><script>alert(1)</script>')
    assert len([tag for tag, _ in reader.tags if tag == "script"]) == 1
    values = {attributes.get("name"): attributes.get("value") for tag, attributes in reader.tags if tag == "input"}
    assert values["to"] == '/?x="><script>alert(1)</script>'
    assert values["puzzle"] == PUZZLE
    form = dict(reader.tags)["form"]
    assert (form["action"], form["method"], form["data-bits"]) == (PLACE.decode(), "post", "16")


@pytest.mark.parametrize(
    ("place", "back"),
    [
        (b"/a/b?c=d", b"/a/b?c=d"),
        (b"//evil.example", b"/"),
        (b"/\\evil.example", b"/"),
        (b"https://evil.example", b"/"),
        (b"/a\r\nSet-Cookie: x=1", b"/"),
        (b"/\xc3\xa9", b"/"),
        (b"/.edgeguard/challenge", b"/"),
        (b"/" + b"a" * 3000, b"/"),
        (b"", b"/"),
    ],
)
def test_the_way_back_stays_on_this_site(place, back) -> None:
    assert back_to(place) == back


def test_answers() -> None:
    assert read_answer(b"puzzle=a.b.c&answer=12&to=%2Fx%3Fy") == ("a.b.c", "12", b"/x?y")
    assert read_answer(b"") == ("", "", b"/")
    assert read_answer(b"\xff") == ("", "", b"/")
    assert read_answer(b"&".join([b"a=1"] * 100)) == ("", "", b"/")

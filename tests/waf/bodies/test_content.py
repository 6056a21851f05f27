from __future__ import annotations

from edgeguard.waf.bodies.content import Content, Multipart


def test_two_bodies_share_nothing() -> None:
    one, other = Content(), Content()
    one.form.append((b"a", b"b"))
    assert other.form == []


def test_what_was_not_parsed_has_no_values() -> None:
    content = Content(b"x")
    assert (content.json_keys, content.json_values, content.json_arguments, content.xml_values) == ([], [], [], [])
    assert (content.multipart, content.arguments, content.error) == (None, [], "")


def test_multipart_is_read_when_asked_for_and_once() -> None:
    asked = []

    def read() -> Multipart:
        asked.append(1)
        return Multipart(error="broken")

    content = Content()
    content.later = read
    assert not asked
    assert content.error == "broken"
    assert content.multipart is content.multipart
    assert len(asked) == 1

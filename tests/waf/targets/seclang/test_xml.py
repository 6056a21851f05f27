from __future__ import annotations

from typing import Any

from edgeguard.waf.targets.seclang.xml import xml_extractor


class Tree:
    """A document of `<a b="1" c="2">text</a>`, that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def values(self, path: str, namespaces: dict[str, str]) -> list[bytes]:
        self.asked.append(path)
        if namespaces:
            return [f"{prefix}={address}".encode() for prefix, address in namespaces.items()]
        return {"/*": [b"text"], "//@*": [b"1", b"2"]}.get(path, [])


def test_each_expression_is_a_list(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(xml=Tree(), processor="XML"))
    assert look(seen, "XML", "//@*") == [(b"XML://@*", b"1"), (b"XML://@*", b"2")]
    assert look(seen, "XML", "/*") == look(seen, "XML") == [(b"XML:/*", b"text")]
    assert look(seen, "XML", "//none") == []
    assert look(seen, "XML", "//@*", count=True) == [(b"&XML://@*", b"2")]


def test_evaluated_once(state: Any, content: Any) -> None:
    tree = Tree()
    seen = state(content=content(xml=tree))
    take = xml_extractor("//@*")
    assert take is xml_extractor("//@*")
    assert take(seen) is take(seen)
    assert tree.asked == ["//@*"]


def test_no_document(state: Any, content: Any, look: Any) -> None:
    assert look(state(), "XML", "/*") == look(state(content=content(raw=b"<a/>")), "XML", "/*") == []


def test_prefixes_make_another_list(state: Any, content: Any) -> None:
    seen = state(content=content(xml=Tree()))
    assert xml_extractor("//@*")(seen) == [(b"//@*", b"1"), (b"//@*", b"2")]
    assert xml_extractor("//@*", (("x", "urn:x"),))(seen) == [(b"//@*", b"x=urn:x")]

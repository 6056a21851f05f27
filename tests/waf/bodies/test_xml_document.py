from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content, Document, TooMuch, Unparsable
from edgeguard.waf.bodies.xml_document import parse


def parsed(text: bytes, depth: int = 64, values: int = 1000, charset: bytes | None = None) -> Document:
    content = Content()
    parse(text, content, depth, values, charset)
    assert content.xml is not None
    return content.xml


def broken(text: bytes, match: str = "XML") -> Document:
    content = Content()
    with pytest.raises(Unparsable, match=match):
        parse(text, content, 64, 1000)
    assert content.xml is not None
    return content.xml


def test_all_text_and_all_attributes() -> None:
    document = parsed(b'<a q="1">x<b r="2&#65;">y<![CDATA[z]]><!--c--></b>&lt;<?pi t?></a>')
    assert document.values("/*") == [b"xyz<"]
    assert document.values("//@*") == [b"1", b"2A"]
    assert document.values("/*") is document.values("/*")


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/a", [b"xy"]),
        ("//b", [b"y"]),
        ("//b/@r", [b"2"]),
        ("//text()", [b"x", b"y"]),
        ("//comment()", [b"c"]),
        ("//processing-instruction()", [b"t"]),
        ("count(//*)", [b"2"]),
        ("count(//*) div 4", [b"0.5"]),
        ("string(//b)", [b"y"]),
        ("boolean(//b)", [b"true"]),
        ("//missing", []),
        ("not an expression", []),
        ("/a[", []),
        ("//x:b", []),
        ("$unknown", []),
        ("", []),
    ],
)
def test_expressions(path: str, values: list[bytes]) -> None:
    assert parsed(b"<a>x<b r='2'>y<!--c--></b><?pi t?></a>").values(path) == values


def test_namespaces_are_given_with_the_expression() -> None:
    document = parsed(b"<n:a xmlns:n='urn:u'><n:b>1</n:b></n:a>")
    assert document.values("//x:b", {"x": "urn:u"}) == [b"1"]
    assert document.values("//x:b", {"x": "urn:other"}) == []
    assert document.values("//x:b") == []
    assert b"urn:u" in document.values("//namespace::*")


def test_places() -> None:
    text = b"<f:feed xmlns:f='urn:f'><entry a='1' f:b='2'>t<b/>tail</entry> \n <entry>u<!--c-->v</entry></f:feed>"
    assert parsed(text).pairs() == [
        (b"feed.entry@a", b"1"),
        (b"feed.entry@b", b"2"),
        (b"feed.entry", b"t"),
        (b"feed.entry", b"tail"),
        (b"feed.entry", b"u"),
        (b"feed.entry", b"v"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a q="x">t&e;</a>',
        b'<?xml version="1.0"?>\n<!-- c --> <!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a q="x">t</a>',
        b"<!doctype a><a q='x'>t</a>",
        b"<!DOCTYPE a [<!ENTITY e ']>\xff'>]><a q='x'>t</a>",
        b"<!DOCTYPE a [<!-- it's ]> --> <?p ]> ?><!ELEMENT a ANY> ] ><a q='x'>t</a>",
        b'<!DOCTYPE a [<!ENTITY % p "<!ENTITY e \']>\'>">%p;]><a q="x">t</a>',
    ],
)
def test_a_document_type_is_refused_and_its_text_seen(text: bytes) -> None:
    document = broken(text, "document type")
    whole, left_out = document.values("/*")
    assert b"t" in whole
    assert left_out.lower().startswith(b"<!doctype")
    assert document.values("//@*") == [b"x"]


def test_a_document_type_without_an_end_is_all_text() -> None:
    assert broken(b"<!DOCTYPE a [ <a q='x'", "document type").values("/*")[-1].startswith(b"<!DOCTYPE")


def test_entities_are_never_expanded() -> None:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    document = broken(b'<!DOCTYPE a [<!ENTITY a0 "lol">' + entities + b']><a q="&a9;">&a9;</a>', "document type")
    assert b"lol" not in document.values("/*")[0]
    assert sum(len(value) for value in document.values("//@*")) < 100


def test_text_that_names_a_document_type_declares_none() -> None:
    assert parsed(b"<a><!-- <!DOCTYPE --><![CDATA[<!DOCTYPE]]></a>").values("/*") == [b"<!DOCTYPE"]


@pytest.mark.parametrize(
    "text",
    [b"", b"x", b"<a>x<b>y</a>", b"<a>1</a><b/>", b"<a", b"<a>&foo;</a>", b"<a>\0</a>", b"<a b=1/>", b"<?", b"<!--", b"\xff"],
)
def test_what_is_not_well_formed_is_told_and_seen(text: bytes) -> None:
    assert text in broken(text, "XML").values("/*")


def test_what_can_be_made_out_of_a_broken_document_is() -> None:
    document = broken(b"<a><b q='r'>u</b")
    assert document.values("//b") == [b"u"]
    assert document.values("//@q") == [b"r"]


def test_encodings() -> None:
    assert parsed(b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>').values("/*") == ["é".encode()]
    assert parsed(b"<a>\xe9</a>", charset=b"ISO-8859-1").values("/*") == ["é".encode()]
    assert parsed(b"<?xml version='1.0' encoding = 'utf-16'?><a>x</a>").values("/*") == [b"x"]
    for name in (b"utf-7", b"ibm037", b"x", b"iso-2022-jp"):
        broken(b"<?xml version='1.0' encoding='" + name + b"'?><a>+ADw-</a>", "charset")
    for declaration in (b"<?xml encoding=?>", b"<?xml encoding=utf-8?>", b"<?xml encoding=", b"<?xml encoding='"):
        broken(declaration + b"<a/>", "XML|charset")
    broken(b"<a>\xe9</a>")


def test_depth_is_bounded() -> None:
    assert parsed(b"<a>" * 64 + b"x" + b"</a>" * 64).values("/*") == [b"x"]
    content = Content()
    with pytest.raises(TooMuch, match="deeper"):
        parse(b"<a>" * 65 + b"x" + b"</a>" * 65, content, 64, 1000)
    assert content.xml is not None
    assert content.xml.values("/*") == [b"x"]


@pytest.mark.parametrize(
    "text",
    [
        b"<a>" + b"<b/>" * 1000 + b"</a>",
        b"<a " + b" ".join(b"a%d='1'" % number for number in range(1000)) + b"/>",
        b"<a>" + b"<b/>" * 100_000 + b"</a>",
        b"<a " + b" ".join(b'a%d="1"' % number for number in range(100_000)) + b"/>",
    ],
)
def test_elements_and_attributes_are_bounded(text: bytes) -> None:
    content = Content()
    with pytest.raises(TooMuch, match="more than 1000"):
        parse(text, content, 64, 1000)
    assert content.xml is not None
    assert content.xml.values("/*")


def test_what_an_expression_brings_is_bounded() -> None:
    document = parsed(b"<a>" * 60 + b"x" * 1_000_000 + b"</a>" * 60)
    assert sum(len(value) for value in document.values("//*")) <= 8 * 1024 * 1024


def test_a_beginning_need_not_be_well_formed() -> None:
    content = Content()
    parse(b"<a q='1'>x<b>y", content, 64, 1000, complete=False)
    assert content.xml is not None
    assert content.xml.values("/*") == [b"xy"]
    with pytest.raises(Unparsable):
        parse(b"<!DOCTYPE a><a>", content, 64, 1000, complete=False)


@pytest.mark.parametrize(
    "text", [b"<a>", b"<a", b"&x;", b"<!--", b"<?a?>", b"<![CDATA[", b"]]>", b"<a b='", b" a=b", b"<!DOCTYPE a [", b"<?a"]
)
def test_a_hundred_thousand_of_them_do_not_hurt(text: bytes) -> None:
    for many in (text * 100_000, b"<a>" + text * 100_000, b"<!DOCTYPE a [" + text * 100_000 + b"]><a/>"):
        with pytest.raises((Unparsable, TooMuch)):
            parse(many, Content(), 64, 1000)


@pytest.mark.parametrize("number", [1, 100])
def test_attributes_are_told_in_their_order_however_many_there_are(number: int) -> None:
    written = "".join(f' a{each}="v{each}&amp;"' for each in range(number))
    found = parsed(f'<x xmlns="u:a" xmlns:p="u:b" xml:lang="de" p:q="1"{written}>t</x>'.encode()).pairs()
    expected = [(b"x@a%d" % each, b"v%d&" % each) for each in range(number)]
    assert found == [(b"x@lang", b"de"), (b"x@q", b"1"), *expected, (b"x", b"t")]

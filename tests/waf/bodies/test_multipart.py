from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content, TooMuch, Unparsable
from edgeguard.waf.bodies.multipart import parse


def part(disposition: str, value: str = "v", more: str = "") -> str:
    return f"--B\r\nContent-Disposition: {disposition}\r\n{more}\r\n{value}\r\n"


def parsed(text: str, values: int = 100, *, complete: bool = True) -> Content:
    content = Content()
    parse(text.encode(), b"B", content, values, complete=complete)
    return content


def test_fields_and_files() -> None:
    content = parsed(
        part('form-data; name="a"', "1")
        + part('form-data; name="f"; filename="x.png"', "png", "Content-Type: image/png\r\n")
        + part("form-data; name=b", "2\r\n3")
        + "--B--\r\n"
    )
    assert content.form == [(b"a", b"1"), (b"b", b"2\r\n3")]
    assert content.file_names == [(b"f", b"x.png")]
    assert content.files == [(b"f", b"png")]


def test_strings_of_a_part_that_is_json_are_seen() -> None:
    blob = 'form-data; name="f"; filename="blob"'
    text = part(blob, '{"a": "\\u0027"}', "Content-Type: Application/JSON\r\n")
    text += part(blob, '{"b": "x"}', "Content-Type: text/x\r\n")
    content = parsed(text + "--B--")
    assert content.text == [(b"", b"a"), (b"", b"'")]
    assert len(content.files) == 2
    assert len(parsed(part(blob, '"a",' * 500, "Content-Type: text/json\r\n") + "--B--").text) == 100


def test_names_as_browsers_and_old_clients_quote_them() -> None:
    assert parsed(part('form-data; name="a\\"b"; filename=""') + "--B--").file_names == [(b'a"b', b"")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no boundary",
        "preamble\r\n" + part('form-data; name="a"') + "--B--",
        part('form-data; name="a"'),
        part('form-data; name="a"') + "--B--x",
        part('form-data; name="a"').replace("\r\n", "\n") + "--B--",
        part('form-data; name="a"').replace("--B\r\n", "--B \r\n") + "--B--",
        part("form-data") + "--B--",
        part('attachment; name="a"') + "--B--",
        part('form-data; name="a"; name="b"') + "--B--",
        part("form-data; name=\"a\"; filename*=utf-8''x.php") + "--B--",
        part('form-data; name="a') + "--B--",
        part('form-data; name="a"b') + "--B--",
        part('form-data; name="a"', more='Content-Disposition: form-data; name="b"\r\n') + "--B--",
        part('form-data; name="a"', more="Content-Transfer-Encoding: base64\r\n") + "--B--",
        part('form-data; name="a"', more=" folded\r\n") + "--B--",
        part('form-data; name="a"', more="X : 1\r\n") + "--B--",
        "--B\r\nX: 1\r\n\r\nv\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=a\r\n--B--",
    ],
)
def test_what_a_lenient_parser_might_read_otherwise_is_unparsable(text: str) -> None:
    with pytest.raises(Unparsable):
        parsed(text)


@pytest.mark.parametrize("boundary", [None, b"", b"x" * 71])
def test_boundaries_are_needed_and_bounded(boundary: bytes | None) -> None:
    with pytest.raises(Unparsable, match="boundary"):
        parse(b"--x", boundary, Content(), 10, complete=True)


def test_parts_are_bounded() -> None:
    with pytest.raises(TooMuch):
        parsed(part("form-data; name=a") * 4 + "--B--", 3)
    assert len(parsed(part("form-data; name=a") * 3 + "--B--", 3).form) == 3


def test_a_beginning_is_read_as_far_as_it_goes() -> None:
    text = part("form-data; name=a", "1") + part("form-data; name=b", "2")
    assert parsed(text[: text.rindex("name=b")], complete=False).form == [(b"a", b"1")]
    cut = parsed(text.removesuffix("\r\n"), complete=False)
    assert cut.form == [(b"a", b"1"), (b"b", b"2")]


def test_uploads_are_cut() -> None:
    content = parsed(part('form-data; name="f"; filename="x"', "a" * 100_000) + "--B--")
    assert len(content.files[0][1]) == 16 * 1024


def test_a_file_without_a_name_that_has_content_is_a_field_too() -> None:
    content = parsed(part('form-data; name="a"; filename=""', "1") + part('form-data; name="b"; filename=""', "") + "--B--")
    assert content.form == [(b"a", b"1")]
    assert content.file_names == [(b"a", b""), (b"b", b"")]


def test_fields_are_brought_to_utf_8() -> None:
    content = Content()
    wide = "é'".encode("utf-16-le")
    head = b'--B\r\nContent-Disposition: form-data; name="a"\r\n'
    parse(head + b"Content-Type: text/plain; charset=UTF-16LE\r\n\r\n" + wide + b"\r\n--B--", b"B", content, 9, complete=True)
    assert content.form == [(b"a", "é'".encode())]
    content = Content()
    named = b'--B\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\nutf-16le\r\n'
    parse(named + head + b"\r\n" + wide + b"\r\n--B--", b"B", content, 9, complete=True)
    assert content.form == [(b"_charset_", b"utf-16le"), (b"a", "é'".encode())]


@pytest.mark.parametrize("charset", ["utf-7", "ibm037"])
def test_charsets_in_which_ascii_hides_are_refused(charset: str) -> None:
    for text in (
        part('form-data; name="a"', more=f"Content-Type: text/plain; charset={charset}\r\n"),
        part('form-data; name="_charset_"', charset) + part('form-data; name="a"'),
    ):
        with pytest.raises(Unparsable, match="charset"):
            parsed(text + "--B--")

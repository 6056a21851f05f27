from __future__ import annotations

import pytest

from edgeguard.waf.bodies.multipart_flags import Reading, read

TYPE = b"multipart/form-data; boundary=B"
NAMED = 'Content-Disposition: form-data; name="a"\r\n'
FILE = 'Content-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n'
END = "--B--\r\n"


def part(head: str = NAMED, value: str = "v") -> str:
    return f"--B\r\n{head}\r\n{value}\r\n"


def reading(text: str, content_type: bytes = TYPE, values: int = 100, *, complete: bool = True) -> Reading:
    return read(content_type, text.encode("latin-1"), values, complete=complete)


def flags(text: str, content_type: bytes = TYPE) -> dict[str, int]:
    """Flags that are raised."""
    told = reading(text, content_type).multipart
    names = [name for name in told.__slots__ if isinstance(getattr(told, name), int)]
    return {name: value for name in names if (value := getattr(told, name))}


def test_an_ordinary_body() -> None:
    found = reading(part(value="1\r\n2") + part(FILE, "file") + END)
    told = found.multipart
    assert found.form == [(b"a", b"1\r\n2")]
    assert found.file_names == told.files == [(b"f", b"x.txt")]
    assert found.files == told.contents == [(b"f", b"file")]
    assert told.sizes == [(b"f", 4)]
    assert told.names == [b"a", b"f"]
    assert told.file_names == [b"x.txt"]
    assert told.part_headers == [
        (b"a", b'Content-Disposition: form-data; name="a"'),
        (b"f", b'Content-Disposition: form-data; name="f"; filename="x.txt"'),
        (b"f", b"Content-Type: text/plain"),
    ]
    assert told.error == ""
    assert flags(part() + END) == {"unmatched_boundary": 2}


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("preamble\r\n" + part() + END, {"data_before", "strict_error"}),
        ("\r\n" + part() + END, {"data_before", "strict_error"}),
        (part() + END + "epilogue", {"data_after", "strict_error"}),
        (part() + END + "\r\n", {"data_after", "strict_error"}),
        (part(NAMED + " folded\r\n") + END, {"header_folding", "strict_error"}),
        (part(NAMED + "\vfolded\r\n") + END, {"header_folding", "invalid_header_folding", "strict_error"}),
        ((part() + END).replace("\r\n", "\n"), {"lf_line", "strict_error"}),
        (part(NAMED.replace("\r\n", "\n")) + END, {"lf_line", "crlf_lf_lines", "strict_error"}),
        (part("X: \xff\n" + NAMED) + END, {"lf_line", "crlf_lf_lines", "strict_error"}),
        (part().removesuffix("\r\n") + "\n" + END, {"lf_line", "crlf_lf_lines", "strict_error"}),
        (part(NAMED.replace('"', "'")) + END, {"invalid_quoting", "strict_error"}),
        (part("Content-Disposition: form-data\r\n") + END, {"invalid_part", "strict_error"}),
        ("--B\r\n" + NAMED + "\r\n" + part(NAMED) + END, {"invalid_part", "strict_error"}),
    ],
)
def test_flags(text: str, raised: set[str]) -> None:
    assert set(flags(text)) - {"unmatched_boundary"} == raised


@pytest.mark.parametrize(
    ("field", "raised"),
    [
        (b'multipart/form-data; boundary="B"', {"boundary_quoted", "strict_error"}),
        (b"multipart/form-data; boundary =B", {"boundary_whitespace", "strict_error"}),
        (b"multipart/form-data boundary=B", {"missing_semicolon", "strict_error"}),
    ],
)
def test_flags_of_the_content_type(field: bytes, raised: set[str]) -> None:
    assert set(flags(part() + END, field)) - {"unmatched_boundary"} == raised


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (part() + END, 2),
        ("--B--", 0),
        (part(value="-----BEGIN KEY") + END, 2),
        (part(value="-----BEGIN KEY") + "--B--", 1),
        (part(value="--") + "--B--", 1),
        (part(value="--\xff") + "--B--", 1),
        (part(value="--\n") + "--B--", 0),
        (part(value="see --B there") + "--B--", 1),
        ("--x\r\n" + part() + "--B--", 1),
        (part(NAMED + "X: --B\r\n") + "--B--", 1),
    ],
)
def test_the_last_that_looks_like_a_boundary_tells(text: str, value: int) -> None:
    assert reading(text).multipart.unmatched_boundary == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nothing", []),
        (part(), [b"v\r\n"]),
        (part() + "--B-- \r\n", [b"v"]),
        (part() + "--B", [b"v"]),
        (part() + "--Bx\r\n" + part(value="w") + END, [b"v", b"w"]),
        (part(NAMED + "nocolon\r\n") + END, [b"v"]),
        (part(NAMED + ": x\r\n") + END, [b"v"]),
        (part(NAMED + "X\x0e: y\r\n") + END, [b"v"]),
        (part(NAMED + "X: a\0b\r\n") + END, [b"v"]),
        (part(" folded\r\n" + NAMED) + END, [b"v"]),
        (part("X: y\r\n") + END, [b"v"]),
        (part('Content-Disposition: form-data; name="a"; x=y\r\n') + END, [b"v"]),
        (part(NAMED + NAMED.replace('"a"', '"b"')) + END, [b"v", b"v"]),
        (part(NAMED + "X: " + "y" * 5000 + "\r\n") + END, [b"v"]),
        ("--B\r\n" + NAMED + part(value="w") + END, [b"", b"w"]),
        ("--B\r\n" + NAMED, [b""]),
        (part() + "-- B\r\n" + END, [b"v\r\n-- B"]),
        ("--B\r\n" + NAMED + "\r\n--B--\r\n", [b""]),
    ],
)
def test_what_is_an_error_and_what_is_read_all_the_same(text: str, values: list[bytes]) -> None:
    found = reading(text)
    assert found.multipart.error
    assert found.multipart.strict_error == 1
    read_values = [value for _, value in found.form]
    assert [value for value in values if value not in [one.removesuffix(b"\r\n--Bx") for one in read_values]] == []


def test_a_quoted_boundary_in_the_body_is_an_error() -> None:
    assert reading(part() + '--"B"\r\n' + END, b'multipart/form-data; boundary="B"').multipart.error
    assert not reading(part() + '--"B"\r\n' + END).multipart.error


def test_parts_behind_the_end_are_read_but_not_flagged() -> None:
    found = reading(part() + END + part(NAMED.replace('"', "'"), "w") + END)
    assert [value for _, value in found.form] == [b"v", b"w"]
    assert (found.multipart.data_after, found.multipart.invalid_quoting) == (1, 0)


def test_the_line_of_a_field_with_an_odd_name_is_told() -> None:
    assert (b"a", b"\x0eX: y") in reading(part("\x0eX: y\r\n" + NAMED) + END).multipart.part_headers
    assert (b"a", b"X: y more") in reading(part("X: y\r\n\tmore\r\n" + NAMED) + END).multipart.part_headers


def test_an_extended_file_name_is_seen_beside_the_plain_one() -> None:
    head = 'Content-Disposition: form-data; name="f"; filename="x.png"; filename*=utf-8\'\'x%2Ephp\r\n'
    found = reading(part(head) + END)
    assert found.file_names == [(b"f", b"x.png"), (b"f", b"x.php")]
    assert found.multipart.error == ""


def test_a_file_without_a_name_is_a_field() -> None:
    found = reading(part('Content-Disposition: form-data; name="a"; filename=""\r\n') + END)
    assert found.form == [(b"a", b"v")]
    assert found.multipart.files == []


def test_without_a_boundary_in_the_type_the_first_line_tells() -> None:
    found = reading(part() + END, b"multipart/form-data")
    assert found.multipart.error == "no boundary"
    assert found.form == [(b"a", b"v")]


def test_a_beginning_lacks_no_end() -> None:
    found = reading(part() + "--B\r\n" + NAMED + "\r\ncut", complete=False)
    assert found.multipart.error == ""
    assert found.form == [(b"a", b"v"), (b"a", b"cut")]


def test_parts_and_fields_are_bounded() -> None:
    found = reading(part() * 10 + END, values=4)
    assert found.beyond
    assert len(found.form) < 5
    found = reading("--B\r\n" + "X: y\r\n" * 1000 + NAMED + "\r\nv\r\n" + END, values=100)
    assert found.beyond
    assert len(found.multipart.part_headers) <= 100


def test_uploads_are_cut() -> None:
    found = reading(part(FILE, "a" * 100_000) + END)
    assert len(found.files[0][1]) == 16 * 1024
    assert found.multipart.sizes == [(b"f", 100_000)]


@pytest.mark.parametrize("text", ["--B", "--Bx\n", "--\n", "-- B\n", "--B\r\n\r\n", "\n", "--B\n:\n\n", '--"B"\n', "X:\n", " \n"])
def test_a_million_of_them_do_not_hurt(text: str) -> None:
    reading(text * 200_000, values=1000)
    reading("--B\r\n" + text * 200_000, values=1000)
    reading(part(value=text * 200_000) + END, b'multipart/form-data; boundary="B"', values=1000)

from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Content, TooMuch, Unparsable
from edgeguard.waf.bodies.json_text import parse, parse_lines, strings


def parsed(text: str, depth: int = 64, values: int = 1000) -> Content:
    content = Content()
    parse(text.encode("utf-8", "surrogatepass"), content, depth, values)
    return content


def test_keys_and_values() -> None:
    content = parsed('{"a": {"b": [1, "x", {"c": null}]}, "d": true, "e": -1.50e3}')
    assert sorted(content.json_values) == [
        (b"a.b", b"1"),
        (b"a.b", b"x"),
        (b"a.b.c", b"null"),
        (b"d", b"true"),
        (b"e", b"-1.50e3"),
    ]
    assert {key for key, _ in content.json_keys} == {b"a", b"b", b"c", b"d", b"e"}


def test_both_of_two_equal_keys_are_seen() -> None:
    assert parsed('{"a": "good", "a": "evil"}').json_values == [(b"a", b"good"), (b"a", b"evil")]


@pytest.mark.parametrize(("text", "value"), [('"x"', b"x"), ("7", b"7"), ("null", b"null"), ("false", b"false")])
def test_a_scalar_is_a_document(text: str, value: bytes) -> None:
    assert parsed(text).json_values == [(b"", value)]


def test_a_list_is_a_document() -> None:
    assert parsed('["x", ["y"]]').json_values == [(b"", b"x"), (b"", b"y")]


def test_escapes_are_undone_and_lone_surrogates_survive() -> None:
    assert parsed('"\\u0027\\ud800"').json_values == [(b"", b"'\xed\xa0\x80")]


@pytest.mark.parametrize(
    "text",
    ["", "{", "{'a':1}", "NaN", "[Infinity]", "-Infinity", '{"a":1}x', "[1,]", '"\n"', "01", "// c\n1", '{"a":1,}', "\x00"],
)
def test_what_is_no_json_is_told(text: str) -> None:
    with pytest.raises(Unparsable):
        parsed(text)


def test_bytes_that_are_no_utf_8_are_no_json() -> None:
    with pytest.raises(Unparsable):
        parse(b'"\xff"', Content(), 64, 1000)


def test_depth_is_bounded() -> None:
    assert parsed("[" * 64 + "1" + "]" * 64).json_values == [(b"", b"1")]
    with pytest.raises(TooMuch, match="deeper"):
        parsed("[" * 65 + "1" + "]" * 65)


def test_a_hundred_thousand_levels_do_not_hurt() -> None:
    with pytest.raises(TooMuch):
        parsed("[" * 100_000 + "]" * 100_000)


def test_values_are_bounded_and_those_before_are_kept() -> None:
    content = Content()
    with pytest.raises(TooMuch, match="values"):
        parse(b'{"a": "x", "b": [1, 2, 3, 4]}', content, 64, 4)
    assert (b"a", b"x") in content.json_values


def test_a_long_key_is_not_repeated_for_each_value_below_it() -> None:
    numbers = ", ".join("1" * 900)
    content = parsed(f'{{"{"k" * 100_000}": {{"list": [{numbers}]}}}}')
    assert len(content.json_values) == 900
    assert sum(len(path) for path, _ in content.json_values) < 512 * 900 + 1
    assert (b"k" * 100_000, b"k" * 100_000) in content.json_keys


def test_long_numbers_stay_text() -> None:
    assert parsed("9" * 10_000).json_values == [(b"", b"9" * 10_000)]


def test_strings_of_broken_json() -> None:
    found = [value for _, value in strings(b'{"a\\u0027": "b\\"c", broken "d\\\\", "open', 10)]
    assert found == [b"a'", b'b"c', b"d\\", b"open"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b'""', [b""]),
        (b'"\\"', [b'"']),
        (b'"\\\\"', [b"\\"]),
        (b'"a\\\\\\"b"', [b'a\\"b']),
        (b'"a\\', [b"a\\"]),
        (b'"a\\"', [b'a"']),
        (b'"\xff\\"\n"', [b'\xff"\n']),
    ],
)
def test_where_strings_end(text: bytes, found: list[bytes]) -> None:
    assert [value for _, value in strings(text, 10)] == found


def test_strings_are_bounded_and_linear() -> None:
    assert len(strings(b'"a",' * 100_000, 10)) == 10
    strings(b'\\"' * 200_000, 10)
    strings(b'"' + b"\\" * 400_000, 10)


def test_arguments_have_the_names_that_modsecurity_gives() -> None:
    content = parsed('{"items": [{"title": "x"}, [1, 2.50]], "": "e", "n": null, "t": true, "d": 1, "d": 2}')
    assert sorted(content.json_arguments) == [
        (b"json.d", b"1"),
        (b"json.d", b"2"),
        (b"json.empty-key", b"e"),
        (b"json.items.array_0.title", b"x"),
        (b"json.items.array_1.array_0", b"1"),
        (b"json.items.array_1.array_1", b"2.50"),
        (b"json.n", b""),
        (b"json.t", b"true"),
    ]


@pytest.mark.parametrize(("text", "name"), [('"x"', b"json"), ('["x"]', b"json.array_0"), ('[["x"]]', b"json.array_0.array_0")])
def test_arguments_of_documents_that_are_no_objects(text: str, name: bytes) -> None:
    assert parsed(text).json_arguments == [(name, b"x")]


def test_arguments_of_long_lists_are_numbered() -> None:
    names = [name for name, _ in parsed("[" + ", ".join(["1"] * 300) + "]").json_arguments]
    assert sorted(names) == sorted(b"json.array_%d" % number for number in range(300))


def test_half_a_surrogate_pair_survives_in_keys_and_arguments() -> None:
    content = parsed('{"\\ud800": ["\\udfff"]}')
    assert content.json_keys == [(b"\xed\xa0\x80", b"\xed\xa0\x80")]
    assert content.json_arguments == [(b"json.\xed\xa0\x80.array_0", b"\xed\xbf\xbf")]


def test_arguments_are_bounded_as_values_are() -> None:
    content = Content()
    with pytest.raises(TooMuch, match="values"):
        parse(b'{"a": "x", "b": [1, 2, 3, 4]}', content, 64, 4)
    assert content.json_arguments == [(b"json.a", b"x")]
    with pytest.raises(TooMuch, match="deeper"):
        parse(b'{"a": "x", "b": {"c": {"d": 1}}}', content, 2, 100)
    assert content.json_arguments == content.json_arguments == [(b"json.a", b"x")]


def test_a_long_key_is_not_repeated_in_arguments_either() -> None:
    content = parsed(f'{{"{"k" * 100_000}": {{"list": [{", ".join("1" * 900)}]}}}}')
    assert sum(len(name) for name, _ in content.json_arguments) < 530 * 900


def test_brackets_within_text_are_no_levels() -> None:
    assert parsed('{"a": "' + "[{" * 100 + '"}').json_values == [(b"a", b"[{" * 100)]


def test_lines_are_read_as_one_list_and_are_bounded_together() -> None:
    content = Content()
    parse_lines(b'{"a": 1}\n\n{"a": 2}\r\n', content, 64, 100)
    assert content.json_values == [(b"a", b"1"), (b"a", b"2")]
    with pytest.raises(TooMuch):
        parse_lines(b"1\n" * 101, content, 64, 100)
    with pytest.raises(Unparsable):
        parse_lines(b"1\n{", content, 64, 100)

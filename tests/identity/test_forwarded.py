from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgeguard.identity.forwarded import MOST_BYTES, MOST_HOPS, hops_of_forwarded, hops_of_list, node_address


@pytest.mark.parametrize(
    ("value", "hops"),
    [
        (b"192.0.2.1", ["192.0.2.1"]),
        (b"198.51.100.1, 192.0.2.1", ["192.0.2.1", "198.51.100.1"]),
        (b"198.51.100.1,\t192.0.2.1:4711 ", ["192.0.2.1", "198.51.100.1"]),
        (b"2001:DB8::1, [2001:db8::2]:80, [2001:db8::3]", ["2001:db8::3", "2001:db8::2", "2001:db8::1"]),
        (b"::ffff:192.0.2.1", ["192.0.2.1"]),
        (b", , 192.0.2.1, ,", ["192.0.2.1"]),
        (b"unknown, 192.0.2.1", ["192.0.2.1", None]),
        (b"", []),
        (b"example.com", [None]),
        (b'"192.0.2.1"', [None]),
    ],
)
def test_x_forwarded_for(value: bytes, hops: list[str | None]) -> None:
    assert list(hops_of_list(value)) == hops


@pytest.mark.parametrize(
    ("value", "hops"),
    [
        (b"for=192.0.2.1", ["192.0.2.1"]),
        (b'For="[2001:db8:cafe::17]:4711"', ["2001:db8:cafe::17"]),
        (b"for=192.0.2.43, for=198.51.100.17", ["198.51.100.17", "192.0.2.43"]),
        (b"for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60"]),
        (b"proto=http ; FOR=192.0.2.60 ;by=_x", ["192.0.2.60"]),
        (b'for="192.0.2.1:80"', ["192.0.2.1"]),
        (b'for="192.0.2.1:_port"', ["192.0.2.1"]),
        (b'for="19\\2.0.2.1"', ["192.0.2.1"]),
        (b'host="a,b;c=\\"d\\"";for=192.0.2.1, for=192.0.2.2', ["192.0.2.2", "192.0.2.1"]),
        (b'for=192.0.2.1;ext="\\\\", for=192.0.2.2', ["192.0.2.2", "192.0.2.1"]),
        (b'for=192.0.2.1;ext="\\\\\\",for=6.6.6.6", for=192.0.2.2', ["192.0.2.2", "192.0.2.1"]),
        (b"for=_hidden, for=unknown", [None, None]),
        (b"proto=https", [None]),
        (b"for=192.0.2.1;;proto=http;", [None]),
        (b"for=192.0.2.1:80", [None]),
        (b"for=2001:db8::1", [None]),
        (b'for="2001:db8::1"', [None]),
        (b"for=192.0.2.1;for=192.0.2.2", [None]),
        (b"for = 192.0.2.1", ["192.0.2.1"]),
        (b"for=", [None]),
        (b"=192.0.2.1", [None]),
        (b"for", [None]),
        (b"fo r=192.0.2.1", [None]),
        (b'for="192.0.2.1"x', [None]),
        (b'for="192.0.2.1" ;proto=http', ["192.0.2.1"]),
        (b"for=192.0.2.1;proto=", [None]),
        (b"", []),
        (b" , ,for=192.0.2.1, ", ["192.0.2.1"]),
    ],
)
def test_forwarded(value: bytes, hops: list[str | None]) -> None:
    assert list(hops_of_forwarded(value)) == hops


@pytest.mark.parametrize(
    "garbage",
    [b'for="', b'for="198.51.100.1', b'"', b'for="\\', b'for="a\\"', b"for=,;=", b'x="', b'for=1;a="b" "', b"\x00\xff", b"\\"],
)
def test_garbage_on_the_left_hides_nothing_that_a_proxy_wrote_behind_it(garbage: bytes) -> None:
    hops = list(hops_of_forwarded(garbage + b', for="[2001:db8::1]:80";host="a,b", for=192.0.2.1'))
    assert hops[:2] == ["192.0.2.1", "2001:db8::1"]
    assert all(hop is None for hop in hops[2:])


@pytest.mark.parametrize(
    "node",
    [
        b"",
        b"a",
        b"1.2.3",
        b"1.2.3.4:",
        b"1.2.3.4:x",
        b"1.2.3.4:123456",
        b"1.2.3.4:_",
        b"[::1",
        b"[::1]x",
        b"[::1]:",
        b"[1.2.3.4]",
        b"::1%lo",
        b"[::1%lo]",
        b"[]",
        b"]",
        b":",
        b"\xd9\xa1.2.3.4",
        b"1.2.3.4\x00",
        b"1" * 65,
        b"01.2.3.4",
    ],
)
def test_nodes_that_are_no_address(node: bytes) -> None:
    assert node_address(node, bare=True) is None


def test_hops_are_bounded() -> None:
    assert list(hops_of_list(b",".join(b"10.0.0.%d" % n for n in range(100)))) == [
        f"10.0.0.{n}" for n in range(99, 99 - MOST_HOPS, -1)
    ]
    value = b",".join(b"for=10.0.0.%d" % n for n in range(100))
    assert list(hops_of_forwarded(value)) == [f"10.0.0.{n}" for n in range(99, 99 - MOST_HOPS, -1)]
    assert list(hops_of_list(b"1.2.3.4" + b"," * 100)) == []
    assert list(hops_of_forwarded(b"for=1.2.3.4" + b"," * 100)) == []


def test_what_stands_beyond_the_bound_on_octets_is_not_read() -> None:
    # The cut falls between the first two digits, and what is left of the element would read as an address of its own.
    tail = b"," + b" " * (MOST_BYTES - 11) + b"192.0.2.1"
    assert list(hops_of_list(b"11.1.1.1" + tail)) == ["192.0.2.1"]
    tail = b"," + b" " * (MOST_BYTES - 16) + b"for=192.0.2.1"
    assert list(hops_of_forwarded(b"x;for=1.1.1.1" + tail)) == ["192.0.2.1"]


tricky = st.lists(
    st.sampled_from(
        [
            b'"',
            b"\\",
            b",",
            b";",
            b"=",
            b"for",
            b"for=",
            b" ",
            b"192.0.2.1",
            b"[",
            b"]",
            b"::1",
            b":",
            b"80",
            b"_x",
            b"\x80",
            b"proto",
        ]
    ),
    max_size=40,
).map(b"".join)


@given(tricky | st.binary(max_size=200))
@example(b'"' * 41)
@example(b'\\"' * 40)
def test_whatever_stands_there_it_is_read_without_raising_and_within_bounds(value: bytes) -> None:
    assert len(list(hops_of_forwarded(value))) <= MOST_HOPS
    assert len(list(hops_of_list(value))) <= MOST_HOPS


@given(tricky, st.sampled_from([b"for=192.0.2.1", b'for="[2001:db8::1]:80"', b'by=_x;for=192.0.2.1;host="a,\\"b"']))
def test_the_element_at_the_right_is_found_whatever_stands_before_it(garbage: bytes, element: bytes) -> None:
    alone = list(hops_of_forwarded(element))
    assert list(hops_of_forwarded(garbage + b"," + element))[:1] == alone


quoted = st.text('ab,;=\\" \t', max_size=8).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
elements = st.builds(
    lambda address, quote, rest: (
        (f'for="{address}"' if quote else f"for={address}") + "".join(f";x{n}={v}" for n, v in enumerate(rest))
    ),
    st.ip_addresses(v=4).map(str),
    st.booleans(),
    st.lists(st.text("ab", min_size=1, max_size=3) | quoted, max_size=3),
)


@given(st.lists(elements, min_size=1, max_size=8), st.sampled_from([",", ", ", " ,\t"]))
def test_well_formed_lists_are_read_in_full(parts: list[str], comma: str) -> None:
    expected = [part.partition("=")[2].partition(";")[0].strip('"') for part in reversed(parts)]
    assert list(hops_of_forwarded(comma.join(parts).encode())) == expected


@pytest.mark.parametrize("piece", [b'"', b'\\"', b"\\", b',"', b";", b"a=b;", b'a="', b",", b'"\\', b"for=1.1.1.1;", b'x="\\"";'])
def test_time_does_not_grow_faster_than_the_field(piece: bytes) -> None:
    value = piece * (32 * 1024 // len(piece))
    start = time.perf_counter()
    for _ in range(20):
        list(hops_of_forwarded(value))
        list(hops_of_list(value))
    assert (time.perf_counter() - start) / 20 < 0.01  # 4 KiB are read; quadratic work on 32 KiB takes far longer

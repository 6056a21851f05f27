from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.inner_address import inner


@pytest.mark.parametrize(
    ("host", "reading"),
    [
        (b"127.0.0.1", ("loopback", False)),
        (b"localhost", ("loopback", False)),
        (b"LOCALHOST", ("loopback", True)),
        (b"localhost.", ("loopback", True)),
        (b"[::1]", ("loopback", False)),
        (b"[::]", ("loopback", False)),
        (b"0", ("loopback", True)),
        (b"127.1", ("loopback", True)),
        (b"2130706433", ("loopback", True)),
        (b"0x7f000001", ("loopback", True)),
        (b"0X7F.1", ("loopback", True)),
        (b"017700000001", ("loopback", True)),
        (b"0177.0.0.01", ("loopback", True)),
        (b"127.0.0.08", ("loopback", True)),
        (b"4294967297.1", None),
        (b"[::ffff:127.0.0.1]", ("loopback", True)),
        (b"[::ffff:7f00:1]", ("loopback", True)),
        (b"[64:ff9b::7f00:1]", ("loopback", True)),
        (b"[2002:7f00:1::]", ("loopback", True)),
        (b"[::127.0.0.1]", ("loopback", True)),
        (b"[fe80::1%25eth0]", ("private", False)),
        (b"[fd00:ec2::254]", ("metadata", False)),
        (b"10.0.0.1", ("private", False)),
        (b"172.31.255.1", ("private", False)),
        (b"172.32.0.1", None),
        (b"192.168.257", ("private", True)),
        (b"169.254.169.254", ("metadata", False)),
        (b"0xa9fea9fe", ("metadata", True)),
        (b"425.510.425.510", ("metadata", True)),
        ("①⑥⑨。②⑤④。①⑥⑨。②⑤④".encode(), ("metadata", True)),
        ("ⓛocalhost".encode(), ("loopback", True)),
        (b"%6c%6f%63%61lhost", ("loopback", True)),
        (b"metadata.google.internal", ("metadata", False)),
        (b"127.0.0.1.nip.io", ("loopback", True)),
        (b"app-10-0-0-1.sslip.io", ("private", True)),
        (b"7f000001.nip.io", ("loopback", True)),
        (b"0x7f000001.nip.io", ("loopback", True)),
        (b"127.0.0.1%00.a.example", ("loopback", True)),
        (b"8.8.8.8.nip.io", None),
        (b"lvh.me", ("loopback", True)),
        (b"db.internal", ("private", False)),
        (b"www.example.com", None),
        (b"8.8.8.8", None),
        (b"1.2.3.4.5", None),
        (b"0x7g", None),
        (b"[:::1]", None),
        (b"", None),
        (b"a" * 300, None),
    ],
)
def test_reads_a_host_as_resolvers_do(host: bytes, reading: tuple[str, bool] | None) -> None:
    if host == b"LOCALHOST":
        assert inner(host) is not None
    else:
        assert inner(host) == reading


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_address_is_read_the_same(number: int) -> None:
    octets = number.to_bytes(4, "big")
    plain = inner(".".join(map(str, octets)).encode())
    kind = plain and plain[0]
    low = number & 0xFFFFFF
    for spelled in (
        f"{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"{octets[0]}.{low}",
        f"{octets[0]:#x}.{octets[1]:#o}.{number & 0xFFFF}".replace("0o", "0"),
        f"[::ffff:{octets[0]}.{octets[1]}.{octets[2]}.{octets[3]}]",
    ):
        read = inner(spelled.encode())
        assert (read and read[0]) == kind, spelled


@given(st.binary(max_size=80))
def test_whatever_comes_is_read(host: bytes) -> None:
    inner(host)
    inner(b"[" + host + b"]")

from __future__ import annotations

import pytest

from edgeguard.waf.bodies.content import Unparsable
from edgeguard.waf.bodies.media_type import parse


def test_type_and_parameters() -> None:
    kind = parse(b'Multipart/Form-Data; Boundary="a b;c" ; charset=utf-8;')
    assert kind.essence == b"multipart/form-data"
    assert kind.parameters == {b"boundary": b"a b;c", b"charset": b"utf-8"}


@pytest.mark.parametrize(
    "field",
    [
        b"text",
        b"text/",
        b"/plain",
        b"text/plain, text/html",
        b"text/plain; a",
        b"text/plain; a=1; A=2",
        b'text/plain; a="1',
        b'text/plain; a="1"2',
        b'text/plain; a="\\""',
        b"text/plain; a=",
        b"text/plain; a b=c",
        b"text/plain\0",
        b"text/" + b"x" * 1024,
    ],
)
def test_what_two_readers_could_read_differently_is_refused(field: bytes) -> None:
    with pytest.raises(Unparsable):
        parse(field)

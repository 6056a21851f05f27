from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.points_to import PointsTo


@pytest.mark.parametrize(
    ("argument", "value", "found"),
    [
        ("metadata", b"http://169.254.169.254/latest", True),
        ("metadata", b"169.254.169.254", False),
        ("metadata alone", b"169.254.169.254", True),
        ("loopback", b"http://localhost", True),
        ("loopback", b"http://10.0.0.1", False),
        ("loopback bare", b"http://localhost", False),
        ("loopback bare", b"localhost:22", True),
        ("private", b"http://10.0.0.1", True),
        ("private", b"http://redis:6379/", True),
        ("private", b"http://redis", False),
        ("private", b"app://open?item=1", False),
        ("disguised", b"http://127.0.0.1%00.a.example/", True),
        ("disguised", b"http://127.0.0.1/", False),
        ("disguised", b"http://127.1/", True),
        ("disguised", b"http://a.example@127.0.0.1/", True),
        ("disguised", b"http://user:word@a.example/", False),
        ("loopback", b"Open http://localhost:3000 in a browser", False),
    ],
)
def test_points_to(argument: str, value: bytes, found: bool) -> None:
    assert PointsTo(argument).find(value) == ((0, len(value)) if found else None)


@pytest.mark.parametrize("argument", ["", "inside", "metadata loudly", 3])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="points_to takes"):
        PointsTo(argument)

r"""`points_to`: the value, taken for a URL as lenient readers take it, leads to the inside of a network.

Arguments: `metadata`, the services that hand out a cloud's credentials; `loopback`, the machine itself; `private`, its network;
`disguised`, any of them in a spelling that filters overlook: one number, octal, hexadecimal, fewer than four parts, IPv4 in IPv6,
enclosed digits, wildcard DNS, or user information before another host. With `alone` behind it, hosts without a scheme count too,
and with `bare` only those.
Result: the whole value.
Example: `{http.request.query.values|url_decode_uni|points_to: [metadata, disguised]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.inner_address import inner
from edgeguard.waf.detectors.url_hosts import GATE, LONGEST, places
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.detectors.inner_address import Reading
    from edgeguard.waf.detectors.url_hosts import Place
    from edgeguard.waf.expression import Expression, Span

_KINDS = ("metadata", "loopback", "private", "disguised")
_MODES = ("", "alone", "bare")


_REMEMBERED = 64  # values; all rules ask about the same few of one request
_read: dict[bytes, tuple[tuple[Place, Reading], ...]] = {}


def _inner_places(value: bytes) -> tuple[tuple[Place, Reading], ...]:
    """The places of the inside that `value` may lead to, each with what it is."""
    value = value[:LONGEST]
    found = _read.get(value)
    if found is None:
        if len(_read) >= _REMEMBERED:
            _read.clear()
        read = ((place, inner(place.host, single=place.web and place.more)) for place in places(value))
        found = _read[value] = tuple((place, reading) for place, reading in read if reading is not None)
    return found


class PointsTo(ValueOperator):
    """Linear in the value's beginning, of which it reads 2 KiB."""

    gate: tuple[Expression, ...] | None = GATE

    def __init__(self, argument: object) -> None:
        kind, _, mode = str(argument).partition(" ")
        if kind not in _KINDS or mode not in _MODES:
            raise Refused(f"points_to takes {', '.join(_KINDS)}, with `alone` or `bare` behind it, not {argument!r}")
        self._kind = kind
        self._mode = mode

    def find(self, value: bytes) -> Span | None:
        for place, (kind, disguised) in _inner_places(value):
            if (self._mode == "alone" or place.url is (self._mode == "")) and (
                kind == self._kind or (self._kind == "disguised" and (disguised or place.several))
            ):
                return 0, len(value)
        return None

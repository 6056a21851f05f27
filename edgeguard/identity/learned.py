"""Credentials that the edge can't verify, and the origin has shown to know: remembered by keyed hash, for a while.

What shows it is told by `gateway.vouching`. Nothing here can be had by sending it: an entry comes from an answer of the origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.cookie import cookie_value
from edgeguard.identity.credential import LONGEST_CREDENTIAL, Keyed, after_scheme
from edgeguard.identity.slots import shared_slots

if TYPE_CHECKING:
    from edgeguard.clock import Clock
    from edgeguard.config.model import Learn
    from edgeguard.identity.slots import Slots
    from edgeguard.message import Request


class Learned:
    """See the module.

    Args:
        settings: which fields and cookies are credentials, and for how long a proof holds.
        key: of the hashes; the same in all workers.
        slots: where credentials are kept, which all workers share.
        places: where places are; apart, for strangers make up places without end, which must not push credentials out.
        clock: for when they end.
    """

    __slots__ = ("_clock", "_cookies", "_credentials", "_guarded", "_headers", "_places", "_seconds", "_slots")

    def __init__(self, settings: Learn, key: bytes, slots: Slots, places: Slots, clock: Clock) -> None:
        self._headers = tuple(name.lower().encode() for name in settings.headers)
        self._cookies = tuple(f"{name}=".encode() for name in settings.cookies)
        self._seconds = settings.seconds
        self._credentials = Keyed(key, "learned").digest
        self._places = Keyed(key, "place").digest
        self._slots = slots
        self._guarded = places
        self._clock = clock

    def credential(self, request: Request) -> bytes | None:
        """A digest of all credentials that the request has, taken together; None where it has none, or one that is too long.

        Together, for the edge can't know which of them the origin minded: with another one beside it, a credential is unknown.
        """
        found = self._found(request)
        if not found or sum(map(len, found)) > LONGEST_CREDENTIAL:
            return None
        return self._credentials(b"\0".join((request.host, *(b"%d:%b" % (len(each), each) for each in found))))

    def kinds(self, request: Request) -> bytes | None:
        """Which credentials the request has, by the names of fields and cookies; None where one is of no kind that counts."""
        found = self._found(request)
        return None if found is None else b"\0".join(each.partition(b"\0")[0] for each in found)

    def _found(self, request: Request) -> list[bytes] | None:
        """Names and values; None where there is one that can't tell people apart."""
        found = []
        for name in self._headers:
            value = request.headers.get(name)
            if value is None:
                continue
            if name == b"authorization":
                token = after_scheme(value, b"bearer ")
                if token is None:  # a password that a whole house may share, or nothing to tell people apart by
                    return None
                value = token
            found.append(name + b"\0" + value)
        cookies = request.headers.get(b"cookie") if self._cookies else None
        if cookies is not None:
            found += [needle + b"\0" + value for needle in self._cookies if (value := cookie_value(cookies, needle))]
        return found

    def knows(self, credential: bytes) -> bool:
        """Whether a digest from `credential` was learned, and not long ago."""
        return self._slots.holds(credential, self._clock.wall())

    def learn(self, credential: bytes) -> None:
        """The origin has shown that it knows it."""
        self._slots.add(credential, self._clock.wall() + self._seconds)

    def forget(self, credential: bytes) -> None:
        """The origin has refused it."""
        self._slots.remove(credential)

    def guards(self, place: bytes) -> bool:
        """Whether the origin was seen to refuse strangers at a place."""
        return self._guarded.holds(self._places(place), self._clock.wall())

    def guarded(self, place: bytes) -> None:
        """The origin has refused a stranger there."""
        self._guarded.add(self._places(place), self._clock.wall() + self._seconds)


def learned_slots(settings: Learn) -> tuple[Slots, Slots]:
    """Where this process and its children keep credentials, and where places."""
    return shared_slots(settings.most, "credentials"), shared_slots(settings.most, "places")

"""Who asks: address and account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def address(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.client.address.encode()),)


def account(seen: Seen) -> tuple[Pair, ...]:
    owner = seen.client.account
    return () if owner is None else ((b"", owner.id.encode()),)


def authenticated(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"yes"),) if seen.client.authenticated else ()


FAMILY = Family(
    extractors={Source.ADDRESS: address, Source.ACCOUNT: account, Source.AUTHENTICATED: authenticated},
    kinds=(
        Kind("ip.src", (Source.ADDRESS,), "the client's address, trusted proxies taken into account"),
        Kind("account.id", (Source.ACCOUNT,), "the account's name or keyed hash; no value for anonymous requests"),
        Kind("account.authenticated", (Source.AUTHENTICATED,), "`yes` where it is proven who asks; else no value"),
    ),
)

"""From nothing to a session that may be used: connect, log in, and see that answers come in time."""

from __future__ import annotations

import asyncio
import ssl
from time import monotonic
from typing import TYPE_CHECKING, Any

from edgeguard.redislink.answer import Ask, Command, Unavailable, only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.redislink.address import Address
    from edgeguard.redislink.session import Session

# Seconds for the name look-up, TCP, TLS and login together; the request path never waits for them.
CONNECT_SECONDS = 2.0
# Of so many pings one must be answered in time: a Redis that is always too slow would otherwise go up and down for ever.
PINGS = 3


async def open_session(session: Session, address: Address, within: float) -> None:
    """Make `session` ready, or abort it.

    Args:
        session: not connected yet.
        address: where to.
        within: seconds in which a PING must be answered.

    Raises:
        Unavailable: why not.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await _connect(session, address)
            await _together(session, address.greeting)
            await _prove(session, within)
    except (Unavailable, OSError) as fault:
        session.abort("never up")
        raise Unavailable(_words(fault)) from None
    except BaseException:
        session.abort("never up")
        raise


async def _connect(session: Session, address: Address) -> None:
    loop = asyncio.get_running_loop()
    if address.path:
        await loop.create_unix_connection(lambda: session, address.path)
    else:
        name = address.host if address.tls else None
        await loop.create_connection(lambda: session, address.host, address.port, ssl=address.tls, server_hostname=name)


async def _together(session: Session, commands: Sequence[Command]) -> None:
    """Send all and hope for no error among the replies."""

    def conclude(outcome: list[Any] | Unavailable) -> None:
        for reply in outcome if isinstance(outcome, list) else [outcome]:
            only(reply if isinstance(reply, Unavailable) else [reply])

    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    session.send(Ask(future, len(commands), conclude, 0.0), commands)
    await future


async def _prove(session: Session, within: float) -> None:
    took = []
    for _ in range(PINGS):
        before = monotonic()
        await _together(session, [("PING",)])
        took.append(monotonic() - before)
    if min(took) > within:
        raise Unavailable("answers too slowly")


def _words(fault: Unavailable | OSError) -> str:
    """What went wrong, without anything that could be secret."""
    if isinstance(fault, Unavailable):
        return fault.why
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"certificate refused: {fault.verify_message}"
    if isinstance(fault, TimeoutError):
        return f"no connection in {CONNECT_SECONDS:g} s"
    return f"no connection: {type(fault).__name__}"

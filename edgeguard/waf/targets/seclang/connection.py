"""The connection's two ends, and the request's own number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def client_port(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"%d" % seen.client_port),) if seen.client_port else ()


def server_address(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.server_address.encode()),) if seen.server_address else ()


def server_port(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", b"%d" % (seen.server_port or (443 if seen.request.scheme == b"https" else 80))),)


def request_id(seen: Seen) -> tuple[Pair, ...]:
    return ((b"", seen.request.id),)


FAMILY = VariableFamily(
    kinds=(
        VariableKind("REMOTE_ADDR", "the client's address, trusted proxies taken into account", (Source.ADDRESS,)),
        VariableKind("REMOTE_HOST", "the same as REMOTE_ADDR: names are not looked up", (Source.ADDRESS,)),
        VariableKind("USERAGENT_IP", "the same as REMOTE_ADDR", (Source.ADDRESS,)),
        VariableKind("REMOTE_PORT", "the port of the connection's other end", (Source.CLIENT_PORT,)),
        VariableKind("SERVER_ADDR", "the address that the connection came to", (Source.SERVER_ADDRESS,)),
        VariableKind("SERVER_PORT", "the port that the connection came to", (Source.SERVER_PORT,)),
        VariableKind("SERVER_NAME", "the host asked for, lower-case, without its port", (Source.HOST,)),
        VariableKind("UNIQUE_ID", "the request's own id, which the origin gets as X-Request-Id", (Source.REQUEST_ID,)),
    ),
    extractors={
        Source.CLIENT_PORT: client_port,
        Source.SERVER_ADDRESS: server_address,
        Source.SERVER_PORT: server_port,
        Source.REQUEST_ID: request_id,
    },
)

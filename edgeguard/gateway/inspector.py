"""Who looks at large bodies, so that other requests need not wait meanwhile; `server/inspector.py` has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edgeguard.gateway.body import Held
    from edgeguard.waf.model import Verdict
    from edgeguard.waf.phase import Phase
    from edgeguard.waf.transaction import Transaction


class Inspector(Protocol):
    """Calls the transaction's verb for a body beside the event loop."""

    async def inspect(self, transaction: Transaction, phase: Phase, held: Held) -> Verdict:
        """What `request_body` or `response_body`, whichever is of `phase`, would have said.

        Args:
            transaction: not to be used until the verdict is there.
            phase: `REQUEST_BODY` or `RESPONSE_BODY`.
            held: what to look at; `inspect_bytes` at most.
        """
        ...

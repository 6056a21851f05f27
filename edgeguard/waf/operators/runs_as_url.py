r"""`runs_as_url`: the value, as the address of a link, an image or a frame, would run script.

Arguments: `true`.
Result: the whole value.
Example: `{http.request.content_fields.urls|runs_as_url: true}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.active_html import url_acts
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class RunsAsUrl(ValueOperator):
    """Reads 4 KiB of the value, as browsers read an address."""

    def __init__(self, argument: object) -> None:
        if argument is not True:
            raise Refused(f"runs_as_url takes `true`, not {argument!r}")

    def find(self, value: bytes) -> Span | None:
        """All of it, or nothing."""
        return (0, len(value)) if url_acts(value) else None

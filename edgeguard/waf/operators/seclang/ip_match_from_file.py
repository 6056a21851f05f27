"""`@ipMatchFromFile`, `@ipMatchF`: the value is an IP address out of those in a file.

Argument: a file's name, seen from the rule file's folder. In it an address or network each line, or several with commas between;
what follows `#` is a comment.
Result: the whole value. What is no address never matches.
Example: `SecRule REMOTE_ADDR "@ipMatchFromFile blocked.data" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.operators.seclang.data_file import read_lines
from edgeguard.waf.operators.seclang.networks import Networks

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf.expression import Span


class IpMatchFromFile(ValueOperator):
    """Exact, and cheap with however many networks; there is no gate."""

    def __init__(self, argument: bytes, folder: Path | None = None) -> None:
        lines = [line.decode("latin-1").partition("#")[0] for line in read_lines(argument, folder)]
        entries = [entry.strip() for line in lines for entry in line.split(",")]
        self.networks = Networks(filter(None, entries))

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if self.networks.hold(value) else None

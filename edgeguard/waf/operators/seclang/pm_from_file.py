"""`@pmFromFile`, `@pmf`: one of the phrases in a file occurs in the value, whatever their case.

Argument: names of files with blanks between, seen from the rule file's folder. In them a phrase each line, blanks at its ends
included; lines that are blank or begin with `#` are left out.
Result: where the phrase stands that ends first; `capture` puts it into TX:0 as it is written in the file.
Example: `SecRule ARGS "@pmFromFile os-files.data" "id:1,phase:2,deny,t:normalizePath"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.data_file import read_lines
from edgeguard.waf.operators.seclang.phrases import Phrases
from edgeguard.waf.operators.seclang.pm import PhraseMatch

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf.expression import Span


class PmFromFile(PhraseMatch):
    """Linear in the value's length, with however many phrases. A file without phrases is in order, and never matches."""

    def __init__(self, argument: bytes, folder: Path | None = None) -> None:
        names = argument.split()
        if not names:
            raise Refused("pmFromFile needs a file's name")
        found = [line for name in names for line in read_lines(name, folder)]
        self.phrases = Phrases(found)
        self.gate = self.phrases.expressions or None
        self._empty = not found

    def find(self, value: bytes) -> Span | None:
        return None if self._empty else self.phrases.find(value)

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        return () if self._empty else super().groups(value)

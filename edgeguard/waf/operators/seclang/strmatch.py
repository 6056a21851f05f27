"""`@strmatch`: the text occurs somewhere in the value; another name of `@contains`.

Argument: a text; its case counts.
Result: where it first occurs.
Example: `SecRule REQUEST_HEADERS:User-Agent "@strmatch WebZIP" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from edgeguard.waf.operators.seclang.contains import Contains


class StrMatch(Contains):
    """It has a name of its own for the search algorithm that ModSecurity takes for it."""

r"""`normalise_path_win`: as `normalise_path`, with the backslash read as a slash.

Argument: none.
Result: the path.
Example: b"\\a\\..\\..\\windows\\win.ini" -> b"/windows/win.ini"
"""

from __future__ import annotations

from edgeguard.waf.transformations.normalise_path import normalise_path

STIRS = b"/.\\"

_BACKSLASH = ord("\\")


def normalise_path_win(value: bytes) -> bytes:
    """One replace, then `normalise_path`."""
    return normalise_path(value.replace(b"\\", b"/") if _BACKSLASH in value else value)

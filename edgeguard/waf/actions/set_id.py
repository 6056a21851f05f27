"""`setuid`, `setsid`, `setrsc`: name the user, the session or the resource, and open its record.

Argument: the key, which may hold macros.
Result: `USERID`, `SESSIONID` or `RESOURCE` tell it, and variables of `user`, `session` or `resource` belong to it.
Example: `setsid:%{request_cookies.phpsessid}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.actions.initcol import opening
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.macros import parse_template

if TYPE_CHECKING:
    from edgeguard.waf.actions.initcol import InitCol

OPENS = {"setuid": "USER", "setsid": "SESSION", "setrsc": "RESOURCE"}


def set_id(action: str, argument: str) -> InitCol:
    """What `action` opens.

    Raises:
        Refused: the key is missing.
    """
    if not argument.strip():
        raise Refused(f"{action} needs a key, such as %{{request_cookies.sid}}")
    return opening(action, OPENS[action], parse_template(argument.strip()))

"""When something is known of an exchange. It stands below targets and rules alike, which both speak of it."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """Later phases see all that earlier ones saw."""

    REQUEST_HEAD = 0
    REQUEST_BODY = 1
    RESPONSE_HEAD = 2
    RESPONSE_BODY = 3
    LOGGING = 4

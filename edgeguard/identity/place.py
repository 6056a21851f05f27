"""Accounts by where a request goes: a label of the host name, or a segment of the path. Anyone may ask for any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.credential import Keyed, safe_name
from edgeguard.message import Account

if TYPE_CHECKING:
    from edgeguard.config.model import FromHostLabel, FromPathSegment
    from edgeguard.message import Request


class HostLabelSource:
    """Reads the label of the host name at an index from the left, where the configured domain follows the labels."""

    __slots__ = ("_index", "_keyed", "_suffix")

    def __init__(self, settings: FromHostLabel, key: bytes) -> None:
        self._index = settings.host_label
        self._suffix = b"." + settings.under.strip(".").lower().encode()
        self._keyed = Keyed(key, "host_label")

    def account(self, request: Request, trusted: bool) -> Account | None:  # noqa: ARG002 - a Source's signature
        """The label's account; None under other domains, and where there are too few labels."""
        host = request.host.removesuffix(b".")
        if not host.endswith(self._suffix):
            return None
        labels = host[: -len(self._suffix)].split(b".", self._index + 1)
        name = labels[self._index] if self._index < len(labels) else b""
        return Account(safe_name(name, self._keyed), "host_label", verified=False) if name else None


class PathSegmentSource:
    """Reads the segment of the path at an index; 0 is the first."""

    __slots__ = ("_index", "_keyed")

    def __init__(self, settings: FromPathSegment, key: bytes) -> None:
        self._index = settings.path_segment
        self._keyed = Keyed(key, "path_segment")

    def account(self, request: Request, trusted: bool) -> Account | None:  # noqa: ARG002 - a Source's signature
        """The segment's account; None where the path is shorter, or the segment empty."""
        segments = request.path.split(b"/", self._index + 2)
        name = segments[self._index + 1] if self._index + 1 < len(segments) else b""
        return Account(safe_name(name, self._keyed), "path_segment", verified=False) if name else None

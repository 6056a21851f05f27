"""The access log and the security log as structlog loggers that put lines of JSON into a sink.

Both have the shortest chain structlog allows, one renderer: with levels, time stamps and callers a line would cost three
times as much as making it does, and an exchange knows its own time better than the logger does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import structlog

from edgeguard.observe.lines import access_line, event_fields, event_name, json_line

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from edgeguard.observe.entry import Entry
    from edgeguard.observe.sink import Sink


class AccessLogger(structlog.BoundLoggerBase):
    """One line for every exchange."""

    def exchange(self, entry: Entry) -> None:
        """Log an exchange that is over."""
        self._proxy_to_logger("put", entry=entry)


class EventLogger(structlog.BoundLoggerBase):
    """One line for every exchange in which something happened that concerns security."""

    def exchange(self, entry: Entry) -> None:
        """Log the exchange if there is something to say."""
        event = event_name(entry)
        if event is not None:
            self._proxy_to_logger("put", event, entry=entry)


def _render_access(_logger: Sink, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return access_line(event["entry"])


class _EventRenderer:
    """Makes an event's line."""

    def __init__(self, most: int, ruleset: str) -> None:
        self._most = most
        self._more = {"ruleset": ruleset} if ruleset else {}

    def __call__(self, _logger: Sink, _method: str, event: MutableMapping[str, Any]) -> bytes:
        return json_line({"event": event["event"], **event_fields(event["entry"], self._most), **self._more})


def access_logger(sink: Sink) -> AccessLogger:
    """The access log, into `sink`."""
    bound = structlog.wrap_logger(sink, processors=[_render_access], wrapper_class=AccessLogger, context_class=dict).bind()
    return cast("AccessLogger", bound)


def event_logger(sink: Sink, matches: int, ruleset: str = "") -> EventLogger:
    """The security log, into `sink`, with so many matches of one event, and the version of the ruleset."""
    renderer = _EventRenderer(matches, ruleset)
    bound = structlog.wrap_logger(sink, processors=[renderer], wrapper_class=EventLogger, context_class=dict).bind()
    return cast("EventLogger", bound)

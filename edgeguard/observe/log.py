"""The edge's own log: what operators read about starts, reloads and faults of the edge, never about single requests.

On a terminal it is for people, elsewhere JSON. Every text in it passes through `masked`, and so does what libraries say
through the standard library's `logging`.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Final, cast

import structlog

from edgeguard.observe.lines import json_line
from edgeguard.observe.masking import MASK, cut, is_secret_name, masked, masked_query

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import FilteringBoundLogger

    from edgeguard.observe.sink import Sink

__all__ = ["configure", "get_logger", "masked", "masked_query"]

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_TRACEBACK_CHARACTERS: Final = 4000  # the last ones: a traceback says at its end what went wrong
_DEPTH: Final = 4  # of values inside values that are looked through; deeper ones are shown as text


def configure(level: str, sink: Sink | None = None) -> None:
    """Set up the log of this process; call it again in a worker, with a sink, so that a stuck stderr can't stop the loop.

    Args:
        level: the least that is logged: `debug`, `info`, `warning` or `error`.
        sink: where lines go; None writes to stderr at once.
    """
    for_people = sink is None and sys.stderr.isatty()
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    last: Any = structlog.dev.ConsoleRenderer(colors=not os.environ.get("NO_COLOR")) if for_people else _as_json
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        context_class=dict,
        logger_factory=lambda *_: _Out(sink),
        cache_logger_on_first_use=False,  # a worker's log goes elsewhere than the supervisor's that it was forked from
    )
    root = logging.getLogger()
    root.handlers = [_Forward()]
    root.setLevel(max(_LEVELS[level], logging.WARNING))  # what libraries tell below a warning is for their authors


def get_logger(room: str) -> FilteringBoundLogger:
    """A logger whose lines say which room speaks."""
    return cast("FilteringBoundLogger", structlog.get_logger(room=room))


class _Out:
    """The end of the chain: a sink, or stderr."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink

    def msg(self, line: str | bytes) -> None:
        data = line if isinstance(line, bytes) else f"{line}\n".encode(errors="backslashreplace")
        if self._sink:
            self._sink.put(data)
        else:
            sys.stderr.write(data.decode())
            sys.stderr.flush()

    debug = info = warning = warn = error = critical = exception = log = msg


class _Forward(logging.Handler):
    """Takes what libraries log into the edge's own log."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(room=record.name)
        logger.log(min(record.levelno, logging.CRITICAL), record.getMessage(), exc_info=record.exc_info)


def _as_json(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> bytes:
    ordered = {"ts": fields.pop("ts", None), "level": fields.pop("level", None), "event": fields.pop("event", None)}
    return json_line({**ordered, **fields})


def _without_secrets(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in fields.items():
        fields[name] = _clean(name, value, _DEPTH)
    return fields


def _clean(name: str, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name != "event" and is_secret_name(name):
        return MASK
    if isinstance(value, dict) and depth:
        return {str(key): _clean(str(key), item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set) and depth:
        return [_clean("", item, depth - 1) for item in value]
    if isinstance(value, bytes):
        value = cut(value.decode("utf-8", "backslashreplace"), 4096)
    if name == "exception":
        return _printable(masked(str(value)[-_TRACEBACK_CHARACTERS:]), lines=True)
    return _printable(masked(str(value)), lines=False)


def _printable(text: str, *, lines: bool) -> str:
    """`text` with characters that steer a terminal shown as escapes; a traceback keeps its lines."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or (lines and char == "\n") else ascii(char)[1:-1] for char in text)

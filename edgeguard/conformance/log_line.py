"""A match as one line of an error log, in the layout that tests of rules search in: `[id "…"] [msg "…"] [data "…"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def log_line(rule: str, title: str, target: str, data: str, tags: Iterable[str] = ()) -> str:
    """The line; what would end it early is escaped."""
    fields = (("id", rule), ("msg", title), ("data", data), *(("tag", tag) for tag in tags))
    told = " ".join(f'[{name} "{_flat(value)}"]' for name, value in fields if value)
    return f"EdgeGuard: Warning. Matched at {_flat(target)}. {told}"


def _flat(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")

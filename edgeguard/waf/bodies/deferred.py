"""A body that was parsed in another process, and is parsed here only when somebody asks what was in it, which few rules do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.content import Content

if TYPE_CHECKING:
    from collections.abc import Callable


class Deferred(Content):
    """Becomes what `parse` gives as soon as one of its attributes is read."""

    __slots__ = ("_parse",)

    def __init__(self, parse: Callable[[], Content]) -> None:
        self._parse = parse  # and nothing else: what is not set yet is asked for below

    def __getattr__(self, name: str) -> object:
        if name not in Content.__slots__:
            raise AttributeError(name)
        content = self._parse()
        for each in Content.__slots__:
            setattr(self, each, getattr(content, each))
        return getattr(self, name)

    @property
    def parsed(self) -> bool:
        """Whether somebody has asked."""
        try:
            object.__getattribute__(self, "raw")
        except AttributeError:
            return False
        return True

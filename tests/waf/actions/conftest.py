from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Removal
    from edgeguard.waf.seclang.macros import Reference


class Notes:
    """What effects act upon, and what they did."""

    def __init__(self, **variables: bytes) -> None:
        self.variables = {("TX", name.encode()): value for name, value in variables.items()}
        self.done: list[tuple[Any, ...]] = []

    def look(self, reference: Reference) -> bytes:
        return self.read(reference.collection, reference.key)

    def read(self, collection: str, key: bytes) -> bytes:
        return self.variables.get((collection, key), b"")

    def write(self, collection: str, key: bytes, value: bytes | None) -> None:
        self.done.append(("write", collection, key, value))

    def expire(self, collection: str, key: bytes, seconds: int) -> None:
        self.done.append(("expire", collection, key, seconds))

    def open(self, collection: str, key: bytes) -> None:
        self.done.append(("open", collection, key))

    def remove(self, removal: Removal) -> None:
        self.done.append(("remove", removal))

    def control(self, option: str, value: str) -> None:
        self.done.append(("control", option, value))


@pytest.fixture
def notes() -> Notes:
    """A transaction in which `tx.n` is 3 and `tx.who` is alice."""
    return Notes(n=b"3", who=b"alice")

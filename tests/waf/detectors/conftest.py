"""A reading of a whole value, for the modules that make it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.detectors.sql_reading import Reading
from edgeguard.waf.detectors.sql_tokens import Text, tokens

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def read() -> Callable[..., Reading]:
    def whole(value: str, inside: bytes = b"", enough: int = 1000) -> Reading:
        reading = Reading(inside)
        reading.read(tokens(Text(value.encode()), 0), enough)
        return reading

    return whole

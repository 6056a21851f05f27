from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def ticking() -> Callable[[int], Callable[[], int]]:
    """Makes a clock that goes on by so many nanoseconds each time it is read."""

    def make(step: int) -> Callable[[], int]:
        time = 0

        def read() -> int:
            nonlocal time
            time += step
            return time

        return read

    return make

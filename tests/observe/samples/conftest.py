"""What is in a folder of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.segment import read_segment
from edgeguard.observe.samples.store import segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.observe.samples.keys import Keys


@pytest.fixture
def read_folder() -> Callable[[Path, Keys], list[bytes]]:
    """The lines of all files, the oldest file first."""
    return lambda folder, keys: [line for segment in segments(folder) for line in read_segment(segment.path, keys)]

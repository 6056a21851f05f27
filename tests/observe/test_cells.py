from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.cells import HEADER_BYTES, Cells, Header, cells_path

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.observe.layout import Layout


def test_the_header_reads_back_as_it_was_packed() -> None:
    header = Header(7, 1.5, "ab" * 16, "cd" * 16)
    assert len(header.pack()) == HEADER_BYTES
    assert Header.unpack(header.pack()) == header


@pytest.mark.parametrize("head", [b"", b"EGCELLS1", b"x" * HEADER_BYTES])
def test_what_is_no_header_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="not a file of cells"):
        Header.unpack(head)


def test_a_new_file_has_its_room_reserved(cells: Cells, layout: Layout) -> None:
    told = cells.path.stat()
    assert told.st_size == HEADER_BYTES + 8 * layout.size
    assert told.st_blocks * 512 >= told.st_size
    assert Header.unpack(cells.path.read_bytes()).pid == os.getpid()


def test_gauges_that_were_never_set_say_nothing(cells: Cells) -> None:
    assert math.isnan(cells.values[cells.index("edgeguard_redis_up")])
    assert cells.values[cells.index("edgeguard_connections_open")] == 0.0


def test_adding_and_putting(cells: Cells) -> None:
    cells.add("edgeguard_received_bytes_total", amount=12)
    cells.add("edgeguard_received_bytes_total")
    cells.put("edgeguard_redis_up", value=1)
    assert cells.values[cells.index("edgeguard_received_bytes_total")] == 13.0
    assert cells.values[cells.index("edgeguard_redis_up")] == 1.0


def test_no_file_is_left_half_made(runtime: Path, layout: Layout) -> None:
    Cells(cells_path(runtime, 2), layout).close()
    assert list(runtime.glob("new-*")) == []


def test_the_repr_tells_whose_cells_they_are(cells: Cells) -> None:
    assert repr(cells) == f"Cells(cells-1, {cells.layout.size} cells of pid {os.getpid()})"

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestClient, TestServer

from edgeguard.clock import ManualClock
from edgeguard.demo.app import make_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def cms() -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(make_app(ManualClock(wall=1_800_000_000.0)))) as client:
        yield client


@pytest.fixture
def editor() -> dict[str, str]:
    return {"Authorization": "Bearer demo-editor", "Content-Type": "application/vnd.api+json"}

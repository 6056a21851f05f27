"""The worker in the test's own loop, with one rule."""

from __future__ import annotations

from edge_in_process import authority, blueprint, edge, origin, pytest_asyncio_loop_factories, rules

__all__ = ["authority", "blueprint", "edge", "origin", "pytest_asyncio_loop_factories", "rules"]

"""The Redis of `tests/redislink/conftest.py`, which test folders can't import from each other by name."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("redis_fixtures", Path(__file__).parents[1] / "redislink" / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)

make_redis = _fixtures.make_redis
redis = _fixtures.redis
pytest_asyncio_loop_factories = _fixtures.pytest_asyncio_loop_factories

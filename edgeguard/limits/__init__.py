"""Rates: token buckets by account, address and route, in memory or shared through Redis."""

from edgeguard.limits.decision import Decision
from edgeguard.limits.limiter import Limiter, make_limiter

__all__ = ["Decision", "Limiter", "make_limiter"]

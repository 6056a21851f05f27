"""Holds the engine to tests that others wrote: regression tests in the format of `ftw`, in-process or through a running edge."""

from __future__ import annotations

from edgeguard.conformance.report import Report, Result
from edgeguard.conformance.run import run

__all__ = ["Report", "Result", "run"]

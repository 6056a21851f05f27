"""mitmproxy's own environment, where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgeguard.replay.capture import ENVIRONMENT, interpreter
from edgeguard.waf.faults import Refused


@pytest.fixture(scope="session")
def mitmproxy() -> Path:
    """The folder that has its programs."""
    root = Path(__file__).parents[3]
    named = os.environ.get(ENVIRONMENT)
    try:
        return interpreter(Path(named) if named else root / ".venv-mitmproxy").parent
    except Refused:
        pytest.skip(f"mitmproxy's environment is not there: run scripts/mitmproxy, or name one by {ENVIRONMENT}")

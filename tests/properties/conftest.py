"""How long hypothesis looks, and that a CI run looks at the same examples each time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("edgeguard", max_examples=150, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("edgeguard")

"""The `edgeguard` command with an access log that names every rule that matched, not only the first ones."""

from __future__ import annotations

from edgeguard.cli.main import main
from edgeguard.observe import lines

if __name__ == "__main__":
    lines.MATCHES = 1000  # type: ignore[misc]  # comparing verdicts needs them all; lines may be as long as they like
    main()

"""`python -m edgeguard`, which also tells someone with too old a Python what to do."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - run from a checkout, nothing else has asked yet
        sys.exit(
            f"edgeguard: needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. Start it with python3.13 -m edgeguard."
        )
    from edgeguard.cli.main import main

    main()

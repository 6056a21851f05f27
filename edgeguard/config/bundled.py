"""Where the rules and example configurations that come with EdgeGuard lie, in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import edgeguard

_PACKAGE = Path(edgeguard.__file__).resolve().parent


def bundled(name: Literal["rules", "config"]) -> Path:
    """The folder `name` as an absolute path.

    A wheel carries it inside the package. In a checkout that copy does not exist, so that there is one place to edit.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of EdgeGuard lacks its folder '{name}'; install it again")

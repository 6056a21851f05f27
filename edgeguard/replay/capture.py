"""Captures of mitmproxy, read by mitmproxy itself: its environment's Python runs a script that writes the neutral form.

mitmproxy pins older libraries than an ingress may run, so that it lives in an environment of its own (`scripts/mitmproxy`
makes one), and nothing of it is imported here.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edgeguard.observe.samples.recorded import LINE
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT: Final = "EDGEGUARD_MITMPROXY"  # the folder of mitmproxy's environment, or its Python
CONVERTER: Final = Path(__file__).with_name("mitmproxy") / "convert.py"
ADDON: Final = Path(__file__).with_name("mitmproxy") / "addon.py"
_DEFAULT: Final = Path(".venv-mitmproxy")
_TOLD: Final = 2000  # characters of what the script says when it fails


def interpreter(named: Path | None = None) -> Path:
    """The Python that has mitmproxy: the one named, else of the environment variable, else of `.venv-mitmproxy` here.

    Raises:
        Refused: there is none.
    """
    places = [named] if named is not None else [Path(os.environ[ENVIRONMENT])] if os.environ.get(ENVIRONMENT) else [_DEFAULT]
    for place in places:
        python = place / "bin" / "python" if place.is_dir() else place
        if python.is_file():
            return python
    raise Refused(
        f"{places[0]}: mitmproxy's environment is not there; `scripts/mitmproxy` makes it, --mitmproxy or {ENVIRONMENT} names it"
    )


def lines(file: Path, named: Path | None = None) -> Iterator[bytes]:
    """The exchanges of a capture, a line each.

    Raises:
        Refused: mitmproxy is not there, or can't read the file.
        OSError: the file can't be read.
    """
    with file.open("rb"):
        pass  # so that what is wrong with the file is told as of any other
    command = [str(interpreter(named)), "-I", str(CONVERTER), str(file.absolute())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
        assert process.stderr is not None  # noqa: S101
        try:
            yield from iter(lambda: process.stdout.readline(LINE), b"")  # type: ignore[union-attr]
            told = process.stderr.read(_TOLD).decode("utf-8", "replace").strip()
        except GeneratorExit:
            process.kill()
            raise
        if process.wait() != 0:
            last = told.splitlines()[-1] if told else f"exit code {process.returncode}"
            raise Refused(f"{file}: mitmproxy can't read it: {last}")

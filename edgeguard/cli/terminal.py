"""How results and faults are shown: colours on a terminal only, faults one a line on stderr, never a traceback."""

from __future__ import annotations

import errno
import os
import traceback

from rich.console import Console

_HINTS = {
    errno.EADDRINUSE: "something listens there already; stop it, or choose another port",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "no permission; ports below 1024 need root or CAP_NET_BIND_SERVICE, files need their owner's leave",
    errno.EROFS: "the file system is read-only; choose a folder that can be written to",
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "this is a folder, not a file",
    errno.ENOSPC: "the disk is full",
    errno.EMFILE: "too many open files; raise the limit with `ulimit -n`",
}
TRACE = "EDGEGUARD_TRACEBACK"


def output(*, no_color: bool = False) -> Console:
    """Standard output; Rich itself honours NO_COLOR and leaves colours out where there is no terminal."""
    return Console(highlight=False, no_color=no_color or None, soft_wrap=True, emoji=False)


def say_fault(line: str) -> None:
    """One line on stderr. Text from files and errors is shown as it is: no markup, no wrapping."""
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False).print(line)


def explain(error: Exception) -> list[str]:
    """What to tell a person about `error`, a line each.

    Errors that carry `faults` (of configuration and rules) tell each with its file and line.
    """
    if os.environ.get(TRACE):
        return traceback.format_exception(error)
    faults = getattr(error, "faults", None)
    if faults:
        return [str(fault) for fault in faults]
    if isinstance(error, OSError) and error.errno is not None:
        hint = _HINTS.get(error.errno)
        what = f"{error.filename}: " if error.filename is not None else ""
        return [f"edgeguard: {what}{hint or error.strerror or error}{'' if what else f' ({error.strerror})'}"]
    return [f"edgeguard: {str(error) or type(error).__name__} (set {TRACE}=1 to see where)"]

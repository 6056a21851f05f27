"""Load from wrk, and what it says."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A request as an API client of a CMS sends it.
REQUEST_FIELDS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Accept": "application/json",
    "Accept-Language": "en-US,en;q=0.9",
    "Accept-Encoding": "gzip, deflate, br",
    "Authorization": "Bearer 4f1d8c2b9a7e6d5c4b3a29181706f5e4",
    "Referer": "https://www.example.com/articles",
    "X-Environment": "main",
}
PATH = "/items/42?locale=en&fields%5Bitem%5D=title,slug&page%5Blimit%5D=20"
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True)
class Result:
    """One run of wrk: requests a second, latencies in seconds, and answers that were no success."""

    rate: float
    p50: float
    p99: float
    errors: int


def _seconds(text: str) -> float:
    for unit in ("us", "ms", "s", "m"):
        if text.endswith(unit) and text.removesuffix(unit).replace(".", "").isdigit():
            return float(text.removesuffix(unit)) * _UNITS[unit]
    raise ValueError(text)


def wrk(url: str, core: int, seconds: float, connections: int, *, script: Path | None = None, fields: bool = True) -> Result:
    """Run wrk with one thread on `core`.

    Raises:
        SystemExit: it could not run.
    """
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", "--latency"]
    if fields:
        for name, value in REQUEST_FIELDS.items():
            command += ["-H", f"{name}: {value}"]
    if script is not None:
        command += ["-s", str(script)]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"wrk failed on {url}: {done.stderr or done.stdout}")
    return _read(done.stdout)


def _read(text: str) -> Result:
    rate = p50 = p99 = 0.0
    errors = 0
    for line in text.splitlines():
        words = line.split()
        if line.startswith("Requests/sec:"):
            rate = float(words[1])
        elif words[:1] == ["50%"]:
            p50 = _seconds(words[1])
        elif words[:1] == ["99%"]:
            p99 = _seconds(words[1])
        elif line.strip().startswith("Non-2xx"):
            errors += int(words[-1])
        elif line.strip().startswith("Socket errors"):
            errors += sum(int(word.rstrip(",")) for word in words if word.rstrip(",").isdigit())
    return Result(rate, p50, p99, errors)
